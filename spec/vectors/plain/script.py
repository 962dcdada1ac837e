"""text.md: a call as a WebAssembly script has it, and its result."""
import re
import struct

from plain.values import BITS, Broken, encode, leb

CORE = {"i32": ("s32", "u32"), "i64": ("s64", "u64"), "f32": ("f32",), "f64": ("f64",)}
TOKEN = re.compile(r'\s+|;;[^\n]*|[()]|"(?:[^"\\]|\\.)*"|[^\s()";]+')


def is_core(params, result):
    """F-5"""
    results = [] if result is None else result[1] if result[0] == "tuple" else [result]
    return all(ty[0] in ("s32", "s64", "f32", "f64") for ty in [*params, *results])


def tree(text):
    """T-2: nested lists of tokens, strings as bytes objects."""
    at, open_lists = 0, [[]]
    while at < len(text):
        if text.startswith("(;", at):
            at = after_comment(text, at)
            continue
        match = TOKEN.match(text, at)
        if not match:
            raise Broken("T-2")
        word, at = match.group(), match.end()
        if word.isspace() or word.startswith(";;"):
            continue
        if word == "(":
            open_lists.append([])
            if len(open_lists) > 101:
                raise Broken("T-9")
        elif word == ")":
            if len(open_lists) == 1:
                raise Broken("T-2")
            done = open_lists.pop()
            open_lists[-1].append(done)
        else:
            open_lists[-1].append(string(word) if word[0] == '"' else word)
    if len(open_lists) != 1:
        raise Broken("T-2")
    return open_lists[0]


def after_comment(text, at):
    """Block comments nest."""
    depth = 0
    for mark in re.finditer(r"\(;|;\)", text[at:]):
        depth += 1 if mark.group() == "(;" else -1
        if depth == 0:
            return at + mark.end()
    raise Broken("T-2")


def string(word):
    out = bytearray()
    for escape in re.finditer(r"\\u\{([0-9a-fA-F]+)\}|\\([0-9a-fA-F]{2})|\\([tnr\"'\\])|([^\\])", word[1:-1]):
        code, byte, one, plain = escape.groups()
        if byte:
            out.append(int(byte, 16))
        else:
            out += (chr(int(code, 16)) if code else {"t": "\t", "n": "\n", "r": "\r"}.get(one, one) if one else plain).encode()
    return bytes(out)


def text_of(node):
    if not isinstance(node, bytes):
        raise Broken("T-2")
    try:
        return node.decode()
    except UnicodeDecodeError:
        raise Broken("T-2") from None


def integer(word, bits, ways):
    number = int(word.replace("_", ""), 16 if "0x" in word else 10)
    low = -(1 << bits - 1) if "s" in ways else 0
    if not low <= number < 1 << bits:
        raise Broken("T-5")
    return number - (1 << bits) if ways == "s" and number >> bits - 1 > 0 else number


def floating(word, kind):
    """The bits."""
    size, mantissa, form = {"f32": (4, 23, "<f"), "f64": (8, 52, "<d")}[kind]
    word = word.replace("_", "")
    sign, bare = word.startswith("-"), word.lstrip("+-")
    if bare.startswith("nan"):
        payload = int(bare[4:], 16) if ":" in bare else 1 << mantissa - 1
        exponent = (1 << size * 8 - 1 - mantissa) - 1
        bits = sign << size * 8 - 1 | exponent << mantissa | payload
        return bits.to_bytes(size, "little")
    value = float.fromhex(word) if "0x" in word else float(word)
    return struct.pack(form, value)


def one(items, ty, core):
    """The bytes of one constant, whose tokens are `items`."""
    if not items or not isinstance(items[0], str):
        raise Broken("T-2")
    kind, rest = ty[0], items[1:]
    keyword, _, suffix = items[0].partition(".")
    if suffix == "const" and keyword in CORE:
        if kind not in CORE[keyword]:
            raise Broken("T-5")
        (word,) = rest
        if keyword[0] == "f":
            data = floating(word, keyword)
            nan = struct.unpack("<f" if kind == "f32" else "<d", data)[0]
            return data if core or nan == nan else encode(nan, ty)
        bits = BITS[kind]
        number = integer(word, bits, "su") & (1 << bits) - 1
        if kind[0] == "s" and number >> bits - 1:
            number -= 1 << bits
        return leb(number, kind[0] == "s")
    wanted = {"string": "str", "map": "list", "fixed": "list"}.get(kind, kind)
    if keyword != wanted or suffix not in {"option": ("some", "none"), "result": ("ok", "err")}.get(kind, ("const",)):
        raise Broken("T-5")
    if kind == "bool":
        return encode({"true": True, "false": False}[rest[0]], ty)
    if kind in BITS or kind in ("u8", "s8"):
        (word,) = rest
        return encode(integer(word, BITS.get(kind, 8), kind[0]), ty)
    if kind in ("char", "string"):
        (word,) = rest
        if kind == "char" and len(text_of(word)) != 1:
            raise Broken("T-5")
        return encode(text_of(word), ty)
    if kind in ("list", "fixed"):
        if kind == "fixed" and len(rest) != ty[2]:
            raise Broken("T-5")
        count = leb(len(rest), False) if kind == "list" else b""
        return count + b"".join(nested(item, ty[1]) for item in rest)
    if kind == "map":
        return leb(len(rest), False) + b"".join(nested(item, ("tuple", list(ty[1:]))) for item in rest)
    if kind == "tuple":
        if len(rest) != len(ty[1]):
            raise Broken("T-5")
        return b"".join(nested(item, of) for item, of in zip(rest, ty[1]))
    if kind == "record":
        if [(item[0], text_of(item[1])) for item in rest] != [("field", name) for name, _ in ty[1]]:
            raise Broken("T-6")
        return b"".join(component(item[2:], of) for item, (_, of) in zip(rest, ty[1]))
    if kind == "flags":
        names = [text_of(item) for item in rest]
        if len(set(names)) != len(names) or not set(names) <= set(ty[1]):
            raise Broken("T-6")
        return encode([i for i, name in enumerate(ty[1]) if name in names], ty)
    if kind == "enum":
        if text_of(rest[0]) not in ty[1]:
            raise Broken("T-6")
        return leb(ty[1].index(text_of(rest[0])), False)
    if kind == "variant":
        cases = dict(ty[1])
        name = text_of(rest[0])
        if name not in cases:
            raise Broken("T-6")
        return leb(list(cases).index(name), False) + payload(rest[1:], cases[name])
    if kind == "option":
        return b"\0" + payload(rest, None) if suffix == "none" else b"\1" + payload(rest, ty[1])
    side = ("ok", "err").index(suffix)
    return bytes([side]) + payload(rest, ty[1 + side])


def component(items, ty):
    """T-6: no integer of WebAssembly's own within another constant."""
    if items and items[0] in ("i32.const", "i64.const"):
        raise Broken("T-6")
    return one(items, ty, False)


def nested(item, ty):
    if not isinstance(item, list):
        raise Broken("T-2")
    return component(item, ty)


def payload(rest, ty):
    if len(rest) != (ty is not None):
        raise Broken("T-6")
    return nested(rest[0], ty) if ty else b""


def constants(items, types, core):
    if len(items) != len(types):
        raise Broken("T-4")
    if not all(isinstance(item, list) for item in items):
        raise Broken("T-2")
    return b"".join(one(item, ty, core) for item, ty in zip(items, types))


def request(text, params, result):
    """The name and the bytes of a call."""
    calls = tree(text)
    if len(calls) != 1 or not isinstance(calls[0], list) or calls[0][:1] != ["invoke"]:
        raise Broken("T-2")
    return text_of(calls[0][1]), constants(calls[0][2:], params, is_core(params, result))


def response(text, params, result):
    """T-7: the bytes of a result."""
    core = is_core(params, result)
    types = [] if result is None else result[1] if core and result[0] == "tuple" else [result]
    return constants(tree(text), types, core)
