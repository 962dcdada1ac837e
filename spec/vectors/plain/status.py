"""status.md and the failures of http.md: a status in its three forms."""
import base64
from urllib.parse import quote, unquote

from plain.values import Broken, Reader, leb


CODES = (
    "CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED "
    "FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED"
).split()
HTTP = dict(zip(CODES, (499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401)))
WITHOUT_BODY = {400: "INTERNAL", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "UNIMPLEMENTED"}
WITHOUT_BODY.update({429: "UNAVAILABLE", 502: "UNAVAILABLE", 503: "UNAVAILABLE", 504: "UNAVAILABLE"})
PREFIX, INFO = "type.googleapis.com/", "google.rpc.ErrorInfo"


def connect_name(code):
    return "canceled" if code == "CANCELLED" else code.lower()


def field(number, value):
    """A field of protobuf; nothing for its default."""
    if not value:
        return b""
    if isinstance(value, int):
        return leb(number << 3, False) + leb(value, False)
    data = value.encode() if isinstance(value, str) else value
    return leb(number << 3 | 2, False) + leb(len(data), False) + data


def fields(data):
    reader, out = Reader(data), []
    while reader.left():
        key = reader.leb(32, False)
        if key & 7 == 0:
            out.append((key >> 3, reader.leb(64, False)))
        elif key & 7 == 2:
            out.append((key >> 3, reader.take(reader.leb(32, False))))
        else:
            raise Broken("S-3")
    return out


def error_info(status):
    facts = dict(status["facts"], executed=status["executed"])
    entries = b"".join(field(3, field(1, key) + field(2, facts[key])) for key in sorted(facts))
    return field(1, status["reason"]) + field(2, "wasm-rpc") + entries


def says_nothing(status):
    return status["executed"] == "maybe" and not status["reason"] and not status["facts"] and not status["foreign"]


def details(status):
    """S-3, S-4"""
    if says_nothing(status):
        return b""
    kinds = [(PREFIX + INFO, error_info(status))]
    kinds += [(other["type_url"], bytes.fromhex(other["hex"])) for other in status["foreign"]]
    anys = b"".join(field(3, field(1, url) + field(2, value)) for url, value in kinds)
    return field(1, CODES.index(status["code"]) + 1) + field(2, status["message"]) + anys


def add_detail(status, url, value):
    if url == PREFIX + INFO:
        info, facts = dict(fields(value)), {}
        if info.get(2) == b"wasm-rpc":
            for number, entry in fields(value):
                if number == 3:
                    entry = dict(fields(entry))
                    facts[entry.get(1, b"").decode()] = entry.get(2, b"").decode()
            executed = facts.pop("executed", "maybe")
            status["executed"] = executed if executed in ("no", "yes") else "maybe"
            status["reason"], status["facts"] = info.get(1, b"").decode(), facts
            return
    status["foreign"].append({"type_url": url, "hex": value.hex()})


def empty_status(code, message):
    return {"code": code, "message": message, "executed": "maybe", "reason": "", "facts": {}, "foreign": []}


def read_details(status, data):
    try:
        found = fields(data)
        for number, value in found:
            if number == 3:
                detail = dict(fields(value))
                add_detail(status, detail.get(1, b"").decode(), detail.get(2, b""))
    except (Broken, UnicodeDecodeError):
        pass  # S-3: a call does not fail for details that do not decode
    return status


def unpadded(text):
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))


def read_grpc(headers):
    """S-1 to S-4"""
    number = headers["grpc-status"]
    code = CODES[int(number) - 1] if number.isdigit() and 1 <= int(number) <= 16 else "UNKNOWN"
    status = empty_status(code, unquote(headers.get("grpc-message", "")))
    return read_details(status, unpadded(headers.get("grpc-status-details-bin", "")))


def write_grpc(status):
    out = {"grpc-status": str(CODES.index(status["code"]) + 1)}
    if status["message"]:
        printable = "".join(map(chr, range(0x20, 0x7F))).replace("%", "")
        out["grpc-message"] = quote(status["message"], safe=printable)
    if details(status):
        out["grpc-status-details-bin"] = base64.b64encode(details(status)).decode().rstrip("=")
    return out


def read_connect(answer):
    """H-13, H-14"""
    body = answer["body"]
    names = {connect_name(code): code for code in CODES}
    if not isinstance(body, dict) or body.get("code") not in names:
        return empty_status(WITHOUT_BODY.get(answer["status"], "UNKNOWN"), "")
    status = empty_status(names[body["code"]], body.get("message", ""))
    for detail in body.get("details", []):
        add_detail(status, PREFIX + detail["type"], unpadded(detail["value"]))
    return status


def write_connect(status):
    body = {"code": connect_name(status["code"]), "message": status["message"]}
    if not says_nothing(status):
        kinds = [(INFO, error_info(status))]
        kinds += [(other["type_url"].removeprefix(PREFIX), bytes.fromhex(other["hex"])) for other in status["foreign"]]
        body["details"] = [
            {"type": name, "value": base64.b64encode(value).decode().rstrip("=")} for name, value in kinds
        ]
    return {"status": HTTP[status["code"]], "body": body}
