"""POST /oauth/token, after RFC 6749."""

from __future__ import annotations

import base64
from urllib.parse import quote_plus

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import LINE, Caller, Clock
from .token_requests import assert_refused, basic

GRANT = {"grant_type": "client_credentials"}


def test_client_credentials_buy_a_token(
    call: Caller, credentials: dict[str, str], clock: Clock
) -> None:
    response = call.form(GRANT, credentials)

    token = response.json["access_token"]
    assert response.json == {"access_token": token, "token_type": "bearer", "expires_in": 86400}
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["ININ-Correlation-Id"]
    assert call("GET", LINE, token=token).status == 200
    clock.advance(86400)
    assert call("GET", LINE, token=token).status == 401


def test_the_credentials_may_be_in_the_body(call: Caller, sandbox: Sandbox) -> None:
    fields = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}

    assert call.form(GRANT | fields).status == 200


def test_every_token_is_another_one(call: Caller, credentials: dict[str, str]) -> None:
    tokens = {call.form(GRANT, credentials).json["access_token"] for _ in range(3)}

    assert len(tokens) == 3


def test_the_life_of_a_token_can_be_chosen(pool: urllib3.PoolManager, clock: Clock) -> None:
    with Sandbox(token_lifetime=2, clock=clock) as sandbox:
        call = Caller(sandbox, pool)
        response = call.form(GRANT, basic(sandbox.client_id, sandbox.client_secret))

        assert response.json["expires_in"] == 2
        clock.advance(2)
        assert call("GET", LINE, token=response.json["access_token"]).status == 401


def test_credentials_with_reserved_characters_are_form_encoded_in_basic(
    pool: urllib3.PoolManager,
) -> None:
    client_id, client_secret = "a:b c", "ü%+/="
    with Sandbox(client_id=client_id, client_secret=client_secret) as sandbox:
        call = Caller(sandbox, pool)

        response = call.form(GRANT, basic(quote_plus(client_id), quote_plus(client_secret)))

        assert response.status == 200


@pytest.mark.parametrize("secret", ["a+b%2Fc%zz ü", "a:b%20c", "100%"])
def test_credentials_may_stand_in_basic_as_they_are(pool: urllib3.PoolManager, secret: str) -> None:
    with Sandbox(client_id="me+you%41", client_secret=secret) as sandbox:
        call = Caller(sandbox, pool)

        assert call.form(GRANT, basic("me+you%41", secret)).status == 200
        assert_refused(call.form(GRANT, basic("me you%41", secret)), 401, "invalid_client")


def test_what_the_client_makes_is_marked_as_the_clients(
    call: Caller, credentials: dict[str, str]
) -> None:
    token = call.form(GRANT, credentials).json["access_token"]

    created = call("POST", LINE, {"name": "By client"}, token=token).json

    assert created["createdBy"]["name"] == "Sandbox Client"


@pytest.mark.parametrize(
    "authorization",
    [
        "Basic",
        "Basic ***",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"unknown:secret").decode(),
        "Bearer whatever",
    ],
)
def test_unusable_credentials_are_an_invalid_client(call: Caller, authorization: str) -> None:
    assert_refused(call.form(GRANT, {"Authorization": authorization}), 401, "invalid_client")


def test_a_wrong_secret_is_an_invalid_client(call: Caller, sandbox: Sandbox) -> None:
    assert_refused(call.form(GRANT, basic(sandbox.client_id, "wrong")), 401, "invalid_client")


def test_no_credentials_are_an_invalid_client(call: Caller) -> None:
    assert_refused(call.form(GRANT), 401, "invalid_client")


def test_credentials_in_two_places_are_an_invalid_request(
    call: Caller, credentials: dict[str, str], sandbox: Sandbox
) -> None:
    fields = {"client_id": sandbox.client_id, "client_secret": sandbox.client_secret}

    assert_refused(call.form(GRANT | fields, credentials), 400, "invalid_request")


@pytest.mark.parametrize("grant_type", ["password", "code", "Refresh_Token", "x"])
def test_other_grants_are_unsupported(
    call: Caller, credentials: dict[str, str], grant_type: str
) -> None:
    response = call.form({"grant_type": grant_type}, credentials)

    assert_refused(response, 400, "unsupported_grant_type")


def test_a_missing_grant_type_is_an_invalid_request(
    call: Caller, credentials: dict[str, str]
) -> None:
    assert_refused(call.form({"scope": "x"}, credentials), 400, "invalid_request")
    assert_refused(call.form({"grant_type": ""}, credentials), 400, "invalid_request")


def test_a_repeated_parameter_is_an_invalid_request(
    call: Caller, credentials: dict[str, str]
) -> None:
    data = b"grant_type=client_credentials&grant_type=client_credentials"
    headers = credentials | {"Content-Type": "application/x-www-form-urlencoded"}

    response = call("POST", "/oauth/token", data=data, token=None, headers=headers)

    assert_refused(response, 400, "invalid_request")


def test_a_json_body_is_an_invalid_request(call: Caller, credentials: dict[str, str]) -> None:
    response = call("POST", "/oauth/token", GRANT, token=None, headers=credentials)

    assert_refused(response, 400, "invalid_request")


def test_credentials_that_repeat_the_id_in_the_body_are_accepted(
    call: Caller, credentials: dict[str, str], sandbox: Sandbox
) -> None:
    assert call.form(GRANT | {"client_id": sandbox.client_id}, credentials).status == 200


def test_the_token_endpoint_takes_nothing_but_post(call: Caller) -> None:
    response = call("GET", "/oauth/token", token=None)

    assert (response.status, response.json["code"]) == (405, "method.not.allowed")
