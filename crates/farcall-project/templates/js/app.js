// Calls {{calls}}:service/api, wherever it is; wit/ says what it offers.

import { divide, greet } from "{{calls}}:service/api";

export function run(name) {
    const greeting = greet(name);
    try {
        return `${greeting} 7 / 2 is ${divide(7, 2)}.`;
    } catch (error) {
        // The error of a result is thrown, in `payload`.
        return `${greeting} 7 / 2: ${error.payload}.`;
    }
}
