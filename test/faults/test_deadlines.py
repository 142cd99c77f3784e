"""No call outlasts its deadline: one test per phase, by each of the four ways to set a limit."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, ApiException, HttpRequestOptions
from PureCloudPlatformClientV2._transport.limits import Limits
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    RESTClientObject,
    TooManyRequestsException,
)

from .conftest import MakeClient, MakeServer
from .ports import port_that_does_not_answer
from .server import Drip, FaultServer, Repeat, Script, Send, Stall, answer, chunked

LIMIT = 0.2
"""Seconds; the servers would hold the client until the test ends."""

FAR_AWAY = 120.0
MARGIN = 5.0

LARGE = {"name": "x" * 16_000_000}
"""More than the buffers of a connection hold."""


@dataclass(frozen=True)
class Phase:
    """Where a call is held up, and which settings end it."""

    name: str
    script: Script
    tls: bool = False
    proxy: bool = False
    ended_by: str = "deadline"
    """``connect`` or ``read`` where that limit of request_timeout ends it as well."""
    body: Any = None

    def __str__(self) -> str:
        return self.name


def _answers(*steps: Any) -> Script:
    return Script(answers=(steps,))


_TRICKLED_RECORD = b"\x16\x03\x03\x40\x00"
"""The head of a TLS record of 16,384 bytes, which take minutes to come."""

PHASES = [
    Phase("TLS handshake, silent", Script(on_connect=(Stall(),)), tls=True, ended_by="connect"),
    Phase(
        "TLS handshake, a byte at a time",
        Script(on_connect=(Send(_TRICKLED_RECORD), Drip(b"\x02"))),
        tls=True,
        ended_by="connect",
    ),
    Phase("CONNECT, silent", _answers(Stall()), tls=True, proxy=True, ended_by="connect"),
    Phase(
        "CONNECT, a byte at a time",
        _answers(Send(b"HTTP/1.1 200 OK\r\n"), Drip(b"A: b\r\n")),
        tls=True,
        proxy=True,
        ended_by="connect",
    ),
    Phase(
        "CONNECT, then a silent handshake",
        _answers(Send(b"HTTP/1.1 200 OK\r\n\r\n"), Stall()),
        tls=True,
        proxy=True,
        ended_by="connect",
    ),
    Phase("writing", Script(after_handshake=(Stall(),)), ended_by="read", body=LARGE),
    Phase(
        "writing over TLS", Script(after_handshake=(Stall(),)), True, ended_by="read", body=LARGE
    ),
    Phase("headers, silent", _answers(Stall()), ended_by="read"),
    Phase("headers over TLS, silent", _answers(Stall()), tls=True, ended_by="read"),
    Phase("headers, a byte at a time", _answers(Send(b"HTTP/1.1 200 OK\r\nA: "), Drip(b"b"))),
    Phase("headers, never the last one", _answers(Send(b"HTTP/1.1 200 OK\r\n"), Drip(b"A: b\r\n"))),
    Phase("100 Continue for ever", _answers(Repeat(b"HTTP/1.1 100 Continue\r\n\r\n"))),
    Phase("103 Early Hints for ever", _answers(Repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"))),
    Phase("body, silent", _answers(Send(answer(200, b"{", length=9)), Stall()), ended_by="read"),
    Phase("body, a byte at a time", _answers(Send(answer(200, length=10**6)), Drip(b" "))),
    Phase(
        "body over TLS, a byte at a time",
        _answers(Send(answer(200, length=10**6)), Drip(b" ")),
        True,
    ),
    Phase(
        "body without a length, a byte at a time",
        _answers(Send(b"HTTP/1.1 200 OK\r\n\r\n"), Drip(b" ")),
    ),
    Phase("chunks, a byte at a time", _answers(Send(chunked(end=b"")), Drip(b"1\r\n \r\n"))),
    Phase(
        "trailers, a byte at a time",
        _answers(Send(chunked(b"{}", end=b"0\r\n")), Drip(b"A: b\r\n")),
    ),
]


@contextmanager
def ends_in_time(limit: float = LIMIT) -> Generator[pytest.ExceptionInfo[ApiException], None, None]:
    started = time.monotonic()
    with pytest.raises(ApiException) as caught:
        yield caught
    assert time.monotonic() - started < limit + MARGIN


def call(client: ApiClient, method: str = "GET", body: Any = None, **options: Any) -> Any:
    return client.call_api("/api/v2/things/1", method, body=body, response_type="object", **options)


@pytest.mark.parametrize("own", [True, False])
def test_a_connection_for_more_than_a_request_comes_about_within_the_deadline(
    make_server: MakeServer, make_client: MakeClient, own: bool
) -> None:
    """One of its own, or that of the configuration."""
    server = make_server(Script(on_connect=(Stall(),)), tls=True)
    client = make_client(server, deadline=FAR_AWAY if own else LIMIT, request_timeout=FAR_AWAY)
    request = HttpRequestOptions(server.url, "GET", deadline=LIMIT if own else None)
    rest_client = RESTClientObject(client.configuration)
    with ends_in_time() as caught:
        rest_client.connect(request, lambda connection, _: connection)
    assert "no connection came about within the deadline of the call" in str(caught.value)


@pytest.fixture
def client_in(make_server: MakeServer, make_client: MakeClient) -> Callable[..., ApiClient]:
    """Makes a client that will be held up in a phase; no limit of its own matters."""

    def make(phase: Phase, **settings: Any) -> ApiClient:
        settings = {"deadline": FAR_AWAY, "request_timeout": FAR_AWAY, "retries": 0, **settings}
        if phase.proxy:
            proxy = make_server(phase.script)
            return make_client("https://127.0.0.1:9", proxy=proxy.url, **settings)
        return make_client(
            make_server(phase.script, tls=phase.tls, receive_buffer=4096), **settings
        )

    return make


def verb(phase: Phase) -> str:
    return "POST" if phase.body else "GET"


@pytest.mark.parametrize("phase", PHASES, ids=str)
def test_the_deadline_of_the_client_ends_every_phase(
    client_in: Callable[..., ApiClient], phase: Phase
) -> None:
    client = client_in(phase, deadline=LIMIT, retries=3)

    with ends_in_time() as caught:
        call(client, verb(phase), phase.body)

    assert caught.type is ApiTimeoutException
    assert "within the deadline of the call" in str(caught.value)


@pytest.mark.parametrize("phase", PHASES, ids=str)
def test_the_deadline_of_a_call_ends_every_phase(
    client_in: Callable[..., ApiClient], phase: Phase
) -> None:
    with ends_in_time() as caught:
        call(client_in(phase), verb(phase), phase.body, _deadline=LIMIT)

    assert caught.type is ApiTimeoutException


@pytest.mark.parametrize("per_call", [False, True], ids=["client", "call"])
@pytest.mark.parametrize(
    "phase", [phase for phase in PHASES if phase.ended_by != "deadline"], ids=str
)
def test_the_time_limits_of_a_request_end_the_phases_that_are_silent(
    client_in: Callable[..., ApiClient], phase: Phase, per_call: bool
) -> None:
    limits = (LIMIT, FAR_AWAY) if phase.ended_by == "connect" else (FAR_AWAY, LIMIT)
    client = client_in(phase) if per_call else client_in(phase, request_timeout=limits)

    with ends_in_time() as caught:
        if per_call:
            call(client, verb(phase), phase.body, _request_timeout=limits)
        else:
            call(client, verb(phase), phase.body)

    assert caught.type is ApiTimeoutException
    if phase.ended_by == "connect":
        assert f"the time limit for connecting, {LIMIT:g} s" in str(caught.value)
    else:
        assert f"nothing arrived for {LIMIT:g} s" in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "options"),
    [
        ({"deadline": LIMIT}, {}),
        ({}, {"_deadline": LIMIT}),
        ({"request_timeout": (LIMIT, FAR_AWAY), "retries": 0}, {}),
        ({"retries": 0}, {"_request_timeout": (LIMIT, FAR_AWAY)}),
    ],
)
def test_connecting_ends_in_time(
    make_client: MakeClient, settings: dict[str, Any], options: dict[str, Any]
) -> None:
    with port_that_does_not_answer() as port:
        client = make_client(f"http://127.0.0.1:{port}", **settings)

        with ends_in_time() as caught:
            call(client, "POST", {}, **options)

    assert caught.type is ApiTimeoutException
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("used_before", [False, True], ids=["fresh", "kept alive"])
def test_a_request_that_comes_too_late_is_not_sent(
    make_server: MakeServer, make_client: MakeClient, used_before: bool
) -> None:
    server = make_server()
    client = make_client(server, connection_pool_maxsize=1)
    if used_before:
        call(client, "GET")
    for _ in range(3):  # the place in the pool is given back each time
        late = HttpRequestOptions(url=f"{server.url}/x", method="POST", body={})
        late.end = time.monotonic() - 1
        with pytest.raises(ApiTimeoutException) as caught:
            client.get_http_client().request(late)
        assert not caught.value.outcome_unknown
    call(client, "GET")
    assert [request.method for request in server.requests] == ["GET"] * (1 + used_before)


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_connecting_to_a_proxy_ends_in_time(make_client: MakeClient, scheme: str) -> None:
    with port_that_does_not_answer() as port:
        client = make_client(
            f"{scheme}://127.0.0.1:9", proxy=f"http://127.0.0.1:{port}", deadline=LIMIT
        )

        with ends_in_time() as caught:
            call(client, "POST", {})

    assert caught.type is ApiTimeoutException
    assert not caught.value.outcome_unknown


def test_proxy_and_handshake_share_the_time_limit_of_connecting(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    """A proxy over TLS, which goes silent within the handshake with the service."""
    proxy = make_server(_answers(Send(b"HTTP/1.1 200 OK\r\n\r\n"), Stall()), tls=True)
    client = make_client("https://127.0.0.1:9", proxy=proxy.url, deadline=2.0)

    with ends_in_time(2.0) as caught:
        call(client)

    assert caught.type is ApiTimeoutException
    assert proxy.requests


def test_a_body_through_a_proxy_over_tls_ends_in_time(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    service = make_server(_answers(Send(answer(200, length=10**6)), Drip(b" ")), tls=True)
    proxy = make_server(tls=True)
    client = make_client(service, proxy=proxy.url, deadline=2.0)

    with ends_in_time(2.0) as caught:
        call(client)

    assert caught.type is ApiTimeoutException
    assert service.requests


@pytest.mark.parametrize("per_call", [False, True], ids=["client", "call"])
def test_waiting_for_a_connection_of_the_pool_ends_in_time(
    make_server: MakeServer, make_client: MakeClient, per_call: bool
) -> None:
    server = make_server(_answers(Stall()))
    client = make_client(
        server, connection_pool_maxsize=1, deadline=FAR_AWAY if per_call else LIMIT
    )
    with _call_in_progress(client, server):
        with ends_in_time() as caught:
            call(client, "POST", {}, _deadline=LIMIT if per_call else None)
        assert len(server.requests) == 1

    assert caught.type is ApiTimeoutException
    assert "pool" in str(caught.value)
    assert not caught.value.outcome_unknown


@contextmanager
def _call_in_progress(client: ApiClient, server: FaultServer) -> Generator[None, None, None]:
    """Occupy one connection while the block runs."""
    ended: list[Any] = []
    thread: Any = client.call_api(
        "/api/v2/things/1",
        "GET",
        response_type="object",
        callback=ended.append,
        _deadline=FAR_AWAY,
    )
    while not server.requests:
        time.sleep(0.001)
    yield
    server.script = Script()
    server.resume()
    server.hang_up()
    thread.join(60)
    assert ended


def test_back_off_does_not_pass_the_deadline(
    make_client: MakeClient, make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    client = make_client(make_server(listen=False), retries=1000)

    with ends_in_time() as caught:
        call(client, "POST", {}, _deadline=LIMIT)

    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("status", [429, 503])
def test_a_retry_after_beyond_the_deadline_is_not_waited_for(
    make_server: MakeServer, make_client: MakeClient, status: int
) -> None:
    server = make_server(_answers(Send(answer(status, headers=["Retry-After: 30"]))))

    with ends_in_time(0) as caught:
        call(make_client(server, deadline=29.0))

    assert caught.value.status == status
    assert caught.value.retry_after == 30
    assert len(server.requests) == 1


def test_retries_do_not_add_up_to_more_than_the_deadline(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    retry_at_once = answer(429, headers=["Retry-After: 0.02"])
    server = make_server(_answers(Send(retry_at_once)))

    with ends_in_time(1.0) as caught:
        call(make_client(server, retries=10**9, deadline=1.0))

    # The deadline may strike between two tries, or in the midst of one.
    assert caught.type in (TooManyRequestsException, ApiTimeoutException)
    assert len(server.requests) > 1


@pytest.mark.parametrize("seconds", [2_147_484, 4_294_968, 9e9])
def test_a_limit_is_no_longer_than_the_system_can_wait(seconds: float) -> None:
    """It counts milliseconds in 32 bits: what is longer would come out as another time."""
    with socket.socket() as sock:
        Limits(seconds, seconds, math.inf).apply(sock)
        assert (sock.gettimeout() or math.inf) * 1000 < 2**31
