from __future__ import annotations

import base64
import copy
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    GatewayConfiguration,
    MessagingApi,
    PureCloudRegionHosts,
    __version__,
)
from PureCloudPlatformClientV2._settings.client_certificate import ClientCertificate
from PureCloudPlatformClientV2.logger import LogLevel

CANARY = "hunter2-canary"


def test_the_defaults_are_those_of_the_service() -> None:
    configuration = Configuration()
    assert configuration.host == "https://api.mypurecloud.com"
    assert configuration.access_token == ""
    assert configuration.request_timeout == (10.0, 60.0)
    assert configuration.connection_pool_maxsize == 128
    assert configuration.max_response_bytes == 64 * 1024 * 1024
    assert configuration.verify_ssl is True
    assert not configuration.debug
    for setting in ("ssl_ca_cert", "cert_file", "key_file", "proxy", "gateway_configuration"):
        assert getattr(configuration, setting) is None


def test_configurations_share_nothing() -> None:
    one, other = Configuration(), Configuration()
    one.api_key["Authorization"] = "key"
    one.api_key_prefix["Authorization"] = "Bearer"
    one.access_token = "token"
    one.connection_pool_maxsize = 1
    assert (other.api_key, other.api_key_prefix, other.access_token) == ({}, {}, "")
    assert other.connection_pool_maxsize == 128
    assert PureCloudPlatformClientV2.configuration.access_token == ""


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("https://api.mypurecloud.de", "https://api.mypurecloud.de"),
        ("https://api.mypurecloud.de/", "https://api.mypurecloud.de"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
        ("http://[::1]:8090", "http://[::1]:8090"),
        ("https://gw.example/base/path/", "https://gw.example/base/path"),
        (PureCloudRegionHosts.eu_central_1, "https://api.mypurecloud.de"),
    ],
)
def test_a_host_is_a_base_url_or_a_region(host: str | PureCloudRegionHosts, url: str) -> None:
    configuration = Configuration()
    configuration.host = host
    assert configuration.host == url
    assert Configuration(host=host).host == url


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("us-east-1", "https://api.mypurecloud.com"),
        ("mypurecloud.ie", "https://api.mypurecloud.ie"),
        ("http://127.0.0.1:8090/", "http://127.0.0.1:8090"),
        ("", "https://api.mypurecloud.com"),
    ],
)
def test_the_environment_names_the_region(
    monkeypatch: pytest.MonkeyPatch, region: str, host: str
) -> None:
    configuration = Configuration()
    monkeypatch.setenv("GENESYSCLOUD_REGION", region)
    assert configuration.host == host
    with ApiClient(configuration=configuration) as client:
        assert client.host == host


def test_the_environment_gives_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration()
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    assert configuration.access_token == "from-environment"


def test_code_outweighs_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "nonsense, and not even read")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")

    by_argument = Configuration(host="http://argument.example", access_token="argument")
    by_attribute = Configuration()
    by_attribute.host = "http://attribute.example"
    by_attribute.access_token = ""

    assert (by_argument.host, by_argument.access_token) == ("http://argument.example", "argument")
    assert (by_attribute.host, by_attribute.access_token) == ("http://attribute.example", "")


def test_a_token_of_none_gives_the_environment_its_say(monkeypatch: pytest.MonkeyPatch) -> None:
    configuration = Configuration(access_token="argument")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    configuration.access_token = None
    assert configuration.access_token == "from-environment"


def test_the_default_instance_is_read_at_each_call(service: Service) -> None:
    api = MessagingApi()
    default = PureCloudPlatformClientV2.configuration
    for token in ("first", "second"):
        default.host = service.url
        default.access_token = token
        service.answer(200, {})
        api.get_messaging_integrations_line()
        assert service.requests[-1].headers["Authorization"] == f"Bearer {token}"


def test_api_classes_share_one_client_by_default() -> None:
    client = MessagingApi().api_client
    assert MessagingApi().api_client is client
    assert PureCloudPlatformClientV2.configuration.api_client is client
    assert client.configuration is PureCloudPlatformClientV2.configuration


def test_a_shared_client_may_be_put_into_the_configuration(api_client: ApiClient) -> None:
    PureCloudPlatformClientV2.configuration.api_client = api_client
    assert MessagingApi().api_client is api_client


def test_debug_is_shorthand_for_the_log_level() -> None:
    configuration = Configuration()
    for debug, level in ((True, LogLevel.LDebug), (False, LogLevel.LNone)):
        configuration.debug = debug
        assert configuration.logger.log_level == level
    for level, debug in (
        (LogLevel.LTrace, True),
        (LogLevel.LError, False),
        (LogLevel.LNone, False),
    ):
        configuration.logger.log_level = level
        assert configuration.debug == debug
    assert logging.getLogger("PureCloudPlatformClientV2").handlers == []


def test_debug_logs_calls_to_standard_error(
    api: MessagingApi,
    configuration: Configuration,
    service: Service,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configuration.debug = True
    service.answer(200, {})
    api.get_messaging_integrations_line()
    captured = capsys.readouterr()
    assert f"GET {service.url}/api/v2/messaging/integrations/line: 200" in captured.err
    assert captured.out == ""


def test_a_log_file_takes_the_place_of_standard_error(
    api: MessagingApi,
    configuration: Configuration,
    service: Service,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "client.log"
    configuration.debug = True
    configuration.logger_format = "%(levelname)s|%(message)s"
    configuration.logger_file = str(path)
    service.answer(200, {})
    api.get_messaging_integrations_line()
    assert path.read_text().startswith("DEBUG|GET ")
    assert capsys.readouterr().err == ""
    assert configuration.logger_file == str(path)
    assert configuration.logger_format == "%(levelname)s|%(message)s"
    configuration.logger_file = None
    assert configuration.logger.log_to_console


@pytest.mark.parametrize(
    ("key", "prefix", "value"),
    [("k", "Bearer", "Bearer k"), ("k", None, "k"), (None, "Bearer", None), (None, None, None)],
)
def test_api_keys_go_after_their_prefix(
    key: str | None, prefix: str | None, value: str | None
) -> None:
    configuration = Configuration()
    if key:
        configuration.api_key["Authorization"] = key
    if prefix:
        configuration.api_key_prefix["Authorization"] = prefix
    assert configuration.get_api_key_with_prefix("Authorization") == value


def test_basic_credentials_are_those_of_rfc_7617() -> None:
    configuration = Configuration()
    configuration.username = "Jürgen"
    configuration.password = "p:w"
    scheme, _, credentials = configuration.get_basic_auth_token().partition(" ")
    assert scheme == "Basic"
    assert base64.b64decode(credentials).decode("utf-8") == "Jürgen:p:w"


def test_the_debug_report_tells_versions_and_host() -> None:
    report = Configuration(host="https://api.mypurecloud.ie").to_debug_report()
    assert report.startswith("Python SDK Debug Report:\n")
    assert f"SDK Package Version: {__version__}" in report
    assert report.endswith("Host: https://api.mypurecloud.ie")


def test_repr_tells_whether_there_is_a_token() -> None:
    configuration = Configuration(host="http://h.example")
    assert repr(configuration) == "Configuration(host='http://h.example', access_token=not set)"
    configuration.access_token = "the-token"
    assert repr(configuration) == "Configuration(host='http://h.example', access_token=set)"


def test_a_subclass_may_keep_more() -> None:
    class OwnConfiguration(Configuration):
        tenant = ""

    configuration = OwnConfiguration()
    configuration.tenant = "a"
    assert configuration.tenant == "a"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_can_be_changed_on_its_own(
    duplicate: Callable[[Configuration], Configuration],
) -> None:
    configuration = Configuration(host="http://h.example", access_token="the-token")
    configuration.retries = 1
    twin = duplicate(configuration)
    twin.host = "http://other.example"
    assert (configuration.host, twin.host, twin.retries) == (
        "http://h.example",
        "http://other.example",
        1,
    )


def test_a_plain_copy_keeps_the_token() -> None:
    assert copy.copy(Configuration(access_token="the-token")).access_token == "the-token"


@pytest.mark.parametrize("with_token", [True, False])
def test_a_configuration_pickles_with_its_token_only_if_told(with_token: bool) -> None:
    configuration = Configuration(host="http://h.example", access_token="the-token")
    configuration.connection_pool_maxsize = 5
    configuration.pickle_access_token = with_token
    twin = pickle.loads(pickle.dumps(configuration))
    assert (twin.host, twin.connection_pool_maxsize) == ("http://h.example", 5)
    assert twin.access_token == ("the-token" if with_token else "")


@pytest.mark.parametrize("level", [LogLevel.LDebug, LogLevel.LNone])
def test_the_logger_of_a_pickled_configuration_logs_as_before(level: LogLevel) -> None:
    configuration = Configuration()
    configuration.logger.log_level = level
    pickled = pickle.dumps(configuration)
    configuration.logger.log_level = LogLevel.LNone

    twin = pickle.loads(pickled)

    logger = logging.getLogger("PureCloudPlatformClientV2")
    assert twin.logger.log_level == level
    assert len(logger.handlers) == (1 if level == LogLevel.LDebug else 0)
    twin.logger.log_level = LogLevel.LNone
    assert logger.handlers == []


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_is_independent_and_has_the_token(
    duplicate: Callable[[Configuration], Configuration],
) -> None:
    original = Configuration(host="https://one.example", access_token="the-token")
    original.api_key["X"] = "1"
    twin = duplicate(original)
    twin.host = "https://two.example"
    twin.api_key["X"] = "2"
    assert (twin.access_token, twin.api_client) == ("the-token", None)
    assert (original.host, original.api_key["X"]) == ("https://one.example", "1")


def write_file(path: Path, **general: str) -> str:
    lines = [f"{name} = {value}" for name, value in general.items()]
    path.write_text("\n".join(["[general]", *lines, ""]))
    return str(path)


@pytest.mark.parametrize("source", ["argument", "attribute", "environment", "file"])
def test_a_client_without_token_signs_in_with_the_credentials_of_the_configuration(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str
) -> None:
    configuration = Configuration(host=service.url)
    if source == "argument":
        configuration = Configuration(host=service.url, client_id="id", client_secret="the-secret")
    elif source == "attribute":
        configuration.client_id, configuration.client_secret = "id", "the-secret"
    elif source == "environment":
        monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
        monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "the-secret")
    else:
        path = write_file(tmp_path / "config", client_id="id", client_secret="the-secret")
        configuration.config_file_path = path
    service.answer(200, {"access_token": "issued", "expires_in": 86400})
    service.answer_always(200, {})

    with ApiClient(configuration=configuration) as client:
        for _ in range(2):
            MessagingApi(client).get_messaging_integrations_line()

    sign_in, *calls = service.requests
    assert (sign_in.path, sign_in.form) == ("/oauth/token", {"grant_type": "client_credentials"})
    scheme, _, credentials = sign_in.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credentials)) == ("Basic", b"id:the-secret")
    assert [call.headers["Authorization"] for call in calls] == ["Bearer issued"] * 2


def place(
    configuration: Configuration,
    monkeypatch: pytest.MonkeyPatch,
    origins: dict[str, str | None],
    path: Path,
) -> None:
    """Have each setting come from where it is told to, with that as its value."""
    variables = {
        "access_token": "GENESYSCLOUD_ACCESS_TOKEN",
        "client_id": "GENESYSCLOUD_OAUTHCLIENT_ID",
        "client_secret": "GENESYSCLOUD_OAUTHCLIENT_SECRET",
    }
    for name, origin in origins.items():
        if origin == "code":
            setattr(configuration, name, "code")
        elif origin == "environment":
            monkeypatch.setenv(variables[name], "environment")
    in_file = {name: "file" for name, origin in origins.items() if origin == "file"}
    configuration.config_file_path = write_file(path, **in_file)


@pytest.mark.parametrize(
    ("token", "client_id", "client_secret", "signs_in"),
    [
        (None, "code", "code", True),
        (None, "environment", "environment", True),
        (None, "file", "file", True),
        (None, "code", "file", True),
        (None, "code", None, False),
        (None, None, "code", False),
        (None, None, None, False),
        ("code", None, None, False),
        # What is nearer to the code counts, and of two equally near the token.
        ("code", "code", "code", False),
        ("code", "environment", "environment", False),
        ("environment", "code", "code", True),
        ("environment", "environment", "environment", False),
        ("environment", "file", "file", False),
        ("file", "code", "code", True),
        ("file", "environment", "environment", True),
        ("file", "file", "file", False),
        # A pair is as near as the farther one of both.
        ("environment", "code", "file", False),
        ("file", "environment", "code", True),
        ("file", "code", "file", False),
        ("file", "code", None, False),
    ],
)
def test_token_or_credentials_the_nearer_to_the_code_count(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    token: str | None,
    client_id: str | None,
    client_secret: str | None,
    signs_in: bool,
) -> None:
    configuration = Configuration()
    origins = {"access_token": token, "client_id": client_id, "client_secret": client_secret}
    place(configuration, monkeypatch, origins, tmp_path / "config")
    expected = (client_id, client_secret) if signs_in else None
    assert configuration.client_credentials() == expected


def test_an_empty_token_in_code_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "from-environment")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "secret")
    configuration = Configuration(access_token="")
    assert configuration.client_credentials() == ("id", "secret")


def test_empty_credentials_in_code_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "id")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "secret")
    assert Configuration(client_id="").client_credentials() is None
    assert Configuration(client_secret="").client_credentials() is None


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
@pytest.mark.parametrize("value", [f"{CANARY}\n", f"{CANARY}\x00", b"\xff" + CANARY.encode()])
def test_credentials_that_cannot_be_sent_are_refused_and_not_shown(name: str, value: Any) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=rf"^{name}: ") as caught:
        setattr(configuration, name, value)
    assert CANARY not in str(caught.value)
    assert getattr(configuration, name) == ""


@pytest.mark.parametrize(
    "variable", ["GENESYSCLOUD_OAUTHCLIENT_SECRET", "GENESYSCLOUD_ACCESS_TOKEN"]
)
def test_a_secret_of_the_environment_that_cannot_be_sent_is_refused_and_not_shown(
    api: MessagingApi,
    configuration: Configuration,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    configuration.access_token = None
    configuration.client_id = "id"
    monkeypatch.setenv(variable, f"{CANARY}\n")
    with pytest.raises(ValueError, match=rf"^{variable}: ") as caught:
        api.get_messaging_integrations_line()
    assert CANARY not in str(caught.value)
    assert service.requests == []


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


def test_a_change_is_noted_after_it_was_made() -> None:
    class Watched(Configuration):
        def note_change(self) -> None:
            super().note_change()
            seen.append(self.deadline)

    seen: list[float | None] = []
    configuration = Watched()
    configuration.deadline = 5
    assert seen[-1] == 5
    del configuration.deadline
    assert seen[-1] == 90.0


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_a_copy_has_a_gateway_of_its_own(
    duplicate: Callable[[Configuration], Configuration],
) -> None:
    configuration = Configuration()
    configuration.gateway_configuration = GatewayConfiguration(host="one.example")
    twin = duplicate(configuration)
    assert twin.gateway_configuration is not None
    twin.gateway_configuration.host = "two.example"
    assert configuration.gateway_configuration.host == "one.example"


def test_repr_of_a_configuration_with_a_bad_environment_is_no_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "Bearer canary")
    assert repr(Configuration()) == "Configuration(...)"
