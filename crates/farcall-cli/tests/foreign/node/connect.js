// @connectrpc/connect-node: Connect, gRPC and gRPC-Web, binary and JSON, over HTTP/1.1 and 2, the types from a set of
// descriptors. Arguments: URL of calc, URL of values, the set's file, the cases' file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Agent } from "node:http";
import { isDeepStrictEqual } from "node:util";
import { createFileRegistry, fromBinary, fromJson, toBinary, toJson } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";

const [calcUrl, valuesUrl, descriptors, casesFile] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(descriptors)));
const cases = JSON.parse(await readFile(casesFile, "utf8"));
const jsonOptions = { registry };

const fails = async (code, call) => {
  const error = await call.then(
    (response) => assert.fail(`${JSON.stringify(response)} instead of ${code}`),
    (error) => ConnectError.from(error),
  );
  assert.equal(Code[error.code], Code[code], error.message);
  return error;
};

async function calc(transport, label) {
  const client = createClient(registry.getService("demo.calc.v0_1.Ops"), transport);
  const late = { timeoutMs: 60_000 };
  assert.equal((await client.add({ a: 2, b: 40 }, late)).result, 42, label);
  assert.equal((await client.sum({ numbers: [2147483647, 1] }, late)).result, 2147483648n, label);
  assert.deepEqual((await client.divide({ a: 7, b: 2 }, late)).result, { case: "ok", value: 3 }, label);
  let seen;
  const divided = await client.divide({ a: 1 }, { ...late, onTrailer: (trailer) => (seen = trailer.get("wit-result")) });
  assert.deepEqual(divided.result, { case: "err", value: "division by zero" }, label);
  assert.equal(seen, "err", label);
  const rect = { value: { case: "rect", value: { x: -3, y: 4 } } };
  assert.deepEqual((await client.area({ shape: rect }, late)).result, { case: "ok", value: 12 }, label);
  const name = "0123456789abcdef".repeat(65536);
  const headers = { "x-tenant": "blue", "x-raw-bin": "AP8" };
  assert.equal((await client.greet({ name }, { ...late, headers })).result, `hello, ${name}`, label);

  const trap = await fails(Code.Internal, client.crash({}, late));
  const [detail] = trap.details;
  assert.equal(detail?.type, "google.rpc.ErrorInfo", label);
  assert.match(Buffer.from(detail.value).toString("latin1"), /TRAP/, label);
  await fails(Code.DeadlineExceeded, client.spin({}, { timeoutMs: 200 }));
  await fails(Code.InvalidArgument, client.area({}, late));
  await fails(Code.ResourceExhausted, client.greet({ name: name.repeat(5) }, late));
  const abort = new AbortController();
  const spinning = client.spin({}, { signal: abort.signal });
  abort.abort();
  await fails(Code.Canceled, spinning);
  const sums = await Promise.all(Array.from({ length: 30 }, (_, a) => client.add({ a, b: 1 }, late)));
  sums.forEach((sum, a) => assert.equal(sum.result, a + 1, label));

  const { methods, ...service } = registry.getService("demo.calc.v0_1.Ops");
  const missing = { ...methods[0], name: "Missing", parent: { ...service, typeName: service.typeName } };
  await fails(Code.Unimplemented, transport.unary(missing, undefined, undefined, undefined, {}));
}

async function values(transport, label) {
  for (const [path, request, expected] of [...cases.run, ...cases["run-wide"]]) {
    // JavaScript writes -0 as 0 in JSON.
    if (label.endsWith("JSON") && JSON.stringify(request).includes("-0.0")) continue;
    const [service, name] = path.split("/");
    const method = registry.getService(`test.values.v0_1.${service}`).methods.find((method) => method.name === name);
    const asked = fromJson(method.input, request, jsonOptions);
    // Once through bytes: a float read from JSON is here a double yet.
    const exact = (message) => fromBinary(method.output, toBinary(method.output, message));
    const wanted = exact(fromJson(method.output, expected, jsonOptions));
    const { message } = await transport.unary(method, undefined, 60_000, undefined, asked);
    const got = JSON.stringify(toJson(method.output, message, jsonOptions));
    assert.ok(isDeepStrictEqual(exact(message), wanted), `${label}: ${path} gave ${got}`);
  }
}

const gzip = { sendCompression: compressionGzip, acceptCompression: [compressionGzip], compressMinBytes: 1 };
// A connection of HTTP/1.1 for each call: between two that are kept, a server may close what is idle, and no client can tell.
const fresh = { nodeOptions: { agent: new Agent({ keepAlive: false }) } };
const versions = [{ httpVersion: "1.1", ...fresh }, { httpVersion: "2" }];
const kinds = [];
for (const useBinaryFormat of [true, false]) {
  for (const version of versions) {
    kinds.push(["Connect", createConnectTransport, { ...version, useBinaryFormat }]);
    kinds.push(["Connect, gzip", createConnectTransport, { ...version, useBinaryFormat, ...gzip }]);
  }
}
for (const version of versions) {
  kinds.push(["gRPC-Web", createGrpcWebTransport, { ...version }]);
  kinds.push(["gRPC-Web, gzip", createGrpcWebTransport, { ...version, ...gzip }]);
}
kinds.push(["gRPC", createGrpcTransport, {}], ["gRPC, gzip", createGrpcTransport, gzip]);

for (const [name, create, options] of kinds) {
  const label = `${name} ${options.httpVersion ?? ""} ${options.useBinaryFormat === false ? "JSON" : "binary"}`;
  try {
    await calc(create({ baseUrl: calcUrl, ...options }), label);
    // Compression is the messages' own, whatever is in them.
    if (!options.sendCompression) await values(create({ baseUrl: valuesUrl, ...options }), label);
  } catch (error) {
    throw new Error(label, { cause: error });
  }
}
console.log("ok");
process.exit(0);
