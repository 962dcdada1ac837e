"""Every value type by Python's own JSON mapping, and as protobuf, over Connect. Arguments: host:port, cases."""

import json
import sys
import urllib.request

import grpc
from google.protobuf import json_format

from farcall_peer import Peer

address, cases = sys.argv[1:]
peer = Peer(address)


def by_connect(path, content_type, body):
    headers = {"content-type": content_type, "connect-protocol-version": "1"}
    request = urllib.request.Request(f"http://{address}{path}", body, headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["content-type"] == content_type, answer.headers
        return answer.read()


def exact(message):
    """Bytes: as messages, a NaN is unlike itself and 0 is -0."""
    return message.SerializeToString(deterministic=True)


def case(function, request, expected):
    path = "/test.values.v0_1." + function
    asked, answered = peer.types(path)
    request = json_format.ParseDict(request, asked())
    expected = json_format.ParseDict(expected, answered())
    got = answered.FromString(by_connect(path, "application/proto", request.SerializeToString()))
    assert exact(got) == exact(expected), f"{function} by Connect, proto: {got} instead of {expected}"
    for text in [
        json_format.MessageToJson(request),
        json_format.MessageToJson(request, always_print_fields_with_no_presence=True),
        json_format.MessageToJson(request, preserving_proto_field_name=True, use_integers_for_enums=True),
    ]:
        said = by_connect(path, "application/json", text.encode()).decode()
        got = json_format.Parse(said, answered())
        assert exact(got) == exact(expected), f"{function} by Connect, JSON: {got} instead of {expected}"
        with_defaults = json_format.MessageToDict(expected, always_print_fields_with_no_presence=True)
        assert json.loads(said) == with_defaults, f"{function}: {said} instead of {with_defaults}"


with open(cases, encoding="utf-8") as file:
    cases = json.load(file)
for each in cases["run"] + cases["run-wide"]:
    # Python refuses to read the largest float as all, itself too, write it: 3.4028235e+38. The smallest it writes longer.
    if not any(end in json.dumps(each) for end in ["e+38", "e-45"]):
        case(*each)

narrow = [("Scalars/NextU8", 256), ("Scalars/NextS8", -129), ("Scalars/NextU16", 65536), ("Scalars/NextS16", 32768)]
for function, number in narrow:
    peer.fails(f"/test.values.v0_1.{function}", grpc.StatusCode.INVALID_ARGUMENT, {"v": number}, executed="no")
for text in ["", "ab"]:
    peer.fails("/test.values.v0_1.Scalars/EchoChar", grpc.StatusCode.INVALID_ARGUMENT, {"v": text}, executed="no")
peer.fails("/test.values.v0_1.Compounds/NextColor", grpc.StatusCode.INVALID_ARGUMENT, {"v": 3}, executed="no")
peer.fails("/test.values.v0_1.Compounds/Kind", grpc.StatusCode.INVALID_ARGUMENT, {"v": {}}, executed="no")
peer.fails("/test.values.v0_1.Compounds/Flip", grpc.StatusCode.INVALID_ARGUMENT, executed="no")
print("ok")
