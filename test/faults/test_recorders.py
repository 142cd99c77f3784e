"""Whatever stands for sockets and connections when one is opened counts: nothing is bypassed."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

import pytest
import urllib3
import vcr
from urllib3.connection import HTTPConnection
from vcr.errors import CannotOverwriteExistingCassetteException

from PureCloudPlatformClientV2 import ApiClient, ApiException, HttpRequestOptions

from .conftest import MakeClient, MakeServer
from .server import FaultServer, Script, Stall


def call(client: ApiClient, verb: str = "GET") -> Any:
    body: dict[str, str] | None = {} if verb == "POST" else None
    return client.call_api("/api/v2/things/1", verb, body=body, response_type="object")


def verbs(server: FaultServer) -> list[str]:
    return [request.method for request in server.requests]


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("verb", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("used_before", [False, True], ids=["fresh", "kept alive"])
def test_nothing_gets_out_of_a_cassette_that_allows_nothing(
    make_server: MakeServer,
    make_client: MakeClient,
    tmp_path: Path,
    verb: str,
    tls: bool,
    used_before: bool,
) -> None:
    server = make_server(tls=tls)
    client = make_client(server)
    if used_before:
        call(client)
    before = len(server.requests)
    with (
        vcr.use_cassette(str(tmp_path / "none.yaml"), record_mode="none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        call(client, verb)
    assert len(server.requests) == before


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_a_call_is_recorded_and_played_back(
    make_server: MakeServer, make_client: MakeClient, tmp_path: Path, tls: bool
) -> None:
    server = make_server(tls=tls)
    cassette = str(tmp_path / "one.yaml")
    client = make_client(server)
    with vcr.use_cassette(cassette):
        recorded = call(client)
    with vcr.use_cassette(cassette, record_mode="none"):
        assert call(client) == recorded
    assert len(server.requests) == 1
    call(client)  # without a recorder, to the service again
    assert len(server.requests) == 2


def test_a_proxy_over_tls_is_verified_as_the_configuration_has_it(
    make_server: MakeServer, make_client: MakeClient, tmp_path: Path
) -> None:
    proxy, server = make_server(tls=True), make_server(tls=True)
    with vcr.use_cassette(str(tmp_path / "one.yaml")):
        call(make_client(server, proxy=proxy.url))
    assert (verbs(proxy), verbs(server)) == (["CONNECT"], ["GET"])


def test_a_class_of_connections_that_is_put_into_urllib3_is_used(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[HTTPConnection] = []

    class Counting(HTTPConnection):
        def connect(self) -> None:
            opened.append(self)
            super().connect()

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "ConnectionCls", Counting)
    server = make_server()
    call(make_client(server))
    assert len(opened) == 1


@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_a_connection_of_others_keeps_to_the_time_limits_of_the_client(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, verb: str
) -> None:
    class Other(HTTPConnection):
        pass

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "ConnectionCls", Other)
    server = make_server(Script(answers=((Stall(),),)))
    client = make_client(server, request_timeout=0.3, retries=0)
    with pytest.raises(ApiException) as caught:
        call(client, verb)
    assert caught.value.status == 0
    assert caught.value.outcome_unknown is (verb == "POST")


def test_a_connection_of_others_sends_nothing_that_comes_too_late(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(HTTPConnection):
        pass

    monkeypatch.setattr(urllib3.connectionpool.HTTPConnectionPool, "ConnectionCls", Other)
    server = make_server()
    late = HttpRequestOptions(url=f"{server.url}/x", method="POST", body={})
    late.end = time.monotonic() - 1
    with pytest.raises(ApiException) as caught:
        make_client(server).get_http_client().request(late)
    assert not caught.value.outcome_unknown
    assert verbs(server) == []


class NoNetworkError(RuntimeError):
    """As tools raise it that keep tests off the network."""


def test_a_socket_that_refuses_keeps_the_client_off_the_network(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Guarded(socket.socket):
        def __init__(self, *_: object, **__: object) -> None:
            raise NoNetworkError

    server = make_server()
    client = make_client(server)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "socket", Guarded)
        with pytest.raises(NoNetworkError):
            call(client)
    assert verbs(server) == []
    call(client)
    assert verbs(server) == ["GET"]


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "TLS"])
def test_a_socket_that_goes_another_way_is_gone_by(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    """The recipe ``socket.socket = socks.socksocket``."""
    server = make_server(tls=tls)
    asked: list[object] = []

    class Redirected(socket.socket):
        def connect(self, address: Any) -> None:
            asked.append(address)
            super().connect(("127.0.0.1", server.port))

    monkeypatch.setattr(socket, "socket", Redirected)
    scheme = "https" if tls else "http"
    call(make_client(f"{scheme}://127.0.0.1:9"))  # where nobody listens
    assert asked == [("127.0.0.1", 9)]
    assert verbs(server) == ["GET"]
