"""Whose certificates count, and what an error says that helps."""

from __future__ import annotations

import hashlib
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from urllib3.exceptions import InsecureRequestWarning

from PureCloudPlatformClientV2 import ApiClient
from PureCloudPlatformClientV2.rest import ApiConnectionException

from .certificates import OBJECTIONS, Certificates
from .conftest import MakeClient, MakeServer
from .server import Close, FaultServer, Script, Send

VARIABLES = ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]


def post(client: ApiClient) -> None:
    client.call_api("/api/v2/things/1", "POST", body={})


def refused(client: ApiClient) -> str:
    with pytest.raises(ApiConnectionException) as caught:
        post(client)
    assert not caught.value.outcome_unknown
    assert "CERTIFICATE_VERIFY_FAILED" in str(caught.value)
    return str(caught.value)


def hashed_folder(authority: str, folder: Path) -> str:
    """Make a folder as OpenSSL wants it: each certificate under the hash of its subject."""
    folder.mkdir()
    content = Path(authority).read_bytes()
    canonical = b""
    for rdn in x509.load_pem_x509_certificate(content).subject.rdns:
        (attribute,) = rdn
        name = "".join(attribute.oid.dotted_string.split(".")[2:])
        text = " ".join(str(attribute.value).lower().split()).encode()
        kind = bytes([6, 3, 0x55, 4, int(name[1:])])
        pair = kind + bytes([12, len(text)]) + text
        sequence = bytes([0x30, len(pair)]) + pair
        canonical += bytes([0x31, len(sequence)]) + sequence
    digest = hashlib.sha1(canonical, usedforsecurity=False).digest()
    (folder / f"{int.from_bytes(digest[:4], 'little'):08x}.0").write_bytes(content)
    return str(folder)


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_file_that_a_variable_names_counts_where_nothing_is_set(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, certificates.authority)
    post(make_client(make_server(tls=True), ssl_ca_cert=None))


@pytest.mark.parametrize("variable", ["SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"])
def test_a_folder_that_a_variable_names_counts_as_well(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, hashed_folder(certificates.authority, tmp_path / "hashed"))
    post(make_client(make_server(tls=True), ssl_ca_cert=None))


def test_file_and_folder_count_together(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.other_authority)
    monkeypatch.setenv("SSL_CERT_DIR", hashed_folder(certificates.authority, tmp_path / "hashed"))
    post(make_client(make_server(tls=True), ssl_ca_cert=None))


def test_what_the_configuration_names_goes_before_the_variables(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in VARIABLES:
        monkeypatch.setenv(variable, certificates.other_authority)
    server = make_server(tls=True)
    post(make_client(server))
    assert "SSL_CERT_FILE" in refused(make_client(server, ssl_ca_cert=None))


def test_the_variables_of_openssl_go_before_that_of_requests(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.authority)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certificates.other_authority)
    post(make_client(make_server(tls=True), ssl_ca_cert=None))


def test_a_variable_that_changes_counts_for_the_next_connection(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", certificates.other_authority)
    client = make_client(make_server(tls=True), ssl_ca_cert=None)
    refused(client)
    monkeypatch.setenv("SSL_CERT_FILE", certificates.authority)
    post(client)


@pytest.mark.parametrize(
    ("variable", "kind"),
    [
        ("SSL_CERT_FILE", "missing"),
        ("SSL_CERT_FILE", "empty"),
        ("SSL_CERT_DIR", "missing"),
        ("SSL_CERT_DIR", "empty"),
        ("REQUESTS_CA_BUNDLE", "missing"),
        ("REQUESTS_CA_BUNDLE", "empty"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str,
    kind: str,
) -> None:
    path = tmp_path / "bundle.pem"
    if kind == "empty":
        path.touch()
    monkeypatch.setenv(variable, str(path))
    server = make_server(tls=True)
    with pytest.raises(ValueError, match=rf"^{variable}.*bundle\.pem"):
        post(make_client(server, ssl_ca_cert=None))
    assert server.connections == 0


@pytest.mark.parametrize("named", ["ssl_ca_cert", "SSL_CERT_FILE", "SSL_CERT_DIR"])
@pytest.mark.parametrize("kind", ["the text of a certificate", "a folder that nobody may enter"])
def test_what_cannot_be_looked_at_is_named_as_well(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
    named: str,
) -> None:
    value = Path(certificates.authority).read_text(encoding="ascii")
    if kind != "the text of a certificate":
        closed = tmp_path / "closed"
        closed.mkdir(mode=0)
        value = str(closed / "ca.pem")
    if named != "ssl_ca_cert":
        monkeypatch.setenv(named, value)
    server = make_server(tls=True)
    with pytest.raises(ValueError, match=rf"^{named}"):
        post(make_client(server, ssl_ca_cert=value if named == "ssl_ca_cert" else None))
    assert server.connections == 0


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_a_variable_that_cannot_be_used_does_not_matter_without_verification(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "missing.pem")
    with pytest.warns(InsecureRequestWarning):
        post(make_client(make_server(tls=True), ssl_ca_cert=None, verify_ssl=False))


def test_a_variable_that_cannot_be_used_does_not_matter_without_tls(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "missing.pem")
    post(make_client(make_server(), ssl_ca_cert=None))


def sign_in(client: ApiClient) -> None:
    client.get_client_credentials_token("id", "the-secret")


@pytest.mark.parametrize("call", [post, sign_in])
@pytest.mark.parametrize("named", [None, "ssl_ca_cert", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
def test_an_unknown_authority_is_told_with_what_names_one(
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    call: Callable[[ApiClient], None],
    named: str | None,
) -> None:
    setting = certificates.other_authority if named == "ssl_ca_cert" else None
    if named and named.isupper():
        monkeypatch.setenv(named, certificates.other_authority)
    with FaultServer(tls=certificates.server_context()) as server:
        with pytest.raises(ApiConnectionException) as caught:
            call(make_client(server, ssl_ca_cert=setting))
        assert not server.requests
    text = str(caught.value)
    assert f"none of the authorities of {named or 'certifi'} " in text
    assert "with ssl_ca_cert, or the variable SSL_CERT_FILE" in text
    assert "the-secret" not in text


@pytest.mark.parametrize("named", ["SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "both", "caContent"])
def test_each_place_is_told_that_was_looked_at(
    make_server: MakeServer,
    make_client: MakeClient,
    certificates: Certificates,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
) -> None:
    other = certificates.other_authority
    folder = hashed_folder(other, tmp_path / "hashed")
    told = {
        "both": f"SSL_CERT_FILE, SSL_CERT_DIR ({other!r} and {folder!r})",
        "caContent": "caContent",
    }.get(named, f"{named} ({folder!r})")
    if named != "caContent":
        monkeypatch.setenv("SSL_CERT_DIR" if named == "both" else named, folder)
    if named == "both":
        monkeypatch.setenv("SSL_CERT_FILE", other)
    client = make_client(make_server(tls=True), ssl_ca_cert=None)
    if named == "caContent":
        own = Path(certificates.client).read_text(encoding="ascii")
        content = Path(other).read_text(encoding="ascii")
        client.configuration.set_mtls_contents(own, own, content)
    assert f"it is signed by none of the authorities of {told}: name the file" in refused(client)


@pytest.mark.parametrize("certificate", ["self_signed", "of_stranger"])
def test_so_is_a_certificate_that_vouches_for_itself(
    make_client: MakeClient, certificates: Certificates, certificate: str
) -> None:
    context = certificates.server_context(getattr(certificates, certificate))
    with FaultServer(tls=context) as server:
        assert "with ssl_ca_cert, or" in refused(make_client(server))


def test_a_certificate_out_of_its_time_leads_to_the_clock(
    make_client: MakeClient, certificates: Certificates
) -> None:
    with FaultServer(tls=certificates.server_context(certificates.expired)) as server:
        text = refused(make_client(server))
    assert "expired" in text
    assert "clock of this machine" in text
    assert "ssl_ca_cert" not in text


@pytest.mark.parametrize("objection", OBJECTIONS)
def test_strict_checks_can_be_left_out_while_another_authority_is_still_refused(
    make_client: MakeClient, certificates: Certificates, objection: str
) -> None:
    authority, chain = certificates.with_objection(objection)
    context = certificates.server_context(chain)
    with FaultServer(tls=context) as server:
        text = refused(make_client(server, ssl_ca_cert=authority, verify_ssl_strict=True))
        assert "set verify_ssl_strict = False, with which it is still verified" in text

        by_default = make_client(server, ssl_ca_cert=authority)
        if sys.version_info >= (3, 13):
            assert "verify_ssl_strict = False" in refused(by_default)
        else:
            post(by_default)

        post(make_client(server, ssl_ca_cert=authority, verify_ssl_strict=False))
        other = refused(make_client(server, verify_ssl_strict=False))
        assert "verify_ssl_strict" not in other


def test_a_certificate_that_is_strictly_right_passes_the_strict_checks(
    make_client: MakeClient, certificates: Certificates
) -> None:
    authority, chain = certificates.with_objection("")
    with FaultServer(tls=certificates.server_context(chain)) as server:
        post(make_client(server, ssl_ca_cert=authority, verify_ssl_strict=True))


@pytest.mark.parametrize(
    ("shown", "advice"),
    [
        (None, "a client certificate is asked for there: set cert_file and key_file"),
        ("of_strange_client", "the client certificate is not accepted there: see cert_file"),
    ],
)
def test_a_server_that_does_not_trust_the_client_leads_to_its_certificate(
    make_client: MakeClient, certificates: Certificates, shown: str | None, advice: str
) -> None:
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    with FaultServer(tls=context) as server:
        client = make_client(server, cert_file=shown and getattr(certificates, shown))
        with pytest.raises(ApiConnectionException) as caught:
            post(client)
    assert advice in str(caught.value)


def test_a_handshake_that_fails_for_want_of_a_certificate_leads_to_it(
    make_client: MakeClient, certificates: Certificates
) -> None:
    """So servers tell it that speak TLS 1.2."""
    context = certificates.server_context(ask_client=ssl.CERT_REQUIRED)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    with FaultServer(tls=context) as server:
        with pytest.raises(ApiConnectionException, match="may be asked for there: set cert_file"):
            post(make_client(server))
        client = make_client(server)
        stranger = Path(certificates.of_strange_client).read_text(encoding="ascii")
        client.configuration.set_mtls_contents(stranger, stranger)
        with pytest.raises(ApiConnectionException, match="not accepted there: see certContent"):
            post(client)


def test_a_server_without_tls_leads_to_the_url(make_client: MakeClient) -> None:
    script = Script(on_connect=(Send(b"HTTP/1.1 400 Bad Request\r\n\r\n"), Close()))
    with FaultServer(script) as server, pytest.raises(ApiConnectionException) as caught:
        post(make_client(f"https://127.0.0.1:{server.port}"))
    assert "no TLS is spoken there: look at scheme and port" in str(caught.value)


@pytest.fixture
def advice(
    make_server: MakeServer, make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Says what is advised where a handshake ends in an error, whatever the certificates."""

    def advice(error: ssl.SSLError, **settings: object) -> str:
        def fail(*_: object, **__: object) -> None:
            raise error

        client = make_client(make_server(tls=True), retries=0, **settings)
        with monkeypatch.context() as patch:
            patch.setattr(ssl.SSLContext, "wrap_socket", fail)
            with pytest.raises(ApiConnectionException) as caught:
                post(client)
        return caught.value.advice

    return advice


@pytest.mark.parametrize(
    ("kind", "reason", "tries"),
    [
        (ssl.SSLError, None, 3),
        (ssl.SSLError, "TLSV1_ALERT_INTERNAL_ERROR", 3),
        (ssl.SSLError, "UNEXPECTED_EOF_WHILE_READING", 3),
        (ssl.SSLError, "TLSV1_ALERT_UNKNOWN_CA", 1),
        (ssl.SSLError, "SSLV3_ALERT_BAD_CERTIFICATE", 1),
        (ssl.SSLError, "TLSV13_ALERT_CERTIFICATE_REQUIRED", 1),
        (ssl.SSLCertVerificationError, None, 1),
        (ssl.SSLCertVerificationError, "CERTIFICATE_VERIFY_FAILED", 1),
    ],
)
def test_where_it_is_about_trust_there_is_no_other_try(
    make_server: MakeServer,
    make_client: MakeClient,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[ssl.SSLError],
    reason: str | None,
    tries: int,
) -> None:
    """Libraries that have the system verify certificates give no reason."""
    error = kind(1, f"it ends here: {reason}")
    if reason:
        error.reason = reason

    def fail(*_: object, **__: object) -> None:
        raise error

    client = make_client(make_server(tls=True), retries=2)
    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", fail)
    with pytest.raises(ApiConnectionException, match=f"ends here: {reason}") as caught:
        post(client)
    assert (caught.value.attempts, caught.value.outcome_unknown) == (tries, False)


AUTHORITY = "it is signed by none of the authorities of ssl_ca_cert ("
CLOCK = "look at the clock of this machine, too"
STRICT = "Python 3.13 and later check strictly (VERIFY_X509_STRICT): "
VERIFICATION = {
    **dict.fromkeys((2, 18, 19, 20, 21), AUTHORITY),
    **dict.fromkeys((9, 10), CLOCK),
    **dict.fromkeys(range(80, 94), STRICT),
    # A signature, another host, a chain that is too long, one that was revoked, weak parameters.
    **dict.fromkeys((7, 62, 22, 23, 94), ""),
}


@pytest.mark.parametrize(("code", "advised"), VERIFICATION.items())
def test_what_openssl_objects_to_leads_to_what_helps(
    advice: Callable[..., str], code: int, advised: str
) -> None:
    error = ssl.SSLCertVerificationError(1, "it is not trusted")
    error.verify_code, error.reason = code, "CERTIFICATE_VERIFY_FAILED"
    for strict in (True, False):
        found = advice(error, verify_ssl_strict=strict)
        assert found.startswith(advised)
        assert bool(found) == bool(advised)


@pytest.mark.parametrize("code", [24, 79])
def test_an_authority_that_is_none_may_be_one_where_checks_are_not_strict(
    advice: Callable[..., str], code: int
) -> None:
    error = ssl.SSLCertVerificationError(1, "it is not trusted")
    error.verify_code, error.reason = code, "CERTIFICATE_VERIFY_FAILED"
    assert advice(error, verify_ssl_strict=True).startswith(STRICT)
    assert advice(error, verify_ssl_strict=False) == ""
    assert bool(advice(error)) == (sys.version_info >= (3, 13))


ASKED = "a client certificate {} asked for there: set cert_file and key_file"
REFUSED = "the client certificate {} accepted there: see cert_file and key_file"
URL = "no TLS is spoken there: look at scheme and port of the URL"
HANDSHAKE = {
    "WRONG_VERSION_NUMBER": (URL, URL),
    "HTTP_REQUEST": (URL, URL),
    "TLSV1_ALERT_UNKNOWN_CA": (ASKED.format("is"), REFUSED.format("is not")),
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": (ASKED.format("is"), REFUSED.format("is not")),
    "SSLV3_ALERT_BAD_CERTIFICATE": (ASKED.format("is"), REFUSED.format("is not")),
    "SSLV3_ALERT_HANDSHAKE_FAILURE": (ASKED.format("may be"), REFUSED.format("may not be")),
    "TLSV1_ALERT_INTERNAL_ERROR": ("", ""),
    "UNEXPECTED_EOF_WHILE_READING": ("", ""),
    "CERTIFICATE_UNKNOWN": ("", ""),
}


@pytest.mark.parametrize("reason", HANDSHAKE)
@pytest.mark.parametrize("shown", [False, True])
def test_what_ends_a_handshake_leads_to_what_helps(
    advice: Callable[..., str], certificates: Certificates, reason: str, shown: bool
) -> None:
    error = ssl.SSLError(1, f"[SSL: {reason}]")
    error.reason = reason
    found = advice(error, cert_file=certificates.client if shown else None)
    assert found == HANDSHAKE[reason][shown]
