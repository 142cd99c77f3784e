"""TLS as the settings have it: whose certificates are trusted, and what is shown to the service."""

from __future__ import annotations

import logging
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
import urllib3
from cryptography.hazmat.primitives import serialization
from service import Service

from PureCloudPlatformClientV2 import (
    ApiException,
    Configuration,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.rest import ApiConnectionException


def server_context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@pytest.fixture
def tls_service(authority: trustme.CA) -> Iterator[Service]:
    with Service(tls=server_context(authority)) as service:
        service.answer_always(200, {"total": 7})
        yield service


@pytest.fixture
def tls_api(api: MessagingApi, tls_service: Service) -> MessagingApi:
    api.api_client.host = tls_service.url
    return api


def test_a_certificate_of_a_given_authority_is_trusted(
    tls_api: MessagingApi, configuration: Configuration, ca_file: str
) -> None:
    assert configuration.ssl_ca_cert == ca_file
    assert tls_api.get_messaging_integrations_line().total == 7


def test_a_certificate_of_an_unknown_authority_is_refused_before_anything_is_sent(
    tls_api: MessagingApi, tls_service: Service, configuration: Configuration
) -> None:
    configuration.ssl_ca_cert = None  # certifi's authorities
    with pytest.raises(ApiConnectionException, match="CERTIFICATE_VERIFY_FAILED") as caught:
        tls_api.post_messaging_integrations_line(LineIntegrationRequest(name="A"))
    assert tls_service.requests == []
    assert isinstance(caught.value.__cause__, urllib3.exceptions.SSLError)
    assert not caught.value.outcome_unknown


def test_an_untrusted_certificate_is_not_asked_for_again(
    tls_api: MessagingApi, configuration: Configuration, caplog: pytest.LogCaptureFixture
) -> None:
    configuration.ssl_ca_cert = None
    configuration.retries = 3
    caplog.set_level(logging.DEBUG, "PureCloudPlatformClientV2")
    with pytest.raises(ApiConnectionException):
        tls_api.get_messaging_integrations_line()
    assert len(caplog.records) == 1


def test_a_certificate_of_another_host_is_refused(api: MessagingApi, authority: trustme.CA) -> None:
    with Service(tls=server_context(authority, "other.example")) as service:
        api.api_client.host = service.url
        with pytest.raises(ApiConnectionException, match="CERTIFICATE_VERIFY_FAILED"):
            api.get_messaging_integrations_line()
        assert service.requests == []


def test_verification_can_be_turned_off_and_warns(
    tls_api: MessagingApi, configuration: Configuration
) -> None:
    configuration.ssl_ca_cert = None
    configuration.verify_ssl = False
    with pytest.warns(urllib3.exceptions.InsecureRequestWarning):
        assert tls_api.get_messaging_integrations_line().total == 7
    configuration.verify_ssl = True
    with pytest.raises(ApiConnectionException):
        tls_api.get_messaging_integrations_line()


@pytest.mark.parametrize("separate_key", [True, False])
def test_a_client_certificate_is_shown(
    api: MessagingApi,
    configuration: Configuration,
    authority: trustme.CA,
    tmp_path: Path,
    separate_key: bool,
) -> None:
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    client = authority.issue_cert("client.example")
    with Service(tls=context) as service:
        service.answer_always(200, {"total": 7})
        api.api_client.host = service.url
        with pytest.raises(ApiException):
            api.get_messaging_integrations_line()

        if separate_key:
            configuration.cert_file = str(tmp_path / "cert.pem")
            configuration.key_file = str(tmp_path / "key.pem")
            client.cert_chain_pems[0].write_to_path(configuration.cert_file)
            client.private_key_pem.write_to_path(configuration.key_file)
        else:
            configuration.cert_file = str(tmp_path / "both.pem")
            client.private_key_and_cert_chain_pem.write_to_path(configuration.cert_file)
        assert api.get_messaging_integrations_line().total == 7


def test_a_key_of_another_certificate_is_refused(
    api: MessagingApi, configuration: Configuration, authority: trustme.CA, tmp_path: Path
) -> None:
    configuration.cert_file = str(tmp_path / "cert.pem")
    configuration.key_file = str(tmp_path / "key.pem")
    authority.issue_cert("a.example").cert_chain_pems[0].write_to_path(configuration.cert_file)
    authority.issue_cert("b.example").private_key_pem.write_to_path(configuration.key_file)
    with pytest.raises(ValueError, match=r"cert_file, key_file: .*key\.pem"):
        api.get_messaging_integrations_line()


def test_plain_http_at_a_tls_port_is_a_connection_error(
    api: MessagingApi, tls_service: Service
) -> None:
    api.api_client.host = tls_service.url.replace("https", "http")
    with pytest.raises(ApiConnectionException):
        api.get_messaging_integrations_line()


def test_tls_at_a_plain_http_port_is_a_connection_error(
    api: MessagingApi, service: Service
) -> None:
    api.api_client.host = service.url.replace("http", "https")
    with pytest.raises(ApiConnectionException):
        api.get_messaging_integrations_line()


def test_who_hears_of_an_unverified_host_may_call(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service.answer_always(200, {})
    heard: list[str] = []

    def call(message: Warning | str, *_: object, **__: object) -> None:
        heard.append(str(message))
        if len(heard) == 1:
            api.get_messaging_integrations_line()

    monkeypatch.setattr(warnings, "showwarning", call)
    warnings.simplefilter("always")
    configuration.verify_ssl = False
    api.get_messaging_integrations_line()
    assert heard
    assert len(service.requests) == 2


def test_an_encrypted_client_key_is_refused_instead_of_asked_for(
    api: MessagingApi, configuration: Configuration, authority: trustme.CA, tmp_path: Path
) -> None:
    identity = authority.issue_cert("me.example")
    key = serialization.load_pem_private_key(identity.private_key_pem.bytes(), None)
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"phrase"),
        )
    )
    identity.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    configuration.cert_file = str(tmp_path / "cert.pem")
    configuration.key_file = str(tmp_path / "key.pem")
    with pytest.raises(ValueError, match="passphrase"):
        api.get_messaging_integrations_line()
