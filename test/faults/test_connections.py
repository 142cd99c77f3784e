"""How calls use connections, share them, wait for them, and let go of them."""

from __future__ import annotations

import logging
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import urllib3
from urllib3.connection import HTTPSConnection

from PureCloudPlatformClientV2 import ApiClient, HttpRequestOptions
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    RESTClientObject,
)

from .certificates import Certificates
from .conftest import MakeClient, MakeServer
from .server import Drip, Echo, FaultServer, Pause, Script, Send, answer


def call(client: ApiClient, verb: str = "GET", body: Any = None, **options: Any) -> Any:
    return client.call_api("/api/v2/things/1", verb, body=body, response_type="object", **options)


def wait_for_open(server: FaultServer, count: int) -> None:
    """Wait until the server has so many connections open."""
    until = time.monotonic() + 30
    while server.open_connections() != count:
        assert time.monotonic() < until, f"{server.open_connections()} are open"


@pytest.mark.parametrize(
    ("body", "sends"), [(None, 1), ({"name": "x"}, 1), ({"name": "x" * 100_000}, 2)]
)
def test_a_short_body_leaves_with_the_head(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    body: Any,
    sends: int,
) -> None:
    sent: list[bytes] = []

    class Noting(socket.socket):
        def send(self, content: Any, *flags: int) -> int:
            sent.append(bytes(content))
            self.sendall(content)
            return len(content)

    server = make_server()
    client = make_client(server)
    monkeypatch.setattr(socket, "socket", Noting)
    call(client, "POST", body)
    assert len(sent) == sends
    assert sent[0].startswith(b"POST /api/v2/things/1 HTTP/1.1\r\n")
    assert b"".join(sent).endswith(server.requests[0].body)


def test_a_connection_is_used_again_however_soon_and_up_to_the_limit(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On clocks that go only where the test says so."""
    server, now = make_server(), [1000.0]
    client = make_client(server, deadline=None)
    for clock in ("monotonic", "time"):
        monkeypatch.setattr(time, clock, lambda: now[0])
    for idle, connections in [(0, 1), (0, 1), (50, 1), (50.5, 2)]:
        now[0] += idle
        call(client)
        assert server.connections == connections


@pytest.mark.parametrize("calls", [1, 2], ids=["fresh", "kept alive"])
def test_an_ordinary_call_may_take_as_long_as_its_answer_goes_on(
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    calls: int,
) -> None:
    """There is a limit for how much of a file has to come in which time, and that is all."""
    ahead, clock = [0.0], time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: clock() + ahead[0])

    class Slow(FaultServer):
        def _echo(self, connection: Any, request: Any) -> None:
            connection.sock.sendall(answer(200, length=4))
            for byte in b"1234" if len(self.requests) == calls else b"1   ":
                ahead[0] += 1200 * (len(self.requests) == calls)
                connection.sock.sendall(bytes([byte]))
                time.sleep(0.01)

    with Slow() as server:
        client = make_client(server, deadline=None)
        assert [call(client) for _ in range(calls)][-1] == 1234
        assert server.connections == 1


def test_urllib3_logs_what_was_answered(
    make_server: MakeServer, make_client: MakeClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "urllib3")
    server = make_server(Script(answers=((Send(answer(200, b"[]")),),)))
    call(make_client(server))
    logged = [record.getMessage() for record in caplog.records]
    assert f'{server.url} "GET /api/v2/things/1 HTTP/1.1" 200 2' in logged


# Waiting for one


@pytest.mark.parametrize("deadline", [None, 60.0])
def test_a_call_waits_until_a_connection_is_free(
    make_server: MakeServer, make_client: MakeClient, deadline: float | None
) -> None:
    server = make_server(Script(answers=((Pause(), Echo()),)))
    client = make_client(server, connection_pool_maxsize=1, deadline=deadline)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(call, client)
        server.wait_for_pause()
        second = pool.submit(call, client)
        server.resume()
        assert first.result()["id"] == second.result()["id"] == "1"
    assert server.connections == 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_where_none_becomes_free_the_call_ends_at_its_deadline(
    make_server: MakeServer, make_client: MakeClient, verb: str
) -> None:
    server = make_server(Script(answers=((Pause(), Echo()),)))
    client = make_client(server, connection_pool_maxsize=1)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(call, client)
        server.wait_for_pause()
        with pytest.raises(ApiTimeoutException, match="no connection of the pool became") as caught:
            call(client, verb, _deadline=0.2)
        server.resume()
        first.result()
    assert not caught.value.outcome_unknown
    assert len(server.requests) == 1


# Letting go


def test_closing_lets_go_of_what_is_idle_while_another_call_goes_on(
    make_server: MakeServer, make_client: MakeClient
) -> None:
    server = make_server(Script(answers=((Pause(), Echo()),)))
    client = make_client(server)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(call, client) for _ in range(2)]
        for _ in calls:
            server.wait_for_pause()
        server.resume()
        for one in calls:
            one.result()
    assert server.connections == 2
    server.pause_again()
    with ThreadPoolExecutor(1) as pool:
        last = pool.submit(call, client)
        server.wait_for_pause()
        client.close()
        try:
            wait_for_open(server, 1)
        finally:
            server.resume()
        last.result()
    wait_for_open(server, 0)


# Ways


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://a.example", "a.example:443"),
        ("http://a.example", "a.example:80"),
        ("https://a.example:8443", "a.example:8443"),
    ],
)
def test_a_connection_for_more_than_a_request_is_made_by_a_tunnel(
    make_server: MakeServer, make_client: MakeClient, url: str, target: str
) -> None:
    proxy = make_server(Script(answers=((Send(answer(403)),),)))
    client = make_client("https://api.example", proxy=proxy.url)
    rest_client = RESTClientObject(client.configuration)
    with pytest.raises(ApiConnectionException, match="opens no way to the host: 403"):
        rest_client.connect(HttpRequestOptions(url, "GET"), lambda connection, _: connection)
    assert [(one.method, one.target) for one in proxy.requests] == [("CONNECT", target)]


WHILE_RECORDING = """
import sys
import urllib3.connection
from PureCloudPlatformClientV2 import ApiClient, Configuration

class Recorder(urllib3.connection.HTTPConnection):
    def connect(self):
        raise AssertionError("the recorder is not there any more")

own, urllib3.connection.HTTPConnection = urllib3.connection.HTTPConnection, Recorder
client = ApiClient(configuration=Configuration(host="http://127.0.0.1:9", access_token="t"))
client.configuration.retries = 0
try:
    client.call_api("/x", "GET")
except Exception as error:  # whatever it is, the test looks at it
    print(type(error).__name__)
urllib3.connection.HTTPConnection = own
client.host = sys.argv[1]
try:
    client.call_api("/x", "GET", _deadline=0.5)
except Exception as error:  # as above
    print(error)
"""


def test_a_recorder_that_is_there_at_the_first_call_is_not_kept(make_server: MakeServer) -> None:
    """Afterwards calls keep to their deadlines by connections of our own."""
    server = make_server(Script(answers=((Send(answer(200, length=10**6)), Drip(b" ")),)))
    arguments = [sys.executable, "-c", WHILE_RECORDING, server.url]
    ran = subprocess.run(arguments, capture_output=True, text=True, timeout=30, check=True)
    first, then = ran.stdout.splitlines()
    assert first == "ApiConnectionException"
    assert "no complete answer came within the deadline of the call" in then


@pytest.mark.parametrize("proxied", [False, True], ids=["straight", "through a proxy"])
def test_a_connection_of_others_shows_the_certificate_to_the_host_alone(
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    proxied: bool,
) -> None:
    shown: dict[str, bool] = {}

    class Asking(FaultServer):
        """Notes whether a client has shown a certificate."""

        name = ""

        def _serve_request(self, connection: Any) -> None:
            shown[self.name] = bool(connection.sock.getpeercert())
            super()._serve_request(connection)

    class Other(HTTPSConnection):
        pass

    monkeypatch.setattr(urllib3.connectionpool.HTTPSConnectionPool, "ConnectionCls", Other)
    contexts = [certificates.server_context(ask_client=ssl.CERT_OPTIONAL) for _ in range(2)]
    with Asking(tls=contexts[0]) as host, Asking(tls=contexts[1]) as proxy:
        host.name, proxy.name = "host", "proxy"
        settings = {"proxy": proxy.url} if proxied else {}
        call(make_client(host, cert_file=certificates.client, **settings))
    assert shown == {"host": True, **({"proxy": False} if proxied else {})}
