"""The values callee: exports every interface of `test:values`. What each function does is said in its WIT."""

from dataclasses import replace

from componentize_py_types import Err, Ok, Some
from wit_world import exports
from wit_world.exports.compounds import Big, Everything, Flags1, Flags8, Flags9, Flags32
from wit_world.exports.shapes import (
    Color,
    Line,
    Payload_Long,
    Payload_Nothing,
    Payload_Number,
    Payload_Place,
    Payload_Text,
    Point,
)


def unsigned(bits, value):
    return value % (1 << bits)


def signed(bits, value):
    half = 1 << (bits - 1)
    return (value + half) % (1 << bits) - half


def exchange_ends(line):
    return replace(line, from_=line.to, to=line.from_)


def next_case(case):
    cases = list(type(case))
    return cases[(case.value + 1) % len(cases)]


def next_payload(payload):
    match payload:
        case Payload_Number(value):
            return Payload_Number(-value)
        case Payload_Long(value):
            return Payload_Long(signed(64, -value))
        case Payload_Text(value):
            return Payload_Text(value + "!")
        case Payload_Place(Point(x, y)):
            return Payload_Place(Point(y, x))
    return payload


def inverted(kind, flags):
    others = kind(0)
    for flag in kind:
        if flag not in flags:
            others |= flag
    return others


def flipped(outcome):
    return Err(outcome.value) if isinstance(outcome, Ok) else Ok(outcome.value)


class Shapes(exports.Shapes):
    def origin(self):
        return Point(7, -7)


class Scalars(exports.Scalars):
    def negate(self, v):
        return not v

    def next_u8(self, v):
        return unsigned(8, v + 1)

    def next_s8(self, v):
        return signed(8, v + 1)

    def next_u16(self, v):
        return unsigned(16, v + 1)

    def next_s16(self, v):
        return signed(16, v + 1)

    def next_u32(self, v):
        return unsigned(32, v + 1)

    def next_s32(self, v):
        return signed(32, v + 1)

    def next_u64(self, v):
        return unsigned(64, v + 1)

    def next_s64(self, v):
        return signed(64, v + 1)

    def echo_f32(self, v):
        return v

    def echo_f64(self, v):
        return v

    def subtract_f64(self, a, b):
        return a - b

    def echo_char(self, v):
        return v

    def swap_chars(self, a, b):
        return b, a

    def echo_string(self, v):
        return v

    def join(self, a, b, c, separator):
        return separator.join([a, b, c])

    def split(self, text):
        return list(text)

    def touch(self):
        pass

    def seven(self):
        return 7

    def sink(self, text):
        pass


class Lists(exports.Lists):
    def echo_bytes(self, v):
        return v

    def sum(self, v):
        return sum(v)

    def reverse_u64(self, v):
        return v[::-1]

    def reverse_f32(self, v):
        return v[::-1]

    def negate_all(self, v):
        return [not b for b in v]

    def spell(self, v):
        return "".join(v)

    def reverse_strings(self, v):
        return v[::-1]

    def reverse_nested(self, v):
        return [inner[::-1] for inner in v[::-1]]

    def move_points(self, v, by):
        return [Point(signed(32, p.x + by.x), signed(32, p.y + by.y)) for p in v]

    def reverse_lines(self, v):
        return [exchange_ends(line) for line in v[::-1]]

    def swap_pairs(self, v):
        return [(text, number) for number, text in v]

    def next_payloads(self, v):
        return [next_payload(payload) for payload in v]

    def next_colors(self, v):
        return [next_case(color) for color in v]

    def reverse_options(self, v):
        return v[::-1]

    def flip_results(self, v):
        return [flipped(outcome) for outcome in v]


class Compounds(exports.Compounds):
    def swap_pair(self, v):
        number, text = v
        return text, number

    def turn(self, v):
        return replace(exchange_ends(v), name=v.name + "~", weight=-v.weight)

    def next_everything(self, v):
        return Everything(
            a=not v.a,
            b=unsigned(8, v.b + 1),
            c=signed(16, v.c + 1),
            d=unsigned(8, v.d + 1),
            e=unsigned(32, v.e + 1),
            f=signed(8, v.f + 1),
            g=unsigned(64, v.g + 1),
            h=v.h + 1,
            i=signed(64, v.i + 1),
            j=v.j,
            k=-v.k,
            l=unsigned(16, v.l + 1),
            m=v.m + "+",
            n=signed(32, v.n + 1),
            o=None if v.o is None else unsigned(64, v.o + 1),
            p=next_case(v.p),
            q=v.q[::-1],
        )

    def next_payload(self, v):
        return next_payload(v)

    def kind(self, v):
        return type(v).__name__.removeprefix("Payload_").lower()

    def next_color(self, v):
        return next_case(v)

    def next_big(self, v):
        return next_case(v)

    def invert(self, a, b, c, d):
        return inverted(Flags1, a), inverted(Flags8, b), inverted(Flags9, c), inverted(Flags32, d)

    def next_option(self, v):
        return None if v is None else unsigned(32, v + 1)

    def next_nested(self, v):
        # An option of an option is wrapped, so that none and some(none) differ.
        match v:
            case None:
                return Some(None)
            case Some(None):
                return Some("new")
        return None

    def echo_deep(self, v):
        return v

    def flip(self, v):
        if isinstance(v, Ok):
            raise Err(v.value)
        return v.value

    def outcome(self, v):
        if not v:
            raise Err(None)

    def only_ok(self, v):
        if v < 0:
            raise Err(None)
        return v

    def only_err(self, v):
        if v < 0:
            raise Err(f"negative: {v}")

    def divide(self, a, b):
        if b == 0:
            raise Err("division by zero")
        if (a, b) == (-(2**31), -1):
            raise Err("overflow")
        quotient = abs(a) // abs(b)
        return quotient if (a < 0) == (b < 0) else -quotient

    def find(self, name):
        if name == "none":
            raise Err(Payload_Nothing())
        if name.startswith("-"):
            raise Err(Payload_Text(name))
        return Line(name=name, from_=Point(1, 2), to=Point(3, 4), weight=0.5)

    def many(self, *parameters):
        return ",".join(str(parameter) for parameter in parameters)
