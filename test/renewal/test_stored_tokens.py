"""Tokens that a program has stored, and renewal on demand."""

from __future__ import annotations

import base64
import copy
import os
import pickle
import warnings
from typing import Any

import pytest
from service import make_answer

from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2.rest import BadRequestException, UnauthorizedException

from .login import Login, call, expire
from .test_threads import Gate, run_all

BASIC = "Basic dGhlLWlkOnRoZS1zZWNyZXQ="
"""For the-id and the-secret."""


@pytest.fixture
def stored(api_client: ApiClient, login: Login) -> ApiClient:
    """Has what an earlier run of the program has stored."""
    login.refresh_tokens = True
    api_client.client_id = "the-id"
    api_client.client_secret = "the-secret"
    api_client.refresh_token = "stored"
    api_client.access_token = "old"
    return api_client


# A stored refresh token


def test_a_refresh_token_alone_is_no_access_token(api_client: ApiClient) -> None:
    api_client.refresh_token = "stored"
    assert api_client.access_token == ""


def test_a_refusal_renews_with_a_stored_refresh_token(stored: ApiClient, login: Login) -> None:
    login.expired = {"old"}
    call(stored)
    call(stored)
    assert login.tokens_of_calls() == ["old", "token-1", "token-1"]
    (sign_in,) = login.sign_ins
    assert sign_in.form == {"grant_type": "refresh_token", "refresh_token": "stored"}
    assert sign_in.headers["Authorization"] == BASIC
    assert (stored.refresh_token, stored.access_token) == ("refresh-1", "token-1")


def test_it_goes_on_with_the_refresh_token_that_came(stored: ApiClient, login: Login) -> None:
    for token in ("old", "token-1"):
        login.expired = {token}
        call(stored)
    assert [one.form["refresh_token"] for one in login.sign_ins] == ["stored", "refresh-1"]


def test_it_keeps_a_refresh_token_that_is_not_replaced(stored: ApiClient, login: Login) -> None:
    login.refresh_tokens = False
    for token in ("old", "token-1"):
        login.expired = {token}
        call(stored)
        assert stored.refresh_token == "stored"
    assert [one.form["refresh_token"] for one in login.sign_ins] == ["stored", "stored"]


SET: dict[str, dict[str, str]] = {
    "token last": {"client_id": "i", "client_secret": "s", "refresh_token": "r"},
    "token first": {"refresh_token": "r", "client_id": "i", "client_secret": "s"},
    "in between": {"client_id": "i", "refresh_token": "r", "client_secret": "s"},
    "without a secret": {"refresh_token": "r", "client_id": "i"},
}


@pytest.mark.parametrize("order", SET)
@pytest.mark.parametrize("access_token", ["before", "after", "none"])
def test_what_is_stored_may_be_set_in_any_order(
    api_client: ApiClient, login: Login, order: str, access_token: str
) -> None:
    values = SET[order]
    if access_token == "before":
        values = {"access_token": "old", **values}
    elif access_token == "after":
        values = {**values, "access_token": "old"}
    for name, value in values.items():
        setattr(api_client, name, value)
    login.expired = {"old"}
    call(api_client)
    assert login.tokens_of_calls() == (["old"] if "old" in values.values() else []) + ["token-1"]
    (sign_in,) = login.sign_ins
    assert sign_in.form["refresh_token"] == "r"
    if "client_secret" in values:
        assert sign_in.headers["Authorization"] == "Basic aTpz"
    else:
        assert (sign_in.form["client_id"], sign_in.headers["Authorization"]) == ("i", None)


def test_the_oauth_client_may_be_that_of_the_configuration(
    api_client: ApiClient, configuration: Configuration, login: Login
) -> None:
    api_client.access_token = "old"
    api_client.refresh_token = "stored"
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    login.expired = {"old"}
    call(api_client)
    assert login.sign_ins[0].headers["Authorization"] == BASIC


def test_without_an_oauth_client_a_refusal_says_what_to_set(
    api_client: ApiClient, login: Login
) -> None:
    api_client.access_token = "old"
    api_client.refresh_token = "stored"
    login.expired = {"old"}
    with pytest.raises(UnauthorizedException, match="set client_id, and client_secret"):
        call(api_client)
    assert login.sign_ins == []


def test_a_refresh_token_that_is_of_no_use_does_not_hide_the_token_of_the_configuration(
    api_client: ApiClient, login: Login
) -> None:
    api_client.refresh_token = "stored"
    call(api_client)
    assert login.tokens_of_calls() == ["the-token"]


def test_a_stored_refresh_token_takes_the_place_of_that_of_a_sign_in(
    client: ApiClient, login: Login
) -> None:
    client.refresh_token = "stored"
    login.expired = {"token-1"}
    call(client)
    assert login.tokens_of_calls() == ["token-1", "token-2"]
    assert login.sign_ins[-1].form["refresh_token"] == "stored"
    assert login.sign_ins[-1].headers["Authorization"] == BASIC


def test_a_token_that_is_set_is_not_renewed_as_somebody_else(
    api_client: ApiClient, login: Login
) -> None:
    login.refresh_tokens = True
    api_client.get_code_authorization_token("the-id", "the-secret", "code", "https://x.example")
    api_client.access_token = "of-another-user"
    login.expired = {"of-another-user"}
    assert api_client.refresh_token == ""
    with pytest.raises(UnauthorizedException):
        call(api_client)
    assert len(login.sign_ins) == 1


@pytest.mark.parametrize("nothing", ["", None])
def test_a_refresh_token_can_be_taken_back(stored: ApiClient, login: Login, nothing: Any) -> None:
    stored.refresh_token = nothing
    assert stored.refresh_token == ""
    assert stored.access_token == "old"
    login.expired = {"old"}
    with pytest.raises(UnauthorizedException):
        call(stored)
    assert login.sign_ins == []


def test_once_it_is_taken_back_the_configuration_signs_in_again(
    api_client: ApiClient, configuration: Configuration, login: Login
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    api_client.refresh_token = "stored"
    api_client.refresh_token = ""
    api_client.handle_expired_access_token()
    call(api_client)
    assert login.tokens_of_calls() == ["token-1"]
    assert [one.form for one in login.sign_ins] == [{"grant_type": "client_credentials"}]


def test_taking_back_what_was_not_set_changes_nothing(client: ApiClient, login: Login) -> None:
    client.refresh_token = ""
    login.expired = {"token-1"}
    call(client)
    assert login.tokens_of_calls() == ["token-1", "token-2"]


@pytest.mark.parametrize("name", ["refresh_token", "client_id", "client_secret"])
@pytest.mark.parametrize("bad", [5, "two\nlines"])
def test_what_is_no_text_is_refused(api_client: ApiClient, name: str, bad: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=f"^{name}: "):
        setattr(api_client, name, bad)


def test_a_sign_in_tells_with_which_oauth_client(api_client: ApiClient, login: Login) -> None:
    assert (api_client.client_id, api_client.client_secret) == ("", "")
    api_client.get_client_credentials_token("the-id", "the-secret")
    assert (api_client.client_id, api_client.client_secret) == ("the-id", "the-secret")


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy], ids=["copy", "deepcopy"])
def test_a_copy_renews_as_the_client_does(stored: ApiClient, login: Login, make: Any) -> None:
    login.expired = {"old"}
    with make(stored) as twin:
        assert (twin.client_id, twin.refresh_token) == ("the-id", "stored")
        call(twin)
    assert login.sign_ins[0].form["refresh_token"] == "stored"


@pytest.mark.parametrize("told", [False, True])
def test_stored_secrets_are_pickled_only_if_told(
    stored: ApiClient, configuration: Configuration, told: bool
) -> None:
    configuration.pickle_access_token = told
    pickled = pickle.dumps(stored)
    assert (b"stored" in pickled, b"the-secret" in pickled) == (told, told)
    twin: ApiClient = pickle.loads(pickled)
    expected = ("stored", "the-id", "the-secret") if told else ("", "", "")
    assert (twin.refresh_token, twin.client_id, twin.client_secret) == expected


# On demand


def test_a_token_is_renewed_on_demand_by_client_credentials(
    client: ApiClient, login: Login
) -> None:
    client.handle_expired_access_token()
    assert client.access_token == "token-2"
    assert login.sign_ins[-1].form == {"grant_type": "client_credentials"}
    call(client)
    assert login.tokens_of_calls() == ["token-2"]


def test_a_token_is_renewed_on_demand_with_a_refresh_token(stored: ApiClient, login: Login) -> None:
    stored.handle_expired_access_token()
    assert (stored.access_token, stored.refresh_token) == ("token-1", "refresh-1")
    assert login.sign_ins[-1].form["refresh_token"] == "stored"


def test_a_client_that_signs_in_by_its_configuration_renews_on_demand(
    configuration: Configuration, login: Login
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    with ApiClient(configuration=configuration) as own:
        call(own)
        own.handle_expired_access_token()
        call(own)
    assert login.tokens_of_calls() == ["token-1", "token-2"]


def test_the_setting_against_renewal_is_for_calls_alone(
    client: ApiClient, configuration: Configuration
) -> None:
    configuration.should_refresh_access_token = False
    client.handle_expired_access_token()
    assert client.access_token == "token-2"


@pytest.mark.parametrize("how", ["nothing", "by hand", "saml", "no oauth client"])
def test_what_cannot_be_renewed_is_said(
    api_client: ApiClient, configuration: Configuration, login: Login, how: str
) -> None:
    if how == "nothing":
        configuration.access_token = None
    elif how == "by hand":
        api_client.access_token = "mine"
    elif how == "saml":
        api_client.get_saml2bearer_token("the-id", "the-secret", "org", "proof")
    else:
        api_client.refresh_token = "stored"
    before = len(login.sign_ins)
    with pytest.raises(ValueError, match="nothing to renew the access token with"):
        api_client.handle_expired_access_token()
    assert len(login.sign_ins) == before


def test_a_refusal_of_the_login_service_comes_out(client: ApiClient, login: Login) -> None:
    login.answer = lambda request: make_answer(400, {"error": "invalid_client"})
    with pytest.raises(BadRequestException) as caught:
        client.handle_expired_access_token()
    assert caught.value.oauth_error == "invalid_client"
    assert client.access_token == "token-1"


def test_one_thread_renews_on_demand_while_others_wait(client: ApiClient, login: Login) -> None:
    gate = Gate(login)
    expire(client)
    threads, results = run_all(client.handle_expired_access_token, 4)
    assert gate.asked.wait(30)
    callers, outcomes = run_all(lambda: call(client), 4)
    gate.open.set()
    for thread in (*threads, *callers):
        thread.join()
    assert results == [None] * 4
    assert len(outcomes) == 4
    assert set(login.tokens_of_calls()) <= {f"token-{number}" for number in range(2, 6)}
    assert client.access_token == f"token-{len(login.sign_ins)}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_renews_on_demand(stored: ApiClient, login: Login) -> None:
    call(stored)
    with warnings.catch_warnings():  # Python 3.12 and later say that threads and fork don't mix
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            stored.handle_expired_access_token()
            os._exit(0 if stored.access_token == "token-1" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert stored.access_token == "old"


@pytest.mark.parametrize("name", ["refresh_token", "client_id", "client_secret"])
@pytest.mark.parametrize("bad", [" x", "x ", "x\t"])
def test_a_blank_around_what_is_stored_is_refused(
    api_client: ApiClient, name: str, bad: str
) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        setattr(api_client, name, bad)


def test_a_secret_that_was_changed_renews_client_credentials(
    client: ApiClient, login: Login
) -> None:
    client.client_secret = "rotated"
    client.handle_expired_access_token()
    expected = base64.b64encode(f"{client.client_id}:rotated".encode()).decode()
    assert login.sign_ins[-1].headers["Authorization"] == f"Basic {expected}"
    assert login.sign_ins[-1].form == {"grant_type": "client_credentials"}


def test_a_call_meanwhile_brings_no_used_refresh_token_back(
    stored: ApiClient, configuration: Configuration, login: Login
) -> None:
    """The OAuth client is that of the configuration, and completes the grant with each call."""
    stored.client_id, stored.client_secret = "", ""
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    auth: Any = vars(stored)["_session"].auth
    before = auth.grant
    assert auth.has_grant()
    assert auth.grant is before
    stored.handle_expired_access_token()
    stored.handle_expired_access_token()
    assert [one.form["refresh_token"] for one in login.sign_ins] == ["stored", "refresh-1"]
