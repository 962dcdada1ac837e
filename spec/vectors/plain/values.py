"""values.md: values to bytes and back, strictly.

A type is a tuple that begins with its keyword: `("list", ("u8",))`.
"""
import struct


class Broken(Exception):
    """Bytes that break a rule."""

    def __init__(self, rule):
        super().__init__(rule)
        self.rule = rule


BITS = {"u16": 16, "u32": 32, "u64": 64, "s16": 16, "s32": 32, "s64": 64}
NAN = {"f32": bytes.fromhex("0000c07f"), "f64": bytes.fromhex("000000000000f87f")}


def leb(value, signed):
    """V-5"""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        if value == 0 and not (signed and byte & 0x40) or signed and value == -1 and byte & 0x40:
            return bytes(out + bytes([byte]))
        out.append(byte | 0x80)


def encode(value, ty):
    kind = ty[0]
    if kind == "bool":
        return bytes([value])  # V-4
    if kind in ("u8", "s8"):
        return bytes([value & 0xFF])  # V-5
    if kind in BITS:
        return leb(value, kind[0] == "s")
    if kind in ("f32", "f64"):
        if value != value:
            return NAN[kind]  # V-6
        return struct.pack("<f" if kind == "f32" else "<d", value)
    if kind == "char":
        return value.encode()  # V-7
    if kind == "string":
        return leb(len(value.encode()), False) + value.encode()  # V-8
    if kind == "list":
        return leb(len(value), False) + b"".join(encode(v, ty[1]) for v in value)  # V-9
    if kind == "fixed":
        assert len(value) == ty[2]
        return b"".join(encode(v, ty[1]) for v in value)  # V-11
    if kind == "map":
        return leb(len(value), False) + b"".join(encode(k, ty[1]) + encode(v, ty[2]) for k, v in value)  # V-11
    if kind == "record":
        return b"".join(encode(v, of) for v, (_, of) in zip(value, ty[1]))  # V-12
    if kind == "tuple":
        return b"".join(encode(v, of) for v, of in zip(value, ty[1]))  # V-12
    if kind == "variant":
        case, payload = value
        of = ty[1][case][1]
        return leb(case, False) + (encode(payload, of) if of else b"")  # V-13
    if kind == "enum":
        return leb(value, False)  # V-13
    if kind == "flags":
        bits = sum(1 << i for i in value)
        return bits.to_bytes((len(ty[1]) + 7) // 8, "little")  # V-14
    if kind == "option":
        return b"\0" if value is None else b"\1" + encode(value[0], ty[1])  # V-15
    if kind == "result":
        side, payload = value
        of = ty[1 + side]
        return bytes([side]) + (encode(payload, of) if of else b"")  # V-16
    raise Broken("V-17")


def fewest(ty):
    """The fewest bytes that a value of the type has."""
    kind = ty[0]
    if kind == "f32":
        return 4
    if kind == "f64":
        return 8
    if kind == "fixed":
        return ty[2] * fewest(ty[1])
    if kind == "record":
        return sum(fewest(of) for _, of in ty[1])
    if kind == "tuple":
        return sum(fewest(of) for of in ty[1])
    if kind == "variant":
        return 1 + min(fewest(of) if of else 0 for _, of in ty[1])
    if kind == "result":
        return 1 + min(fewest(of) if of else 0 for of in ty[1:])
    if kind == "flags":
        return (len(ty[1]) + 7) // 8
    return 1


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def left(self):
        return len(self.data) - self.at

    def take(self, count):
        if self.left() < count:
            raise Broken("V-2")
        self.at += count
        return self.data[self.at - count : self.at]

    def leb(self, bits, signed):
        value, shift, last = 0, 0, None
        while True:
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
            if shift >= bits:
                raise Broken("V-5")
            last = byte
        if signed:
            if last is not None and (byte == 0 and not last & 0x40 or byte == 0x7F and last & 0x40):
                raise Broken("V-5")
            if byte & 0x40:
                value -= 1 << shift
            fits = -(1 << bits - 1) <= value < 1 << bits - 1
        else:
            if last is not None and byte == 0:
                raise Broken("V-5")
            fits = value < 1 << bits
        if not fits:
            raise Broken("V-5")
        return value

    def length(self, smallest):
        count = self.leb(32, False)
        if count * smallest > self.left():
            raise Broken("V-9")
        return count

    def tag(self, rule):
        (tag,) = self.take(1)
        if tag > 1:
            raise Broken(rule)
        return tag

    def value(self, ty):
        kind = ty[0]
        if kind == "bool":
            return bool(self.tag("V-4"))
        if kind in ("u8", "s8"):
            (byte,) = self.take(1)
            return byte - 256 if kind == "s8" and byte > 127 else byte
        if kind in BITS:
            return self.leb(BITS[kind], kind[0] == "s")
        if kind == "f32":
            return struct.unpack("<f", self.take(4))[0]
        if kind == "f64":
            return struct.unpack("<d", self.take(8))[0]
        if kind == "char":
            lead = self.take(1)
            size = next((n for n, low, high in SIZES if low <= lead[0] <= high), None)
            if size is None:
                raise Broken("V-7")
            return utf8(lead + self.take(size - 1), "V-7")
        if kind == "string":
            return utf8(self.take(self.length(1)), "V-8")
        if kind == "list":
            return [self.value(ty[1]) for _ in range(self.length(fewest(ty[1])))]
        if kind == "fixed":
            if fewest(ty) > self.left():
                raise Broken("V-9")
            return [self.value(ty[1]) for _ in range(ty[2])]
        if kind == "map":
            count = self.length(fewest(ty[1]) + fewest(ty[2]))
            return [(self.value(ty[1]), self.value(ty[2])) for _ in range(count)]
        if kind == "record":
            return [self.value(of) for _, of in ty[1]]
        if kind == "tuple":
            return [self.value(of) for of in ty[1]]
        if kind in ("variant", "enum"):
            case = self.leb(32, False)
            if case >= len(ty[1]):
                raise Broken("V-13")
            if kind == "enum":
                return case
            of = ty[1][case][1]
            return (case, self.value(of) if of else None)
        if kind == "flags":
            bits = int.from_bytes(self.take((len(ty[1]) + 7) // 8), "little")
            if bits >> len(ty[1]):
                raise Broken("V-14")
            return [i for i in range(len(ty[1])) if bits >> i & 1]
        if kind == "option":
            return [self.value(ty[1])] if self.tag("V-15") else None
        if kind == "result":
            side = self.tag("V-16")
            return (side, self.value(ty[1 + side]) if ty[1 + side] else None)
        raise Broken("V-17")


SIZES = [(1, 0, 0x7F), (2, 0xC2, 0xDF), (3, 0xE0, 0xEF), (4, 0xF0, 0xF4)]


def utf8(data, rule):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Broken(rule) from None


def decode(data, types):
    reader = Reader(data)
    values = [reader.value(ty) for ty in types]
    if reader.left():
        raise Broken("V-2")
    return values
