"""A callee of one function, `add: func(a: s32, b: s32) -> s32`, as calls.md, http.md and status.md have it."""
import re

from plain.fingerprints import fingerprint, of_function
from plain.status import empty_status
from plain.values import Broken, decode


ADD = "/demo.calc.v0_1.Ops/Add"
ADD_TYPES = [("a", ("s32",)), ("b", ("s32",))], ("s32",)


def refusal(code, reason, executed="no"):
    return dict(empty_status(code, ""), reason=reason, executed=executed)


def answer_to(request, gives):
    """What the callee does: HTTP status, status of the call or None, the function's bytes or None."""
    headers, body = request["headers"], bytes.fromhex(request["body"])
    kinds = {"application/grpc+wit": "grpc", "application/wit": "connect"}
    kind = kinds.get(headers.get("content-type"))
    if kind is None:
        return 415, None, None  # H-1
    if request["method"] != "POST":
        return 405, None, None  # H-1
    timeout = {"grpc": r"\d{1,8}[HMSmun]", "connect": r"\d{1,10}"}[kind]
    given = headers.get({"grpc": "grpc-timeout", "connect": "connect-timeout-ms"}[kind])
    if given is not None and not re.fullmatch(timeout, given):
        return 200, refusal("INVALID_ARGUMENT", "TIMEOUT_INVALID"), None  # H-6, H-10
    if kind == "connect" and headers.get("connect-protocol-version", "1") != "1":
        return 200, refusal("INVALID_ARGUMENT", "VERSION_INVALID"), None  # H-9
    if kind == "connect" and headers.get("content-encoding", "identity") != "identity":
        return 200, refusal("UNIMPLEMENTED", "COMPRESSED"), None  # H-11
    path, _, query = request["path"].partition("?")
    if query:
        return 200, refusal("UNIMPLEMENTED", "PATH_HAS_QUERY"), None  # C-2
    if path != ADD:
        return 200, refusal("UNIMPLEMENTED", "UNKNOWN_FUNCTION"), None
    if kind == "grpc":
        whole = 5 + int.from_bytes(body[1:5], "big")
        if not body or len(body) > whole:
            return 200, refusal("UNIMPLEMENTED", "ENVELOPE"), None  # H-5
        if len(body) < whole or body[0] > 1:
            return 200, refusal("INVALID_ARGUMENT", "ENVELOPE"), None  # H-5
        if body[0] == 1:
            return 200, refusal("INTERNAL", "COMPRESSED"), None  # H-5
        body = body[5:]
    if headers.get("wit-fp", fingerprint(of_function(*ADD_TYPES))) != fingerprint(of_function(*ADD_TYPES)):
        return 200, refusal("FAILED_PRECONDITION", "FINGERPRINT_MISMATCH"), None  # C-6
    try:
        decode(body, [ty for _, ty in ADD_TYPES[0]])
    except Broken:
        return 200, refusal("INVALID_ARGUMENT", None), None
    return 200, None, body
