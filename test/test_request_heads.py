"""A request leaves as urllib3 would send it, whoever writes its head."""

from __future__ import annotations

import math
import socket
from collections.abc import Iterable, Mapping
from contextlib import closing
from http.client import CannotSendRequest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3 import PoolManager
from urllib3.connection import HTTPConnection
from urllib3.util import SKIP_HEADER

from PureCloudPlatformClientV2._transport.connection import make_pool_manager, new_connection
from PureCloudPlatformClientV2._transport.http_request import encode_head
from PureCloudPlatformClientV2._transport.limits import Limits
from PureCloudPlatformClientV2._transport.tls import ContextSource
from PureCloudPlatformClientV2.configuration import Configuration

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def make_connection(url: str) -> Any:
    contexts = ContextSource(Configuration().snapshot())
    return new_connection(make_pool_manager(contexts), url, Limits(60, 60, math.inf))


def sent(connection: Any, *request: Any) -> bytes:
    service, client = socket.socketpair()
    with closing(service):
        connection.sock = client
        connection.request(*request)
        connection.close()
        with service.makefile("rb") as file:
            return file.read()


names = st.sampled_from(
    ["Accept", "X-Y", "host", "Accept-encoding", "CONTENT-LENGTH", "Content-Type", "a"]
)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"]))


@given(
    method=st.sampled_from(["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]),
    headers=st.dictionaries(names, values, max_size=5),
    body=st.none() | st.binary(max_size=40) | st.sampled_from([bytes(16383), bytes(16384)]),
    url=st.sampled_from(
        ["http://a.example", "http://a.example:80", "http://a.example:8080", "http://[::1]:8080"]
    ),
)
def test_a_request_is_what_urllib3_sends(
    method: str, headers: Mapping[str, str], body: bytes | None, url: str
) -> None:
    # urllib3 would say that it is urllib3, and refuse to send a value it cannot write.
    headers = {**headers, "User-Agent": "ours"}
    pool = PoolManager().connection_from_url(url)
    theirs: Any = HTTPConnection(pool.host, pool.port)
    arguments = method, "/x?y=z", body, headers
    assert sent(make_connection(url), *arguments) == sent(theirs, *arguments)


@pytest.mark.parametrize("name", ["Host", "accept-encoding", "User-Agent"])
def test_a_header_can_be_left_out(name: str) -> None:
    found = sent(make_connection("http://a.example"), "GET", "/", None, {name: SKIP_HEADER})
    assert name.lower().encode("ascii") not in found.lower()


@pytest.mark.parametrize(
    ("host", "port", "shown"),
    [
        ("a.example", 443, b"a.example:443"),
        ("a.example", 80, b"a.example"),
        ("[::1]", 8080, b"[::1]:8080"),
        ("::1", 8080, b"[::1]:8080"),
    ],
)
def test_inside_a_tunnel_the_host_is_the_one_behind_it(host: str, port: int, shown: bytes) -> None:
    connection = make_connection("http://proxy.example:3128")
    connection.set_tunnel(host, port)
    assert b"\r\nHost: " + shown + b"\r\n" in sent(connection, "GET", "/", None, {})


def test_a_zone_is_none_of_the_host() -> None:
    connection = make_connection("http://[fe80::1%25eth0]")
    assert b"\r\nHost: [fe80::1]\r\n" in sent(connection, "GET", "/", None, {})


def pieces() -> Iterable[bytes]:
    yield from (b"ab", b"", b"c")


def test_a_body_may_come_in_pieces() -> None:
    connection = make_connection("http://a.example")
    found = sent(connection, "PUT", "/", pieces(), {"Content-Length": "3"})
    assert found.endswith(b"\r\nContent-Length: 3\r\n\r\nabc")
    assert b"chunked" not in found


def test_a_transfer_coding_of_the_callers_own_is_refused_and_nothing_sent() -> None:
    service, client = socket.socketpair()
    connection = make_connection("http://a.example")
    with closing(service):
        connection.sock = client
        with pytest.raises(ValueError, match="Transfer-Encoding: leave it out"):
            connection.request("POST", "/", b"{}", {"transfer-Encoding": "chunked"})
        connection.close()
        assert service.recv(1000) == b""


@pytest.mark.parametrize("lines", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("place", ["method", "target", "host", "name", "value"])
def test_a_line_break_makes_no_line(place: str, lines: str) -> None:
    parts = {"method": "GET", "target": "/", "host": "a.example", "name": "A", "value": "b"}
    parts[place] += lines + "Evil: yes"
    with pytest.raises(ValueError, match="line break"):
        encode_head(
            parts["method"],
            parts["target"],
            parts["host"],
            {parts["name"]: parts["value"]},
            None,
        )


def answer(connection: Any) -> Any:
    """Send a request, to which the answer is there already."""
    connection.request("GET", "/", None, {}, preload_content=False)
    return connection.getresponse()


def test_nothing_is_sent_behind_a_response_that_is_not_read_to_its_end() -> None:
    service, client = socket.socketpair()
    connection = make_connection("http://a.example")
    with closing(service):
        connection.sock = client
        service.sendall(ANSWER)
        response = answer(connection)
        service.recv(1000)
        with pytest.raises(CannotSendRequest, match="not been read"):
            answer(connection)
        service.setblocking(False)
        with pytest.raises(BlockingIOError):
            service.recv(1000)
        assert response.read() == b"{}"
        service.sendall(ANSWER)
        assert answer(connection).read() == b"{}"
        connection.close()


def test_a_connection_that_is_closed_closes_what_is_left_to_read() -> None:
    service, client = socket.socketpair()
    connection = make_connection("http://a.example")
    with closing(service):
        connection.sock = client
        service.sendall(ANSWER)
        response = answer(connection)
        connection.close()
        assert response.closed
        assert service.recv(1000)
        assert service.recv(1000) == b""  # nothing holds the other end any more


def test_a_response_that_closes_the_connection_can_still_be_read() -> None:
    service, client = socket.socketpair()
    connection = make_connection("http://a.example")
    with closing(service):
        connection.sock = client
        service.sendall(ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        response = answer(connection)
        assert connection.is_closed
        assert response.version_string == "HTTP/1.1"  # which urllib3 logs
        assert response.read() == b"{}"
        assert service.recv(1000)
        assert service.recv(1000) == b""
