from __future__ import annotations

import pickle
from typing import Any

import pytest
import trustme

from PureCloudPlatformClientV2 import Configuration, GatewayConfiguration
from PureCloudPlatformClientV2._settings.client_certificate import ClientCertificate

CANARY = "hunter2-canary"


def pem_contents(authority: trustme.CA) -> tuple[bytes, bytes, bytes]:
    identity = authority.issue_cert("me.example")
    return (
        identity.cert_chain_pems[0].bytes(),
        identity.private_key_pem.bytes(),
        authority.cert_pem.bytes(),
    )


def with_all_secrets(certificate: bytes, key: bytes) -> Configuration:
    configuration = Configuration(
        host="http://h.example", access_token=f"{CANARY}-1", client_secret=f"{CANARY}-2"
    )
    configuration.client_id = "id"
    configuration.password = f"{CANARY}-3"
    configuration.proxy_password = f"{CANARY}-4"
    configuration.api_key["Authorization"] = f"{CANARY}-5"
    configuration.gateway_configuration = GatewayConfiguration(
        host="gw.example", username="me", password=f"{CANARY}-6"
    )
    configuration.set_mtls_contents(certificate, key)
    return configuration


def test_the_debug_report_and_repr_show_no_secret(authority: trustme.CA) -> None:
    certificate, key, _ = pem_contents(authority)
    configuration = with_all_secrets(certificate, key)
    for text in (configuration.to_debug_report(), repr(configuration), str(configuration)):
        assert CANARY not in text
        assert "PRIVATE KEY" not in text


def test_secrets_are_pickled_only_if_told(authority: trustme.CA) -> None:
    certificate, key, _ = pem_contents(authority)
    configuration = with_all_secrets(certificate, key)

    pickled = pickle.dumps(configuration)

    assert b"PRIVATE KEY" not in pickled
    assert [number for number in range(1, 7) if f"{CANARY}-{number}".encode() in pickled] == []
    twin = pickle.loads(pickled)
    assert (twin.host, twin.client_id) == ("http://h.example", "id")
    assert (twin.access_token, twin.client_secret, twin.password) == ("", "", "")
    assert (twin.proxy_password, twin.api_key, twin.client_certificate) == (None, {}, None)
    assert (twin.gateway_configuration.host, twin.gateway_configuration.username) == (
        "gw.example",
        "me",
    )
    assert configuration.client_secret == f"{CANARY}-2"  # which keeps its own


def test_all_secrets_are_pickled_if_told(authority: trustme.CA) -> None:
    certificate, key, _ = pem_contents(authority)
    configuration = with_all_secrets(certificate, key)
    configuration.pickle_access_token = True

    twin = pickle.loads(pickle.dumps(configuration))

    for name in ("access_token", "client_secret", "password", "proxy_password", "api_key"):
        assert getattr(twin, name) == getattr(configuration, name)
    assert twin.gateway_configuration.password == f"{CANARY}-6"
    held, arrived = configuration.client_certificate, twin.client_certificate
    assert held is not None
    assert arrived is not None
    for part in held.__slots__:
        assert getattr(arrived, part) == getattr(held, part)


def test_certificate_and_key_may_be_given_by_path() -> None:
    configuration = Configuration()
    configuration.ssl_ca_cert = "ca.pem"
    configuration.set_mtls_certificates("cert.pem", "key.pem")
    assert (configuration.cert_file, configuration.key_file) == ("cert.pem", "key.pem")
    assert configuration.ssl_ca_cert == "ca.pem"
    configuration.set_mtls_certificates("cert.pem", keyPath="key.pem", caPath="other.pem")
    assert configuration.ssl_ca_cert == "other.pem"


def test_the_last_of_paths_and_contents_counts(authority: trustme.CA) -> None:
    certificate, key, authorities = pem_contents(authority)
    configuration = Configuration()
    configuration.set_mtls_certificates("cert.pem", "key.pem")
    configuration.set_mtls_contents(certificate, key.decode(), authorities)
    found = configuration.client_certificate
    assert found == ClientCertificate(certificate.decode(), key.decode(), authorities.decode())
    configuration.set_mtls_certificates("cert.pem", "key.pem")
    assert configuration.client_certificate is None


@pytest.mark.parametrize("missing", ["certPath", "keyPath"])
@pytest.mark.parametrize("value", ["", None])
def test_paths_of_certificate_and_key_are_both_needed(missing: str, value: Any) -> None:
    configuration = Configuration()
    paths = {"certPath": "cert.pem", "keyPath": "key.pem", missing: value}
    with pytest.raises(ValueError, match=missing):
        configuration.set_mtls_certificates(**paths)
    assert (configuration.cert_file, configuration.key_file) == (None, None)


@pytest.mark.parametrize(
    "arguments",
    [("cert.pem", 5, None), (5, "key.pem", None), ("cert.pem", "key.pem", 5)],
)
def test_paths_that_are_no_text_change_nothing(arguments: tuple[Any, Any, Any]) -> None:
    configuration = Configuration()
    with pytest.raises(TypeError, match="text"):
        configuration.set_mtls_certificates(*arguments)
    assert (configuration.cert_file, configuration.key_file) == (None, None)
    assert configuration.ssl_ca_cert is None


@pytest.mark.parametrize("wrong", ["certContent", "keyContent", "caContent"])
@pytest.mark.parametrize("value", ["", None, CANARY, f"/home/{CANARY}.pem", b"\xff\xfe", 5])
def test_contents_that_are_not_pem_are_named_and_not_shown(
    authority: trustme.CA, wrong: str, value: Any
) -> None:
    configuration = Configuration()
    certificate, key, authorities = pem_contents(authority)
    contents: dict[str, Any] = {
        "certContent": certificate,
        "keyContent": key,
        "caContent": authorities,
        wrong: value,
    }
    if wrong == "caContent" and not value:
        configuration.set_mtls_contents(**contents)  # which may be left out
        return
    with pytest.raises(ValueError, match=rf"^{wrong}: give the contents") as caught:
        configuration.set_mtls_contents(**contents)
    assert CANARY not in str(caught.value)
    assert "PRIVATE KEY" not in str(caught.value)
    assert configuration.client_certificate is None
