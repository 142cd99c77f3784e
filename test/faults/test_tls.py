"""Whom the client trusts, and what it says when it does not."""

from __future__ import annotations

import gc
import select
import socket
import ssl
import warnings

import certifi
import pytest
from urllib3.exceptions import InsecureRequestWarning

from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2._transport.tls import ContextSource
from PureCloudPlatformClientV2.rest import ApiConnectionException

from .certificates import Certificates
from .conftest import MakeClient, MakeServer
from .server import Close, FaultServer, Reset, Script, Send

BAD = ["self_signed", "of_stranger", "other_host", "expired"]


def post(client: ApiClient) -> None:
    client.call_api("/api/v2/things/1", "POST", body={})


@pytest.mark.parametrize("verb", ["GET", "POST"])
@pytest.mark.parametrize("certificate", BAD)
def test_a_certificate_that_proves_nothing_is_refused_once_and_for_all(
    certificates: Certificates, make_client: MakeClient, certificate: str, verb: str
) -> None:
    context = certificates.server_context(getattr(certificates, certificate))
    with FaultServer(tls=context) as server:
        with pytest.raises(ApiConnectionException, match="certificate") as caught:
            make_client(server).call_api("/api/v2/things/1", verb)

        assert not server.requests
        assert server.connections == 1
    assert caught.value.status == 0
    assert not caught.value.outcome_unknown


def test_the_authorities_of_certifi_are_the_default(
    certificates: Certificates, make_client: MakeClient
) -> None:
    with FaultServer(tls=certificates.server_context()) as server:
        with pytest.raises(ApiConnectionException, match="certificate"):
            post(make_client(server, ssl_ca_cert=None))
        with pytest.raises(ApiConnectionException, match="certificate"):
            post(make_client(server, ssl_ca_cert=certifi.where()))
        assert not server.requests


def test_an_authority_from_a_file_replaces_them(
    certificates: Certificates, make_client: MakeClient
) -> None:
    with FaultServer(tls=certificates.server_context()) as server:
        post(make_client(server, ssl_ca_cert=certificates.authority))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "files",
    [
        {"cert_file": "client"},
        {"cert_file": "client_certificate", "key_file": "client_key"},
    ],
    ids=["one file", "two files"],
)
def test_a_client_certificate_is_shown(
    certificates: Certificates, make_client: MakeClient, files: dict[str, str]
) -> None:
    settings = {setting: getattr(certificates, name) for setting, name in files.items()}
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    with FaultServer(tls=context) as server:
        post(make_client(server, **settings))
        assert len(server.requests) == 1


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("certificate", [None, "of_strange_client"])
def test_a_client_that_the_server_does_not_trust_knows_that_nothing_happened(
    certificates: Certificates,
    make_client: MakeClient,
    certificate: str | None,
    version: ssl.TLSVersion,
) -> None:
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    context.maximum_version = version
    with FaultServer(tls=context) as server:
        client = make_client(
            server, cert_file=certificate and getattr(certificates, certificate), retries=1
        )
        with pytest.raises(ApiConnectionException) as caught:
            post(client)
        assert not server.requests
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_an_authority_that_cannot_be_read_is_refused_whatever_the_host_is(
    make_client: MakeClient, scheme: str
) -> None:
    client = make_client(f"{scheme}://127.0.0.1:1", ssl_ca_cert="missing.pem")
    with pytest.raises(ValueError, match=r"^ssl_ca_cert: .*missing\.pem"):
        post(client)


@pytest.mark.parametrize("strict", [None, True, False])
def test_strict_checks_are_switched_and_nothing_else(strict: bool | None) -> None:
    configuration = Configuration()
    configuration.verify_ssl_strict = strict
    flags = ContextSource(configuration.snapshot()).context().verify_flags
    usual = ssl.create_default_context().verify_flags
    assert flags | ssl.VERIFY_X509_STRICT == usual | ssl.VERIFY_X509_STRICT
    if strict is None:
        assert flags == usual
    else:
        assert bool(flags & ssl.VERIFY_X509_STRICT) is strict


@pytest.mark.parametrize("certificate", BAD)
def test_verification_can_be_turned_off_and_warns_once(
    certificates: Certificates, make_client: MakeClient, certificate: str
) -> None:
    context = certificates.server_context(getattr(certificates, certificate))
    with FaultServer(tls=context) as server:
        client = make_client(server, verify_ssl=False)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            for _ in range(3):
                post(client)
                server.hang_up()
            client.close()
            post(client)
        assert len(server.requests) == 4
    assert [warning.category for warning in caught] == [InsecureRequestWarning]


@pytest.mark.parametrize(
    "answer", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x15\x03\x01\x00\x02\x02\x28"]
)
def test_a_server_without_tls_is_an_api_exception(make_client: MakeClient, answer: bytes) -> None:
    with FaultServer(Script(on_connect=(Send(answer), Close()))) as server:
        with pytest.raises(ApiConnectionException) as caught:
            post(make_client(f"https://127.0.0.1:{server.port}"))
        assert not server.requests
    assert not caught.value.outcome_unknown


def test_a_reset_before_the_handshake_leaves_no_socket_open(
    certificates: Certificates, make_server: MakeServer
) -> None:
    server = make_server(Script(on_connect=(Reset(),)))
    configuration = Configuration()
    configuration.ssl_ca_cert = certificates.authority
    context = ContextSource(configuration.snapshot()).context()
    sock = socket.create_connection(("127.0.0.1", server.port))
    select.select([sock], [], [], 60)

    with pytest.raises(OSError, match=r"reset|not connected|Bad file"):
        context.wrap_socket(sock, server_hostname="127.0.0.1")

    gc.collect()  # an open socket would say so now, and fail the test
