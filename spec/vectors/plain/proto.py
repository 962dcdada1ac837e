"""proto.md: messages of proto3 to values and back.

A message is a list of fields `(name, label, type)` and a shape, "fields", "variant", "result" or "flags". A label is "one",
"optional", "list", an int (so many) or "map".
"""
import struct

from plain.values import BITS, Broken


EMPTY = ("empty",)
MESSAGES = ("record", "tuple", "variant", "result", "flags", "empty")
VARINTS = ("bool", "u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "enum")


def names_of(labels, first=1):
    """G-5"""
    taken, names = set(), []
    for number, label in enumerate(labels, first):
        name = label.lower().replace("-", "_")
        while name.replace("_", "") in taken:
            name += f"_f{number}"
        taken.add(name.replace("_", ""))
        names.append(name)
    return names


def json_name(name):
    """G-5"""
    first, *rest = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def is_bytes(ty):
    return ty[0] in ("list", "fixed") and ty[1] == ("u8",)


def place(ty):
    """G-7: how often a field of the type occurs, and what it holds."""
    if ty[0] == "list" and not is_bytes(ty):
        return "list", single(ty[1])
    if ty[0] == "fixed" and not is_bytes(ty):
        return ty[2], single(ty[1])
    if ty[0] == "option":
        return "optional", single(ty[1])
    if ty[0] == "map":
        return "map", ("tuple", [single(ty[1]), single(ty[2])])
    return "one", ty


def single(ty):
    label, _ = place(ty)
    return ty if label == "one" else ("wrapper", ty)


def message_of(ty):
    """The shape and the fields of a type that is a message."""
    kind = ty[0]
    if kind == "record":
        names = names_of([name for name, _ in ty[1]])
        return "fields", [(name, *place(of)) for name, (_, of) in zip(names, ty[1])]
    if kind == "tuple":
        return "fields", [(f"f{i}", *place(of)) for i, of in enumerate(ty[1])]
    if kind == "wrapper":
        label, of = place(ty[1])
        name = {"optional": "value", "map": "entries"}.get(label, "values")
        return "fields", [(name, label, of)]
    if kind == "variant":
        names = names_of([name for name, _ in ty[1]])
        return "variant", [(name, "one", single(of) if of else EMPTY) for name, (_, of) in zip(names, ty[1])]
    if kind == "result":
        sides = [single(of) if of else EMPTY for of in ty[1:3]]
        return "result", [("ok", "one", sides[0]), ("err", "one", sides[1])]
    if kind == "flags":
        return "flags", [(name, "one", ("bool",)) for name in names_of(ty[1])]
    return "fields", []


def request_of(params):
    """G-10: the message, and the values of a call as its value."""
    if len(params) == 1 and params[0][1][0] == "record":
        return params[0][1], lambda values: values[0], lambda value: [value]
    return ("record", params), lambda values: values, lambda value: value


def response_of(result):
    """G-11"""
    if result is None:
        return ("record", []), lambda _: [], lambda _: None
    if result[0] in ("record", "result"):
        return result, lambda value: value, lambda value: value
    return ("record", [("result", result)]), lambda value: [value], lambda value: value[0]


def varint(value):
    out, value = bytearray(), value & (1 << 64) - 1
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def one(value, ty):
    """What a field holds, without its key, and its wire type."""
    kind = ty[0]
    if kind in VARINTS:
        return varint(int(value)), 0
    if kind == "f32":
        return (bytes.fromhex("0000c07f") if value != value else struct.pack("<f", value)), 5
    if kind == "f64":
        return (bytes.fromhex("000000000000f87f") if value != value else struct.pack("<d", value)), 1
    if kind in ("string", "char"):
        data = value.encode()
    elif is_bytes(ty):
        data = bytes(value)
    else:
        data = write(value, ty)
    return varint(len(data)) + data, 2


def keyed(number, data, wire):
    return varint(number << 3 | wire) + data


def write_field(number, value, label, ty):
    if label == "one" or label == "optional" and value is not None:
        data, wire = one(value[0] if label == "optional" else value, ty)
        is_default = ty[0] not in MESSAGES + ("wrapper", "char") and not data.strip(b"\0")
        return b"" if label == "one" and is_default else keyed(number, data, wire)  # G-13
    if label == "optional" or not value:
        return b""
    if ty[0] in VARINTS + ("f32", "f64"):
        data = b"".join(one(v, ty)[0] for v in value)
        return keyed(number, varint(len(data)) + data, 2)
    return b"".join(keyed(number, *one(v, ty)) for v in value)


def write(value, ty):
    """G-13"""
    shape, fields = message_of(ty)
    if ty == EMPTY:
        return b""
    if ty[0] == "wrapper":
        value = [value]
    if shape in ("variant", "result"):
        case, payload = value
        return keyed(case + 1, *one(payload, fields[case][2]))
    if shape == "flags":
        return b"".join(keyed(i + 1, b"\1", 0) for i in value)
    return b"".join(write_field(i, v, label, of) for i, (v, (_, label, of)) in enumerate(zip(value, fields), 1))


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if len(self.data) - self.at < count:
            raise Broken("G-14")
        self.at += count
        return self.data[self.at - count : self.at]

    def varint(self):
        value = 0
        for i in range(10):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << 7 * i
            if byte < 0x80:
                if value >> 64:
                    raise Broken("G-14")
                return value
        raise Broken("G-14")

    def fields(self):
        """G-14: number, wire type and payload of each field that is no group."""
        groups, out = [], []
        while self.at < len(self.data):
            key = self.varint()
            number, wire = key >> 3, key & 7
            if not 0 < number < 1 << 29 or wire > 5:
                raise Broken("G-14")
            if wire == 3:
                groups.append(number)
            elif wire == 4:
                if not groups or groups.pop() != number:
                    raise Broken("G-14")
            else:
                start = self.at
                if wire == 0:
                    self.varint()
                    payload = self.data[start : self.at]
                else:
                    payload = self.take(self.varint() if wire == 2 else {1: 8, 5: 4}[wire])
                if not groups:
                    out.append((number, wire, payload))
        if groups:
            raise Broken("G-14")
        return out


def wire_of(ty):
    return 0 if ty[0] in VARINTS else {"f32": 5, "f64": 1}.get(ty[0], 2)


def number(reader, ty):
    """G-16"""
    kind = ty[0]
    if kind in ("f32", "f64"):
        return struct.unpack("<f" if kind == "f32" else "<d", reader.take(4 if kind == "f32" else 8))[0]
    value = reader.varint()
    if kind == "bool":
        return value != 0
    width = 64 if kind[1:] == "64" else 32
    value &= (1 << width) - 1
    if kind[0] == "s" and value >> width - 1:
        value -= 1 << width
    if kind == "enum":
        if value >= len(ty[1]):
            raise Broken("G-17")
        return value
    bits = BITS.get(kind, 8)
    low, high = (-(1 << bits - 1), 1 << bits - 1) if kind[0] == "s" else (0, 1 << bits)
    if not low <= value < high:
        raise Broken("G-16")
    return value


def text(data):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Broken("G-14") from None


def held(payload, ty):
    """What one field holds."""
    kind = ty[0]
    if kind in VARINTS + ("f32", "f64"):
        return number(Reader(payload), ty)
    if kind == "string":
        return text(payload)
    if kind == "char":
        if len(text(payload)) != 1:
            raise Broken("G-16")
        return text(payload)
    if is_bytes(ty):
        if kind == "fixed" and len(payload) != ty[2]:
            raise Broken("G-18")
        return list(payload)
    return read(payload, ty)


def absent(ty):
    """G-15"""
    kind = ty[0]
    if kind in VARINTS + ("f32", "f64"):
        return 0 if kind != "bool" else False
    return held(b"", ty)


def read_field(seen, label, ty):
    if label in ("one", "optional"):
        if not seen:
            return absent(ty) if label == "one" else None
        payloads = [payload for _, payload in seen]
        value = held(b"".join(payloads) if ty[0] in MESSAGES + ("wrapper",) else payloads[-1], ty)
        return value if label == "one" else [value]
    values = []
    for wire, payload in seen:
        if wire == wire_of(ty):
            values.append(held(payload, ty))
            continue
        reader = Reader(payload)
        while reader.at < len(payload):
            values.append(number(reader, ty))
    if isinstance(label, int) and len(values) != label:
        raise Broken("G-18")
    return [tuple(v) for v in values] if label == "map" else values


def read(data, ty):
    shape, fields = message_of(ty)
    seen, case = [[] for _ in fields], None
    for at, wire, payload in Reader(data).fields():
        if at > len(fields):
            continue
        _, label, of = fields[at - 1]
        packable = label not in ("one", "optional") and wire_of(of) != 2
        if wire != wire_of(of) and not (packable and wire == 2):
            raise Broken("G-15")
        if shape in ("variant", "result") and case != at - 1:
            case, seen[at - 1] = at - 1, []
        seen[at - 1].append((wire, payload))
    if shape in ("variant", "result"):
        if case is None:
            raise Broken("G-17")
        value = read_field(seen[case], "one", fields[case][2])
        return (case, None if fields[case][2] == EMPTY else value)
    if shape == "flags":
        return [i for i, field in enumerate(seen) if read_field(field, "one", ("bool",))]
    values = [read_field(field, label, of) for field, (_, label, of) in zip(seen, fields)]
    return values[0] if ty[0] == "wrapper" else values
