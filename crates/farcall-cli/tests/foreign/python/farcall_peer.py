"""What the clients share: messages made from the server's reflection, and insisting on a status."""

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2, status_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase


class Peer:
    """A served port, known by reflection alone."""

    def __init__(self, address, **options):
        limits = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
        if address.startswith("unix:"):
            # Its own is the path, percent-encoded, which HTTP does not allow there.
            limits.append(("grpc.default_authority", "localhost"))
        self.channel = grpc.insecure_channel(address, options=limits, **options)
        self.database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(self.database)

    def method(self, path):
        service, _, name = path.strip("/").partition("/")
        return self.pool.FindServiceByName(service).FindMethodByName(name)

    def types(self, path):
        method = self.method(path)
        return tuple(message_factory.GetMessageClass(each) for each in (method.input_type, method.output_type))

    def call(self, path, request=None, **options):
        """The response and the call, which has its metadata."""
        asked, answered = self.types(path)
        unary = self.channel.unary_unary(
            path, request_serializer=asked.SerializeToString, response_deserializer=answered.FromString
        )
        return unary.with_call(asked(**(request or {})), timeout=options.pop("timeout", 60), **options)

    def fails(self, path, code, request=None, reason=None, executed=None, **options):
        """Insists on the status of a call; returns it with what its details say."""
        try:
            response, _ = self.call(path, request, **options)
        except grpc.RpcError as error:
            return check(error, code, reason, executed)
        raise AssertionError(f"{path} gave {response}")


def check(error, code, reason=None, executed=None):
    assert error.code() == code, f"{error.code()} instead of {code}: {error.details()}"
    facts = info(error)
    if reason is not None:
        assert facts is not None and facts.reason == reason, f"{facts} instead of {reason}"
    if executed is not None:
        assert facts is not None and facts.metadata["executed"] == executed, f"{facts} instead of {executed}"
    return error


def info(error):
    """The status's google.rpc.ErrorInfo."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            status = status_pb2.Status.FromString(value)
            assert status.code == error.code().value[0], status
            for detail in status.details:
                found = error_details_pb2.ErrorInfo()
                if detail.Unpack(found):
                    assert found.domain == "wasm-rpc", found
                    return found
    return None
