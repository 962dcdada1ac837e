"""gRPC's interoperability cases whose unary half can be had alone, with messages of the official protos. Argument: host:port."""

import sys

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory


def messages():
    """Those of `grpc/testing/messages.proto` that the cases need, by their official names and numbers."""
    file = descriptor_pb2.FileDescriptorProto(name="grpc/testing/messages.proto", package="grpc.testing", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    fields = {
        "Payload": [("body", 2, kinds.TYPE_BYTES, None)],
        "EchoStatus": [("code", 1, kinds.TYPE_INT32, None), ("message", 2, kinds.TYPE_STRING, None)],
        "SimpleRequest": [
            ("response_size", 2, kinds.TYPE_INT32, None),
            ("payload", 3, kinds.TYPE_MESSAGE, "Payload"),
            ("response_status", 7, kinds.TYPE_MESSAGE, "EchoStatus"),
        ],
        "SimpleResponse": [("payload", 1, kinds.TYPE_MESSAGE, "Payload")],
    }
    for name, fields in fields.items():
        message = file.message_type.add(name=name)
        for field, number, kind, of in fields:
            message.field.add(
                name=field, number=number, type=kind, label=kinds.LABEL_OPTIONAL, type_name=of and f".grpc.testing.{of}"
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    made = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"grpc.testing.{name}"))
    return made("SimpleRequest"), made("SimpleResponse")


Request, Response = messages()
channel = grpc.insecure_channel(sys.argv[1])
unary = channel.unary_unary("/grpc.testing.TestService/UnaryCall", Request.SerializeToString, Response.FromString)


def status_code_and_message():
    try:
        unary(Request(response_status={"code": 2, "message": "test status message"}), timeout=60)
    except grpc.RpcError as error:
        assert (error.code(), error.details()) == (grpc.StatusCode.UNKNOWN, "test status message"), error
    else:
        raise AssertionError("the status did not come")


def every_status():
    for status in grpc.StatusCode:
        if status is grpc.StatusCode.OK:
            continue
        try:
            unary(Request(response_status={"code": status.value[0], "message": status.name}), timeout=60)
        except grpc.RpcError as error:
            assert (error.code(), error.details()) == (status, status.name), error
        else:
            raise AssertionError(f"{status} did not come")


def custom_metadata():
    initial, trailing = "test_initial_metadata_value", b"\xab\xab\xab"
    sent = [("x-grpc-test-echo-initial", initial), ("x-grpc-test-echo-trailing-bin", trailing)]
    asked = Request(response_size=314159, payload={"body": bytes(271828)})
    answer, call = unary.with_call(asked, metadata=sent, timeout=60)
    assert len(answer.payload.body) == 314159, len(answer.payload.body)
    assert ("x-grpc-test-echo-initial", initial) in call.initial_metadata(), call.initial_metadata()
    assert ("x-grpc-test-echo-trailing-bin", trailing) in call.trailing_metadata(), call.trailing_metadata()


status_code_and_message()
every_status()
custom_metadata()
print("ok")
