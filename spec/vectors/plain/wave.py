"""The text of values, V-20."""
import re
import struct
from decimal import Decimal

from plain.values import BITS


KEYWORDS = "some none ok err true false inf nan".split()
ESCAPES = {"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "'": "\\'", "\\": "\\\\"}


def escaped(text):
    return "".join(ESCAPES.get(c) or (c if c.isprintable() else "\\u{%x}" % ord(c)) for c in text)


def number(value, kind):
    if value != value:
        return "nan"
    if value in (float("inf"), float("-inf")):
        return "inf" if value > 0 else "-inf"
    text = repr(value)
    if kind == "f32":
        text = next(text for text in (f"{value:.{digits}g}" for digits in range(1, 10)) if is_f32(text, value))
    text = format(Decimal(text), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def is_f32(text, value):
    try:
        return struct.pack("<f", float(text)) == struct.pack("<f", value)
    except OverflowError:
        return False


def wave(value, ty):
    kind = ty[0]
    word = lambda name: "%" + name if name in KEYWORDS else name
    if kind == "bool":
        return "true" if value else "false"
    if kind in ("f32", "f64"):
        return number(value, kind)
    if kind == "char":
        return f"'{escaped(value)}'"
    if kind == "string":
        return f'"{escaped(value)}"'
    if kind in ("list", "fixed"):
        return f"[{', '.join(wave(v, ty[1]) for v in value)}]"
    if kind == "map":
        return f"[{', '.join(f'({wave(k, ty[1])}, {wave(v, ty[2])})' for k, v in value)}]"
    if kind == "record":
        fields = [f"{n}: {wave(v, of)}" for v, (n, of) in zip(value, ty[1]) if of[0] != "option" or v is not None]
        return "{" + (", ".join(fields) or ":") + "}"
    if kind == "tuple":
        return f"({', '.join(wave(v, of) for v, of in zip(value, ty[1]))})"
    if kind == "variant":
        name, of = ty[1][value[0]]
        return word(name) + (f"({wave(value[1], of)})" if of else "")
    if kind == "enum":
        return word(ty[1][value])
    if kind == "flags":
        return "{" + ", ".join(ty[1][i] for i in value) + "}"
    if kind == "option":
        return "none" if value is None else f"some({wave(value[0], ty[1])})"
    if kind == "result":
        of = ty[1 + value[0]]
        return ("ok", "err")[value[0]] + (f"({wave(value[1], of)})" if of else "")
    return str(value)


class Text:
    """Reads WAVE along a type."""

    LEXEME = re.compile(
        r"\s*(\"(?:[^\\\"]|\\.)*\"|'(?:[^\\']|\\u\{[0-9a-fA-F]+\}|\\.)'|-?\d[\d.]*(?:[eE][+-]?\d+)?|-inf|%?[A-Za-z][A-Za-z0-9-]*|[\[\](){},:])"
    )

    def __init__(self, text):
        self.words, at = [], 0
        while text[at:].strip():
            match = self.LEXEME.match(text, at)
            assert match, text[at:]
            self.words.append(match.group(1))
            at = match.end()
        self.at = 0

    def next(self, wanted=None):
        self.at += 1
        word = self.words[self.at - 1]
        assert wanted is None or word == wanted, f"{word} where {wanted} belongs"
        return word

    def take(self, wanted):
        if self.at < len(self.words) and self.words[self.at] == wanted:
            self.at += 1
            return True
        return False

    def several(self, close, one):
        out = []
        while not self.take(close):
            out.append(one(len(out)))
            self.take(",")
        return out

    def payload(self, of):
        if of is None:
            return None
        self.next("(")
        value = self.value(of)
        self.next(")")
        return value

    def value(self, ty):
        kind = ty[0]
        if kind == "bool":
            return {"true": True, "false": False}[self.next()]
        if kind in ("u8", "s8") or kind in BITS:
            return int(self.next())
        if kind in ("f32", "f64"):
            value = float(self.next())
            return struct.unpack("<f", struct.pack("<f", value))[0] if kind == "f32" else value
        if kind in ("char", "string"):
            unescape = lambda m: chr(int(m[1], 16)) if m[1] else {"t": "\t", "n": "\n", "r": "\r"}.get(m[2], m[2])
            return re.sub(r"\\u\{([0-9a-fA-F]+)\}|\\(.)", unescape, self.next()[1:-1])
        if kind in ("list", "fixed"):
            self.next("[")
            return self.several("]", lambda _: self.value(ty[1]))
        if kind == "map":
            self.next("[")
            return [tuple(v) for v in self.several("]", lambda _: self.value(("tuple", ty[1:])))]
        if kind == "tuple":
            self.next("(")
            return self.several(")", lambda i: self.value(ty[1][i]))
        if kind == "record":
            self.next("{")
            self.take(":")
            given = {}
            while not self.take("}"):
                name = self.next().lstrip("%")
                self.next(":")
                given[name] = self.value(dict(ty[1])[name])
                self.take(",")
            return [given[name] if of[0] != "option" else given.get(name) for name, of in ty[1]]
        if kind == "flags":
            self.next("{")
            return sorted(self.several("}", lambda _: ty[1].index(self.next().lstrip("%"))))
        if kind == "enum":
            return ty[1].index(self.next().lstrip("%"))
        if kind == "variant":
            case = [name for name, _ in ty[1]].index(self.next().lstrip("%"))
            return (case, self.payload(ty[1][case][1]))
        if kind == "option":
            return [self.payload(ty[1])] if self.next() == "some" else None
        if kind == "result":
            side = ("ok", "err").index(self.next())
            return (side, self.payload(ty[1 + side]))
        raise AssertionError(kind)
