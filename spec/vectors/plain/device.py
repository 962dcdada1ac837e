"""device.md: messages to bytes and back."""
from plain.values import Broken, leb

KINDS = {"CALL": 1, "RETURN": 2, "CANCEL": 3, "ANNOUNCE": 4, "INVOKE": 5, "REFUSE": 6}
STATUS = [("code", "u8"), ("message", "string"), ("details", "bytes")]
FIELDS = {
    "CALL": [("number", "u32"), ("function", "string"), ("fingerprint", "string"), ("timeout", "u64"),
             ("metadata", "pairs"), ("request", "bytes")],
    "RETURN": [("number", "u32")],
    "CANCEL": [("number", "u32")],
    "ANNOUNCE": [("wit", "text")],
    "INVOKE": [("number", "u32"), ("timeout", "u64"), ("text", "text")],
    "REFUSE": STATUS,
}


def string(text):
    return leb(len(text.encode()), False) + text.encode()


def put(value, ty):
    if ty in ("u32", "u64"):
        return leb(value, False)
    if ty == "u8":
        return bytes([value])
    if ty == "string":
        return string(value)
    if ty == "pairs":
        return leb(len(value), False) + b"".join(string(a) + string(b) for a, b in value)
    return value.encode() if ty == "text" else bytes.fromhex(value)


class Body:
    def __init__(self, data):
        self.data = data

    def bytes(self, count):
        if count > len(self.data):
            raise Broken("E-8")
        taken, self.data = self.data[:count], self.data[count:]
        return taken

    def number(self, bits):
        data = b""
        while not data or data[-1] & 0x80:
            data += self.bytes(1)
        value = sum((byte & 0x7F) << (7 * at) for at, byte in enumerate(data))
        if value >> bits or leb(value, False) != data:
            raise Broken("E-8")
        return value

    def utf8(self, data):
        try:
            return data.decode()
        except UnicodeDecodeError:
            raise Broken("E-8") from None

    def take(self, ty):
        if ty in ("u32", "u64"):
            return self.number(int(ty[1:]))
        if ty == "u8":
            return self.bytes(1)[0]
        if ty == "string":
            return self.utf8(self.bytes(self.number(32)))
        if ty == "pairs":
            return [[self.take("string"), self.take("string")] for _ in range(self.number(32))]
        rest = self.bytes(len(self.data))
        return self.utf8(rest) if ty == "text" else rest.hex()


def fields(kind, code):
    """RETURN goes on as its code says."""
    if kind != "RETURN":
        return FIELDS[kind]
    return FIELDS[kind] + ([("code", "u8"), ("response", "bytes")] if code == 0 else STATUS)


def write(message):
    kind = message["message_kind"]
    body = b"".join(put(message[name], ty) for name, ty in fields(kind, message.get("code")))
    return bytes([KINDS[kind]]) + len(body).to_bytes(4, "big") + body


def read(data):
    """One message that is all of the bytes."""
    (kind,) = [name for name, number in KINDS.items() if number == data[0]]
    body = Body(data[5:])
    assert int.from_bytes(data[1:5], "big") == len(body.data)
    message = {"message_kind": kind}
    for name, ty in FIELDS[kind]:
        message[name] = body.take(ty)
    if kind == "RETURN":
        message["code"] = body.take("u8")
        for name, ty in fields(kind, message["code"])[2:]:
            message[name] = body.take(ty)
    if body.data:
        raise Broken("E-8")
    return message
