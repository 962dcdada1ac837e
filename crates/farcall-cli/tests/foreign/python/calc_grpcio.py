"""grpcio, its messages made from reflection, against the demonstration's component. Argument: host:port."""

import math
import sys

import grpc

from farcall_peer import Peer, check

OPS = "/demo.calc.v0_1.Ops/"
peer = Peer(sys.argv[1])


def value(function, **request):
    return peer.call(OPS + function, request)[0]


def results():
    assert value("Add", a=2, b=40).result == 42
    assert value("Add", a=2147483647, b=1).result == -2147483648
    assert value("Sum", numbers=range(1000)).result == 499500
    assert value("Greet", name="Füße").result == "hello, Füße"
    divided = value("Divide", a=7, b=2)
    assert divided.WhichOneof("result") == "ok" and divided.ok == 3, divided
    assert math.isclose(value("Area", shape={"circle": 2}).ok, math.pi * 4)
    assert value("Area", shape={"rect": {"x": -3, "y": 4}}).ok == 12.0


def errors_of_the_function_are_data():
    response, call = peer.call(OPS + "Divide", {"a": 1})
    assert response.WhichOneof("result") == "err" and response.err == "division by zero", response
    assert call.code() == grpc.StatusCode.OK
    assert ("wit-result", "err") in call.trailing_metadata(), call.trailing_metadata()
    empty = value("Area", shape={"empty": {}})
    assert empty.WhichOneof("result") == "err" and empty.err == "empty shape", empty
    _, call = peer.call(OPS + "Divide", {"a": 1, "b": 1})
    assert not [key for key, _ in call.trailing_metadata() if key == "wit-result"], call.trailing_metadata()


def statuses():
    trap = peer.fails(OPS + "Crash", grpc.StatusCode.INTERNAL, reason="TRAP", executed="maybe")
    assert "wasm backtrace" not in trap.details(), trap.details()
    peer.fails(OPS + "Spin", grpc.StatusCode.DEADLINE_EXCEEDED, timeout=0.2)
    unset = peer.fails(OPS + "Area", grpc.StatusCode.INVALID_ARGUMENT, executed="no")
    assert "shape" in unset.details(), unset.details()
    differs = [("wit-fp", "AQVGfyvvoQagSDyphGOSpA")]
    status = grpc.StatusCode.FAILED_PRECONDITION
    peer.fails(OPS + "Add", status, reason="FINGERPRINT_MISMATCH", executed="no", metadata=differs)


def the_servers_own_deadline_has_details():
    peer.fails(OPS + "Spin", grpc.StatusCode.DEADLINE_EXCEEDED, reason="DEADLINE", executed="maybe", timeout=50)


def unknown_functions():
    for path in ["/demo.calc.v0_1.Ops/Missing", "/demo.calc.v0_1.Missing/Add", "/demo.calc.v0_1.Ops/add", "/Add"]:
        try:
            peer.channel.unary_unary(path)(b"", timeout=60)
        except grpc.RpcError as error:
            check(error, grpc.StatusCode.UNIMPLEMENTED, "UNKNOWN_FUNCTION", "no")
        else:
            raise AssertionError(f"{path} gave a result")


def bytes_that_are_no_message():
    for body in [b"\x08", b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", b"\x0a\x05ab"]:
        try:
            peer.channel.unary_unary(OPS + "Add")(body, timeout=60)
        except grpc.RpcError as error:
            check(error, grpc.StatusCode.INVALID_ARGUMENT, executed="no")
        else:
            raise AssertionError(f"{body} gave a result")


def unknown_fields_are_ignored():
    raw = peer.channel.unary_unary(OPS + "Add")(b"\x08\x02\x10\x28\xf8\x3f\x01\xfa\x3f\x03abc", timeout=60)
    assert raw == b"\x08\x2a", raw


def metadata():
    sent = [("x-tenant", "blue"), ("x-trace-bin", bytes(range(256))), ("x-tenant", "green")]
    response, call = peer.call(OPS + "Add", {"a": 1, "b": 2}, metadata=sent)
    assert response.result == 3 and call.code() == grpc.StatusCode.OK


def compression():
    for method in [grpc.Compression.Gzip, grpc.Compression.NoCompression]:
        response, _ = peer.call(OPS + "Greet", {"name": "x" * 50_000}, compression=method)
        assert response.result == "hello, " + "x" * 50_000
    status = grpc.StatusCode.UNIMPLEMENTED
    deflate = grpc.Compression.Deflate
    peer.fails(OPS + "Greet", status, {"name": "x" * 50_000}, "COMPRESSED", "no", compression=deflate)


def large_messages():
    name = "0123456789abcdef" * 65536
    assert value("Greet", name=name).result == "hello, " + name
    status = grpc.StatusCode.RESOURCE_EXHAUSTED
    peer.fails(OPS + "Greet", status, {"name": name * 5}, "MESSAGE_TOO_LARGE", "no")
    # A bomb: the limit holds for what it becomes.
    gzip = grpc.Compression.Gzip
    peer.fails(OPS + "Greet", status, {"name": name * 5}, "MESSAGE_TOO_LARGE", "no", compression=gzip)


def many_at_once_on_one_connection():
    asked, answered = peer.types(OPS + "Add")
    add = peer.channel.unary_unary(OPS + "Add", asked.SerializeToString, answered.FromString)
    calls = [add.future(asked(a=each, b=1), timeout=60) for each in range(100)]
    assert [call.result().result for call in calls] == list(range(1, 101))


def cancelling_ends_the_call():
    asked, answered = peer.types(OPS + "Spin")
    call = peer.channel.unary_unary(OPS + "Spin", asked.SerializeToString, answered.FromString).future(asked())
    assert call.cancel() and call.cancelled()
    assert value("Add", a=1, b=1).result == 2


results()
errors_of_the_function_are_data()
statuses()
the_servers_own_deadline_has_details()
unknown_functions()
bytes_that_are_no_message()
unknown_fields_are_ignored()
metadata()
compression()
large_messages()
many_at_once_on_one_connection()
cancelling_ends_the_call()
print("ok")
