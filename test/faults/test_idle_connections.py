"""A connection that has been idle for long may have been forgotten, and is not trusted again."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable

import pytest

from PureCloudPlatformClientV2 import ApiClient

from .certificates import Certificates
from .conftest import MakeClient, MakeServer
from .server import Echo, FaultServer, Script, Send, answer

VERBS = ["POST", "PATCH", "PUT", "DELETE", "GET"]

Advance = Callable[..., None]


@pytest.fixture
def advance(monkeypatch: pytest.MonkeyPatch) -> Advance:
    """Puts the clocks on: by default both, as in a pause; one alone, as a frozen machine has it."""
    ahead = {"monotonic": 0.0, "time": 0.0}
    clocks = {name: getattr(time, name) for name in ahead}

    def reading(name: str) -> Callable[[], float]:
        return lambda: clocks[name]() + ahead[name]

    for name in ahead:
        monkeypatch.setattr(time, name, reading(name))

    def advance(seconds: float, *names: str) -> None:
        for name in names or ahead:
            ahead[name] += seconds

    return advance


def call(client: ApiClient, verb: str) -> None:
    client.call_api("/api/v2/things/1", verb, body={} if verb in ("POST", "PATCH", "PUT") else None)


def promising(keep_alive: str) -> Script:
    """Answers that promise to keep the connection for so long."""
    return Script(answers=((Send(answer(200, b"{}", [f"Keep-Alive: {keep_alive}"])),),))


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("clocks", [(), ("time",), ("monotonic",)], ids=["both", "wall", "running"])
@pytest.mark.parametrize("verb", VERBS)
def test_after_a_minute_a_request_goes_by_a_new_connection(
    make_server: MakeServer,
    make_client: MakeClient,
    advance: Advance,
    verb: str,
    clocks: tuple[str, ...],
    tls: bool,
) -> None:
    server = make_server(tls=tls)
    client = make_client(server, deadline=None)
    call(client, "GET")
    advance(61, *clocks)
    call(client, verb)
    call(client, verb)
    assert [request.connection for request in server.requests] == [1, 2, 2]


@pytest.mark.parametrize("verb", VERBS)
def test_before_that_it_goes_by_the_same(
    make_server: MakeServer, make_client: MakeClient, advance: Advance, verb: str
) -> None:
    server = make_server()
    client = make_client(server, deadline=None)
    for _ in range(4):  # two minutes, but never idle for one
        call(client, verb)
        advance(40)
    assert server.connections == 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("clock", ["time", "monotonic"])
def test_a_clock_that_has_gone_back_breaks_nothing(
    make_server: MakeServer, make_client: MakeClient, advance: Advance, clock: str, verb: str
) -> None:
    server = make_server()
    client = make_client(server, deadline=None)
    call(client, "GET")
    advance(-3600, clock)
    call(client, verb)
    assert len(server.requests) == 2
    assert server.connections == (1 if clock == "time" else 2)


@pytest.mark.parametrize(
    ("keep_alive", "idle", "connections"),
    [
        ("timeout=5", 3, 1),
        ("timeout=5", 4.5, 2),
        ("timeout=5, max=100", 4.5, 2),
        ("max=100, Timeout = 5", 4.5, 2),
        ('timeout="5"', 4.5, 2),
        ("timeout=0", 0.1, 2),
        ("timeout=3600", 40, 1),
        ("timeout=3600", 61, 2),
        ("timeout=", 40, 1),
        ("timeout=-1", 40, 1),
        ("timeout=" + "9" * 400, 40, 1),
        ("x-timeout=1", 40, 1),
        ("300", 40, 1),
        ("", 40, 1),
    ],
)
def test_what_the_service_promises_is_heeded(
    make_server: MakeServer,
    make_client: MakeClient,
    advance: Advance,
    keep_alive: str,
    idle: float,
    connections: int,
) -> None:
    server = make_server(promising(keep_alive))
    client = make_client(server, deadline=None)
    call(client, "POST")
    advance(idle)
    call(client, "POST")
    assert len(server.requests) == 2
    assert server.connections == connections


def test_a_promise_is_for_the_connection_that_it_was_made_on(
    make_server: MakeServer, make_client: MakeClient, advance: Advance
) -> None:
    first = Send(answer(200, b"{}", ["Keep-Alive: timeout=5"]))
    server = make_server(Script(answers=((first,), (Echo(),))))
    client = make_client(server, deadline=None)
    call(client, "POST")
    for seconds in (4.5, 40):
        advance(seconds)
        call(client, "POST")
    assert [request.connection for request in server.requests] == [1, 2, 2]


def test_the_connection_to_a_proxy_is_not_trusted_longer(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    advance: Advance,
) -> None:
    proxy = make_server()
    with FaultServer(tls=certificates.server_context()) as server:
        client = make_client(server, proxy=proxy.url, deadline=None)
        call(client, "POST")
        call(client, "POST")
        assert (len(proxy.requests), server.connections) == (1, 1)
        advance(61)
        call(client, "POST")
        assert (len(proxy.requests), server.connections) == (2, 2)


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_the_system_keeps_connections_alive(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    tls: bool,
) -> None:
    idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"
    names = [idle, "TCP_KEEPINTVL", "TCP_KEEPCNT", "TCP_NODELAY"]
    seen: list[list[int]] = []

    class Watched(socket.socket):
        def connect(self, address: object) -> None:
            super().connect(address)  # type: ignore[arg-type]
            present = [self.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
            present += [
                self.getsockopt(socket.IPPROTO_TCP, getattr(socket, name)) for name in names
            ]
            seen.append(present)

    server = make_server(tls=tls)
    client = make_client(server)
    monkeypatch.setattr(socket, "socket", Watched)
    call(client, "GET")
    (([on, seconds, between, count, without_delay]),) = seen
    assert on
    assert without_delay
    assert 0 < seconds <= 60
    assert seconds + between * count == 105  # when a host that has vanished is given up
