from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    MessagingApi,
)
from PureCloudPlatformClientV2.logger import LogLevel
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
        ("http://api.service.example", "http://login.service.example"),
        ("http://API.service.example:8080", "http://login.service.example:8080"),
        ("http://apigateway.example", "http://apigateway.example"),
        ("http://api.relay.example/http://api.x", "http://login.relay.example/http://api.x"),
        ("http://127.0.0.1:8090", "http://127.0.0.1:8090"),
    ],
)
def test_the_login_host_is_derived_from_the_api_host(
    service: Service, host: str, login_host: str
) -> None:
    # The service plays the proxy, which sees where a request would go.
    configuration = Configuration(host=host)
    configuration.proxy = service.url
    service.answer(200, {"access_token": "fresh"})
    with ApiClient(configuration=configuration) as client:
        client.get_client_credentials_token("i", "s")
    assert service.requests[-1].target == f"{login_host}/oauth/token"


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
        f"POST {service.url}/oauth/token was answered {status} No: "
        "authentication failed (code invalid_client)"
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
    assert not caught.value.outcome_unknown
    assert isinstance(caught.value.__cause__, ValueError)
    assert str(caught.value.__cause__)
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


def test_a_refresh_token_that_is_no_text_is_none(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"access_token": "fresh", "refresh_token": 5})
    api_client.get_code_authorization_token("id", "secret", "code", "https://me.example/cb")
    assert api_client.refresh_token == ""


def test_a_sign_in_that_has_no_time_left_is_not_sent(
    api_client: ApiClient, configuration: Configuration, service: Service
) -> None:
    configuration.deadline = 1e-9
    with pytest.raises(ApiTimeoutException, match="no time was left to ask") as caught:
        api_client.get_client_credentials_token("id", "secret")
    assert caught.value.url == f"{service.url}/oauth/token"
    assert service.requests == []


# The other grants


def test_a_saml_assertion_gives_a_token(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"access_token": "fresh", "expires_in": 86400})
    returned = api_client.get_saml2bearer_token("the-id", "sécret", "our-org", "PHNhbWw+")
    (login,) = service.requests
    assert returned is api_client
    assert login.form == {
        "grant_type": "urn:ietf:params:oauth:grant-type:saml2-bearer",
        "orgName": "our-org",
        "assertion": "PHNhbWw+",
    }
    credentials = login.headers["Authorization"].partition(" ")[2]
    assert base64.b64decode(credentials).decode("utf-8") == "the-id:sécret"
    assert (api_client.access_token, api_client.refresh_token) == ("fresh", "")


def test_a_code_gives_a_token_and_the_answer(api_client: ApiClient, service: Service) -> None:
    answer = {"access_token": "fresh", "refresh_token": "r-1", "expires_in": 5, "more": "kept"}
    service.answer(200, answer)
    returned, told = api_client.get_code_authorization_token(
        "the-id", "the-secret", "the/code+1", "https://me.example/cb?x=1"
    )
    assert (returned, told) == (api_client, answer)
    assert service.requests[-1].form == {
        "grant_type": "authorization_code",
        "code": "the/code+1",
        "redirect_uri": "https://me.example/cb?x=1",
    }
    assert (api_client.access_token, api_client.refresh_token) == ("fresh", "r-1")


def test_a_refresh_token_gives_a_token(api_client: ApiClient, service: Service) -> None:
    service.answer(200, {"access_token": "fresh", "refresh_token": "r-2"})
    returned, told = api_client.refresh_code_authorization_token("the-id", "the-secret", "r-1")
    assert returned is api_client
    assert told["refresh_token"] == api_client.refresh_token == "r-2"
    assert service.requests[-1].form == {"grant_type": "refresh_token", "refresh_token": "r-1"}


def test_a_proof_key_gives_a_token_without_a_secret(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, {"access_token": "fresh"})
    verifier = api_client.generate_pkce_code_verifier(43)
    returned, told = api_client.get_pkce_token("the-id", verifier, "c", "https://me.example/cb")
    (login,) = service.requests
    assert (returned, told) == (api_client, {"access_token": "fresh"})
    assert login.headers["Authorization"] is None
    assert login.form == {
        "grant_type": "authorization_code",
        "code": "c",
        "code_verifier": verifier,
        "redirect_uri": "https://me.example/cb",
        "client_id": "the-id",
    }


def test_the_code_challenge_is_that_of_rfc_7636(api_client: ApiClient) -> None:
    # Appendix B
    challenge = api_client.compute_pkce_code_challenge(
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    assert challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@given(length=st.integers(43, 128))
def test_a_code_verifier_is_made_of_unreserved_characters(length: int) -> None:
    client = ApiClient(configuration=Configuration())
    verifier = client.generate_pkce_code_verifier(length)
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", verifier)
    assert len(verifier) == length
    assert verifier != client.generate_pkce_code_verifier(length)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", client.compute_pkce_code_challenge(verifier))


@pytest.mark.parametrize("length", [42, 129, 0, -1, None, "64", 64.0, True])
def test_a_code_verifier_of_another_length_is_refused(api_client: ApiClient, length: Any) -> None:
    with pytest.raises(ValueError, match=r"length: .*43 to 128"):
        api_client.generate_pkce_code_verifier(length)


@pytest.mark.parametrize(
    "code", ["", "canary", "canary" * 7, "canary" * 21 + "can", "canary" * 8 + "/", "é" * 50]
)
def test_what_is_no_code_verifier_has_no_challenge(api_client: ApiClient, code: str) -> None:
    with pytest.raises(ValueError, match="code: ") as caught:
        api_client.compute_pkce_code_challenge(code)
    assert "canary" not in str(caught.value)


GRANTS: dict[str, list[str]] = {
    "get_client_credentials_token": ["client_id", "client_secret"],
    "get_saml2bearer_token": ["client_id", "client_secret", "org_name", "assertion"],
    "get_code_authorization_token": ["client_id", "client_secret", "auth_code", "redirect_uri"],
    "refresh_code_authorization_token": ["client_id", "refresh_token"],
    "get_pkce_token": ["client_id", "code_verifier", "auth_code", "redirect_uri"],
}


@pytest.mark.parametrize(
    ("grant", "missing"), [(grant, name) for grant, names in GRANTS.items() for name in names]
)
def test_a_grant_names_what_is_missing(
    api_client: ApiClient, service: Service, grant: str, missing: str
) -> None:
    arguments = dict.fromkeys(GRANTS[grant], "x")
    if grant.startswith("refresh"):
        arguments["client_secret"] = "x"
    for nothing in ("", None):
        with pytest.raises(ValueError, match=f"{missing} is missing"):
            getattr(api_client, grant)(**{**arguments, missing: nothing})
    with pytest.raises(TypeError, match=missing):
        getattr(api_client, grant)(**{**arguments, missing: 5})
    with pytest.raises(ValueError, match=f"^{missing}: there is a blank"):
        getattr(api_client, grant)(**{**arguments, missing: "x "})
    assert service.requests == []


@pytest.mark.parametrize(("secret", "error"), [("x ", ValueError), (5, TypeError)])
def test_a_secret_that_may_be_left_out_is_checked_where_it_is_given(
    api_client: ApiClient, service: Service, secret: Any, error: type[Exception]
) -> None:
    with pytest.raises(error, match=r"^client_secret: "):
        api_client.refresh_code_authorization_token("the-id", secret, "r-1")
    assert service.requests == []


def test_a_refusal_tells_error_and_description_and_no_secret(
    api_client: ApiClient, service: Service
) -> None:
    def refuse(request: Request) -> Answer:
        said = f"code {request.form['code']} of {request.headers['Authorization']} is used"
        return make_answer(400, {"error": "invalid_grant", "error_description": said})

    service.answer_by(refuse)
    with pytest.raises(BadRequestException) as caught:
        api_client.get_code_authorization_token("id", "canary-secret", "canary-code", "https://me")
    error = caught.value
    assert error.oauth_error == "invalid_grant"
    assert error.oauth_error_description == "code *** of Basic *** is used"
    assert "canary" not in f"{error}{error!r}{error.body}{error.headers}{error.args}"
    assert not error.outcome_unknown


def test_a_refused_sign_in_leaves_the_token_as_it_was(
    api_client: ApiClient, service: Service
) -> None:
    api_client.access_token = "brought"
    service.answer(401, {"error": "invalid_client"})
    with pytest.raises(UnauthorizedException):
        api_client.get_client_credentials_token("id", "secret")
    assert api_client.access_token == "brought"


def test_an_error_of_the_api_is_none_of_oauth(api_client: ApiClient, service: Service) -> None:
    service.answer(400, {"message": "no", "code": "bad.request"})
    with pytest.raises(BadRequestException) as caught:
        api_client.call_api("/x", "GET")
    assert (caught.value.oauth_error, caught.value.oauth_error_description) == (None, None)


def test_codes_and_tokens_of_a_sign_in_are_masked_in_the_log(
    api_client: ApiClient,
    configuration: Configuration,
    service: Service,
    caplog: pytest.LogCaptureFixture,
) -> None:
    configuration.logger.log_to_console = False
    configuration.logger.log_level = LogLevel.LTrace
    configuration.logger.log_request_body = configuration.logger.log_response_body = True
    service.answer(
        200,
        {"access_token": "canary-1", "refresh_token": "canary-2"},
        headers={"Set-Cookie": "canary-3"},
    )
    api_client.get_code_authorization_token("id", "canary-4", "canary-5", "https://me")
    service.answer(200, {"access_token": "canary-6"})
    verifier = api_client.generate_pkce_code_verifier(50)
    api_client.get_pkce_token("id", verifier, "canary-7", "https://me")
    service.answer(200, {"access_token": "canary-8"})
    api_client.get_saml2bearer_token("id", "canary-9", "org", "canary-10")
    assert len(caplog.records) == 3
    assert '"Authorization": "***"' in caplog.text
    assert '"Set-Cookie": "***"' in caplog.text
    assert "canary" not in caplog.text
    assert verifier not in caplog.text
