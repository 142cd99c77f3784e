from __future__ import annotations

import base64
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.rest import (
    BadRequestException,
    TooManyRequestsException,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox


def test_a_token_is_asked_for_with_the_credentials_and_kept(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, {"access_token": "fresh", "token_type": "bearer", "expires_in": 86399})
    service.answer(200, {})

    returned = api_client.get_client_credentials_token("the-id", "the:secret")
    MessagingApi(returned).get_messaging_integrations_line()

    login, call = service.requests
    assert (login.method, login.target) == ("POST", "/oauth/token")
    assert login.form == {"grant_type": "client_credentials"}
    assert login.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert login.headers["Accept"] == "application/json"
    scheme, _, credentials = login.headers["Authorization"].partition(" ")
    assert (scheme, base64.b64decode(credentials)) == ("Basic", b"the-id:the:secret")
    assert returned is api_client
    assert api_client.access_token == "fresh"
    assert call.headers["Authorization"] == "Bearer fresh"


def test_the_token_outweighs_that_of_the_configuration_and_leaves_it_alone(
    api_client: ApiClient, configuration: Configuration, service: Service
) -> None:
    service.answer(200, {"access_token": "fresh"})
    api_client.get_client_credentials_token("i", "s")
    assert configuration.access_token == "the-token"


def test_credentials_may_be_bytes(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"access_token": "fresh"})
    api_client.get_client_credentials_token(b"the-id", "sécret".encode())
    credentials = service.requests[-1].headers["Authorization"].partition(" ")[2]
    assert base64.b64decode(credentials).decode("utf-8") == "the-id:sécret"


@pytest.mark.parametrize(
    ("host", "login_host"),
    [
        ("https://api.mypurecloud.ie", "https://login.mypurecloud.ie"),
        ("https://api.usw2.pure.cloud", "https://login.usw2.pure.cloud"),
        ("https://apigateway.example", "https://apigateway.example"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
    ],
)
def test_the_login_host_is_derived_from_the_api_host(
    service: Service, host: str, login_host: str
) -> None:
    # The service plays the proxy, which sees where a request would go.
    configuration = Configuration(host=host.replace("https", "http"))
    configuration.proxy = service.url
    service.answer(200, {"access_token": "fresh"})
    with ApiClient(configuration=configuration) as client:
        client.get_client_credentials_token("i", "s")
    assert service.requests[-1].target == login_host.replace("https", "http") + "/oauth/token"


@pytest.mark.parametrize(
    ("status", "kind"), [(400, BadRequestException), (401, UnauthorizedException)]
)
def test_a_refusal_is_told_in_the_words_of_the_login_service(
    api_client: ApiClient, service: Service, status: int, kind: type[ApiException]
) -> None:
    service.answer(
        status, {"error": "invalid_client", "description": "authentication failed"}, reason="No"
    )
    with pytest.raises(kind) as caught:
        api_client.get_client_credentials_token("i", "s")
    assert str(caught.value) == (
        f"POST /oauth/token was answered {status} No: authentication failed (code invalid_client)"
    )
    assert api_client.access_token == ""


def test_the_login_service_may_be_busy(api_client: ApiClient, service: Service) -> None:
    service.answer(429, {}, headers={"Retry-After": "3"})
    with pytest.raises(TooManyRequestsException) as caught:
        api_client.get_client_credentials_token("i", "s")
    assert caught.value.retry_after == 3


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"null",
        b"[]",
        b"<html>",
        b'"token"',
        {},
        {"access_token": None},
        {"access_token": 5},
        {"token": "x"},
    ],
)
def test_an_answer_without_a_token_is_an_api_exception(
    api_client: ApiClient, service: Service, answer: Any
) -> None:
    service.answer(200, answer)
    with pytest.raises(ApiException, match="cannot be used") as caught:
        api_client.get_client_credentials_token("i", "s")
    assert (caught.value.status, caught.value.body) == (200, None)
    assert api_client.access_token == ""


def test_signing_in_does_not_send_the_old_token(api_client: ApiClient, service: Service) -> None:
    api_client.access_token = "old"
    service.answer(200, {"access_token": "fresh"})
    api_client.get_client_credentials_token("i", "s")
    assert service.requests[-1].headers["Authorization"].startswith("Basic ")


def test_signing_in_at_the_sandbox(purecloud_sandbox: Sandbox) -> None:
    configuration = Configuration(host=purecloud_sandbox.host)
    with ApiClient(configuration=configuration) as client:
        with pytest.raises(ApiException):
            client.get_client_credentials_token(purecloud_sandbox.client_id, "wrong")
        client.get_client_credentials_token(
            purecloud_sandbox.client_id, purecloud_sandbox.client_secret
        )
        assert MessagingApi(client).get_messaging_integrations_line().total == 0


@pytest.mark.parametrize("token", ["", "a\nb", "\u20ac", None, 5, ["x"]])
def test_a_token_that_cannot_be_sent_is_not_taken(
    api_client: ApiClient, service: Service, token: Any
) -> None:
    service.answer(200, {"access_token": token})
    with pytest.raises(ApiException, match="access_token is not a text that can be sent"):
        api_client.get_client_credentials_token("id", "the-secret")
    assert api_client.access_token == ""
