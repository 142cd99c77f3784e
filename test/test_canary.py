"""Secrets planted everywhere must not show up wherever something is printed or logged."""

from __future__ import annotations

import base64
import gzip
import json
import logging
import pprint
import re
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from calls import method_of, required_arguments
from contract_facts import CONTRACT, operations
from house import ROOT, public_names
from service import Answer, Behaviour, RawServer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ErrorBody,
    GatewayConfiguration,
    HttpRequestOptions,
    LineIntegration,
    LineIntegrationRequest,
    MessagingApi,
    models,
)
from PureCloudPlatformClientV2._wire.redaction import PUBLIC_NAMES, SECRET_NAMES, is_secret_name
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel
from PureCloudPlatformClientV2.models import EntityListing, Model, Secret
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

MARK = "c4n4ry"
PLAIN = f"{MARK}-s3cr3t"
AWKWARD = f'{MARK}"ä\\/+=& s3cr3t'
"""Looks different in JSON and in a URL."""

ENCODED = base64.b64encode(f"id:{PLAIN}".encode()).decode("ascii")


def assert_clean(text: str) -> None:
    assert MARK not in text
    assert ENCODED not in text


def printed(value: object) -> str:
    """Everything that printing a value can show."""
    return "\n".join(
        [
            str(value),
            repr(value),
            format(value, ""),
            f"{value!a}",
            "%s %r" % (value, value),  # noqa: UP031 - as the examples of the service's docs do
            pprint.pformat(value),
            pprint.pformat([{"value": value}]),
            repr([value]),
        ]
    )


def told(error: ApiException) -> str:
    """Everything that an exception tells."""
    return "\n".join(
        [
            printed(error),
            repr(error.args),
            str(error.reason),
            str(error.body),
            repr(error.headers),
            str(error.url),
            str(error.correlation_id),
            printed(error.error),
            "".join(traceback.format_exception(error)),
        ]
    )


# Models


class OwnModel(Model):
    """What a caller defines to call an endpoint that this version does not know."""

    webhook_headers: Secret[dict[str, str]] = None
    old_password: Secret[list[str]] = None


class OwnListing(EntityListing[Model]):
    entities: list[Model] | None = None


PUBLIC: list[Any] = [getattr(models, name) for name in public_names(models)]
MODELS: list[type[Model]] = [
    one for one in PUBLIC if isinstance(one, type) and issubclass(one, Model)
]

WITH_SECRETS: list[type[Model]] = [*MODELS, OwnModel]
SECRET_FIELDS = [
    pytest.param(kind, field, id=f"{kind.__name__}.{field}")
    for kind in WITH_SECRETS
    for field in sorted(kind.secret_fields)
]
every_secret_field = pytest.mark.parametrize(("kind", "field"), SECRET_FIELDS)


def with_secret(kind: type[Model], field: str) -> Model:
    """A model with nothing but a secret in it."""
    values = {"str": PLAIN, "list[str]": ["x", PLAIN], "dict(str, str)": {"x": PLAIN}}
    model = kind()
    setattr(model, field, values[kind.swagger_types[field]])
    return model


@every_secret_field
def test_a_declared_secret_is_never_printed(kind: type[Model], field: str) -> None:
    model = with_secret(kind, field)
    listing = OwnListing()
    listing.entities = [model, OwnModel()]

    for value in (model, listing, list(listing), {"model": model}, (model,)):
        assert_clean(printed(value))
    for one in (model, listing):
        assert_clean(one.to_str())
        assert_clean(one._repr_html_())  # pyright: ignore[reportPrivateUsage] - as notebooks do
    assert repr(model) == f"{kind.__name__}({field}='***')"
    assert "***" in model._repr_html_()  # pyright: ignore[reportPrivateUsage]


@every_secret_field
def test_a_declared_secret_is_where_a_caller_asks_for_the_data(
    kind: type[Model], field: str
) -> None:
    model = with_secret(kind, field)
    secret = getattr(model, field)

    assert model.to_dict()[field] == secret
    assert sent(model) == {kind.attribute_map[field]: secret}


@every_secret_field
def test_a_declared_secret_is_known_by_its_name_on_the_wire_as_well(
    kind: type[Model], field: str
) -> None:
    assert kind.attribute_map[field].lower() in SECRET_NAMES


@pytest.mark.parametrize("log_format", LogFormat)
@pytest.mark.parametrize("level", LogLevel)
@pytest.mark.parametrize("status", [200, 400])
@every_secret_field
def test_a_declared_secret_is_sent_and_in_no_log_and_no_exception(
    api_client: ApiClient,
    service: Service,
    configuration: Configuration,
    log_file: Path,
    kind: type[Model],
    field: str,
    status: int,
    level: LogLevel,
    log_format: LogFormat,
) -> None:
    configuration.logger.log_level = level
    configuration.logger.log_format = log_format
    model = with_secret(kind, field)
    service.answer_by(lambda request: echo_body(request, status))

    def send() -> None:
        for operation in operations:
            if operation.body_type == kind.__name__:
                method_of(api_client, operation)(**{**required_arguments(operation), "body": model})
        api_client.call_api("/api/v2/x", "POST", body=model)

    if status == 200:
        send()
    else:
        assert_clean(told(fail(send)))

    for request in service.requests:
        assert request.json == {kind.attribute_map[field]: getattr(model, field)}
    assert service.requests
    logged = log_file.read_text(encoding="utf-8") if log_file.exists() else ""
    assert_clean(logged)
    if level == LogLevel.LTrace:
        assert "***" in logged


def test_a_declared_secret_is_never_printed_whatever_its_name() -> None:
    class Plain(Model):
        words: Secret[list[str]] = None
        more: Secret[dict[str, str]] = None

    model = Plain(words=[PLAIN], more={"word": PLAIN})
    assert_clean(printed(model))
    assert_clean(model._repr_html_())  # pyright: ignore[reportPrivateUsage]
    assert model.to_dict() == {"words": [PLAIN], "more": {"word": PLAIN}}


# Names


def contract_documents() -> Iterator[Any]:
    for path in sorted(CONTRACT.glob("*.json")):
        yield pytest.param(path, id=path.name)
    path = ROOT.parent / "shared" / "contract" / "platform.swagger.json.gz"
    here = pytest.mark.skipif(not path.exists(), reason="the whole contract is not beside this")
    yield pytest.param(path, id=path.name, marks=here)


def names_in(value: Any) -> Iterator[str]:
    """The names of all fields and parameters of a contract."""
    if isinstance(value, dict):
        if isinstance(properties := value.get("properties"), dict):
            yield from properties
        if isinstance(value.get("name"), str) and "in" in value:
            yield value["name"]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)


@pytest.mark.parametrize("path", [*contract_documents()])
def test_no_name_of_the_contract_is_judged_by_its_ending_alone(path: Path) -> None:
    content = path.read_bytes()
    document = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
    names = {re.sub("[-_]", "", name).lower() for name in names_in(document)}
    assert names
    assert {one for one in names if is_secret_name(one)} - SECRET_NAMES == set()
    assert SECRET_NAMES.isdisjoint(PUBLIC_NAMES)
    assert not any(is_secret_name(name) for name in PUBLIC_NAMES)


# Unknown fields


@pytest.mark.parametrize("kind", [kind for kind in MODELS if kind is not Model])
@pytest.mark.parametrize(
    "unknown",
    [
        "accessToken",
        "access_token",
        "refreshToken",
        "clientSecret",
        "password",
        "apiKey",
        "Authorization",
        "Set-Cookie",
        "newSecret",
    ],
)
def test_unknown_fields_that_look_secret_are_masked_in_print(
    kind: type[Model], unknown: str
) -> None:
    wire = {
        unknown: PLAIN,
        "list": [[{unknown: PLAIN}]],
        "object": {"deep": {unknown: {"inner": [PLAIN]}}},
    }
    model = kind.from_dict(wire)

    assert_clean(printed(model))
    assert_clean(model.to_str())
    assert json.dumps(model.to_dict()).count(PLAIN) == 3
    assert sent(model) == wire


def test_known_fields_that_hold_anything_are_masked_by_name_in_print() -> None:
    body = ErrorBody.from_dict({"messageParams": {"password": PLAIN, "field": "x"}})
    assert_clean(printed(body))
    assert "'x'" in repr(body)
    assert body.to_dict()["message_params"]["password"] == PLAIN


def test_secrets_inside_a_listing_are_masked_in_print() -> None:
    listing = models.LineIntegrationEntityListing.from_dict(
        {"entities": [{"id": "1", "channelSecret": PLAIN}, {"recipient": {"token": PLAIN}}]}
    )
    assert_clean(printed(listing))
    assert_clean(printed(list(listing)))


# The client's own objects


def full_configuration(host: str = "https://api.mypurecloud.com") -> Configuration:
    configuration = Configuration(host=host, access_token=PLAIN)
    configuration.proxy_username = "id"
    configuration.proxy_password = PLAIN
    configuration.username = "id"
    configuration.password = PLAIN
    configuration.api_key["Authorization"] = PLAIN
    configuration.gateway_configuration = GatewayConfiguration(
        host="gateway.example", username="id", password=PLAIN
    )
    return configuration


def test_the_clients_own_objects_print_no_secrets() -> None:
    configuration = full_configuration()
    with ApiClient(configuration=configuration) as client:
        client.access_token = PLAIN
        client.cookie = f"session={PLAIN}"
        client.set_default_header("X-Api-Key", PLAIN)
        options = HttpRequestOptions(
            url="https://api.mypurecloud.com/x",
            method="POST",
            headers={"Authorization": f"Bearer {PLAIN}"},
            query_params={"access_token": PLAIN},
            post_params={"client_secret": PLAIN},
            body={"channelSecret": PLAIN},
        )
        response = RESTResponse(200, "OK", {"Set-Cookie": PLAIN}, PLAIN.encode())
        for value in (
            configuration,
            configuration.gateway_configuration,
            configuration.logger,
            client,
            client.get_http_client(),
            options,
            response,
            MessagingApi(client),
        ):
            assert_clean(printed(value))
        assert_clean(configuration.to_debug_report())


def test_a_password_within_the_host_is_never_shown() -> None:
    with pytest.raises(ValueError, match="host") as caught:
        Configuration(host=f"https://id:{PLAIN}@api.mypurecloud.com")
    assert_clean("".join(traceback.format_exception(caught.value)))


def test_a_password_within_a_bad_proxy_url_is_never_shown(api: MessagingApi) -> None:
    with pytest.raises(ValueError, match="proxy") as caught:
        api.api_client.configuration.proxy = f"http://id:{PLAIN}@[proxy"
    assert_clean("".join(traceback.format_exception(caught.value)))


# Servers that repeat what they were sent


def everything_sent(request: Request) -> str:
    return f"{request.target}\n{request.headers}\n{request.body.decode('utf-8')}"


def one_line(request: Request) -> str:
    """What was sent, as it fits into a header or a status line."""
    return " ".join(everything_sent(request).encode("ascii", "replace").decode("ascii").split())


def echo_body(request: Request, status: int) -> Answer:
    """Repeat what was sent: as it is, as part of a text, and by its values."""
    text = request.body.decode("utf-8")
    echo = {"message": text, "code": "echo", "messageParams": {"sent": text}, "sent": request.json}
    return make_answer(status, {**echo, **request.json}, {"X-Echo": one_line(request)})


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
def log_file(tmp_path: Path, configuration: Configuration) -> Iterator[Path]:
    """Logs everything there is to log, into a file."""
    path = tmp_path / "client.log"
    logger = configuration.logger
    logger.log_to_console = False
    logger.log_file_path = str(path)
    logger.log_level = LogLevel.LTrace
    logger.log_request_body = True
    logger.log_response_body = True
    yield path
    logger.log_level = LogLevel.LNone


@pytest.fixture
def logged(log_file: Path) -> Callable[[], str]:
    """Gives what was logged."""

    def read() -> str:
        text = log_file.read_text(encoding="utf-8")
        assert "/api/v2" in text or "/oauth/token" in text
        return text

    return read


def fail(call: Callable[[], object]) -> ApiException:
    with pytest.raises(ApiException) as caught:
        call()
    logging.getLogger("PureCloudPlatformClientV2").error("It failed", exc_info=caught.value)
    return caught.value


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
