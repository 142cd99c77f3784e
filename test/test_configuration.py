from __future__ import annotations

import base64
import copy
import logging
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
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


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
@pytest.mark.parametrize("value", [f"{CANARY}\n", f"{CANARY}\x00", b"\xff" + CANARY.encode()])
def test_credentials_that_cannot_be_sent_are_refused_and_not_shown(name: str, value: Any) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=rf"^{name}: ") as caught:
        setattr(configuration, name, value)
    assert CANARY not in str(caught.value)
    assert getattr(configuration, name) == ""


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
