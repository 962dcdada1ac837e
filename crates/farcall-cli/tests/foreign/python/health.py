"""grpcio-health-checking. Arguments: host:port, the waiting function's path. Its end is a server that drains.

It says `serving` when it watches and a call is under way; the test then ends the server.
"""

import sys

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

address, path = sys.argv[1:]
service = path.strip("/").partition("/")[0]
channel = grpc.insecure_channel(address)
health = health_pb2_grpc.HealthStub(channel)
SERVING = health_pb2.HealthCheckResponse.SERVING
NOT_SERVING = health_pb2.HealthCheckResponse.NOT_SERVING

for name in ["", service]:
    assert health.Check(health_pb2.HealthCheckRequest(service=name), timeout=60).status == SERVING, name
try:
    health.Check(health_pb2.HealthCheckRequest(service="no.such.Service"), timeout=60)
except grpc.RpcError as error:
    assert error.code() == grpc.StatusCode.NOT_FOUND, error
else:
    raise AssertionError("a service that is not there has a health")

watching = [health.Watch(health_pb2.HealthCheckRequest(service=name), timeout=60) for name in ["", service]]
for watch in watching:
    assert next(watch).status == SERVING
# 7, to a function that waits for another one.
waiting = channel.unary_unary(path).future(b"\x08\x07", timeout=60)
print("serving", flush=True)
for watch in watching:
    assert next(watch).status == NOT_SERVING
print("not serving", flush=True)
assert waiting.result() == b"\x08\x07", waiting.result()
print("ok")
