"""Secrets that a service repeats, or sends of its own, must not show up in errors and logs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from canary import (
    AWKWARD,
    ENCODED,
    MARK,
    PLAIN,
    assert_clean,
    everything_sent,
    fail,
    one_line,
    printed,
    told,
)
from service import Answer, Behaviour, RawServer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
)
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel

# Servers that repeat what they were sent


def echo_message(request: Request, status: int) -> Answer:
    return make_answer(status, {"message": everything_sent(request), "code": "echo"})


def echo_values(request: Request, status: int) -> Answer:
    """Repeat the values, not the text, of the request's body."""
    values = " and ".join(map(str, request.json.values())) if request.body else "none"
    return make_answer(
        status,
        {
            "message": f"Not acceptable: {values}; {request.headers['Authorization']}",
            "messageParams": {"value": values},
            "details": [{"fieldName": values}],
            "errors": [{"message": values}],
            "status": status,
        },
    )


def echo_wrong_shape(request: Request, status: int) -> Answer:
    return make_answer(status, {"status": "wrong", "id": 1, "sent": everything_sent(request)})


def echo_page(request: Request, status: int) -> Answer:
    page = f"<html>{everything_sent(request)}</html>".encode()
    return make_answer(status, page, {"Content-Type": "text/html"})


def echo_reason(request: Request, status: int) -> Answer:
    return make_answer(status, b"no JSON", reason=one_line(request))


def echo_headers(request: Request, status: int) -> Answer:
    headers = {"X-Echo": one_line(request), "ININ-Correlation-Id": one_line(request)}
    return make_answer(status, b"no JSON", headers)


ECHOES = [echo_message, echo_values, echo_wrong_shape, echo_page, echo_reason, echo_headers]


@pytest.fixture
def logged(log_file: Path) -> Callable[[], str]:
    """Gives what was logged."""

    def read() -> str:
        text = log_file.read_text(encoding="utf-8")
        assert "/api/v2" in text or "/oauth/token" in text
        return text

    return read


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("secret", [PLAIN, AWKWARD], ids=["plain", "awkward"])
@pytest.mark.parametrize("status", [200, 302, 400, 500])
@pytest.mark.parametrize("echo", ECHOES)
def test_secrets_of_a_request_that_come_back_are_masked(
    api: MessagingApi,
    service: Service,
    logged: Callable[[], str],
    configuration: Configuration,
    echo: Callable[[Request, int], Answer],
    status: int,
    secret: str,
    log_format: LogFormat,
) -> None:
    configuration.logger.log_format = log_format
    configuration.access_token = PLAIN
    service.answer_by(lambda request: echo(request, status))
    body = LineIntegrationRequest(name="A", channel_secret=secret, switcher_secret=secret)

    if status == 200 and echo is echo_message:
        # A LineIntegration to which the echo is an unknown field.
        api.put_messaging_integrations_line_integration_id("int-1", body)
    else:
        error = fail(lambda: api.put_messaging_integrations_line_integration_id("int-1", body))
        assert_clean(told(error))

    assert service.requests[-1].json["channelSecret"] == secret
    assert service.requests[-1].headers["Authorization"] == f"Bearer {PLAIN}"
    assert_clean(logged())


def test_a_status_line_that_repeats_the_token_is_masked(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer], logged: Callable[[], str]
) -> None:
    def echo(connection: Any, request: bytes) -> None:
        line = next(line for line in request.split(b"\r\n") if b"Bearer" in line)
        connection.sendall(line + b"\r\n\r\n")

    api.api_client.host = raw_server(echo).url
    api.api_client.access_token = PLAIN

    error = fail(api.get_messaging_integrations_line)

    assert error.status == 0
    assert_clean(told(error))
    assert_clean(logged())


@pytest.mark.parametrize("secret", [PLAIN, AWKWARD], ids=["plain", "awkward"])
@pytest.mark.parametrize("where", ["query", "form", "pairs", "object", "array", "header", "cookie"])
@pytest.mark.parametrize("echo", [echo_message, echo_page])
def test_secrets_in_any_part_of_a_request_are_masked(
    api_client: ApiClient,
    service: Service,
    logged: Callable[[], str],
    echo: Callable[[Request, int], Answer],
    where: str,
    secret: str,
) -> None:
    service.answer_by(lambda request: echo(request, 400))
    parameters: dict[str, dict[str, Any]] = {
        "query": {"query_params": {"access_token": secret}},
        "form": {"post_params": {"client_secret": secret}},
        "pairs": {"post_params": [("client_secret", secret)]},
        "object": {"body": {"deep": [{"password": secret}]}},
        "array": {"body": [{"password": secret}]},
        "header": {"header_params": {"X-Api-Key": quote(secret)}},
        "cookie": {"_headers": {"Cookie": quote(secret)}},
    }

    error = fail(lambda: api_client.call_api("/api/v2/x", "POST", **parameters[where]))

    assert MARK in everything_sent(service.requests[-1])
    assert_clean(told(error))
    assert_clean(logged())


def echo_decoded(_request: Request, status: int) -> Answer:
    text = f"{PLAIN} is not the secret"
    return make_answer(status, {"error": "invalid_client", "error_description": text})


@pytest.mark.parametrize("status", [200, 400, 401, 503])
@pytest.mark.parametrize("echo", [echo_message, echo_page, echo_reason, echo_headers, echo_decoded])
def test_the_client_secret_is_masked(
    api_client: ApiClient,
    service: Service,
    logged: Callable[[], str],
    echo: Callable[[Request, int], Answer],
    status: int,
) -> None:
    service.answer_by(lambda request: echo(request, status))

    error = fail(lambda: api_client.get_client_credentials_token("id", PLAIN))

    assert service.requests[-1].headers["Authorization"] == f"Basic {ENCODED}"
    assert_clean(told(error))
    assert_clean(logged())


def test_a_token_that_comes_is_masked(
    api_client: ApiClient, service: Service, logged: Callable[[], str]
) -> None:
    service.answer(200, {"access_token": PLAIN, "token_type": "bearer", "refresh_token": PLAIN})

    api_client.get_client_credentials_token("id", "the-secret")

    assert api_client.access_token == PLAIN
    assert_clean(logged())
    assert_clean(printed(api_client))
    assert_clean(printed(api_client.last_response))


@pytest.mark.parametrize(
    "content",
    [
        {"access_token": [PLAIN]},
        f'{{"access_token": "{PLAIN}"'.encode(),
        f'["{PLAIN}"]'.encode(),
        f'"{PLAIN}"'.encode(),
    ],
    ids=["wrong type", "cut", "array", "string"],
)
def test_a_token_in_an_unusable_answer_is_in_no_exception(
    api_client: ApiClient, service: Service, content: Any
) -> None:
    service.answer(200, content)
    error = fail(lambda: api_client.get_client_credentials_token("id", "the-secret"))
    assert_clean(told(error))


@pytest.mark.parametrize("status", [200, 407])
def test_the_proxy_password_is_masked(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    logged: Callable[[], str],
    status: int,
) -> None:
    configuration.proxy = service.url
    configuration.proxy_username = "id"
    configuration.proxy_password = PLAIN
    configuration.host = "http://api.example"
    service.answer_by(lambda request: echo_page(request, status))

    error = fail(api.get_messaging_integrations_line)

    assert service.requests[-1].headers["Proxy-Authorization"] == f"Basic {ENCODED}"
    assert_clean(told(error))
    assert_clean(logged())


def test_a_secret_too_short_to_be_found_is_masked_by_its_name(
    api: MessagingApi, service: Service, logged: Callable[[], str]
) -> None:
    service.answer(200, {"id": "int-1", "channelSecret": "#7#"})
    api.post_messaging_integrations_line(LineIntegrationRequest(name="A", channel_secret="#7#"))
    assert service.requests[-1].json["channelSecret"] == "#7#"
    assert "#7#" not in logged()


# Answers with secrets of their own


@pytest.mark.parametrize(
    "content",
    [
        {"message": "no", "accessToken": PLAIN},
        {"accessToken": PLAIN},
        {"status": "wrong", "id": 1, "nested": [{"clientSecret": PLAIN}]},
        f'{{"id": 1, "accessToken": "{PLAIN}"'.encode(),
    ],
    ids=["error body", "no error body", "wrong shape", "cut"],
)
@pytest.mark.parametrize("status", [200, 400, 500])
def test_fields_of_an_answer_that_look_secret_are_masked(
    api: MessagingApi, service: Service, logged: Callable[[], str], status: int, content: Any
) -> None:
    service.answer(status, content)

    def get() -> None:
        integration = api.get_messaging_integrations_line_integration_id("int-1")
        assert_clean(printed(integration))
        raise ApiException(status=status)  # as the other cases do

    assert_clean(told(fail(get)))
    assert_clean(logged())


@pytest.mark.parametrize("depth", [600, 5000, 100_000])
def test_a_deep_answer_is_logged_without_its_secrets(
    api: MessagingApi, service: Service, logged: Callable[[], str], depth: int
) -> None:
    deep = b"[" * depth + b"]" * depth
    service.answer(200, b'{"accessToken": "%b", "new": %b}' % (PLAIN.encode(), deep))
    with suppress(ApiException):  # too deep to be read, at least by some versions of Python
        api.get_messaging_integrations_line_integration_id("int-1")
    assert_clean(logged())


def test_url_parameters_that_look_secret_are_masked(
    api_client: ApiClient, service: Service, logged: Callable[[], str]
) -> None:
    service.answer(404, {})
    parameters = {"access_token": PLAIN, "page": 1, "api-key": PLAIN}

    error = fail(lambda: api_client.call_api("/api/v2/x", "GET", query_params=parameters))

    assert service.requests[-1].query["access_token"] == PLAIN
    assert error.url == f"{service.url}/api/v2/x?access_token=***&page=1&api-key=***"
    assert_clean(told(error))
    assert_clean(logged())


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("level", [LogLevel.LTrace, LogLevel.LDebug, LogLevel.LError])
@pytest.mark.parametrize("bodies", [True, False])
def test_a_success_is_logged_without_secrets(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    logged: Callable[[], str],
    bodies: bool,
    level: LogLevel,
    log_format: LogFormat,
) -> None:
    logger = configuration.logger
    logger.log_request_body = logger.log_response_body = bodies
    logger.log_level = level
    logger.log_format = log_format
    configuration.access_token = PLAIN
    service.answer(200, {"id": "int-1", "channelSecret": PLAIN, "more": {"token": PLAIN}})

    created = api.post_messaging_integrations_line(
        LineIntegrationRequest(name="A", channel_secret=PLAIN)
    )

    assert created == LineIntegration.from_dict(
        {"id": "int-1", "channelSecret": PLAIN, "more": {"token": PLAIN}}
    )
    logging.getLogger("PureCloudPlatformClientV2").error("/api/v2 gave %s", created)
    text = logged()
    assert_clean(text)
    shown = bodies and level < LogLevel.LError
    assert ('"channelSecret": "***"' in text.replace('\\"', '"')) == shown


@pytest.mark.parametrize(
    "secret", ["c4n4ry \ud800", "c4n4ry\x00\x7f", "c4n4ry%41", "c4n4ry***"], ids=repr
)
def test_no_secret_is_too_odd_to_be_masked(
    api: MessagingApi, service: Service, logged: Callable[[], str], secret: str
) -> None:
    service.answer_by(lambda request: echo_values(request, 400))
    body = LineIntegrationRequest(name="A", channel_secret=secret)
    assert_clean(told(fail(lambda: api.post_messaging_integrations_line(body))))
    assert_clean(logged())


@pytest.mark.parametrize(
    "header", ["Basic c4n4ry!", "Basic", "Basic YTpjNG40cnk", "basic w6Q=", "word"]
)
def test_no_authorization_is_too_odd_to_be_masked(
    api: MessagingApi, service: Service, header: str
) -> None:
    service.answer_by(lambda request: echo_message(request, 401))
    error = fail(lambda: api.get_messaging_integrations_line(_headers={"Authorization": header}))
    assert error.status == 401
    assert_clean(told(error))
