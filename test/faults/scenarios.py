"""Everything that the server can do to a call, as data."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import dataclass

from .server import (
    Close,
    Drip,
    Echo,
    Pause,
    Repeat,
    Reset,
    Script,
    Send,
    Stall,
    Step,
    answer,
    chunked,
)

METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")

MODEL = {
    "id": "asked-for",
    "name": "Support",
    "status": "Active",
    "recipient": {"id": "r-1", "selfUri": "/r/1"},
    "dateCreated": "2019-08-14T09:30:00.000Z",
    "version": 3,
}
GOOD_BODY = json.dumps(MODEL).encode("ascii")
GOOD_ANSWER = answer(200, GOOD_BODY, ["Content-Type: application/json"])
HTML = b"<!DOCTYPE html><html><title>Sign in</title><body>Welcome!</body></html>"
HTML_TYPE = "Content-Type: text/html"
ERROR_BODY = json.dumps(
    {"message": "No such thing.", "code": "not.found", "status": 404, "contextId": "context-1"}
).encode("ascii")
ZIPPED = gzip.compress(GOOD_BODY)
DEFLATED = zlib.compress(GOOD_BODY)

GET_MODEL = "a model"
GET_NOTHING = "nothing"
GET_ERROR = "an ApiException"
GET_EITHER = "one of the two"


@dataclass(frozen=True)
class Scenario:
    """What the server does, and how a call must end that expects a model."""

    name: str
    script: Script
    ends: str = GET_ERROR
    deadline: float = 30.0
    """Seconds; short where the server would hold the client for ever."""
    over_tls: bool = False
    """Whether it is worth trying over TLS as well."""

    def __str__(self) -> str:
        return self.name


SHORT = 0.08


def _answers(*steps: Step) -> Script:
    return Script(answers=(steps,))


def _body(name: str, content: bytes, *headers: str, ends: str = GET_ERROR) -> Scenario:
    return Scenario(name, _answers(Send(answer(200, content, headers))), ends)


def _until_close(name: str, content: bytes, ends: str = GET_ERROR) -> Scenario:
    return Scenario(name, _answers(Send(content), Close()), ends)


def _hanging(name: str, script: Script) -> Scenario:
    return Scenario(name, script, deadline=SHORT, over_tls=True)


CONNECTIONS = [
    Scenario("reset on connecting", Script(on_connect=(Reset(),)), over_tls=True),
    Scenario("closed on connecting", Script(on_connect=(Close(),)), over_tls=True),
    Scenario("reset after the head", Script(on_head=(Reset(),)), over_tls=True),
    Scenario("closed after the head", Script(on_head=(Close(),)), over_tls=True),
    Scenario("reset after processing", _answers(Reset()), over_tls=True),
    Scenario("closed after processing", _answers(Close()), over_tls=True),
    Scenario("reset in the status line", _answers(Send(b"HTTP/1.1 20"), Reset()), over_tls=True),
    Scenario("closed in the status line", _answers(Send(b"HTTP/1.1 20"), Close()), over_tls=True),
    Scenario("closed in the headers", _answers(Send(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Close())),
    Scenario("reset in the body", _answers(Send(GOOD_ANSWER[:-5]), Reset()), over_tls=True),
    Scenario(
        "reset once after processing",
        Script(answers=((Reset(),),), times=1),
        GET_EITHER,
        over_tls=True,
    ),
    Scenario(
        "closed once after processing",
        Script(answers=((Close(),),), times=1),
        GET_EITHER,
        over_tls=True,
    ),
    Scenario("reset once on connecting", Script(on_connect=(Reset(),), times=1), GET_EITHER),
    Scenario("closed after a good answer", _answers(Send(GOOD_ANSWER), Close()), GET_MODEL),
    Scenario("reset after a good answer", _answers(Echo(), Pause(), Reset()), GET_MODEL),
]

STALLS = [
    _hanging("silent before the handshake", Script(on_connect=(Stall(),))),
    _hanging("silent after the handshake", Script(after_handshake=(Stall(),))),
    _hanging("silent after the head", Script(on_head=(Stall(),))),
    _hanging("silent after processing", _answers(Stall())),
    _hanging("silent in the status line", _answers(Send(b"HTTP/1.1 20"), Stall())),
    _hanging("silent in the headers", _answers(Send(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Stall())),
    _hanging("silent before the body", _answers(Send(answer(200, length=9)), Stall())),
    _hanging("silent in the body", _answers(Send(GOOD_ANSWER[:-5]), Stall())),
    _hanging("silent in a chunk", _answers(Send(chunked(b"{}", end=b"5\r\n{")), Stall())),
    _hanging("silent after the last but one chunk", _answers(Send(chunked(b"{}", end=b"")), Stall())),
    _hanging("a byte at a time in the status line", _answers(Send(b"HTTP/1.1 "), Drip(b"2"))),
    _hanging("a byte at a time in a header", _answers(Send(b"HTTP/1.1 200 OK\r\nA: "), Drip(b"b"))),
    _hanging("a byte at a time in the body", _answers(Send(answer(200, length=10**6)), Drip(b" "))),
    _hanging("a byte at a time in chunks", _answers(Send(chunked(end=b"")), Drip(b"1\r\n \r\n"))),
    _hanging("a byte at a time without a length", _answers(Send(b"HTTP/1.1 200 OK\r\n\r\n"), Drip(b" "))),
    _hanging("100 Continue for ever", _answers(Repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))),
    _hanging("103 Early Hints for ever", _answers(Repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"))),
    _hanging("trailers for ever", _answers(Send(chunked(GOOD_BODY, end=b"0\r\n")), Repeat(b"A: b\r\n" * 999))),
    _hanging("a length that never comes", _answers(Send(answer(200, GOOD_BODY, length=9999)), Stall())),
    _hanging("a negative length, and open", _answers(Send(answer(200, b"{", length=-5)), Stall())),
]  # fmt: skip

ENDLESS = [
    Scenario("headers for ever", _answers(Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"A: b\r\n"))),
    Scenario("one header for ever", _answers(Send(b"HTTP/1.1 200 OK\r\nA: "), Repeat(b"b" * 999))),
    Scenario("a status line for ever", _answers(Send(b"HTTP/1.1 200 "), Repeat(b"b" * 999))),
    Scenario("a body for ever", _answers(Send(b"HTTP/1.1 200 OK\r\n\r\n"), Repeat(b" " * 65536))),
    Scenario("chunks for ever", _answers(Send(chunked(end=b"")), Repeat(b"1000\r\n" + b" " * 4096 + b"\r\n"))),
    Scenario("a chunk size for ever", _answers(Send(chunked(end=b"")), Repeat(b"1" * 999))),
]  # fmt: skip

LIES = [
    _until_close("nothing but a line", b"\r\n\r\n"),
    _until_close("HTTP/0.9", GOOD_BODY),
    _until_close("HTTP/2", b"HTTP/2.0 200 OK\r\n\r\n" + GOOD_BODY),
    _until_close("HTTP/1.0 without a length", b"HTTP/1.0 200 OK\r\n\r\n" + GOOD_BODY, GET_MODEL),
    _until_close("no length", b"HTTP/1.1 200 OK\r\n\r\n" + GOOD_BODY, GET_MODEL),
    _until_close("another protocol", b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    _until_close("noise", bytes(range(256)) * 4),
    _until_close("a status that is no number", b"HTTP/1.1 OK 200\r\n\r\n"),
    _until_close("a status of one digit", b"HTTP/1.1 2 OK\r\n\r\n"),
    _until_close("a status beyond 999", b"HTTP/1.1 2000 OK\r\n\r\n"),
    _until_close("a negative status", b"HTTP/1.1 -200 OK\r\n\r\n"),
    _until_close("no reason", b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
    _until_close("headers without a colon", b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n" + GOOD_BODY, GET_EITHER),
    _until_close("headers of noise", b"HTTP/1.1 200 OK\r\n\xff\xfe\x00: \x80\r\n\r\n" + GOOD_BODY, GET_EITHER),
    _until_close("a folded header", b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n" + GOOD_BODY, GET_EITHER),
    _until_close("line feeds alone", b"HTTP/1.1 200 OK\nA: b\n\n" + GOOD_BODY, GET_EITHER),
    _until_close("a huge header", answer(200, GOOD_BODY, ["A: " + "b" * 70000])),
    _until_close("a large header", answer(200, GOOD_BODY, ["A: " + "b" * 60000]), GET_MODEL),
    _until_close("too many headers", answer(200, GOOD_BODY, [f"A{n}: b" for n in range(200)])),
    _until_close("two lengths", answer(200, GOOD_BODY, ["Content-Length: 5", "Content-Length: 6"])),
    _until_close("two lengths in one", answer(200, GOOD_BODY, ["Content-Length: 5, 6"])),
    _until_close("a negative length", answer(200, GOOD_BODY, length=-5), GET_EITHER),
    _until_close("a length that is no number", answer(200, GOOD_BODY, ["Content-Length: many"]), GET_EITHER),
    _until_close("a length of 5,000 digits", answer(200, GOOD_BODY, ["Content-Length: " + "9" * 5000]), GET_EITHER),
    _until_close("a length beyond all memory", answer(200, GOOD_BODY, length=10**30)),
    _until_close("a length in other digits", answer(200, GOOD_BODY, ["Content-Length: \xb2"]), GET_EITHER),
    _until_close("a body shorter than its length", answer(200, GOOD_BODY, length=len(GOOD_BODY) + 1)),
    _until_close("a body cut off, of no length", b"HTTP/1.1 200 OK\r\n\r\n" + GOOD_BODY[:-5]),
    _until_close("a body longer than its length", answer(200, GOOD_BODY + b"HTTP/1.1 200 OK\r\n\r\n{}", length=len(GOOD_BODY)), GET_MODEL),
    _until_close("chunks cut off", chunked(GOOD_BODY, end=b"")),
    _until_close("chunks of no size", chunked(end=b"many\r\n" + GOOD_BODY)),
    _until_close("chunks of a negative size", chunked(end=b"-5\r\n" + GOOD_BODY + b"\r\n0\r\n\r\n"), GET_EITHER),
    _until_close("chunks of a huge size", chunked(end=b"f" * 60000 + b"\r\n" + GOOD_BODY)),
    _until_close("chunks without their ends", chunked(end=b"5\r\n{    5\r\n}    0\r\n\r\n"), GET_EITHER),
    _until_close("chunks with extensions", chunked(end=b"%x;a=b\r\n%s\r\n0\r\n\r\n" % (len(GOOD_BODY), GOOD_BODY)), GET_MODEL),
    _until_close("chunks and a length", answer(200, b"%x\r\n%s\r\n0\r\n\r\n" % (len(GOOD_BODY), GOOD_BODY), ["Transfer-Encoding: chunked", "Content-Length: 5"]), GET_EITHER),
    _until_close("an unknown transfer encoding", answer(200, GOOD_BODY, ["Transfer-Encoding: rot13"]), GET_EITHER),
    Scenario("chunks in place of a good body", _answers(Send(chunked(GOOD_BODY[:9], GOOD_BODY[9:]))), GET_MODEL),
    Scenario("100 Continue, then the answer", _answers(Send(b"HTTP/1.1 100 Continue\r\n\r\n"), Echo()), GET_MODEL),
    Scenario("103 Early Hints, then the answer", _answers(Send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), Echo()), GET_MODEL),
    Scenario("101 Switching Protocols", _answers(Send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), Close())),
    Scenario("a second answer unasked", _answers(Send(GOOD_ANSWER + GOOD_ANSWER)), GET_MODEL),
]  # fmt: skip

BODIES = [
    _body("an empty body", b""),
    _body("a body of spaces", b"   \r\n"),
    _body("not JSON", b"it went well"),
    _body("HTML behind a 200", HTML, HTML_TYPE),
    _body("HTML said to be JSON", HTML, "Content-Type: application/json"),
    _body("cut off within", GOOD_BODY[:-5]),
    _body("two values", GOOD_BODY + GOOD_BODY),
    _body("null", b"null"),
    _body("a number", b"17"),
    _body("a string", b'"fine"'),
    _body("a list", b"[]"),
    _body("an empty object", b"{}", ends=GET_MODEL),
    _body("unknown fields", b'{"id": "asked-for", "colour": {"red": [1, 2]}}', ends=GET_MODEL),
    _body("a field of the wrong type", b'{"id": "asked-for", "version": "three"}'),
    _body("an object for a string", b'{"id": {"a": 1}}'),
    _body("a string for a model", b'{"recipient": "r-1"}'),
    _body("no date", b'{"dateCreated": "tomorrow"}'),
    _body("a date beyond all years", b'{"dateCreated": "99999-01-01T00:00:00Z"}'),
    _body("the last moment, in a zone", b'{"dateCreated": "9999-12-31T23:59:59-14:00"}'),
    _body("a fraction for a whole number", b'{"version": 1.5}'),
    _body("a number too large to be one", b'{"version": 1e999}'),
    _body("a number of 10,000 digits", b'{"version": ' + b"9" * 10000 + b"}"),
    _body("a number with 10,000 decimals", b'{"x": 0.' + b"9" * 10000 + b"}", ends=GET_EITHER),
    _body("NaN", b'{"version": NaN}'),
    _body("Infinity", b'{"x": -Infinity}'),
    _body("single quotes", b"{'id': 'asked-for'}"),
    _body("a comma too many", b'{"id": "asked-for",}'),
    _body("duplicate keys", b'{"id": "other", "id": "asked-for"}', ends=GET_MODEL),
    _body("very deep nesting", b'{"x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    _body("very deep objects", b'{"a":' * 50_000 + b"1" + b"}" * 50_000),
    _body("deep nesting that never closes", b"[" * 100_000),
    _body("invalid UTF-8", b'{"id": "\xff\xfe"}'),
    _body("overlong UTF-8", b'{"id": "\xc0\xaf"}'),
    _body("UTF-16", '{"id": "asked-for"}'.encode("utf-16")),
    _body("a byte order mark", b"\xef\xbb\xbf" + GOOD_BODY, ends=GET_EITHER),
    _body("half of a surrogate pair", b'{"id": "\\ud800"}', ends=GET_EITHER),
    _body("a control character", b'{"id": "a\nb"}'),
    _body("a zero byte", b'{"id": "a\x00b"}'),
    _body("gzip", ZIPPED, "Content-Encoding: gzip", ends=GET_MODEL),
    _body("gzip by its old name", ZIPPED, "Content-Encoding: x-gzip", ends=GET_MODEL),
    _body("gzip in two members", gzip.compress(GOOD_BODY[:9]) + gzip.compress(GOOD_BODY[9:]), "Content-Encoding: gzip", ends=GET_MODEL),
    _body("gzip cut off", ZIPPED[:-12], "Content-Encoding: gzip"),
    _body("gzip with a bit flipped", ZIPPED[:30] + bytes([ZIPPED[30] ^ 8]) + ZIPPED[31:], "Content-Encoding: gzip"),
    _body("gzip with a wrong checksum", ZIPPED[:-8] + b"\x00" * 8, "Content-Encoding: gzip"),
    _body("gzip that is none", GOOD_BODY, "Content-Encoding: gzip"),
    _body("gzip that nobody announced", ZIPPED),
    _body("gzip of nothing", gzip.compress(b""), "Content-Encoding: gzip"),
    _body("gzip twice", gzip.compress(ZIPPED), "Content-Encoding: gzip, gzip", ends=GET_MODEL),
    _body("gzip a hundred times", ZIPPED, "Content-Encoding: " + "gzip, " * 99 + "gzip"),
    _body("deflate", DEFLATED, "Content-Encoding: deflate", ends=GET_MODEL),
    _body("deflate without its header", DEFLATED[2:-4], "Content-Encoding: deflate", ends=GET_MODEL),
    _body("deflate cut off", DEFLATED[:-15], "Content-Encoding: deflate"),
    _body("deflate that is none", GOOD_BODY, "Content-Encoding: deflate"),
    _body("an unknown encoding", GOOD_BODY, "Content-Encoding: rot13", ends=GET_EITHER),
    Scenario("204 without a body", _answers(Send(b"HTTP/1.1 204 No Content\r\n\r\n")), GET_NOTHING),
    Scenario("204 with a length and a body", _answers(Send(answer(204, GOOD_BODY)), Close()), GET_NOTHING),
    Scenario("205", _answers(Send(answer(205)))),
    Scenario("a bad answer to a write is no reason to repeat it", _answers(Send(answer(200, b"{")))),
]  # fmt: skip


def _status(status: int, body: bytes = ERROR_BODY, *headers: str, name: str = "") -> Scenario:
    return Scenario(name or f"status {status}", _answers(Send(answer(status, body, headers))))


STATUSES = [
    *(_status(status) for status in (400, 401, 403, 404, 405, 408, 409, 412, 413, 422, 451, 499)),
    *(_status(status) for status in (500, 501, 502, 503, 504, 505, 507, 599, 600, 999)),
    *(_status(status, HTML, HTML_TYPE, name=f"HTML behind {status}") for status in (403, 502, 503)),
    *(_status(status, b"", "Location: /elsewhere", name=f"redirect {status}")
      for status in (300, 301, 302, 303, 305, 307, 308)),
    Scenario("304", _answers(Send(b"HTTP/1.1 304 Not Modified\r\n\r\n"))),
    _status(429, ERROR_BODY, "Retry-After: 0", name="429 for ever"),
    _status(429, ERROR_BODY, "Retry-After: 3600", name="429 for an hour"),
    _status(429, ERROR_BODY, "Retry-After: \xb2", name="429 with a Retry-After of no use"),
    _status(429, ERROR_BODY, "Retry-After: 0", "Retry-After: 2", name="429 with two Retry-After"),
    _status(429, ERROR_BODY, "inin-ratelimit-count: x", "inin-ratelimit-reset: -1", name="429 of 2019"),
    _status(503, ERROR_BODY, "Retry-After: Wed, 14 Aug 2019 09:30:00 GMT", name="503 until a past date"),
    _status(400, b"\xff\xfe{", name="400 with noise"),
    _status(400, b'{"message": 5, "code": []}', name="400 with an error of the wrong shape"),
    _status(400, b"[" * 100_000, name="400 with deep nesting"),
    _status(400, b'{"message": "a\\nb\\u001b[31m\\ud800", "code": "x\\r\\ny"}', name="400 with line breaks"),
    _status(400, b'{"error": {"a": 1}, "error_description": [1]}', name="400 with an odd OAuth error"),
    _status(400, b'{"status": ' + b"9" * 10000 + b"}", name="400 with 10,000 digits"),
    _status(400, ERROR_BODY, "ININ-Correlation-Id: a\r\n b", name="400 with a folded header"),
    _status(400, GOOD_BODY, "Content-Encoding: gzip", name="400 that cannot be unzipped"),
    Scenario("400 cut off", _answers(Send(answer(400, ERROR_BODY[:-5], length=len(ERROR_BODY))), Close())),
    Scenario("503 cut off", _answers(Send(answer(503, ERROR_BODY[:-5], length=len(ERROR_BODY))), Reset())),
    Scenario("429 cut off", _answers(Send(answer(429, b"{", ["Retry-After: 0"], length=50)), Close())),
    Scenario("429 cut off once", Script(answers=((Send(answer(429, b"{", ["Retry-After: 0", "Content-Length: 50"])), Close()),), times=1), GET_MODEL),
    Scenario("429 once", Script(answers=((Send(answer(429, ERROR_BODY, ["Retry-After: 0"])),),), times=1), GET_MODEL, over_tls=True),
    Scenario("429 twice", Script(answers=((Send(answer(429, ERROR_BODY, ["Retry-After: 0"])),),), times=2), GET_MODEL),
    Scenario("503 once", Script(answers=((Send(answer(503, ERROR_BODY)),),), times=1), GET_EITHER, over_tls=True),
    Scenario("429, then lost", Script(answers=((Send(answer(429, b"", ["Retry-After: 0"])),), (Reset(),)))),
    Scenario("lost, then 429, then lost", Script(answers=((Reset(),), (Send(answer(429, b"", ["Retry-After: 0"])),), (Close(),)))),
    Scenario("400 and silence in its body", _answers(Send(answer(400, b"{", length=50)), Stall()), deadline=SHORT),
]  # fmt: skip

SCENARIOS = [*CONNECTIONS, *STALLS, *ENDLESS, *LIES, *BODIES, *STATUSES]
assert len({scenario.name for scenario in SCENARIOS}) == len(SCENARIOS)
