"""Paths with a twist over raw HTTP/1.1 and, with the package h2, raw HTTP/2. Arguments: host, port, service, method.

The function takes and gives one number; it is called well once over each version of HTTP.
"""

import json
import socket
import sys

from google.rpc import error_details_pb2, status_pb2
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, DataReceived, ResponseReceived, StreamEnded, StreamReset, TrailersReceived

host, port, service, method = sys.argv[1:]
good = f"/{service}/{method}"
twisted = [
    f"/{good}",
    f"/{service}//{method}",
    f"{good}/",
    f"{good}//",
    f"/{service.replace('.', '%2e')}/{method}",
    f"/{service.replace('.', '%2E')}/{method}",
    f"/{service}%2f{method}",
    f"/{service}/%{ord(method[0]):x}{method[1:]}",
    f"/{service}/{method.lower()}",
    f"/{service.lower()}/{method}",
    f"/{service.upper()}/{method}",
    f"/./{service}/{method}",
    f"/x/..{good}",
    f"/{service}/./{method}",
    f"/{service}",
    f"/{service}/",
    f"/{service}.{method}",
    f"{good};a=b",
    f"{good}.",
    f"{good}%00",
    f"{good}%20",
    "/",
    "//",
]
with_query = [f"{good}?", f"{good}?a=1", f"{good}?{good}"]
no_path = [good[1:], f"*{good}", "*", ""]


def connection():
    sock = socket.create_connection((host, int(port)), timeout=60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def http1(path, body=b'{"n": 7}'):
    """The status and the body."""
    with connection() as sock:
        head = f"POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\nconnection: close\r\n"
        sock.sendall(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        said = b""
        while chunk := sock.recv(65536):
            said += chunk
    head, _, rest = said.partition(b"\r\n\r\n")
    return int(head.split()[1]), rest


def http2(path, body=b"\0\0\0\0\2\x08\x07"):
    """The headers and trailers as one, and the body; None where the stream or the connection was reset."""
    with connection() as sock:
        checks = {"validate_outbound_headers": False, "normalize_outbound_headers": False}
        h2 = H2Connection(H2Configuration(header_encoding="utf-8", **checks))
        h2.initiate_connection()
        headers = [(":method", "POST"), (":scheme", "http"), (":authority", host), (":path", path)]
        h2.send_headers(1, [*headers, ("content-type", "application/grpc"), ("te", "trailers")])
        h2.send_data(1, body, end_stream=True)
        sock.sendall(h2.data_to_send())
        answered, said = {}, b""
        while True:
            chunk = sock.recv(65536)
            if not chunk:
                return None
            for event in h2.receive_data(chunk):
                if isinstance(event, (ResponseReceived, TrailersReceived)):
                    answered |= dict(event.headers)
                elif isinstance(event, DataReceived):
                    said += event.data
                elif isinstance(event, StreamEnded):
                    return answered, said
                elif isinstance(event, (StreamReset, ConnectionTerminated)):
                    return None
            sock.sendall(h2.data_to_send())


def detail(binary):
    """The reason and whether it ran."""
    import base64

    status = status_pb2.Status.FromString(base64.b64decode(binary + "=="))
    found = error_details_pb2.ErrorInfo()
    assert status.details[0].Unpack(found), status
    return found.reason, found.metadata["executed"]


def refused1(path, reason):
    code, body = http1(path)
    assert code == 501, f"{path}: {code} {body}"
    error = json.loads(body)
    assert error["code"] == "unimplemented", f"{path}: {body}"
    import base64

    found = error_details_pb2.ErrorInfo.FromString(base64.b64decode(error["details"][0]["value"] + "=="))
    assert (found.reason, found.metadata["executed"]) == (reason, "no"), f"{path}: {found}"


def refused2(path, reason):
    answered, said = http2(path)
    assert (answered[":status"], answered["grpc-status"], said) == ("200", "12", b""), f"{path}: {answered} {said}"
    assert detail(answered["grpc-status-details-bin"]) == (reason, "no"), f"{path}: {answered}"


for path in twisted:
    refused1(path, "UNKNOWN_FUNCTION")
    refused2(path, "UNKNOWN_FUNCTION")
for path in with_query:
    refused1(path, "PATH_HAS_QUERY")
    refused2(path, "PATH_HAS_QUERY")
# What is no path at all breaks HTTP: refused before anybody asks for a function.
for path in no_path:
    code, body = http1(path)
    assert 400 <= code < 600, f"{path}: {code} {body}"
    answer = http2(path)
    assert answer is None or answer[0][":status"] != "200" or answer[0]["grpc-status"] == "12", f"{path}: {answer}"

code, body = http1(good)
assert (code, json.loads(body)) == (200, {"result": 7}), (code, body)
answered, said = http2(good)
assert (answered["grpc-status"], said) == ("0", b"\0\0\0\0\2\x08\x07"), (answered, said)
print("ok")
