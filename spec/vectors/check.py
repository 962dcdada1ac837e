#!/usr/bin/env python3
"""Reads every vector beside it with nothing but the spec: Python's standard library, no code of any implementation.

`python3 spec/vectors/check.py` prints what it checked, and fails at the first vector that does not hold. What each file
holds and what is compared is in ../README.md; the implementation of the spec is in `plain/`, rule by rule.
"""
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from plain import device
from plain.calls import ADD_TYPES, answer_to
from plain.fingerprints import fingerprint, is_meant, nameless, of_function
from plain import script
from plain.json_form import parse, read as read_json, write as write_json
from plain.names import core_method, method, service
from plain.proto import read as read_proto, request_of, response_of, write as write_proto
from plain.status import CODES, HTTP, connect_name, details, empty_status
from plain.status import read_connect, read_details, read_grpc, write_connect, write_grpc
from plain.values import Broken, decode, encode
from plain.wave import Text, wave
from plain.wit import Wit


def read(name):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def same(got, expected, vector):
    assert got == expected, f"{json.dumps(vector, ensure_ascii=False)}\n  got      {got}\n  expected {expected}"


def refused(data, types, vector):
    try:
        got = decode(data, types)
    except Broken as broken:
        same(broken.rule, vector["invalid"], vector)
        return
    raise AssertionError(f"{vector} was taken: {got}")


def values(vectors):
    for v in vectors:
        wit = Wit(f"interface i {{ {v.get('wit', '')} f: func(v: {v['type']}); }}")
        ty = wit.function_of("i", "f")[0][0][1]
        data = bytes.fromhex(v["hex"])
        if "invalid" in v:
            refused(data, [ty], v)
            continue
        (value,) = decode(data, [ty])
        same(wave(value, ty), v["wave"], v)
        same(encode(Text(v["wave"]).value(ty), ty).hex(), v.get("canonical", v["hex"]), v)
        assert "rule" in v, v


def messages(vectors):
    for v in vectors:
        params, result = Wit(f"interface i {{ {v['wit']} }}").function_of("i", "f")
        types = [ty for _, ty in params] if "params" in v else [result] if result else []
        data = bytes.fromhex(v["hex"])
        if "invalid" in v:
            refused(data, types, v)
            continue
        if "params" in v:
            same("(" + ", ".join(wave(value, ty) for value, ty in zip(decode(data, types), types)) + ")", v["params"], v)
            encoded = b"".join(encode(value, ty) for value, ty in zip(Text(v["params"]).value(("tuple", types)), types))
        elif result:
            same(wave(decode(data, types)[0], result), v["result"], v)
            encoded = encode(Text(v["result"]).value(result), result)
        else:
            same(v["result"], "", v)
            encoded = b""
        same(encoded.hex(), v["hex"], v)


def texts(vectors):
    for v in vectors:
        params, result = Wit(f"interface i {{ {v['wit']} }}").function_of("i", "f")
        types = [ty for _, ty in params]
        is_call = "call" in v
        try:
            if is_call:
                name, data = script.request(v["call"], types, result)
            else:
                name, data = "f", script.response(v["result"], types, result)
            # T-3
            if name not in ("f", "i.f", "v/i.f", "v:v/i.f"):
                raise Broken("T-3")
        except Broken as broken:
            same(broken.rule, v.get("invalid"), v)
            continue
        same(data.hex(), v.get("hex"), v)
        assert "rule" in v, v
        if "written" in v:
            read = script.request(v["written"], types, result)[1] if is_call else script.response(v["written"], types, result)
            same(read.hex(), v["hex"], v)


def names(vectors):
    for v in vectors:
        if "export" in v:
            same(core_method(v["export"]), v["method"], v)
        else:
            path = f"/{service(v['interface'], v.get('world_service', ''))}/{method(v['function'])}"
            same(path, v["path"], v)


def fingerprints(vectors):
    for v in vectors:
        params, result = Wit(v["wit"]).function_of(v.get("interface"), v["function"])
        text, short = of_function(params, result), nameless(params, result)
        same(text, v["canonical"], v)
        same(fingerprint(text), v["fingerprint"], v)
        same(short, v["nameless"], v)
        same(short and fingerprint(short), v["nameless_fingerprint"], v)


def sent(vectors):
    for v in vectors:
        params, result = Wit(v["wit"]).function_of(None, v["function"])
        named, short = fingerprint(of_function(params, result)), nameless(params, result)
        same(is_meant(v["sent"], v["known"] == "names", named, short and fingerprint(short)), v["accepted"], v)


def statuses(vectors):
    for v in vectors:
        status = {key: v[key] for key in ("code", "message", "executed", "reason", "facts", "foreign")}
        if "details" in v:
            same(read_details(empty_status(v["code"], v["message"]), bytes.fromhex(v["details"])), status, v)
        if "grpc" in v:
            same(read_grpc(v["grpc"]), status, v)
        if "connect" in v:
            same(read_connect(v["connect"]), status, v)
        if not v.get("read_only"):
            same(details(status).hex(), v["details"], v)
            same(write_grpc(status), v["grpc"], v)
            same(write_connect(status), v["connect"], v)


def protos(vectors):
    for v in vectors:
        params, result = Wit(f"interface i {{ {v['wit']} }}").function_of("i", "f")
        ty, put, _ = request_of(params) if "params" in v else response_of(result)
        forms = [lambda: read_proto(bytes.fromhex(v["proto"]), ty)] if "proto" in v else []
        forms += [lambda: read_json(parse(v["json"]), ty)] if "json" in v else []
        if "invalid" in v:
            for form in forms:
                try:
                    got = form()
                except Broken as broken:
                    same(broken.rule, v["invalid"], v)
                    continue
                raise AssertionError(f"{v} was taken: {got}")
            continue
        if "params" in v:
            value = put(Text(v["params"]).value(("tuple", [of for _, of in params])))
        else:
            value = put(Text(v["result"]).value(result) if result else None)
        for form in forms:
            same(text_of(form(), ty), text_of(value, ty), v)
        if not v.get("read_only"):
            same(write_proto(value, ty).hex(), v["proto"], v)
            same(write_json(value, ty), json.loads(v["json"]), v)
        assert "rule" in v, v


def text_of(value, ty):
    """The bytes of V-1: NaN is not equal to itself."""
    return encode(value, ty).hex()


def calls(vectors):
    for v in vectors:
        request, response = v["request"], v["response"]
        http, status, called = answer_to(request, v.get("gives"))
        same(called and called.hex(), v["called"], v)
        is_grpc = v["envelope"] == "grpc"
        if status:
            if is_grpc:
                said = {**response["headers"], **response.get("trailers", {})}
                same(said["grpc-status"], str(CODES.index(status["code"]) + 1), v)
                same(response["status"], 200, v)
            else:
                same(response["json"]["code"], connect_name(status["code"]), v)
                same(response["status"], HTTP[status["code"]], v)
            if status["reason"] is not None:
                same(v["reason"], status["reason"], v)
            continue
        same(response["status"], http, v)
        if called is None:
            continue
        (result,) = decode(bytes.fromhex(v["gives"]), [ADD_TYPES[1]])
        prefix = b"\0" + len(encode(result, ADD_TYPES[1])).to_bytes(4, "big") if is_grpc else b""
        same((prefix + encode(result, ADD_TYPES[1])).hex(), response["body"], v)
        same(response["headers"]["content-type"], request["headers"]["content-type"], v)
        if is_grpc:
            same(response["trailers"]["grpc-status"], "0", v)


def devices(vectors):
    for v in vectors:
        data = bytes.fromhex(v["hex"])
        if "invalid" in v:
            try:
                got = device.read(data)
            except Broken as broken:
                same(broken.rule, v["invalid"], v)
                continue
            raise AssertionError(f"{v} was taken: {got}")
        message = device.read(data)
        same(message, {key: v[key] for key in message}, v)
        same(device.write(v).hex(), v["hex"], v)


def main():
    files = [
        ("values.json", values),
        ("messages.json", messages),
        ("text.json", texts),
        ("names.json", names),
        ("fingerprints.json", fingerprints),
        ("sent.json", sent),
        ("status.json", statuses),
        ("calls.json", calls),
        ("proto.json", protos),
        ("device.json", devices),
    ]
    counts = []
    for name, check in files:
        vectors = read(name)
        check(vectors)
        counts.append(f"{name} {len(vectors)}")
    print("vectors:", ", ".join(counts))


if __name__ == "__main__":
    main()
