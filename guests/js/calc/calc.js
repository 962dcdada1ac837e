// The demonstration's callee in JavaScript: exports `demo:calc/ops`. An s64 is returned as a Number: QuickJS takes no BigInt.

export const ops = {
  add: (a, b) => (a + b) | 0,
  divide(a, b) {
    if (b === 0) throw 'division by zero';
    if (a === -(2 ** 31) && b === -1) throw 'overflow';
    return Math.trunc(a / b);
  },
  sum: (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  area(shape) {
    switch (shape.tag) {
      case 'circle':
        return Math.PI * shape.val * shape.val;
      case 'rect':
        return Math.abs(shape.val.x * shape.val.y);
      default:
        throw 'empty shape';
    }
  },
  greet: (name) => `hello, ${name}`,
  spin() {
    for (;;);
  },
  crash() {
    throw new Error('crashed on request');
  },
};
