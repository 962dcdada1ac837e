"""A row of the matrix: grpcio calls every function of a callee that it knows by reflection alone, and compares each
answer. Arguments: host:port, cases, `run` or `run-wide`."""

import json
import sys

import grpc
from google.protobuf import json_format

from farcall_peer import Peer

PACKAGE = "/test.values.v0_1."
address, cases, run = sys.argv[1:]
with open(cases, encoding="utf-8") as file:
    cases = json.load(file)
peer = Peer(address)
wrong = []
checks = 0


def send(function, request):
    """The bytes of the answer, or the status; and what makes an answer of bytes or of JSON."""
    asked, answered = peer.types(PACKAGE + function)
    unary = peer.channel.unary_unary(PACKAGE + function, asked.SerializeToString, answered.FromString)
    try:
        return unary(json_format.ParseDict(request, asked()), timeout=60), answered
    except grpc.RpcError as error:
        return error, answered


def expect(function, request, expected, got, is_right):
    global checks
    checks += 1
    if not is_right:
        wrong.append(f"{function} of {request}: expected {expected}, got {got}")


def exact(message):
    """Bytes: as messages, a NaN is unlike itself and 0 is -0."""
    return message.SerializeToString(deterministic=True)


for function, request, expected in cases[run]:
    got, answered = send(function, request)
    if isinstance(got, grpc.RpcError):
        expect(function, request, expected, f"{got.code().name}: {got.details()}", False)
    else:
        is_right = exact(got) == exact(json_format.ParseDict(expected, answered()))
        expect(function, request, expected, json_format.MessageToDict(got), is_right)
for function, request in cases["invalid"] if run == "run" else []:
    got, _ = send(function, request)
    said = got.code().name if isinstance(got, grpc.RpcError) else json_format.MessageToDict(got)
    expect(function, request, "INVALID_ARGUMENT", said, said == "INVALID_ARGUMENT")

called = {function for function, _, _ in cases[run]}
if run == "run":
    services = ["Shapes", "Scalars", "Lists", "Compounds"]
    methods = {each: peer.pool.FindServiceByName(PACKAGE.strip("/") + each).methods for each in services}
    served = {f"{service}/{method.name}" for service in services for method in methods[service]}
    expect("what is called", "all", sorted(served), sorted(called), served == called)
    checks -= 1
if wrong:
    sys.exit("\n".join(wrong))
print(f'ok("{len(called)} functions, {checks} checks")')
