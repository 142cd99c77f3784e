"""The WebSocket of notifications goes the way that calls go: through proxies, by TLS."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from PureCloudPlatformClientV2 import ApiClient, Configuration, NotificationChannel
from PureCloudPlatformClientV2.exceptions import causes
from PureCloudPlatformClientV2.notifications import Gap
from PureCloudPlatformClientV2.rest import ApiConnectionException
from PureCloudPlatformClientV2.sandbox import Sandbox

from .conftest import PASSWORD, USERNAME
from .forward_proxy import ForwardProxy

PRESENCE = "v2.users.8f3c.presence"


@pytest.fixture(scope="module")
def plain() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def secure(server_files: tuple[str, str]) -> Iterator[Sandbox]:
    certificate, key = server_files
    with Sandbox(certificate=certificate, key=key) as sandbox:
        yield sandbox


def client_of(sandbox: Sandbox, **settings: Any) -> ApiClient:
    configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
    configuration.retries = 0
    for name, value in settings.items():
        setattr(configuration, name, value)
    return ApiClient(configuration=configuration)


def listen(sandbox: Sandbox, client: ApiClient, events: int = 1) -> list[str]:
    """Listen to some events, of which each fills several records of TLS."""
    gaps: list[Gap] = []
    with client, NotificationChannel(client, [PRESENCE], on_gap=gaps.append) as channel:
        for number in range(events):
            sandbox.channels.publish(PRESENCE, {"source": str(number), "message": "x" * 50_000})
        found = [channel.get(timeout=30) for _ in range(events)]
    assert gaps == []
    return [event.body.source for event in found if event is not None]


def streaming_port(sandbox: Sandbox) -> int:
    return sandbox.channels.listen()


def test_it_goes_through_a_proxy_by_a_tunnel_even_without_tls(
    plain: Sandbox, open_proxy: ForwardProxy
) -> None:
    assert listen(plain, client_of(plain, proxy=open_proxy.url), 20) == [str(n) for n in range(20)]

    tunnels = [one.host for one in open_proxy.passed if one.method == "CONNECT"]
    assert tunnels == [f"127.0.0.1:{streaming_port(plain)}"]


def test_it_goes_through_a_proxy_by_tls(
    secure: Sandbox, open_proxy: ForwardProxy, ca_file: str
) -> None:
    client = client_of(secure, proxy=open_proxy.url, ssl_ca_cert=ca_file)
    assert listen(secure, client, 20) == [str(number) for number in range(20)]
    assert f"127.0.0.1:{streaming_port(secure)}" in {one.host for one in open_proxy.passed}


@pytest.mark.parametrize("kind", ["guarded_proxy", "tls_proxy"])
def test_a_proxy_that_asks_for_a_password_gets_it(
    secure: Sandbox, ca_file: str, kind: str, request: pytest.FixtureRequest
) -> None:
    proxy: ForwardProxy = request.getfixturevalue(kind)
    settings = {"proxy_username": USERNAME, "proxy_password": PASSWORD, "ssl_ca_cert": ca_file}
    client = client_of(secure, proxy=proxy.url, **settings)
    assert listen(secure, client, 20) == [str(number) for number in range(20)]
    tunnels = [one for one in proxy.passed if one.host.endswith(f":{streaming_port(secure)}")]
    assert ["proxy-authorization" in one.headers for one in tunnels] == [True]


def test_a_proxy_that_does_not_let_it_through_is_named(
    plain: Sandbox, guarded_proxy: ForwardProxy
) -> None:
    # Calls of plain HTTP go straight, so that it is the WebSocket that is not let through.
    settings = {"proxy": guarded_proxy.url, "no_proxy": plain.host.partition("://")[2]}
    with pytest.raises(ApiConnectionException, match=guarded_proxy.address) as caught:
        listen(plain, client_of(plain, **settings))
    assert "407" in str(caught.value)


def test_it_is_reached_by_tls_with_the_authorities_of_the_configuration(
    secure: Sandbox, ca_file: str
) -> None:
    found = listen(secure, client_of(secure, ssl_ca_cert=ca_file), 50)
    assert found == [str(number) for number in range(50)]


def test_a_certificate_that_is_not_trusted_ends_the_iteration_with_what_helps(
    secure: Sandbox, ca_file: str, tmp_path: Path
) -> None:
    other = tmp_path / "other.pem"
    client = client_of(secure, ssl_ca_cert=ca_file)
    with client, NotificationChannel(client, [PRESENCE]) as channel:
        trustme.CA().cert_pem.write_to_path(str(other))
        client.configuration.ssl_ca_cert = str(other)
        secure.channels.drop()
        with pytest.raises(ApiConnectionException, match="ssl_ca_cert") as caught:
            next(channel)
    assert isinstance(causes(caught.value)[-1], ssl.SSLCertVerificationError)
