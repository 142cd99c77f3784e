"""Certificates that are renewed under the same name count for connections that are opened later."""

from __future__ import annotations

import logging
import os
import shutil
import ssl
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from PureCloudPlatformClientV2 import ApiClient
from PureCloudPlatformClientV2.rest import ApiConnectionException

from .certificates import Certificates
from .conftest import MakeClient
from .server import FaultServer
from .test_authorities import hashed_folder

Renew = Callable[[Path, Path], None]


def post(client: ApiClient) -> None:
    client.call_api("/api/v2/things/1", "POST", body={})


def write_over(new: Path, path: Path) -> None:
    path.write_bytes(new.read_bytes())


def replace(new: Path, path: Path) -> None:
    beside = path.with_suffix(".new")
    shutil.copy(new, beside)
    beside.replace(path)


def swap_the_link(new: Path, path: Path) -> None:
    """As Kubernetes does it with mounted secrets."""
    link = path.with_suffix(".link")
    link.symlink_to(new)
    link.replace(path)


WAYS = [write_over, replace, swap_the_link]


@pytest.mark.parametrize("renew", WAYS)
@pytest.mark.parametrize("parts", ["one file", "two files"])
def test_a_client_certificate_that_is_renewed_is_shown(
    make_client: MakeClient, certificates: Certificates, tmp_path: Path, parts: str, renew: Renew
) -> None:
    certificate, key = tmp_path / "client.pem", tmp_path / "client.key"
    renew(Path(certificates.of_strange_client), certificate)
    renew(Path(certificates.of_strange_client), key)
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    key_file = str(key) if parts == "two files" else None
    with FaultServer(tls=context) as server:
        client = make_client(server, cert_file=str(certificate), key_file=key_file)
        with pytest.raises(ApiConnectionException, match="cert_file and key_file"):
            post(client)
        if parts == "two files":
            renew(Path(certificates.client_certificate), certificate)
            renew(Path(certificates.client_key), key)
        else:
            renew(Path(certificates.client), certificate)
        post(client)
        assert len(server.requests) == 1


@pytest.mark.parametrize("renew", WAYS)
@pytest.mark.parametrize("named", ["ssl_ca_cert", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_authorities_that_are_renewed_count(
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
    renew: Renew,
) -> None:
    path = tmp_path / "authorities.pem"
    renew(Path(certificates.other_authority), path)
    if named != "ssl_ca_cert":
        monkeypatch.setenv(named, str(path))
    with FaultServer(tls=certificates.server_context()) as server:
        client = make_client(server, ssl_ca_cert=str(path) if named == "ssl_ca_cert" else None)
        with pytest.raises(ApiConnectionException, match="none of the authorities"):
            post(client)
        renew(Path(certificates.authority), path)
        post(client)
        assert len(server.requests) == 1


def test_a_connection_that_is_open_is_used_on(
    make_client: MakeClient, certificates: Certificates, tmp_path: Path
) -> None:
    path = tmp_path / "client.pem"
    write_over(Path(certificates.client), path)
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    with FaultServer(tls=context) as server:
        client = make_client(server, cert_file=str(path))
        post(client)
        write_over(Path(certificates.of_strange_client), path)
        post(client)
        assert server.connections == 1
        server.hang_up()
        with pytest.raises(ApiConnectionException, match="cert_file and key_file"):
            post(client)


@pytest.mark.parametrize("state", ["another key", "half written", "gone"])
def test_in_the_midst_of_a_renewal_the_one_before_is_used(
    make_client: MakeClient,
    certificates: Certificates,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    state: str,
) -> None:
    caplog.set_level(logging.ERROR, "PureCloudPlatformClientV2")
    certificate, key = tmp_path / "client.crt", tmp_path / "client.key"
    write_over(Path(certificates.client_certificate), certificate)
    write_over(Path(certificates.client_key), key)
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    with FaultServer(tls=context) as server:
        client = make_client(server, cert_file=str(certificate), key_file=str(key))
        post(client)
        if state == "another key":
            trustme.CA().issue_cert("x").private_key_pem.write_to_path(str(key))
        elif state == "half written":
            os.truncate(certificate, 200)
        else:
            certificate.unlink()
        for _ in range(2):
            server.hang_up()
            post(client)
        assert len(server.requests) == 3
    (line,) = caplog.messages
    assert line.startswith("cert_file, key_file: ")
    assert line.endswith("; the one before is used")
    assert "None" not in line


def test_a_log_handler_that_makes_a_call_hears_of_it_as_well(
    make_client: MakeClient,
    certificates: Certificates,
    tmp_path: Path,
) -> None:
    certificate = tmp_path / "client.pem"
    write_over(Path(certificates.client), certificate)
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    with FaultServer(tls=context) as server:
        client = make_client(server, cert_file=str(certificate))
        post(client)

        class Shipping(logging.Handler):
            def emit(self, record: logging.LogRecord) -> None:
                post(client)

        handler = Shipping()
        logger = logging.getLogger("PureCloudPlatformClientV2")
        logger.addHandler(handler)
        logger.setLevel(logging.ERROR)
        certificate.write_text("half")
        server.hang_up()
        try:
            post(client)
        finally:
            logger.removeHandler(handler)
        assert len(server.requests) == 3


def test_that_certifi_is_installed_anew_does_not_stop_a_client(
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    path = tmp_path / "cacert.pem"
    write_over(Path(certificates.authority), path)
    monkeypatch.setattr("certifi.where", lambda: str(path))
    with FaultServer(tls=certificates.server_context()) as server:
        client = make_client(server, ssl_ca_cert=None)
        post(client)
        path.unlink()
        server.hang_up()
        post(client)
        server.hang_up()
        client.close()
        post(client)
        problem = r"Errno 2\] the file of authorities that certifi has installed .*cacert\.pem"
        with pytest.raises(ApiConnectionException, match=problem):
            post(make_client(server, ssl_ca_cert=None, retries=0))
        assert len(server.requests) == 3


def test_authorities_that_are_gone_do_not_stop_a_client_that_has_them(
    make_client: MakeClient, certificates: Certificates, tmp_path: Path
) -> None:
    path = tmp_path / "authorities.pem"
    write_over(Path(certificates.authority), path)
    with FaultServer(tls=certificates.server_context()) as server:
        client = make_client(server, ssl_ca_cert=str(path))
        post(client)
        path.unlink()
        server.hang_up()
        post(client)
    with (
        FaultServer(tls=certificates.server_context()) as server,
        pytest.raises(ValueError, match=r"ssl_ca_cert: .*authorities\.pem"),
    ):
        post(make_client(server, ssl_ca_cert=str(path)))


def test_one_of_several_folders_may_change(
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    folder = hashed_folder(certificates.authority, tmp_path / "hashed")
    monkeypatch.setenv("SSL_CERT_DIR", os.pathsep.join([str(empty), folder]))
    with FaultServer(tls=certificates.server_context()) as server:
        client = make_client(server, ssl_ca_cert=None)
        post(client)
        for file in Path(folder).iterdir():
            file.unlink()
        server.hang_up()
        with pytest.raises(ApiConnectionException, match="none of the authorities"):
            post(client)


def test_the_authorities_of_a_proxy_are_renewed_as_well(
    make_client: MakeClient, certificates: Certificates, tmp_path: Path
) -> None:
    """The authorities of a proxy over TLS are read anew, too."""
    path = tmp_path / "authorities.pem"
    write_over(Path(certificates.other_authority), path)
    with (
        FaultServer(tls=certificates.server_context()) as proxy,
        FaultServer(tls=certificates.server_context()) as server,
    ):
        client = make_client(server, ssl_ca_cert=str(path), proxy=proxy.url)
        with pytest.raises(ApiConnectionException):
            post(client)
        write_over(Path(certificates.authority), path)
        post(client)
        assert len(server.requests) == 1
        assert [request.method for request in proxy.requests] == ["CONNECT"]
