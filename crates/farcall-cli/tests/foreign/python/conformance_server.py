"""Starts `farcall serve` for Connect's conformance runner. Arguments: the binary, the component.

The runner writes a ServerCompatRequest behind its length (4 bytes, big-endian) and is told where the server listens in the same
form; it ends the server with SIGTERM.
"""

import os
import signal
import struct
import subprocess
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

binary, component = sys.argv[1:]


def messages():
    """The fields that are needed here, of the runner's `server_compat.proto`."""
    file = descriptor_pb2.FileDescriptorProto(name="server_compat.proto", package="connectrpc.conformance.v1", syntax="proto3")
    kinds = descriptor_pb2.FieldDescriptorProto
    fields = {
        "ServerCompatRequest": [("use_tls", 4, kinds.TYPE_BOOL), ("message_receive_limit", 6, kinds.TYPE_UINT32)],
        "ServerCompatResponse": [("host", 1, kinds.TYPE_STRING), ("port", 2, kinds.TYPE_UINT32)],
    }
    for name, fields in fields.items():
        message = file.message_type.add(name=name)
        for field, number, kind in fields:
            message.field.add(name=field, number=number, type=kind, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    made = lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"connectrpc.conformance.v1.{name}"))
    return made("ServerCompatRequest"), made("ServerCompatResponse")


Request, Response = messages()
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
(length,) = struct.unpack(">I", stdin.read(4))
request = Request.FromString(stdin.read(length))
assert not request.use_tls, "there is no TLS"
serve = [binary, "serve", component, "--listen", "127.0.0.1:0", "--deadline", "10m"]
if request.message_receive_limit:
    serve += ["--max-message", str(request.message_receive_limit)]
server = subprocess.Popen(serve, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
signal.signal(signal.SIGTERM, lambda *_: server.terminate())
host, _, port = server.stdout.readline().decode().strip().removeprefix("listening on http://").rpartition(":")
answer = Response(host=host, port=int(port)).SerializeToString()
stdout.write(struct.pack(">I", len(answer)) + answer)
stdout.flush()
sys.exit(server.wait() and os.EX_SOFTWARE)
