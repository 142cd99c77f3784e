"""The head of a response is read as the standard library reads it, whichever way that is done."""

from __future__ import annotations

import re
import socket
from contextlib import closing
from http.client import HTTPException, HTTPResponse, LineTooLong, UnknownProtocol
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from urllib3 import HTTPHeaderDict

from PureCloudPlatformClientV2._transport.http_response import StrictResponse

BODY = b'{"a": "\r\n\r\n"}'


class Read(NamedTuple):
    """What was made of a response."""

    headers: list[tuple[str, str]]
    length: int | None
    will_close: bool
    chunked: bool
    rest: bytes


def read(reader: type[HTTPResponse], *pieces: bytes, method: str = "GET") -> Read:
    service, client = socket.socketpair()
    with closing(client), closing(service):
        response: Any = reader(client, method=method)
        with closing(response):
            service.sendall(pieces[0])
            # What has not come with the first piece is there when the next is asked for.
            service.sendall(b"".join(pieces[1:]))
            service.shutdown(socket.SHUT_WR)
            response.begin()
            rest = response.fp.read()
        headers = list(response.headers.items())
        return Read(headers, response.length, response.will_close, response.chunked, rest)


names = st.sampled_from(["A", "b-C", "X_y.z", "Connection", "Keep-Alive", "Proxy-Connection"]) | (
    st.text("!#$%&'*+-.^_`|~09azAZ", min_size=1, max_size=6).filter(
        lambda name: name.lower() not in ("content-length", "transfer-encoding")
    )
)
values = st.sampled_from(["", "close", "Keep-Alive", "a: b", "x,y", "keep-alive, x"]) | st.text(
    st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_categories=["Cc", "Zs", "Zl"]),
    max_size=8,
)


def line(name: str, before: str, value: str, after: str) -> bytes:
    return f"{name}:{before}{value}{after}".encode("latin-1")


def fold(first: bytes, second: bytes) -> bytes:
    return first + b"\r\n " + second


spaces = st.sampled_from(["", " ", "\t ", "   "])
lines = st.builds(line, names, spaces, values, spaces)
folded = st.builds(fold, lines, lines)


@given(
    version=st.sampled_from([b"HTTP/1.1", b"HTTP/1.0"]),
    status=st.sampled_from([b"200 OK", b"204 No Content", b"304 Not Modified", b"404 "]),
    lines=st.lists(lines | folded, max_size=8),
    end=st.sampled_from([b"\r\n", b"\n"]),
    length=st.sampled_from([b"", b"Content-Length: 13", b"content-length:  13 "]),
)
@example(version=b"HTTP/1.1", status=b"200 OK", lines=[], end=b"\r\n", length=b"")
@example(version=b"HTTP/1.1", status=b"200 OK", lines=[b"A: b"], end=b"\n", length=b"")
def test_a_head_says_what_it_says_to_the_standard_library(
    version: bytes, status: bytes, lines: list[bytes], end: bytes, length: bytes
) -> None:
    given = [version + b" " + status, *lines, *([length] if length else []), b"", b""]
    response = end.join(given) + BODY
    ours, standard = read(StrictResponse, response), read(HTTPResponse, response)
    # The standard library leaves spaces at the end of a value, and line breaks where it is folded.
    unfolded = [(name, re.sub(r"\r?\n[ \t]*", " ", value)) for name, value in standard.headers]
    assert ours.headers == list(HTTPHeaderDict([(n, v.strip()) for n, v in unfolded]).items())
    assert ours[1:] == standard[1:]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_a_head_may_come_in_any_pieces(end: bytes) -> None:
    response = end.join([b"HTTP/1.1 200 OK", b"A: b", b"Content-Length: 13", b"", b""]) + BODY
    whole = read(StrictResponse, response)
    assert whole.headers == [("A", "b"), ("Content-Length", "13")]
    assert whole.rest == BODY
    for cut in range(1, len(response)):
        assert read(StrictResponse, response[:cut], response[cut:]) == whole


@pytest.mark.parametrize(
    ("first", "last"),
    [(b"A: b\n", b"\n"), (b"A: b\r\n", b"\n"), (b"A: b\n", b"\r\n"), (b"", b"\r\n"), (b"", b"\n")],
)
def test_the_first_empty_line_ends_the_head_however_lines_end(first: bytes, last: bytes) -> None:
    found = read(StrictResponse, b"HTTP/1.1 200 OK\r\n" + first + last + b"Set-Cookie: x\r\n\r\n")
    assert found.headers == ([("A", "b")] if first else [])
    assert found.rest == b"Set-Cookie: x\r\n\r\n"


@pytest.mark.parametrize("end", [b"\r\n", b"\n"], ids=["CRLF", "LF"])
def test_a_carriage_return_within_a_value_begins_no_other_header(end: bytes) -> None:
    response = end.join([b"HTTP/1.1 200 OK", b"A: b\rSet-Cookie: x", b"C: d", b"", b""])
    assert read(StrictResponse, response).headers == [("A", "b\rSet-Cookie: x"), ("C", "d")]


def test_spaces_around_a_value_are_none_of_it() -> None:
    found = read(StrictResponse, b"HTTP/1.1 200 OK\r\nA: \t b c \t\r\nD:e\r\nF:  \r\n\r\n")
    assert found.headers == [("A", "b c"), ("D", "e"), ("F", "")]


@pytest.mark.parametrize("repeated", [b"", b"Connection: x\r\n"])
@pytest.mark.parametrize(
    ("version", "header", "closes"),
    [
        (b"HTTP/1.1", b"connection: close\r\n", True),
        (b"HTTP/1.1", b"connection: keep-alive\r\n", False),
        (b"HTTP/1.1", b"", False),
        (b"HTTP/1.0", b"", True),
        (b"HTTP/1.0", b"connection: Keep-Alive\r\n", False),
        (b"HTTP/1.0", b"Keep-Alive: timeout=5\r\n", False),
        (b"HTTP/1.0", b"Proxy-Connection: keep-alive\r\n", False),
    ],
)
def test_headers_say_whether_the_connection_closes(
    version: bytes, header: bytes, closes: bool, repeated: bytes
) -> None:
    response = version + b" 200 OK\r\nContent-Length: 13\r\n" + header + repeated + b"\r\n" + BODY
    found = read(StrictResponse, response)
    assert found.will_close is closes
    assert found.length == 13
    assert len(found.headers) == 1 + bool(repeated) + bool(header)


@pytest.mark.parametrize("end", ["\r\n", "\n"], ids=["CRLF", "LF"])
def test_more_than_a_hundred_headers_are_refused(end: str) -> None:
    lines = [f"A{number}: b" for number in range(101)]
    response = end.join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("ascii")
    with pytest.raises(HTTPException, match="more than 100 headers"):
        read(StrictResponse, response)
    assert len(read(StrictResponse, response.replace(f"A100: b{end}".encode(), b"")).headers) == 100


def test_a_line_of_more_than_64_kib_is_refused() -> None:
    name, end = b"A: ", b"\r\n"
    longest = 65536 - len(name + end)
    for length in (longest, longest + 1):
        response = b"HTTP/1.1 200 OK\r\n" + name + b"x" * length + end + b"\r\n"
        if length == longest:
            assert read(StrictResponse, response).headers == [("A", "x" * longest)]
        else:
            with pytest.raises(LineTooLong, match="header line"):
                read(StrictResponse, response)


@pytest.mark.parametrize("interim", ["100 Continue", "102 Processing", "103 Early Hints"])
def test_interim_responses_are_passed_over(interim: str) -> None:
    before = f"HTTP/1.1 {interim}\r\nLink: x\r\n\r\n".encode()
    after = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + BODY
    assert read(StrictResponse, before * 2 + after) == read(StrictResponse, after)


def test_a_change_of_protocol_is_no_interim_response() -> None:
    response = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
    found = read(StrictResponse, response + b"what follows")
    assert found == Read([("Upgrade", "websocket")], 0, False, False, b"what follows")


def test_another_protocol_is_refused_by_name() -> None:
    with pytest.raises(UnknownProtocol, match="HTTP/2"):
        read(StrictResponse, b"HTTP/2 200 OK\r\n\r\n")


def test_a_response_to_head_has_no_body_whatever_its_length() -> None:
    found = read(StrictResponse, b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n", method="HEAD")
    assert (found.length, found.will_close) == (0, False)
