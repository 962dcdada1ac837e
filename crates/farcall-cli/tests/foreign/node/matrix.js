// A row of the matrix: @grpc/grpc-js or @connectrpc/connect-node calls every function of a callee and compares each answer.
// Arguments: `grpc` or `connect`, host:port, cases, `run` or `run-wide`, the folder of the protos or their set's file.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";

const PACKAGE = "test.values.v0_1.";
const [library, address, casesFile, run, protos] = process.argv.slice(2);
const cases = JSON.parse(await readFile(casesFile, "utf8"));
const SERVICES = ["Shapes", "Scalars", "Lists", "Compounds"];

// A library here: the functions there are, and one call: `{got, expected}` as values that can be compared, or `{refused}`.
async function grpcJs() {
  const { default: grpc } = await import("@grpc/grpc-js");
  const { default: loader } = await import("@grpc/proto-loader");
  const options = { includeDirs: [protos], longs: String, enums: String, bytes: Buffer, oneofs: true, defaults: true };
  const files = SERVICES.map((service) => `test/values/v0_1/${service.toLowerCase()}.proto`);
  const definitions = loader.loadSync(files, options);
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  const methods = SERVICES.flatMap((service) =>
    Object.entries(definitions[PACKAGE + service]).map(([name, method]) => [`${service}/${name}`, method]),
  );
  const call = (method, request, expected) =>
    new Promise((resolve) => {
      const { path, requestSerialize, responseSerialize, responseDeserialize } = method;
      const late = { deadline: Date.now() + 60_000 };
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, late, (error, got) => {
        if (error) resolve({ refused: grpc.status[error.code], got: error.message });
        else resolve({ got, expected: responseDeserialize(responseSerialize(expected)) });
      });
    });
  return { methods: new Map(methods), call };
}

async function connect() {
  const { createFileRegistry, fromBinary, fromJson, toBinary } = await import("@bufbuild/protobuf");
  const { FileDescriptorSetSchema } = await import("@bufbuild/protobuf/wkt");
  const { Code, ConnectError } = await import("@connectrpc/connect");
  const { createConnectTransport } = await import("@connectrpc/connect-node");
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, await readFile(protos)));
  const transport = createConnectTransport({ baseUrl: `http://${address}`, httpVersion: "2" });
  const methods = SERVICES.flatMap((service) =>
    registry.getService(PACKAGE + service).methods.map((method) => [`${service}/${method.name}`, method]),
  );
  const call = async (method, request, expected) => {
    // Both once through bytes: a float read from JSON is here a double yet.
    const exact = (message) => fromBinary(method.output, toBinary(method.output, message));
    try {
      const asked = fromJson(method.input, request, { registry });
      const { message } = await transport.unary(method, undefined, 60_000, undefined, asked);
      return { got: exact(message), expected: exact(fromJson(method.output, expected, { registry })) };
    } catch (error) {
      const { code, message } = ConnectError.from(error);
      return { refused: Code[code].replace(/(?!^)[A-Z]/g, "_$&").toUpperCase(), got: message };
    }
  };
  return { methods: new Map(methods), call };
}

const { methods, call } = await { grpc: grpcJs, connect }[library]();
const wrong = [];
let checks = 0;
const shown = (value) =>
  JSON.stringify(value, (key, value) => {
    if (key.startsWith("$")) return undefined;
    return typeof value === "bigint" || Object.is(value, -0) || Number.isNaN(value) ? `${value}` : value;
  });
const expect = (isRight, what, expected, got) => {
  checks += 1;
  if (!isRight) wrong.push(`${what}: expected ${expected}, got ${got}`);
};

for (const [path, request, expected] of cases[run]) {
  const { refused, got, expected: wanted } = await call(methods.get(path), request, expected);
  const what = `${path} of ${JSON.stringify(request)}`;
  if (refused) expect(false, what, JSON.stringify(expected), `${refused}: ${got}`);
  else expect(isDeepStrictEqual(got, wanted), what, shown(wanted), shown(got));
}
for (const [path, request] of run === "run" ? cases.invalid : []) {
  const { refused, got } = await call(methods.get(path), request, {});
  expect(refused === "INVALID_ARGUMENT", `${path} of ${JSON.stringify(request)}`, "INVALID_ARGUMENT", refused ?? shown(got));
}
const called = new Set(cases[run].map(([path]) => path));
if (run === "run") assert.deepEqual([...called].sort(), [...methods.keys()].sort(), "what is called, and what there is");
if (wrong.length > 0) {
  console.error(wrong.join("\n"));
  process.exit(1);
}
console.log(`ok("${called.size} functions, ${checks} checks")`);
process.exit(0);
