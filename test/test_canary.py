"""Secrets planted everywhere must not show up wherever something is printed or logged."""

from __future__ import annotations

import json
import traceback
from pathlib import Path
from typing import Any

import pytest
from calls import method_of, required_arguments
from canary import PLAIN, assert_clean, echo_body, fail, printed, told
from contract_facts import definitions, operations
from house import public_names
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    ErrorBody,
    GatewayConfiguration,
    HttpRequestOptions,
    MessagingApi,
    models,
)
from PureCloudPlatformClientV2._wire.redaction import is_secret_name
from PureCloudPlatformClientV2.catalog import modules
from PureCloudPlatformClientV2.logger import LogFormat, LogLevel
from PureCloudPlatformClientV2.models import EntityListing, Model, Secret
from PureCloudPlatformClientV2.rest import RESTResponse
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

# Models


class OwnModel(Model):
    """What a caller defines to call an endpoint that this version does not know."""

    webhook_headers: Secret[dict[str, str]] = None
    old_password: Secret[list[str]] = None


class OwnListing(EntityListing[Model]):
    entities: list[Model] | None = None


FROM_CATALOG = [
    "OAuthClientRequest",
    "OpenIntegration",
    "OpenIntegrationRequest",
    "Queue",
    "VmPairingInfo",
    "WhatsAppEmbeddedSignupIntegrationRequest",
]
"""Some of the models with secrets, and one without, as examples of the thousands."""

WITHOUT_CATALOG = {*public_names(models)} - {*modules.names(models.__name__)}
PUBLIC: list[Any] = [
    getattr(models, name) for name in sorted({*WITHOUT_CATALOG, *definitions, *FROM_CATALOG})
]
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
    assert is_secret_name(kind.attribute_map[field])


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
                method_of(operation, api_client)(**{**required_arguments(operation), "body": model})
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
