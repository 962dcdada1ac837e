"""Reads messages of protobuf and JSON with Python's own protobuf, and writes them again.

Standard input: an array of objects with `files` (descriptors in base64, each after those that it needs), `message` (its full
name), `proto` (base64) and `json`. Standard output: for each an object with what Python writes.
"""
import base64
import json
import sys

from google.protobuf import descriptor_pool, empty_pb2, json_format, message_factory


def answer(case):
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(empty_pb2.DESCRIPTOR.serialized_pb)
    for file in case["files"]:
        pool.AddSerializedFile(base64.b64decode(file))
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(case["message"]))
    message = kind.FromString(base64.b64decode(case["proto"]))
    of_json = json_format.Parse(case["json"], kind())
    return {
        "proto": base64.b64encode(message.SerializeToString()).decode(),
        "proto_of_json": base64.b64encode(of_json.SerializeToString()).decode(),
        "json": json_format.MessageToJson(message),
        "json_with_names": json_format.MessageToJson(
            message, preserving_proto_field_name=True, use_integers_for_enums=True, always_print_fields_with_no_presence=True
        ),
    }


json.dump([answer(case) for case in json.load(sys.stdin)], sys.stdout)
