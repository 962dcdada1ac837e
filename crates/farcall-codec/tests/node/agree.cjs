// Reads messages of protobuf and JSON with @bufbuild/protobuf, and writes them again: what ../python/agree.py does.
//
// The only argument is a folder beside whose `node_modules` the library lies.
const { createRequire } = require("node:module");
const path = require("node:path");
const from = createRequire(path.join(path.resolve(process.argv[2]), "agree.cjs"));
const { createFileRegistry, fromBinary, fromJsonString, toBinary, toJsonString, create } = from("@bufbuild/protobuf");
const { FileDescriptorProtoSchema, FileDescriptorSetSchema, file_google_protobuf_empty } = from("@bufbuild/protobuf/wkt");

function answer(question) {
  const files = question.files.map((file) => fromBinary(FileDescriptorProtoSchema, Buffer.from(file, "base64")));
  const file = [file_google_protobuf_empty.proto, ...files];
  const schema = createFileRegistry(create(FileDescriptorSetSchema, { file })).getMessage(question.message);
  const message = fromBinary(schema, Buffer.from(question.proto, "base64"));
  const ofJson = fromJsonString(schema, question.json);
  return {
    proto: Buffer.from(toBinary(schema, message)).toString("base64"),
    proto_of_json: Buffer.from(toBinary(schema, ofJson)).toString("base64"),
    json: toJsonString(schema, message),
    json_with_names: toJsonString(schema, message, {
      alwaysEmitImplicit: true,
      enumAsInteger: true,
      useProtoFieldName: true,
    }),
  };
}

let text = "";
process.stdin.on("data", (chunk) => (text += chunk));
process.stdin.on("end", () => process.stdout.write(JSON.stringify(JSON.parse(text).map(answer))));
