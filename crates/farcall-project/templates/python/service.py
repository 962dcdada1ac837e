"""The functions of {{name}}:service/api; wit/world.wit says what each does."""

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.api import Point


class Api(exports.Api):
    def greet(self, name: str) -> str:
        return f"Hello, {name}!"

    def middle(self, a: Point, b: Point) -> Point:
        return Point((a.x + b.x) / 2, (a.y + b.y) / 2)

    def divide(self, dividend: int, divisor: int) -> int:
        if divisor == 0:
            raise Err("division by zero")
        quotient = abs(dividend) // abs(divisor)
        if (dividend < 0) != (divisor < 0):
            quotient = -quotient
        if quotient > 2**31 - 1:
            raise Err("the quotient is too large")
        return quotient
