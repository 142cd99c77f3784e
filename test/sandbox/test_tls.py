"""HTTPS, with and without certificates of clients."""

from __future__ import annotations

import logging
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme
import urllib3
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from PureCloudPlatformClientV2.sandbox import (
    DelayFault,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    SlowFault,
    StatusFault,
    TruncateFault,
)

from .caller import LINE, Caller, wait_until


class Files:
    """What a server with TLS is started with."""

    def __init__(self, directory: Path, authority: trustme.CA) -> None:
        issued = authority.issue_cert("127.0.0.1", "localhost")
        self.certificate = str(directory / "certificate.pem")
        self.key = str(directory / "key.pem")
        self.both = str(directory / "both.pem")
        self.client_ca = str(directory / "client_ca.pem")
        for position, blob in enumerate(issued.cert_chain_pems):
            blob.write_to_path(self.certificate, append=position > 0)
        issued.private_key_pem.write_to_path(self.key)
        issued.private_key_and_cert_chain_pem.write_to_path(self.both)
        authority.cert_pem.write_to_path(self.client_ca)


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory, authority: trustme.CA) -> Files:
    return Files(tmp_path_factory.mktemp("tls"), authority)


@pytest.fixture
def sandbox(files: Files) -> Iterator[Sandbox]:
    with Sandbox(certificate=files.certificate, key=files.key) as sandbox:
        yield sandbox


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


@pytest.fixture
def pool(trusting: ssl.SSLContext) -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=30, ssl_context=trusting) as pool:
        yield pool


def connect(sandbox: Sandbox) -> socket.socket:
    return socket.create_connection(("127.0.0.1", sandbox.port), timeout=30)


def read_until_end(connection: socket.socket, *, past_tls: bool = False) -> bytes:
    """Read everything; past TLS, which calls every end an EOF, it comes encrypted."""
    received = b""
    while chunk := socket.socket.recv(connection, 65536) if past_tls else connection.recv(65536):
        received += chunk
    return received


def test_it_speaks_https(call: Caller, sandbox: Sandbox) -> None:
    assert sandbox.host == f"https://127.0.0.1:{sandbox.port}"
    assert repr(sandbox) == f"<Sandbox at {sandbox.host}>"

    created = call.create(LINE)

    assert created["webhookUri"].startswith(sandbox.host + "/webhooks/")
    assert call("GET", created["selfUri"]).json == created


def test_the_key_may_be_in_the_file_of_the_certificate(
    files: Files, pool: urllib3.PoolManager
) -> None:
    with Sandbox(certificate=Path(files.both)) as sandbox:
        assert Caller(sandbox, pool)("GET", LINE).status == 200


def test_it_works_behind_a_gateway_too(files: Files, pool: urllib3.PoolManager) -> None:
    with Sandbox(
        certificate=files.certificate, key=files.key, login_path="login", api_path="api"
    ) as sandbox:
        assert sandbox.api_url == f"https://127.0.0.1:{sandbox.port}/api"
        assert Caller(sandbox, pool)("GET", "/api" + LINE).status == 200


def test_a_connection_is_kept_for_the_next_request(call: Caller, pool: urllib3.PoolManager) -> None:
    for _ in range(3):
        assert call("GET", LINE).status == 200

    connections: Any = pool.connection_from_url(call.sandbox.host)
    assert connections.num_connections == 1


def test_requests_that_come_at_once_are_all_answered(
    sandbox: Sandbox, trusting: ssl.SSLContext
) -> None:
    """They arrive in one record of TLS, so the socket has nothing to tell about the last ones."""
    request = b"GET /nothing HTTP/1.1\r\nHost: sandbox\r\nX-Filler: " + b"x" * 5000 + b"\r\n%s\r\n"

    with trusting.wrap_socket(connect(sandbox), server_hostname="127.0.0.1") as connection:
        connection.sendall(request % b"" + request % b"" + request % b"Connection: close\r\n")
        responses = read_until_end(connection)

    assert responses.count(b"HTTP/1.1 404") == 3


def test_an_orderly_end_is_announced(sandbox: Sandbox, trusting: ssl.SSLContext) -> None:
    """Without a close_notify, the end of a body could as well have been cut off."""
    with trusting.wrap_socket(
        connect(sandbox), server_hostname="127.0.0.1", suppress_ragged_eofs=False
    ) as connection:
        connection.sendall(b"GET /nothing HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\n\r\n")
        assert read_until_end(connection).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_it_speaks_tls_1_2_and_later(
    sandbox: Sandbox, trusting: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    trusting.minimum_version = trusting.maximum_version = version
    trusting.set_alpn_protocols(["h2", "http/1.1"])

    with trusting.wrap_socket(connect(sandbox), server_hostname="127.0.0.1") as connection:
        assert connection.version() == version.name.replace("_", ".")
        assert connection.selected_alpn_protocol() == "http/1.1"


def test_it_refuses_tls_1_1(sandbox: Sandbox, trusting: ssl.SSLContext) -> None:
    # A client hello for TLS 1.1, since this machine's OpenSSL may not be able to send one.
    hello = b"\x03\x02" + b"\0" * 32 + b"\0" + b"\0\x02\xc0\x14" + b"\x01\0"
    handshake = b"\x01" + struct.pack(">I", len(hello))[1:] + hello
    with connect(sandbox) as connection:
        connection.sendall(b"\x16\x03\x01" + struct.pack(">H", len(handshake)) + handshake)
        alert = read_until_end(connection)

    assert (alert[0], alert[-1]) == (21, 70)  # an alert; the protocol version is not supported


# Clients that do not get through the handshake


def leave(connection: socket.socket) -> None:
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("end", [leave, reset])
@pytest.mark.parametrize(
    "sent", [b"", b"\x16", b"\x16\x03\x01\x02\0\x01\0", b"SSH-2.0-nonsense\r\n", b"\0" * 500]
)
def test_a_client_that_breaks_the_handshake_off_does_no_harm(
    call: Caller,
    sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    sent: bytes,
    end: Any,
) -> None:
    caplog.set_level(logging.INFO)
    connection = connect(sandbox)
    connection.sendall(sent)
    end(connection)

    assert call("GET", LINE).status == 200
    wait_until(lambda: "a TLS handshake failed" in caplog.text)
    assert [record.levelname for record in caplog.records] == ["INFO"] * len(caplog.records)
    assert "Traceback" not in caplog.text
    assert capfd.readouterr().err == ""


def test_silent_clients_keep_nobody_out(call: Caller, sandbox: Sandbox) -> None:
    with ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(connect(sandbox))

        assert call("GET", LINE).status == 200


def test_a_client_in_the_middle_of_the_handshake_cannot_hold_up_the_end(files: Files) -> None:
    sandbox = Sandbox(certificate=files.certificate, key=files.key).start()
    with connect(sandbox) as silent, connect(sandbox) as halfway:
        halfway.sendall(b"\x16\x03\x01")
        start = time.monotonic()
        sandbox.stop()

        # Half of the time after which the server gives a silent connection up.
        assert time.monotonic() - start < 30
        for connection in (silent, halfway):
            with suppress(ConnectionError):
                assert connection.recv(1) == b""


def test_a_client_that_garbles_a_record_does_no_harm(
    call: Caller,
    sandbox: Sandbox,
    trusting: ssl.SSLContext,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with trusting.wrap_socket(connect(sandbox), server_hostname="127.0.0.1") as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        socket.socket.sendall(connection, b"\x17\x03\x03\0\x20" + b"x" * 32)
        with suppress(OSError):
            read_until_end(connection)

    assert call("GET", LINE).status == 200
    assert {record.levelname for record in caplog.records} <= {"INFO"}
    assert "Traceback" not in caplog.text


def test_a_client_that_mistakes_https_for_http_is_told(
    sandbox: Sandbox, pool: urllib3.PoolManager
) -> None:
    response = pool.request("POST", f"http://127.0.0.1:{sandbox.port}{LINE}", body=b"x" * 100_000)

    assert (response.status, response.json()["code"]) == (400, "bad.request")
    assert "HTTPS" in response.json()["message"]
    assert sandbox.requests == []


# Certificates of clients


@pytest.fixture
def demanding(files: Files) -> Iterator[Sandbox]:
    with Sandbox(
        certificate=files.certificate, key=files.key, client_ca=files.client_ca
    ) as sandbox:
        yield sandbox


def test_a_client_with_a_certificate_of_the_authority_is_let_in(
    demanding: Sandbox, trusting: ssl.SSLContext, authority: trustme.CA, pool: urllib3.PoolManager
) -> None:
    authority.issue_cert("client@example.org").configure_cert(trusting)

    assert Caller(demanding, pool)("GET", LINE).status == 200


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("stranger", "reason"),
    [(False, "handshake failure|certificate required"), (True, "unknown ca")],
)
def test_a_client_without_one_is_kept_out_and_told_why(
    demanding: Sandbox,
    trusting: ssl.SSLContext,
    pool: urllib3.PoolManager,
    version: ssl.TLSVersion,
    stranger: bool,
    reason: str,
) -> None:
    trusting.maximum_version = version
    if stranger:
        trustme.CA().issue_cert("client@example.org").configure_cert(trusting)

    with pytest.raises(urllib3.exceptions.SSLError, match=f"(?i)alert {reason}"):
        Caller(demanding, pool)("GET", LINE)
    assert demanding.requests == []


def test_without_a_client_authority_no_certificate_is_needed(
    call: Caller, trusting: ssl.SSLContext
) -> None:
    trustme.CA().issue_cert("client@example.org").configure_cert(trusting)

    assert call("GET", LINE).status == 200


# Faults


def post(sandbox: Sandbox, trusting: ssl.SSLContext) -> ssl.SSLSocket:
    """Post an integration on a connection of its own, and leave the response to be read."""
    body = b'{"name": "Raw"}'
    head = (
        f"POST {LINE} HTTP/1.1\r\nHost: sandbox\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {sandbox.access_token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection = trusting.wrap_socket(
        connect(sandbox), server_hostname="127.0.0.1", suppress_ragged_eofs=False
    )
    connection.sendall(head.encode() + body)
    return connection


@pytest.mark.parametrize("fault", [ResetBeforeFault(), ResetAfterFault()])
def test_a_reset_is_one_of_the_connection(
    call: Caller,
    sandbox: Sandbox,
    trusting: ssl.SSLContext,
    fault: ResetBeforeFault | ResetAfterFault,
) -> None:
    sandbox.faults.add(fault)

    with post(sandbox, trusting) as connection, pytest.raises(ConnectionResetError):
        read_until_end(connection, past_tls=True)

    assert sandbox.requests[-1].applied is isinstance(fault, ResetAfterFault)
    assert call("GET", LINE).status == 200


def test_a_truncated_response_just_ends(sandbox: Sandbox, trusting: ssl.SSLContext) -> None:
    sandbox.faults.add(TruncateFault())

    with post(sandbox, trusting) as connection:
        received = connection.recv(65536) + connection.recv(65536)  # head and body
        with pytest.raises(ssl.SSLEOFError):
            connection.recv(1)

    head, _, body = received.partition(b"\r\n\r\n")
    (length,) = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
    assert int(length.split()[1]) // 2 == len(body) > 0


def test_a_slow_response_comes_byte_by_byte(sandbox: Sandbox, trusting: ssl.SSLContext) -> None:
    sandbox.faults.add(SlowFault(0.001, limit=0.02))

    with post(sandbox, trusting) as connection:
        while b"\r\n\r\n" not in connection.recv(65536):
            pass
        assert len(connection.recv(65536)) == 1


def test_the_other_faults_work_as_ever(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(503, retry_after=1), DelayFault(0.01))

    assert [call("GET", LINE).status for _ in range(2)] == [503, 200]
    assert [entry.fault for entry in sandbox.requests] == ["status", "delay"]


# What it cannot be started with


def test_a_key_or_an_authority_needs_a_certificate(files: Files) -> None:
    with pytest.raises(ValueError, match="only with a certificate"):
        Sandbox(key=files.key)
    with pytest.raises(ValueError, match="only with a certificate"):
        Sandbox(client_ca=files.client_ca)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"certificate": "nowhere.pem"}, r"cannot read nowhere\.pem: No such file"),
        ({"certificate": "certificate", "key": "nowhere.pem"}, r"or nowhere\.pem: No such file"),
        ({"certificate": "certificate"}, "no certificate with its private key"),
        ({"certificate": "key", "key": "certificate"}, "no certificate with its private key"),
        ({"certificate": "client_ca", "key": "key"}, "no certificate with its private key"),
        ({"certificate": "both", "client_ca": "nowhere.pem"}, r"cannot read nowhere\.pem"),
        ({"certificate": "both", "client_ca": "key"}, "no certificate, in PEM, in .*key"),
    ],
)
def test_unusable_files_are_told(files: Files, options: dict[str, Any], message: str) -> None:
    paths = {name: getattr(files, file, file) for name, file in options.items()}
    sandbox = Sandbox(**paths)

    with pytest.raises(OSError, match=message):
        sandbox.start()
    assert repr(sandbox) == "<Sandbox not running>"


def test_a_key_with_a_passphrase_is_refused_and_not_asked_for(files: Files, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    open_key = load_pem_private_key(Path(files.key).read_bytes(), password=None)
    encryption = BestAvailableEncryption(b"passphrase")
    key.write_bytes(open_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))

    with pytest.raises(OSError, match="protected by a passphrase"):
        Sandbox(certificate=files.certificate, key=key).start()
