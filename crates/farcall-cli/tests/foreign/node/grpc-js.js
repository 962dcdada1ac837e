// @grpc/grpc-js with @grpc/proto-loader, from what `farcall proto --out` writes. Arguments: host:port, folder of the protos.

import assert from "node:assert/strict";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";

const [address, protos] = process.argv.slice(2);
const options = { includeDirs: [protos], longs: String, oneofs: true, defaults: true };
const { demo } = grpc.loadPackageDefinition(loader.loadSync("demo/calc/v0_1/ops.proto", options));
const client = new demo.calc.v0_1.Ops(address, grpc.credentials.createInsecure(), {
  "grpc.max_receive_message_length": -1,
});
const soon = (milliseconds) => ({ deadline: Date.now() + milliseconds });

// The response and the trailers of a call.
const call = (name, request, metadata = new grpc.Metadata(), options = soon(60_000)) =>
  new Promise((resolve, reject) => {
    let response;
    const unary = client[name](request, metadata, options, (error, value) => {
      response = value;
      if (error) reject(error);
    });
    unary.on("status", (status) => status.code === grpc.status.OK && resolve([response, status.metadata]));
  });
const fails = async (code, ...request) => {
  const error = await call(...request).then(
    ([response]) => assert.fail(`${JSON.stringify(response)} instead of ${code}`),
    (error) => error,
  );
  assert.equal(error.code, code, error.message);
  return error;
};

assert.equal((await call("Add", { a: 2, b: 40 }))[0].result, 42);
assert.equal((await call("Sum", { numbers: [2147483647, 2147483647] }))[0].result, "4294967294");
assert.deepEqual((await call("Divide", { a: 7, b: 2 }))[0], { ok: 3, result: "ok" });
assert.deepEqual((await call("Area", { shape: { rect: { x: -3, y: 4 } } }))[0], { ok: 12, result: "ok" });
const [divided, trailers] = await call("Divide", { a: 1, b: 0 });
assert.deepEqual(divided, { err: "division by zero", result: "err" });
assert.deepEqual(trailers.get("wit-result"), ["err"]);

const metadata = new grpc.Metadata();
metadata.set("x-tenant", "blue");
metadata.set("x-raw-bin", Buffer.from([0, 255]));
const name = "0123456789abcdef".repeat(65536);
assert.equal((await call("Greet", { name }, metadata))[0].result, `hello, ${name}`);
const gzip = new grpc.Client(address, grpc.credentials.createInsecure(), {
  "grpc.default_compression_algorithm": grpc.compressionAlgorithms.gzip,
});
const { path, requestSerialize, responseDeserialize } = demo.calc.v0_1.Ops.service.Greet;
const greeted = await new Promise((resolve, reject) =>
  gzip.makeUnaryRequest(path, requestSerialize, responseDeserialize, { name }, (error, value) =>
    error ? reject(error) : resolve(value),
  ),
);
assert.equal(greeted.result, `hello, ${name}`);

const trap = await fails(grpc.status.INTERNAL, "Crash", {});
const [details] = trap.metadata.get("grpc-status-details-bin");
assert.match(details.toString("latin1"), /TRAP/);
await fails(grpc.status.DEADLINE_EXCEEDED, "Spin", {}, new grpc.Metadata(), soon(200));
await fails(grpc.status.INVALID_ARGUMENT, "Area", {});
await fails(grpc.status.RESOURCE_EXHAUSTED, "Greet", { name: name.repeat(5) });
await new Promise((resolve) =>
  client.makeUnaryRequest("/demo.calc.v0_1.Ops/Missing", (body) => body, (body) => body, Buffer.alloc(0), (error) => {
    assert.equal(error?.code, grpc.status.UNIMPLEMENTED);
    resolve();
  }),
);

// A call that is cancelled, and one after it.
await new Promise((resolve) => {
  const spin = client.Spin({}, (error) => {
    assert.equal(error?.code, grpc.status.CANCELLED);
    resolve();
  });
  spin.cancel();
});
const sums = await Promise.all(Array.from({ length: 50 }, (_, a) => call("Add", { a, b: 1 })));
assert.deepEqual(
  sums.map(([sum]) => sum.result),
  Array.from({ length: 50 }, (_, a) => a + 1),
);
client.close();
gzip.close();
console.log("ok");
