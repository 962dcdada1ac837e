// The functions of {{name}}:service/api; wit/world.wit says what each does.

export const api = {
    greet(name) {
        return `Hello, ${name}!`;
    },

    middle(a, b) {
        return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
    },

    // What is thrown is the error of the result.
    divide(dividend, divisor) {
        if (divisor === 0) throw "division by zero";
        const quotient = Math.trunc(dividend / divisor);
        if (quotient > 2 ** 31 - 1) throw "the quotient is too large";
        return quotient;
    },
};
