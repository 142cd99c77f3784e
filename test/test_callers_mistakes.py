"""A caller's mistake is a ValueError or TypeError that names it, raised before anything is sent."""

from __future__ import annotations

import decimal
import math
import re
import uuid
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from calls import method_of, required_arguments
from contract_facts import Operation, operations, snake_case
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    DefaultHttpClient,
    FacebookIntegrationRequest,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    models,
)


def written(value: object) -> str:
    """As ``repr`` has it, without addresses: every process must give a test the same name."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


@pytest.fixture(autouse=True)
def _nothing_is_sent(service: Service) -> Any:  # pyright: ignore[reportUnusedFunction] - by name
    service.answer_always(200, {})
    yield
    assert service.requests == []


def call(mistake: object) -> Any:
    """Let a type checker believe in the wrong type."""
    return mistake


# Ids

every_path_parameter = pytest.mark.parametrize(
    ("operation", "parameter"),
    [
        pytest.param(operation, snake_case(name), id=f"{operation}-{name}")
        for operation in operations
        for name in operation.path_params
    ],
)


@pytest.mark.parametrize("bad_id", [None, "", ".", "..", b"", b".", b"..", [], "\ud800", b"\xff"])
@every_path_parameter
def test_unusable_ids_are_refused(
    api_client: ApiClient, operation: Operation, parameter: str, bad_id: object
) -> None:
    arguments = {**required_arguments(operation), parameter: bad_id}
    with pytest.raises(ValueError, match=parameter):
        method_of(operation, api_client)(**arguments)


@every_path_parameter
def test_a_forgotten_id_is_a_type_error(
    api_client: ApiClient, operation: Operation, parameter: str
) -> None:
    arguments = required_arguments(operation)
    del arguments[parameter]
    with pytest.raises(TypeError, match=parameter):
        method_of(operation, api_client)(**arguments)


def test_a_path_parameter_that_is_not_given_is_refused(api_client: ApiClient) -> None:
    with pytest.raises(ValueError, match="user_id is missing"):
        api_client.call_api("/api/v2/users/{userId}", "GET", {"userID": "1"})


# Bodies

WITH_BODY = [operation for operation in operations if operation.body_type]
every_operation_with_a_body = pytest.mark.parametrize("operation", WITH_BODY, ids=str)


@every_operation_with_a_body
def test_a_missing_body_is_refused(api_client: ApiClient, operation: Operation) -> None:
    arguments = {**required_arguments(operation), "body": None}
    with pytest.raises(ValueError, match=f"body is missing: give a .*{operation.body_type}"):
        method_of(operation, api_client)(**arguments)


class _LooksLikeAModel:
    attribute_map = {"name": "name"}  # noqa: RUF012 - what the generated SDK's models have
    name = "A"


@every_operation_with_a_body
@pytest.mark.parametrize(
    "body",
    [
        "name",
        b"{}",
        "",
        0,
        1,
        True,
        [],
        [{}],
        (),
        set[str](),
        object(),
        LineIntegration(name="A"),
        LineIntegrationRequest,
        _LooksLikeAModel(),
        [("name", "A")],
    ],
    ids=written,
)
def test_a_body_of_another_type_is_refused(
    api_client: ApiClient, operation: Operation, body: object
) -> None:
    arguments = {**required_arguments(operation), "body": body}
    with pytest.raises(TypeError, match=f"body.* {type(body).__name__}"):
        method_of(operation, api_client)(**arguments)


@every_operation_with_a_body
def test_the_body_of_another_endpoint_is_refused(
    api_client: ApiClient, operation: Operation
) -> None:
    for other in {str(one.body_type) for one in WITH_BODY} - {operation.body_type}:
        arguments = {**required_arguments(operation), "body": getattr(models, other)(name="A")}
        with pytest.raises(TypeError, match=f"{operation.body_type}.*{other}"):
            method_of(operation, api_client)(**arguments)


@pytest.mark.parametrize("value", ["x", None])
def test_a_dict_of_attribute_names_is_refused(api: MessagingApi, value: object) -> None:
    with pytest.raises(ValueError, match=r"body: 'channel_secret'.*'channelSecret'") as caught:
        api.post_messaging_integrations_line({"name": "A", "channel_secret": value})
    assert "x'" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ({1, 2}, TypeError),
        (object(), TypeError),
        (b"bytes", TypeError),
        (decimal.Decimal("1.5"), TypeError),
        (uuid.UUID(int=1), TypeError),
        (Path("x"), TypeError),
        (timedelta(1), TypeError),
        (1j, TypeError),
        ({1: "key"}, TypeError),
        ({None: "key"}, TypeError),
        ([{"deep": {2: 3}}], TypeError),
        (math.nan, ValueError),
        (math.inf, ValueError),
        ([-math.inf], ValueError),
        (datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))), ValueError),
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5))), ValueError),
    ],
    ids=written,
)
@pytest.mark.parametrize("as_dict", [True, False], ids=["dict", "model"])
def test_values_that_cannot_be_sent_are_refused(
    api: MessagingApi, value: Any, kind: type[Exception], as_dict: bool
) -> None:
    body = {"name": value} if as_dict else FacebookIntegrationRequest(name=value)
    with pytest.raises(kind, match=r"name|body"):
        api.post_messaging_integrations_facebook(call(body))


def test_the_place_of_an_unsendable_value_is_named(api: MessagingApi) -> None:
    with pytest.raises(TypeError, match=r"^new\[1\]\.set: a value of type set has no JSON form$"):
        api.post_messaging_integrations_line({"new": [0, {"set": {1}}]})


def test_a_body_that_contains_itself_is_refused(api: MessagingApi) -> None:
    circle: dict[str, Any] = {"name": "A"}
    circle["circle"] = [circle]
    with pytest.raises(ValueError, match="contains itself"):
        api.post_messaging_integrations_line(circle)


def test_a_body_and_form_fields_at_once_are_refused(api_client: ApiClient) -> None:
    with pytest.raises(ValueError, match=r"body.*post_params"):
        api_client.call_api("/x", "POST", body={"a": 1}, post_params={"b": "2"})


# Headers and tokens

CONTROLS = ["\n", "\r", "\r\nX-Injected: yes", "\0", "\x1b", "\x7f"]


@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "str"])
@pytest.mark.parametrize("control", CONTROLS, ids=written)
@pytest.mark.parametrize("where", ["default", "cookie", "call", "param"])
def test_header_values_with_control_characters_are_refused(
    api: MessagingApi, where: str, control: str, as_bytes: bool
) -> None:
    value: Any = f"a{control}b".encode() if as_bytes else f"a{control}b"
    headers: dict[str, Any] = {"X-Own": value}
    client = api.api_client
    if where == "default":
        client.default_headers["X-Own"] = value
    if where == "cookie":
        client.cookie = value
    parameters: dict[str, Any] = {
        "call": {"_headers": headers},
        "param": {"header_params": headers},
    }
    with pytest.raises(ValueError, match=r"header (X-Own|Cookie)") as caught:
        client.call_api("/x", "GET", **parameters.get(where, {}))
    assert "X-Injected" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "A B", "A:B", "A\n", "A\rB", "A\tB", "Ä", "A\0", "(A)"])
def test_header_names_that_http_does_not_allow_are_refused(api: MessagingApi, name: str) -> None:
    with pytest.raises(ValueError, match=r"header .*not a name"):
        api.get_messaging_integrations_line(_headers={name: "x"})


@pytest.mark.parametrize("value", [None, 1, ["x"]], ids=written)
def test_header_values_that_are_no_text_are_refused(api: MessagingApi, value: Any) -> None:
    with pytest.raises(TypeError, match="X-Own"):
        api.get_messaging_integrations_line(_headers={"X-Own": value})


def test_header_values_outside_latin_1_are_refused(api: MessagingApi) -> None:
    with pytest.raises(ValueError, match="header X-Own"):
        api.get_messaging_integrations_line(_headers={"X-Own": "€"})


@pytest.mark.parametrize("as_bytes", [True, False], ids=["bytes", "str"])
@pytest.mark.parametrize("control", CONTROLS, ids=written)
@pytest.mark.parametrize("where", ["client", "configuration"])
def test_tokens_with_control_characters_are_refused_and_not_shown(
    api: MessagingApi, where: str, control: str, as_bytes: bool
) -> None:
    token: Any = f"canary{control}".encode() if as_bytes else f"canary{control}"
    owner: Any = api.api_client if where == "client" else api.api_client.configuration
    with pytest.raises(ValueError, match=r"^access_token: ") as caught:
        owner.access_token = token
    assert "canary" not in str(caught.value)


def test_a_token_of_stray_bytes_is_refused_and_not_shown(api: MessagingApi) -> None:
    with pytest.raises(ValueError, match=r"^access_token: ") as caught:
        api.api_client.access_token = b"canary\xff"
    assert "canary" not in repr(caught.value)


def test_a_token_that_is_no_text_is_refused(api: MessagingApi) -> None:
    with pytest.raises(TypeError, match=r"^access_token: "):
        api.api_client.access_token = call(5)


# Hosts, regions, gateways

BAD_HOSTS = [
    "",
    "mypurecloud.org",
    "ftp://api.mypurecloud.com",
    "file:///etc/passwd",
    "https://",
    "https:///path",
    "https://api.mypurecloud.com?x=1",
    "https://api.mypurecloud.com?",
    "https://api.mypurecloud.com#x",
    "https://api.mypurecloud.com#",
    "https://api.mypurecloud.com\n",
    "https://api.mypure cloud.com",
    "https://api.mypurecloud.com\t",
    "https://[::1",
    "https://api.mypurecloud.com:port",
    "https://api.mypurecloud.com:99999",
    b"https://api.mypurecloud.com",
    5,
]


@pytest.mark.parametrize("host", BAD_HOSTS, ids=written)
def test_hosts_that_are_no_url_are_refused(host: Any) -> None:
    configuration = Configuration()
    with pytest.raises(ValueError, match=r"^host: .*give the base URL"):
        Configuration(host=host)
    with pytest.raises(ValueError, match=r"^host: .*give the base URL"):
        configuration.host = host
    with pytest.raises(ValueError, match=r"^host: .*give the base URL"):
        ApiClient(host)
    with pytest.raises(ValueError, match=r"^host: .*give the base URL"), ApiClient() as client:
        client.host = host
    assert configuration.host == "https://api.mypurecloud.com"


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("api.mypurecloud.de", "write https://api.mypurecloud.de, or eu-central-1"),
        ("https://api.mypurecloud.de/api/v2", "without /api/v2"),
        ("https://api.mypurecloud.de/api/v2/", "without /api/v2"),
    ],
)
def test_a_host_that_is_nearly_right_is_put_right(host: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"^host: .*{re.escape(hint)}$"):
        Configuration(host=host)


def test_an_api_class_wants_a_client_and_says_so_at_once() -> None:
    with pytest.raises(TypeError, match=r"api_client: write ApiClient\(configuration=\.\.\.\)"):
        MessagingApi(call(Configuration()))


@pytest.mark.parametrize("region", ["mars-1", "mypurecloud", "api.mypurecloud.org", "/"])
def test_an_unknown_region_is_refused_with_a_list_of_the_known(
    monkeypatch: pytest.MonkeyPatch, region: str
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", region)
    with (
        ApiClient() as client,
        pytest.raises(ValueError, match=r"^GENESYSCLOUD_REGION: .*region.*us-east-1") as caught,
    ):
        MessagingApi(client).get_messaging_integrations_line()
    assert region in str(caught.value)


def test_a_region_that_is_a_bad_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "http://")
    with pytest.raises(ValueError, match=r"^GENESYSCLOUD_REGION: "):
        _ = Configuration().host


# Time limits


@pytest.mark.parametrize(
    "limit",
    [
        0,
        0.0,
        -1,
        "5",
        "soon",
        True,
        math.nan,
        math.inf,
        1e300,
        (0, 5),
        (5, 0),
        (5, -1),
        (5, "5"),
        (5, math.nan),
        (5,),
        (5, 5, 5),
        (),
        [5, 5],
        {},
        object(),
    ],
    ids=written,
)
def test_time_limits_that_are_none_are_refused(api: MessagingApi, limit: Any) -> None:
    with pytest.raises((ValueError, TypeError), match="request_timeout"):
        api.get_messaging_integrations_line(_request_timeout=limit)


@pytest.mark.parametrize("limit", [0, -1, "5", (1, 2, 3), math.nan], ids=written)
def test_time_limits_of_the_configuration_are_checked(
    configuration: Configuration, limit: Any
) -> None:
    with pytest.raises((ValueError, TypeError), match=r"^request_timeout: "):
        configuration.request_timeout = limit


@pytest.mark.parametrize("limit", [0, -1, "5"], ids=written)
def test_time_limits_of_an_http_client_are_checked(api: MessagingApi, limit: Any) -> None:
    api.api_client.get_http_client().set_timeout(limit)
    with pytest.raises((ValueError, TypeError), match="timeout"):
        api.get_messaging_integrations_line()


# Proxies and certificates


@pytest.mark.parametrize(
    "proxy", ["proxy.example.com:3128", "ftp://proxy", "http://", "http://[::1", "http://a b", 5]
)
def test_proxies_that_are_no_url_are_refused(configuration: Configuration, proxy: Any) -> None:
    with pytest.raises((ValueError, TypeError), match=r"^proxy: "):
        configuration.proxy = proxy


@pytest.mark.parametrize("content", [None, "", "not PEM"], ids=["missing", "empty", "other"])
@pytest.mark.parametrize("setting", ["ssl_ca_cert", "cert_file"])
def test_certificate_files_that_are_none_are_refused(
    api: MessagingApi,
    configuration: Configuration,
    tmp_path: Path,
    setting: str,
    content: str | None,
) -> None:
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_text(content)
    setattr(configuration, setting, str(path))
    with pytest.raises(ValueError, match=f"{setting}.*file.pem"):
        api.get_messaging_integrations_line()


def test_a_setting_can_be_corrected(
    api: MessagingApi, configuration: Configuration, tmp_path: Path
) -> None:
    configuration.ssl_ca_cert = str(tmp_path / "missing.pem")
    with pytest.raises(ValueError, match="ssl_ca_cert"):
        api.get_messaging_integrations_line()
    configuration.ssl_ca_cert = None
    configuration.cert_file = "missing.pem"
    with pytest.raises(ValueError, match="cert_file"):
        api.get_messaging_integrations_line()


# call_api, and what is around it


@pytest.mark.parametrize(
    "response_type",
    [
        "Nonsense",
        "",
        "list[Nonsense]",
        "list[str",
        "dict(int, str)",
        "dict(str)",
        "__import__('os')",
        dict,
        list[str],
    ],
    ids=written,
)
def test_an_unknown_response_type_is_refused(api_client: ApiClient, response_type: Any) -> None:
    with pytest.raises(ValueError, match="no type named"):
        api_client.call_api("/x", "GET", response_type=response_type)


def test_a_response_type_that_is_no_type_is_refused(api_client: ApiClient) -> None:
    with pytest.raises((TypeError, ValueError), match="type"):
        api_client.call_api("/x", "GET", response_type=call(5))


@pytest.mark.parametrize("method", ["FETCH", "", "get\r\n", "GET /admin HTTP/1.1\r\n", None])
def test_an_unknown_verb_is_refused(api_client: ApiClient, method: Any) -> None:
    with pytest.raises(ValueError, match="method"):
        api_client.call_api("/x", method)


@pytest.mark.parametrize("value", ["\ud800", b"\xff"], ids=written)
def test_query_values_that_are_not_utf_8_are_refused(api_client: ApiClient, value: Any) -> None:
    with pytest.raises(ValueError, match="search"):
        api_client.call_api("/x", "GET", query_params={"search": value})


def test_a_file_that_is_not_there_is_reported(api_client: ApiClient, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^files, file: .*missing\.txt: "):
        api_client.call_api("/x", "POST", files={"file": str(tmp_path / "missing.txt")})


@pytest.mark.parametrize("client", [None, object(), "requests"])
def test_an_http_client_that_is_none_is_refused(api_client: ApiClient, client: Any) -> None:
    with pytest.raises(ValueError, match="http_client"):
        api_client.set_http_client(client)


@pytest.mark.parametrize("hook", [None, 1, "print"])
def test_a_hook_that_cannot_be_called_is_refused(api_client: ApiClient, hook: Any) -> None:
    http_client = api_client.get_http_client()
    with pytest.raises(ValueError, match="hook"):
        http_client.set_pre_request_hook(hook)
    with pytest.raises(ValueError, match="hook"):
        http_client.set_post_request_hook(hook)


def test_an_http_client_without_configuration_says_what_it_lacks(service: Service) -> None:
    with pytest.raises(ValueError, match="configuration"):
        DefaultHttpClient().request(HttpRequestOptions(url=service.url, method="GET"))


@pytest.mark.parametrize(
    ("client_id", "client_secret", "missing"),
    [
        (None, "s", "client_id"),
        ("", "s", "client_id"),
        (b"", "s", "client_id"),
        ("i", None, "client_secret"),
        ("i", "", "client_secret"),
    ],
)
def test_missing_credentials_are_refused(
    api_client: ApiClient, client_id: Any, client_secret: Any, missing: str
) -> None:
    with pytest.raises(ValueError, match=missing):
        api_client.get_client_credentials_token(client_id, client_secret)


@pytest.mark.parametrize("name", ["access_tokn", "acces_token", "hosts", "verify_tls"])
def test_a_misspelt_setting_is_an_attribute_error(configuration: Configuration, name: str) -> None:
    with pytest.raises(AttributeError, match=name):
        setattr(configuration, name, "x")


def test_a_misspelt_setting_comes_with_a_hint(configuration: Configuration) -> None:
    with pytest.raises(AttributeError, match="did you mean 'access_token'"):
        configuration.acces_token = "x"  # type: ignore[attr-defined]  # pyright: ignore


@pytest.mark.parametrize(
    ("keyword", "suggested"),
    [
        ("page_sise", "page_size"),
        ("pageNumber", "page_number"),
        ("_request_timout", "_request_timeout"),
    ],
)
def test_a_misspelt_keyword_is_told_from_the_right_one(
    api: MessagingApi, keyword: str, suggested: str
) -> None:
    with pytest.raises(
        TypeError,
        match=f"^get_messaging_integrations_line got .* '{keyword}'; did you mean '{suggested}'",
    ):
        api.get_messaging_integrations_line(**call({keyword: 1}))
