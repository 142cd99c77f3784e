"""Tokens for the user: by SAML assertion, by authorization code, by refresh token."""

from __future__ import annotations

import base64
import string
import threading

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.authorization import proves

from .caller import LINE, Caller, Clock
from .token_requests import SAML, assert_refused, basic, s256_challenge

URI = "https://app.example/callback?tenant=1"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""The pair of RFC 7636, appendix B."""

XML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">?>~é</samlp:Response>'
).encode()
BOMB = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]><a>&c;</a>'


def encoded(document: bytes) -> str:
    return base64.b64encode(document).decode()


def saml(assertion: str, organization: str = "sandbox") -> dict[str, str]:
    return {"grant_type": SAML, "orgName": organization, "assertion": assertion}


def code_grant(code: str, **changes: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": URI,
    } | changes


def refresh_grant(refresh_token: str, **changes: str) -> dict[str, str]:
    return {"grant_type": "refresh_token", "refresh_token": refresh_token} | changes


def sign_in(call: Caller, credentials: dict[str, str]) -> str:
    """Get a refresh token, as a confidential client."""
    code = call.sandbox.create_authorization_code(redirect_uri=URI)
    refresh_token: str = call.form(code_grant(code), credentials).json["refresh_token"]
    return refresh_token


# SAML


@pytest.mark.parametrize(
    "assertion",
    [
        encoded(XML),
        base64.urlsafe_b64encode(XML).decode(),
        encoded(XML).rstrip("="),
        base64.encodebytes(XML).decode(),
        encoded(b"<a/>"),
    ],
)
def test_an_assertion_buys_a_token(
    call: Caller, credentials: dict[str, str], assertion: str
) -> None:
    response = call.form(saml(assertion), credentials)

    token = response.json["access_token"]
    assert response.json == {"access_token": token, "token_type": "bearer", "expires_in": 86400}
    created = call("POST", LINE, {"name": "A"}, token=token).json
    assert created["createdBy"]["name"] == "Sandbox User"


@pytest.mark.parametrize(
    "assertion",
    [
        "no base64 at all!",
        "ümlaut",
        XML.decode(),
        encoded(b"no XML"),
        encoded(b"<open>"),
        encoded(b"<a/><b/>"),
        encoded(b'<?xml version="1.0" encoding="nonsense"?><a/>'),
        encoded(b'<?xml version="1.0" encoding="shift_jis"?><a/>'),
        encoded(BOMB),
        "=",
    ],
)
def test_what_is_not_xml_in_base64_is_an_invalid_grant(
    call: Caller, credentials: dict[str, str], assertion: str
) -> None:
    response = call.form(saml(assertion), credentials)

    assert_refused(response, 400, "invalid_grant")
    assert "XML" in response.json["error_description"]


def test_an_assertion_for_another_organization_is_an_invalid_grant(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str], pool: urllib3.PoolManager
) -> None:
    assert sandbox.organization == "sandbox"
    assert_refused(call.form(saml(encoded(XML), "acme"), credentials), 400, "invalid_grant")

    with Sandbox(organization="acme") as other:
        headers = basic(other.client_id, other.client_secret)
        assert Caller(other, pool).form(saml(encoded(XML), "acme"), headers).status == 200


@pytest.mark.parametrize("missing", ["orgName", "assertion"])
def test_an_assertion_comes_with_everything(
    call: Caller, credentials: dict[str, str], missing: str
) -> None:
    fields = saml(encoded(XML))
    del fields[missing]

    response = call.form(fields, credentials)

    assert_refused(response, 400, "invalid_request")
    assert missing in response.json["error_description"]


def test_an_assertion_needs_a_client_with_a_secret(call: Caller, sandbox: Sandbox) -> None:
    fields = saml(encoded(XML))

    assert_refused(call.form(fields), 401, "invalid_client")
    assert_refused(call.form(fields | {"client_id": sandbox.client_id}), 401, "invalid_client")
    wrong = basic(sandbox.client_id, "wrong")
    assert_refused(call.form(fields, wrong), 401, "invalid_client")


# Authorization code


def test_a_code_buys_both_tokens(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI)

    response = call.form(code_grant(code), credentials)

    token, refresh_token = response.json["access_token"], response.json["refresh_token"]
    assert response.json == {
        "access_token": token,
        "token_type": "bearer",
        "expires_in": 86400,
        "refresh_token": refresh_token,
    }
    created = call("POST", LINE, {"name": "A"}, token=token).json
    assert created["createdBy"]["name"] == "Sandbox User"
    assert call("GET", LINE, token=refresh_token).status == 401


def test_a_client_without_a_secret_proves_itself_by_the_verifier(
    call: Caller, sandbox: Sandbox
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI, code_challenge=CHALLENGE)
    fields = code_grant(code, client_id=sandbox.client_id)

    assert_refused(call.form(fields), 401, "invalid_client")
    wrong = VERIFIER.swapcase()
    assert_refused(call.form(fields | {"code_verifier": wrong}), 400, "invalid_grant")
    assert call.form(fields | {"code_verifier": VERIFIER}).status == 200


def test_a_code_with_a_challenge_needs_the_verifier_even_of_a_client_with_a_secret(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI, code_challenge=CHALLENGE)

    assert_refused(call.form(code_grant(code), credentials), 400, "invalid_grant")
    assert call.form(code_grant(code, code_verifier=VERIFIER), credentials).status == 200


def test_a_verifier_without_a_challenge_is_an_invalid_grant(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI)
    fields = code_grant(code, code_verifier=VERIFIER)

    assert_refused(call.form(fields, credentials), 400, "invalid_grant")
    public = call.form(fields | {"client_id": sandbox.client_id})
    assert_refused(public, 400, "invalid_grant")


@pytest.mark.parametrize("verifier", ["x" * 42, "x" * 129, "x" * 42 + "ü", "x" * 42 + "/"])
def test_a_malformed_verifier_is_an_invalid_request(
    call: Caller, sandbox: Sandbox, verifier: str
) -> None:
    challenge = s256_challenge(verifier)
    code = sandbox.create_authorization_code(redirect_uri=URI, code_challenge=challenge)
    fields = code_grant(code, client_id=sandbox.client_id, code_verifier=verifier)

    assert_refused(call.form(fields), 400, "invalid_request")


VERIFIERS = st.text(string.ascii_letters + string.digits + "-._~", min_size=43, max_size=128)


@given(VERIFIERS, VERIFIERS)
def test_a_challenge_is_met_by_its_verifier_and_no_other(verifier: str, other: str) -> None:
    assert proves(s256_challenge(verifier), verifier)
    assert proves(s256_challenge(verifier), other) is (verifier == other)
    assert not proves(verifier[:43], verifier)  # what the method "plain" would accept
    assert not proves(s256_challenge(verifier), None)


def test_a_code_works_once(call: Caller, sandbox: Sandbox, credentials: dict[str, str]) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI)

    assert call.form(code_grant(code), credentials).status == 200
    assert_refused(call.form(code_grant(code), credentials), 400, "invalid_grant")


def test_a_code_expires_after_five_minutes(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str], clock: Clock
) -> None:
    early, late = (sandbox.create_authorization_code(redirect_uri=URI) for _ in range(2))

    clock.advance(299)
    assert call.form(code_grant(early), credentials).status == 200
    clock.advance(1)
    assert_refused(call.form(code_grant(late), credentials), 400, "invalid_grant")


@pytest.mark.parametrize("uri", ["https://app.example/callback", URI + "&more", URI.upper()])
def test_a_code_is_bound_to_its_redirect_uri(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str], uri: str
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI)

    refused = call.form(code_grant(code, redirect_uri=uri), credentials)

    assert_refused(refused, 400, "invalid_grant")
    assert call.form(code_grant(code), credentials).status == 200


@pytest.mark.parametrize("missing", ["code", "redirect_uri"])
def test_a_code_comes_with_everything(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str], missing: str
) -> None:
    fields = code_grant(sandbox.create_authorization_code(redirect_uri=URI)) | {missing: ""}

    response = call.form(fields, credentials)

    assert_refused(response, 400, "invalid_request")
    assert missing in response.json["error_description"]


def test_codes_and_refresh_tokens_are_bound_to_their_client(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str], pool: urllib3.PoolManager
) -> None:
    """A database knows every client that it was used with, so there may be several."""
    code = sandbox.create_authorization_code(redirect_uri=URI)
    refresh_token = sign_in(call, credentials)
    sandbox.create_organization("other", client_id="other", client_secret="secret")
    other = basic("other", "secret")

    assert_refused(call.form(code_grant(code), other), 400, "invalid_grant")
    assert_refused(call.form(refresh_grant(refresh_token), other), 400, "invalid_grant")
    assert call.form(code_grant(code), credentials).status == 200
    assert call.form(refresh_grant(refresh_token), credentials).status == 200


def test_an_unknown_client_is_an_invalid_client(call: Caller, sandbox: Sandbox) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI, code_challenge=CHALLENGE)
    fields = code_grant(code, client_id="nobody", code_verifier=VERIFIER)

    assert_refused(call.form(fields), 401, "invalid_client")
    assert_refused(call.form(fields | {"client_secret": ""}), 401, "invalid_client")
    assert_refused(call.form(code_grant(code, code_verifier=VERIFIER)), 401, "invalid_client")


@pytest.mark.parametrize("uri", ["", "/callback", "app.example", "https://", "https://a/#b"])
def test_a_code_is_not_made_for_nowhere(sandbox: Sandbox, uri: str) -> None:
    with pytest.raises(ValueError, match="redirect_uri must be an absolute URI"):
        sandbox.create_authorization_code(redirect_uri=uri)


@pytest.mark.parametrize("challenge", ["", "x" * 42, "x" * 44, "x" * 42 + "=", VERIFIER + "\n"])
def test_a_code_is_not_made_for_a_malformed_challenge(sandbox: Sandbox, challenge: str) -> None:
    with pytest.raises(ValueError, match="code_challenge must be the 43 characters"):
        sandbox.create_authorization_code(redirect_uri=URI, code_challenge=challenge)


# Refresh token


def test_a_refresh_token_is_replaced_by_each_use(call: Caller, credentials: dict[str, str]) -> None:
    first = sign_in(call, credentials)

    response = call.form(refresh_grant(first), credentials)

    second = response.json["refresh_token"]
    assert set(response.json) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert call("GET", LINE, token=response.json["access_token"]).status == 200
    assert_refused(call.form(refresh_grant(first), credentials), 400, "invalid_grant")
    assert call.form(refresh_grant(second), credentials).status == 200


def test_a_client_without_a_secret_refreshes_by_its_id(call: Caller, sandbox: Sandbox) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI, code_challenge=CHALLENGE)
    me = {"client_id": sandbox.client_id}
    tokens = call.form(code_grant(code, code_verifier=VERIFIER, **me)).json

    for _ in range(2):
        response = call.form(refresh_grant(tokens["refresh_token"], **me))
        assert response.status == 200
        tokens = response.json


def test_a_client_that_has_shown_its_secret_must_show_it_again(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    refresh_token = sign_in(call, credentials)
    refused = call.form(refresh_grant(refresh_token, client_id=sandbox.client_id))
    assert_refused(refused, 401, "invalid_client")

    refresh_token = call.form(refresh_grant(refresh_token), credentials).json["refresh_token"]
    refused = call.form(refresh_grant(refresh_token, client_id=sandbox.client_id))
    assert_refused(refused, 401, "invalid_client")


def test_an_unknown_refresh_token_is_an_invalid_grant(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    assert_refused(call.form(refresh_grant("unknown"), credentials), 400, "invalid_grant")
    public = refresh_grant("unknown", client_id=sandbox.client_id)
    assert_refused(call.form(public), 400, "invalid_grant")
    assert_refused(call.form({"grant_type": "refresh_token"}, credentials), 400, "invalid_request")
    assert_refused(call.form(refresh_grant("unknown")), 401, "invalid_client")


def test_refresh_tokens_can_be_revoked_and_outlive_access_tokens(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    refresh_token = sign_in(call, credentials)

    sandbox.expire_tokens()
    refresh_token = call.form(refresh_grant(refresh_token), credentials).json["refresh_token"]
    sandbox.revoke_refresh_tokens()
    assert_refused(call.form(refresh_grant(refresh_token), credentials), 400, "invalid_grant")


def test_a_reset_forgets_codes_and_refresh_tokens(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    code = sandbox.create_authorization_code(redirect_uri=URI)
    refresh_token = sign_in(call, credentials)

    sandbox.reset()

    assert_refused(call.form(code_grant(code), credentials), 400, "invalid_grant")
    assert_refused(call.form(refresh_grant(refresh_token), credentials), 400, "invalid_grant")


def test_of_many_at_once_one_uses_a_refresh_token(
    call: Caller, credentials: dict[str, str]
) -> None:
    refresh_token = sign_in(call, credentials)
    statuses: list[int] = []
    start = threading.Barrier(8)

    def refresh() -> None:
        start.wait()
        statuses.append(call.form(refresh_grant(refresh_token), credentials).status)

    threads = [threading.Thread(target=refresh) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200] + [400] * 7
