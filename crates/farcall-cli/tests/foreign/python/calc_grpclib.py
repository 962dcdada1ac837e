"""grpclib with code that grpcio-tools generates from `farcall proto --out`. Arguments: host, port, folder of the code."""

import asyncio
import sys

host, port, generated = sys.argv[1:]
sys.path.insert(0, generated)

from demo.calc.v0_1.ops import types_pb2 as ops  # noqa: E402
from demo.calc.v0_1.ops_grpc import OpsStub  # noqa: E402
from google.rpc import error_details_pb2  # noqa: E402
from grpclib.client import Channel  # noqa: E402
from grpclib.const import Status  # noqa: E402
from grpclib.exceptions import GRPCError  # noqa: E402


async def fails(call, status):
    try:
        response = await call
    except GRPCError as error:
        assert error.status == status, error
        return error
    raise AssertionError(f"{response} instead of {status}")


async def main():
    channel = Channel(host, int(port))
    stub = OpsStub(channel)
    assert (await stub.Add(ops.AddRequest(a=2, b=40), timeout=60)).result == 42
    assert (await stub.Divide(ops.DivideRequest(a=1, b=0), timeout=60)).err == "division by zero"
    rect = ops.Shape(rect=ops.Point(x=3, y=4))
    assert (await stub.Area(ops.AreaRequest(shape=rect), timeout=60)).ok == 12.0
    assert (await stub.Sum(ops.SumRequest(numbers=[1, -2, 3]), timeout=60)).result == 2
    name = "0123456789abcdef" * 65536
    greeting = await stub.Greet(ops.GreetRequest(name=name), timeout=60, metadata={"x-tenant": "blue", "x-raw-bin": b"\0\xff"})
    assert greeting.result == "hello, " + name
    trap = await fails(stub.Crash(ops.CrashRequest(), timeout=60), Status.INTERNAL)
    [detail] = trap.details
    assert isinstance(detail, error_details_pb2.ErrorInfo) and detail.reason == "TRAP", detail
    await fails(stub.Area(ops.AreaRequest(), timeout=60), Status.INVALID_ARGUMENT)
    try:
        await stub.Spin(ops.SpinRequest(), timeout=0.2)
    except asyncio.TimeoutError:
        pass
    except GRPCError as error:
        assert error.status == Status.DEADLINE_EXCEEDED, error
    else:
        raise AssertionError("it span to its end")
    sums = await asyncio.gather(*(stub.Add(ops.AddRequest(a=each, b=1), timeout=60) for each in range(50)))
    assert [each.result for each in sums] == list(range(1, 51))
    channel.close()
    print("ok")


asyncio.run(main())
