"""json.md: the JSON of messages to values and back."""
import base64
import json
import math
import re
import struct
from decimal import Decimal

from plain.proto import EMPTY, absent, is_bytes, json_name, message_of, names_of
from plain.values import BITS, Broken


INTEGERS = ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64")
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


class Number(str):
    """A number as the text has it."""


def enum_names(ty):
    """G-8"""
    prefix = ty[2].upper().replace("-", "_")
    return [f"{prefix}_{name.upper()}" for name in names_of(ty[1], 0)]


def write(value, ty):
    """J-2: as Python holds JSON."""
    kind = ty[0]
    if kind in ("u64", "s64"):
        return str(value)
    if kind in ("f32", "f64"):
        if math.isfinite(value):
            return shortest(value) if kind == "f32" else value
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    if kind in INTEGERS + ("bool", "string", "char"):
        return value
    if kind == "enum":
        return enum_names(ty)[value]
    if is_bytes(ty):
        return base64.b64encode(bytes(value)).decode()
    shape, fields = message_of(ty)
    if kind == "empty":
        return {}
    if shape in ("variant", "result"):
        name, _, of = fields[value[0]]
        return {json_name(name): write(value[1], of)}
    if shape == "flags":
        return {json_name(name): i in value for i, (name, _, _) in enumerate(fields)}
    values = [value] if kind == "wrapper" else value
    out = {}
    for v, (name, label, of) in zip(values, fields):
        if label == "optional" and v is None:
            continue
        if label == "one":
            out[json_name(name)] = write(v, of)
        elif label == "optional":
            out[json_name(name)] = write(v[0], of)
        elif label == "map":
            out[json_name(name)] = {key_text(k): write(item, of[1][1]) for k, item in v}  # J-9
        else:
            out[json_name(name)] = [write(item, of) for item in v]
    return out


def shortest(value):
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    return float(next(t for t in texts if abs(float(t)) < 2**128 and struct.pack("<f", float(t)) == struct.pack("<f", value)))


def key_text(key):
    return str(key).lower() if isinstance(key, bool) else str(key)


def parse(text):
    """J-1, J-8: objects as lists of pairs, numbers as their text."""

    def constant(_):
        raise Broken("J-1")

    try:
        value = json.loads(text, object_pairs_hook=Pairs, parse_int=Number, parse_float=Number, parse_constant=constant)
        json.dumps(value, ensure_ascii=False, default=str).encode()
    except (ValueError, UnicodeEncodeError):
        raise Broken("J-1") from None
    return value


class Pairs(list):
    """An object."""


def number(value, ty):
    """J-4"""
    kind = ty[0]
    if not isinstance(value, str):
        raise Broken("J-3")
    if kind in ("f32", "f64") and not isinstance(value, Number) and value in NOT_FINITE:
        return NOT_FINITE[value]
    if not NUMBER.fullmatch(value):
        raise Broken("J-3")
    if kind in ("f32", "f64"):
        try:
            of = float(value)
            of = struct.unpack("<f", struct.pack("<f", of))[0] if kind == "f32" else of
        except OverflowError:
            raise Broken("J-4") from None
        if not math.isfinite(of):
            raise Broken("J-4")
        return of
    exact = Decimal(value)
    bits = BITS.get(kind, 8)
    low, high = (-(1 << bits - 1), 1 << bits - 1) if kind[0] == "s" else (0, 1 << bits)
    if not low <= exact < high or exact != int(exact):
        raise Broken("J-4")
    return int(exact)


def read(value, ty):
    kind = ty[0]
    is_text = isinstance(value, str) and not isinstance(value, Number)
    if kind in INTEGERS + ("f32", "f64"):
        return number(value, ty)
    if kind == "bool":
        if not isinstance(value, bool):
            raise Broken("J-3")
        return value
    if kind in ("string", "char") or is_bytes(ty):
        if not is_text:
            raise Broken("J-3")
        if kind == "char" and len(value) != 1:
            raise Broken("J-5")
        return unbase64(value, ty) if is_bytes(ty) else value
    if kind == "enum":
        if not isinstance(value, str):
            raise Broken("J-3")
        if is_text:
            if value not in enum_names(ty):
                raise Broken("G-17")
            return enum_names(ty).index(value)
        if Decimal(value) not in range(len(ty[1])):
            raise Broken("G-17")
        return int(Decimal(value))
    if not isinstance(value, Pairs):
        raise Broken("J-3")
    return message(value, ty)


def unbase64(value, ty):
    """J-6"""
    if not re.fullmatch(r"[A-Za-z0-9+/]*={0,2}|[A-Za-z0-9_-]*={0,2}", value):
        raise Broken("J-3")
    value = value.rstrip("=").replace("-", "+").replace("_", "/")
    if len(value) % 4 == 1:
        raise Broken("J-3")
    data = list(base64.b64decode(value + "=" * (-len(value) % 4)))
    if ty[0] == "fixed" and len(data) != ty[2]:
        raise Broken("G-18")
    return data


def message(pairs, ty):
    shape, fields = message_of(ty)
    names = {}
    for i, (name, _, _) in enumerate(fields):
        names[name] = names[json_name(name)] = i
    seen = {}
    for name, value in pairs:
        at = names.get(name)
        if at is None:
            continue
        if shape in ("variant", "result") and value is None:
            continue
        if at in seen or seen and shape in ("variant", "result"):
            raise Broken("J-8")
        _, label, of = fields[at]
        seen[at] = None if value is None else (field(value, label, of),)
    if shape in ("variant", "result"):
        if not seen:
            raise Broken("G-17")
        ((case, (payload,)),) = seen.items()
        return (case, None if fields[case][2] == EMPTY else payload)
    if shape == "flags":
        return [i for i in range(len(fields)) if seen.get(i) and seen[i][0]]
    values = []
    for i, (_, label, of) in enumerate(fields):
        if seen.get(i):
            values.append(seen[i][0])
        elif isinstance(label, int):
            raise Broken("G-18")
        elif label == "one":
            values.append(absent(of) if of[0] != "char" else read("", of))
        else:
            values.append(None if label == "optional" else [])
    return values[0] if ty[0] == "wrapper" else values


def field(value, label, of):
    if label == "one":
        return read(value, of)
    if label == "optional":
        return [read(value, of)]
    if label == "map":
        if not isinstance(value, Pairs):
            raise Broken("J-3")
        key, item = of[1]
        return [(read_key(k, key), read(v, item)) for k, v in value]
    if not isinstance(value, list) or isinstance(value, Pairs):
        raise Broken("J-3")
    values = [read(item, of) for item in value]
    if isinstance(label, int) and len(values) != label:
        raise Broken("G-18")
    return values


def read_key(text, ty):
    """J-9"""
    if ty[0] == "bool":
        if text not in ("true", "false"):
            raise Broken("J-3")
        return text == "true"
    return read(text, ty)
