"""The values caller: imports every interface of `test:values`, calls every function with many values, and says the first
answer that is wrong."""

import math
import struct
from dataclasses import fields, is_dataclass, replace

from componentize_py_types import Err, Ok, Some
from wit_world import exports
from wit_world.imports import compounds, lists, scalars, shapes
from wit_world.imports.compounds import Big, Everything, Flags1, Flags8, Flags9, Flags32
from wit_world.imports.shapes import (
    Color,
    Line,
    Payload_Long,
    Payload_Nothing,
    Payload_Number,
    Payload_Place,
    Payload_Text,
    Point,
)

MANY = 10_000
MAX_S32, MIN_S32 = 2**31 - 1, -(2**31)
MAX_S64, MIN_S64 = 2**63 - 1, -(2**63)
MAX_U32, MAX_U64 = 2**32 - 1, 2**64 - 1
INFINITY, NAN = math.inf, math.nan

# Each case of the variant with a value, and what `next-payload` makes of it.
PAYLOADS = [
    (Payload_Nothing(), Payload_Nothing()),
    (Payload_Number(1.5), Payload_Number(-1.5)),
    (Payload_Number(0.0), Payload_Number(-0.0)),
    (Payload_Long(MAX_S64), Payload_Long(-MAX_S64)),
    (Payload_Long(0x100000001), Payload_Long(-0x100000001)),
    (Payload_Text(""), Payload_Text("!")),
    (Payload_Text("日本"), Payload_Text("日本!")),
    (Payload_Place(Point(1, -2)), Payload_Place(Point(-2, 1))),
]


def same(a, b):
    """Equality as WIT sees it: of one type, bits of floats (every NaN is one)."""
    if isinstance(a, float) and isinstance(b, float):
        return (math.isnan(a) and math.isnan(b)) or struct.pack("d", a) == struct.pack("d", b)
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if is_dataclass(a):
        return all(same(getattr(a, field.name), getattr(b, field.name)) for field in fields(a))
    return a == b


class Tally:
    def __init__(self):
        self.functions = self.checks = 0

    def expect(self, function, *cases):
        """A function, and for each check its parameters and the answer that is right."""
        self.functions += 1
        for number, (parameters, right) in enumerate(cases):
            self.checks += 1
            answer = function(*parameters)
            if not same(answer, right):
                raise Err(f"{function.__name__}: check {number} failed: {answer!r:.200}")

    def expect_outcome(self, function, *cases):
        """The same of a function whose error is raised."""

        def outcome(*parameters):
            try:
                return Ok(function(*parameters))
            except Err as error:
                return Err(error.value)

        outcome.__name__ = function.__name__
        self.expect(outcome, *cases)

    def __str__(self):
        return f"{self.functions} functions, {self.checks} checks"


def line(number):
    return Line(f"línea {number}", Point(number, -number), Point(MAX_S32, MIN_S32), number / 4)


def exchanged(line):
    return replace(line, from_=line.to, to=line.from_)


def integers(tally, function, low, high):
    values = [0, 1, high // 2, high - 1]
    tally.expect(function, *[([v], v + 1) for v in values], ([low], low + 1), ([high], low))


def check_scalars(tally):
    tally.expect(scalars.negate, ([False], True), ([True], False))
    integers(tally, scalars.next_u8, 0, 255)
    integers(tally, scalars.next_s8, -128, 127)
    integers(tally, scalars.next_u16, 0, 65535)
    integers(tally, scalars.next_s16, -32768, 32767)
    tally.expect(scalars.next_u32, *[([v], v + 1) for v in [0, 1, 0x7F, 0x80, 0x7FFFFFFE]])
    integers(tally, scalars.next_s32, MIN_S32, MAX_S32)
    integers(tally, scalars.next_u64, 0, MAX_U64)
    tally.expect(scalars.next_s64, *[([v], v + 1) for v in [0, 1, MAX_U32, MAX_S64 // 2, MAX_S64 - 1]])
    largest = 3.4028234663852886e38
    singles = [0.0, -0.0, 1.5, -largest, largest, 2.0**-126, 2.0**-149, INFINITY, -INFINITY, NAN]
    tally.expect(scalars.echo_f32, *[([v], v) for v in singles])
    largest = 1.7976931348623157e308
    doubles = [0.0, -0.0, 1.5, -largest, largest, 2.0**-1022, 5e-324, INFINITY, -INFINITY, NAN]
    tally.expect(scalars.echo_f64, *[([v], v) for v in doubles])
    tally.expect(
        scalars.subtract_f64, ([1.5, 0.25], 1.25), ([0.25, 1.5], -1.25), ([INFINITY, INFINITY], NAN)
    )
    chars = ["\0", "a", "\x7f", "\x80", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\U00010000", "\U0010ffff"]
    tally.expect(scalars.echo_char, *[([v], v) for v in chars])
    tally.expect(scalars.swap_chars, (["a", "\U0010ffff"], ("\U0010ffff", "a")))
    texts = ["", "a", "plain", "grüße", "日本語", "🦀\U0010ffff", "\0 and\nmore", "ж" * MANY]
    tally.expect(scalars.echo_string, *[([v], v) for v in texts])
    tally.expect(
        scalars.join, (["a", "b", "c", ", "], "a, b, c"), (["", "ß", "", ""], "ß"), (["", "", "", "日"], "日日")
    )
    tally.expect(scalars.split, ([""], []), (["aß日🦀"], ["a", "ß", "日", "🦀"]))
    tally.expect(scalars.touch, ([], None))
    tally.expect(scalars.seven, ([], 7))
    tally.expect(scalars.sink, (["down it goes"], None))


def check_lists(tally):
    many = bytes(i % 251 for i in range(MANY))
    tally.expect(lists.echo_bytes, *[([v], v) for v in [b"", many, b"\xff\0\x80"]])
    numbers = list(range(MANY))
    tally.expect(lists.sum, ([[]], 0), ([[MAX_S32, MAX_S32, 3]], 4294967297), ([numbers], 49995000))
    tally.expect(lists.reverse_u64, ([[]], []), ([[0, 1, MAX_U64, 2**63]], [2**63, MAX_U64, 1, 0]))
    tally.expect(lists.reverse_f32, ([[1.5, -2.5, INFINITY]], [INFINITY, -2.5, 1.5]), ([[NAN]], [NAN]))
    tally.expect(lists.negate_all, ([[]], []), ([[True, False, False]], [False, True, True]))
    tally.expect(lists.spell, ([[]], ""), ([["f", "ü", "日", "\U0010ffff"]], "fü日\U0010ffff"))
    texts = [str(i) for i in range(MANY)]
    tally.expect(
        lists.reverse_strings, ([[]], []), ([["", "zwei", "три"]], ["три", "zwei", ""]), ([texts], texts[::-1])
    )
    tally.expect(lists.reverse_nested, ([[]], []), ([[[1, 2, 65535], [], [4]]], [[4], [], [65535, 2, 1]]))
    by = Point(1, -1)
    tally.expect(
        lists.move_points,
        ([[], by], []),
        ([[Point(i, 5 - i) for i in range(MANY)], by], [Point(i + 1, 4 - i) for i in range(MANY)]),
        ([[Point(MAX_S32, MIN_S32)], by], [Point(MIN_S32, MAX_S32)]),
    )
    some = [line(i) for i in range(100)]
    tally.expect(lists.reverse_lines, ([[]], []), ([some], [exchanged(line) for line in some[::-1]]))
    tally.expect(lists.swap_pairs, ([[]], []), ([[(0, ""), (255, "ü")]], [("", 0), ("ü", 255)]))
    before, after = [list(payloads) for payloads in zip(*PAYLOADS)]
    tally.expect(lists.next_payloads, ([[]], []), ([before], after))
    tally.expect(
        lists.next_colors, ([[Color.RED, Color.GREEN, Color.BLUE]], [Color.GREEN, Color.BLUE, Color.RED])
    )
    tally.expect(lists.reverse_options, ([[None, "", "x"]], ["x", "", None]))
    results = [Ok(MIN_S32), Err("not"), Ok(7), Err("")]
    flipped = [Err(MIN_S32), Ok("not"), Err(7), Ok("")]
    tally.expect(lists.flip_results, ([results], flipped))


def four(is_set):
    def flags(kind):
        value = kind(0)
        for number, flag in enumerate(kind):
            if is_set(number):
                value |= flag
        return value

    return tuple(flags(kind) for kind in [Flags1, Flags8, Flags9, Flags32])


def check_compounds(tally):
    tally.expect(compounds.swap_pair, ([(200, "ü")], ("ü", 200)))
    turned = [(line(i), replace(exchanged(line(i)), name=f"línea {i}~", weight=-i / 4)) for i in [1, -8]]
    tally.expect(compounds.turn, *[([before], after) for before, after in turned])
    largest = Everything(
        True, 255, 32767, 0, MAX_U32, 127, MAX_U64, 0.5, MAX_S64, "\U0010ffff", 0.0, 65535, "", MAX_S32, MAX_U64,
        Color.BLUE, b"\1\2\xff",
    )
    after = Everything(
        False, 0, -32768, 1, 0, -128, 0, 1.5, MIN_S64, "\U0010ffff", -0.0, 0, "+", MIN_S32, 0,
        Color.RED, b"\xff\2\1",
    )
    small = replace(after, j="j", k=2.0, m="mm", o=None, p=Color.RED, q=b"")
    grown = Everything(
        True, 1, -32767, 2, 1, -127, 1, 2.5, MIN_S64 + 1, "j", -2.0, 1, "mm+", MIN_S32 + 1, None,
        Color.GREEN, b"",
    )
    tally.expect(compounds.next_everything, ([largest], after), ([small], grown))
    tally.expect(compounds.next_payload, *[([before], after) for before, after in PAYLOADS])
    names = ["nothing", "number", "number", "long", "long", "text", "text", "place"]
    tally.expect(compounds.kind, *[([before], name) for (before, _), name in zip(PAYLOADS, names)])
    colors = [Color.RED, Color.GREEN, Color.BLUE, Color.RED]
    tally.expect(compounds.next_color, *[([a], b) for a, b in zip(colors, colors[1:])])
    tally.expect(compounds.next_big, *[([Big(i)], Big((i + 1) % 300)) for i in [0, 254, 255, 256, 299]])
    none, all_, some, others = [
        four(is_set)
        for is_set in [lambda i: False, lambda i: True, lambda i: i % 3 == 0, lambda i: i % 3 != 0]
    ]
    tally.expect(compounds.invert, (none, all_), (all_, none), (some, others))
    tally.expect(compounds.next_option, ([None], None), ([0], 1), ([MAX_S32], MAX_S32 + 1))
    tally.expect(
        compounds.next_nested, ([None], Some(None)), ([Some(None)], Some("new")), ([Some("")], None)
    )
    deep = [None, Some(None), Some(Some(None)), Some(Some(0)), Some(Some(255))]
    tally.expect(compounds.echo_deep, *[([v], v) for v in deep])
    tally.expect_outcome(
        compounds.flip,
        ([Ok(255)], Err(255)),
        ([Err(Color.BLUE)], Ok(Color.BLUE)),
        ([Err(Color.RED)], Ok(Color.RED)),
    )
    tally.expect_outcome(compounds.outcome, ([True], Ok(None)), ([False], Err(None)))
    tally.expect_outcome(compounds.only_ok, ([MAX_S32], Ok(MAX_S32)), ([-1], Err(None)))
    tally.expect_outcome(compounds.only_err, ([0], Ok(None)), ([MIN_S32], Err(f"negative: {MIN_S32}")))
    tally.expect_outcome(
        compounds.divide,
        ([-7, 2], Ok(-3)),
        ([1, 0], Err("division by zero")),
        ([MIN_S32, -1], Err("overflow")),
    )
    tally.expect_outcome(
        compounds.find,
        (["ü"], Ok(Line("ü", Point(1, 2), Point(3, 4), 0.5))),
        (["none"], Err(Payload_Nothing())),
        (["-x"], Err(Payload_Text("-x"))),
    )
    modest = [1, -2, 3, -4, 5, -6, 7, -8, "neun", 10, 11, 12, 13, 14, "fünfzehn", 16]
    extreme = [255, -128, 65535, -32768, MAX_U32, MIN_S32, MAX_U64, MIN_S64, "", 0, 0, 0, 0, 255, "", MAX_U32]
    tally.expect(compounds.many, *[(v, ",".join(map(str, v))) for v in [modest, extreme]])


def check_wide(tally):
    tally.expect(scalars.next_u32, *[([v], (v + 1) % 2**32) for v in [MAX_U32, MAX_U32 - 1, MAX_S32, MAX_S32 + 1]])
    wrapped = [(MIN_S64, MIN_S64 + 1), (MAX_S64, MIN_S64), (-1, 0), (-2, -1), (MIN_S32, MIN_S32 + 1)]
    tally.expect(scalars.next_s64, *[([v], right) for v, right in wrapped])
    tally.expect(lists.sum, ([[MIN_S32, -1]], -2147483649))
    tally.expect(compounds.next_option, ([MAX_U32], 0))
    smallest = Payload_Long(MIN_S64)
    largest = 3.4028234663852886e38
    tally.expect(
        compounds.next_payload,
        ([smallest], smallest),
        ([Payload_Number(-0.0)], Payload_Number(0.0)),
        ([Payload_Number(-largest)], Payload_Number(largest)),
    )
    tally.expect(compounds.kind, ([smallest], "long"))


class Check(exports.Check):
    def run(self):
        tally = Tally()
        tally.expect(shapes.origin, ([], Point(7, -7)))
        check_scalars(tally)
        check_lists(tally)
        check_compounds(tally)
        return str(tally)

    def run_wide(self):
        tally = Tally()
        check_wide(tally)
        return str(tally)
