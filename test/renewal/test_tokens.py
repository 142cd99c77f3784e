"""Tokens are renewed in time, and never at the cost of a call that could succeed."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import timedelta
from typing import Any

import pytest
from freezegun import freeze_time
from service import make_answer

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    HttpRequestOptions,
    MessagingApi,
)
from PureCloudPlatformClientV2._auth.grants import Grant
from PureCloudPlatformClientV2._auth.token import Token
from PureCloudPlatformClientV2.rest import (
    BadRequestException,
    ServiceException,
    UnauthorizedException,
)

from .login import Login, call, expire

ENDLESS = threading.TIMEOUT_MAX
"""Seconds that no lock waits for; the clock of some systems goes no further."""

# A token that was refused


def test_a_refused_token_is_renewed_and_the_call_made_again(
    client: ApiClient, login: Login
) -> None:
    login.expired = {"token-1"}
    call(client)
    call(client)
    assert login.tokens_of_calls() == ["token-1", "token-2", "token-2"]
    assert [one.form for one in login.sign_ins] == [{"grant_type": "client_credentials"}] * 2
    assert client.access_token == "token-2"


def test_a_write_that_was_refused_is_made_again_with_the_same_body(
    client: ApiClient, login: Login
) -> None:
    login.expired = {"token-1"}
    MessagingApi(client).post_messaging_integrations_line({"name": "Support"})
    assert [one.json for one in login.calls] == [{"name": "Support"}] * 2


def test_a_service_that_always_refuses_is_asked_twice(client: ApiClient, login: Login) -> None:
    login.answer = lambda request: None if request.path == "/oauth/token" else make_answer(401)
    with pytest.raises(UnauthorizedException):
        call(client)
    assert (len(login.calls), len(login.sign_ins)) == (2, 2)


def test_a_login_service_that_gives_the_same_token_again_does_not_matter(
    client: ApiClient, login: Login
) -> None:
    same = make_answer(200, {"access_token": "token-1"})
    login.expired = {"token-1"}
    login.answer = lambda request: same if request.path == "/oauth/token" else None
    with pytest.raises(UnauthorizedException):
        call(client)
    assert len(login.calls) == 2


def test_other_refusals_do_not_renew(client: ApiClient, login: Login) -> None:
    login.answer = lambda request: make_answer(403, {"message": "no"})
    with pytest.raises(ApiException, match="403"):
        call(client)
    assert len(login.service.requests) == 2


def test_a_token_that_the_program_brought_is_not_renewed(
    api_client: ApiClient, configuration: Configuration, login: Login
) -> None:
    login.expired = {"brought", "the-token"}
    for _ in range(2):
        with pytest.raises(UnauthorizedException):
            call(api_client)
        api_client.access_token = "brought"
    assert login.tokens_of_calls() == ["the-token", "brought"]
    assert login.sign_ins == []


def test_a_token_set_after_signing_in_ends_renewal(client: ApiClient, login: Login) -> None:
    client.access_token = "brought"
    login.expired = {"brought"}
    with pytest.raises(UnauthorizedException):
        call(client)
    assert len(login.sign_ins) == 1
    client.access_token = ""
    call(client)
    assert login.tokens_of_calls()[-1] == "the-token"


@pytest.mark.parametrize("when", ["refused", "expired"])
def test_renewal_can_be_turned_off(
    client: ApiClient, configuration: Configuration, login: Login, when: str
) -> None:
    configuration.should_refresh_access_token = False
    if when == "refused":
        login.expired = {"token-1"}
    else:
        expire(client)
        login.expired = {"token-1"}
    with pytest.raises(UnauthorizedException):
        call(client)
    assert len(login.sign_ins) == 1


def test_a_call_with_an_authorization_of_its_own_is_not_made_again(
    client: ApiClient, login: Login
) -> None:
    login.expired = {"own"}
    with pytest.raises(UnauthorizedException):
        call(client, _headers={"authorization": "Bearer own"})
    login.answer = lambda request: make_answer(401)
    with pytest.raises(ApiException, match="401"):
        client.call_api("/x", "GET", auth_settings=[])
    assert (len(login.calls), len(login.sign_ins)) == (2, 1)
    assert login.calls[-1].headers["Authorization"] is None


def test_a_hook_sees_the_same_request_twice(client: ApiClient, login: Login) -> None:
    seen: list[str] = []

    def hook(request: Any) -> None:
        seen.append(request.url)
        request.url += "?hooked=1"
        request.headers["X-Hooked"] = "1"

    login.expired = {"token-1"}
    client.get_http_client().set_pre_request_hook(hook)
    call(client)
    paths = [one.rpartition("/")[2] for one in seen]
    assert paths == ["line", "token", "line"]


# A token whose time has come


@pytest.mark.parametrize("ahead", [True, False])
def test_a_token_whose_time_has_come_is_renewed_first(
    client: ApiClient, login: Login, ahead: bool
) -> None:
    expire(client, ahead=ahead)
    call(client)
    call(client)
    assert login.tokens_of_calls() == ["token-2", "token-2"]
    assert len(login.sign_ins) == 2


def test_a_token_of_an_hour_is_renewed_five_minutes_before_its_end(
    api_client: ApiClient, login: Login
) -> None:
    login.expires_in = 3600
    with freeze_time("2050-01-01") as clock:
        api_client.get_client_credentials_token("the-id", "the-secret")
        for seconds in (0, 3299, 1):
            clock.tick(timedelta(seconds=seconds))
            call(api_client)
    assert login.tokens_of_calls() == ["token-1", "token-1", "token-2"]


def test_a_token_is_good_up_to_the_moment_of_its_end(api_client: ApiClient, login: Login) -> None:
    login.expires_in = 3600
    with freeze_time("2050-01-01") as clock:
        api_client.get_client_credentials_token("the-id", "the-secret")
        login.answer = lambda request: make_answer(503) if request.path == "/oauth/token" else None
        clock.tick(timedelta(seconds=3599.5))
        assert api_client.access_token_expires_in == 0.5
        call(api_client)  # which tries to renew it, in vain
        clock.tick(timedelta(seconds=0.5))
        assert api_client.access_token_expires_in == 0
        with pytest.raises(ServiceException):
            call(api_client)
    assert login.tokens_of_calls() == ["token-1"]


def test_a_token_that_comes_to_its_end_while_it_is_renewed_is_not_sent(
    api_client: ApiClient, login: Login
) -> None:
    login.expires_in = 3600
    with freeze_time("2050-01-01") as clock:
        api_client.get_client_credentials_token("the-id", "the-secret")
        login.answer = lambda request: make_answer(503) if request.path == "/oauth/token" else None

        def hook(request: HttpRequestOptions) -> None:
            clock.tick(timedelta(seconds=2))

        api_client.get_http_client().set_pre_request_hook(hook)
        clock.tick(timedelta(seconds=3599))
        with pytest.raises(ServiceException):
            call(api_client)
    assert login.calls == []


def test_a_renewal_ahead_of_time_may_take_half_of_what_is_left_but_ten_seconds_at_most(
    api_client: ApiClient, login: Login
) -> None:
    left: list[float | None] = []

    def hook(request: HttpRequestOptions) -> None:
        if request.url.endswith("/oauth/token"):
            left.append(request.deadline)

    with freeze_time("2050-01-01"):
        api_client.get_http_client().set_pre_request_hook(hook)
        api_client.get_client_credentials_token("the-id", "the-secret")
        for deadline in (8, 20, 60):
            expire(api_client, ahead=True)
            call(api_client, _deadline=deadline)
    assert left[1:] == [4, 10, 10]
    assert login.tokens_of_calls() == ["token-2", "token-3", "token-4"]


def test_a_good_token_outlives_a_login_service_that_is_down(
    client: ApiClient, login: Login
) -> None:
    expire(client, ahead=True)
    login.answer = lambda request: make_answer(503) if request.path == "/oauth/token" else None
    call(client)
    call(client)
    assert login.tokens_of_calls() == ["token-1", "token-1"]
    assert len(login.sign_ins) == 2  # the second call did not try again at once


def test_an_expired_token_and_a_login_service_that_is_down_end_the_call(
    client: ApiClient, login: Login
) -> None:
    expire(client)
    login.answer = lambda request: make_answer(503) if request.path == "/oauth/token" else None
    with pytest.raises(ServiceException, match="/oauth/token") as caught:
        MessagingApi(client).post_messaging_integrations_line({"name": "A"})
    assert login.calls == []
    assert not caught.value.outcome_unknown


def test_a_token_of_two_seconds_is_used(client: ApiClient, login: Login) -> None:
    login.expires_in = 2
    client.get_client_credentials_token("the-id", "the-secret")
    before = len(login.sign_ins)
    call(client)
    assert len(login.sign_ins) == before


@pytest.mark.parametrize(
    ("life", "margin"), [(2, 0.2), (60, 6), (3600, 300), (86400, 300), (0.5, 0.05)]
)
def test_the_margin_is_in_proportion(
    client: ApiClient, login: Login, life: float, margin: float
) -> None:
    login.expires_in = life
    client.get_client_credentials_token("the-id", "the-secret")
    token = client._session.auth.current  # type: ignore[union-attr]  # pyright: ignore  # no clock
    assert token.expires_at - token.renew_at == pytest.approx(margin)


@pytest.mark.parametrize("life", [None, 0, -1, "3600", True, [], 1e300, 10**400, ENDLESS])
def test_a_life_that_is_not_told_is_found_out_by_refusal(
    client: ApiClient, login: Login, life: Any
) -> None:
    login.expires_in = life
    client.get_client_credentials_token("the-id", "the-secret")
    assert client.access_token_expires_in is None
    call(client)
    login.expired = {"token-2"}
    call(client)
    assert login.tokens_of_calls() == ["token-2", "token-2", "token-3"]


@pytest.mark.parametrize(
    ("now", "times"),
    [
        (95.0, (95.0, 96.0, 100.0)),
        (50.0, (50.0, 55.0, 100.0)),
        (99.5, (99.5, 100.0, 100.0)),
        (101.0, (101.0, 100.0, 100.0)),
        (-40.0, (-40.0, -30.0, 60.0)),  # the clock has stepped back, and the life is as long
    ],
)
def test_a_renewal_that_failed_is_tried_again_after_a_tenth_of_what_is_left(
    now: float, times: tuple[float, float, float]
) -> None:
    token = Token("a", noted_at=0, renew_at=90, expires_at=100).postponed(now)
    assert (token.noted_at, token.renew_at, token.expires_at) == times


# Refresh tokens


def test_a_refresh_token_is_used_and_replaced(api_client: ApiClient, login: Login) -> None:
    login.refresh_tokens = True
    api_client.get_code_authorization_token("the-id", "the-secret", "the-code", "https://me/cb")
    for token in ("token-1", "token-2"):
        login.expired |= {token}
        call(api_client)
    assert [one.form.get("refresh_token") for one in login.sign_ins] == [
        None,
        "refresh-1",
        "refresh-2",
    ]
    assert all(one.headers["Authorization"].startswith("Basic ") for one in login.sign_ins)
    assert api_client.refresh_token == "refresh-3"


def test_a_refresh_token_that_is_not_replaced_goes_on_counting(
    api_client: ApiClient, login: Login
) -> None:
    login.refresh_tokens = True
    api_client.get_code_authorization_token("the-id", "the-secret", "the-code", "https://me/cb")
    login.refresh_tokens = False
    for token in ("token-1", "token-2"):
        login.expired |= {token}
        call(api_client)
    assert [one.form.get("refresh_token") for one in login.sign_ins][1:] == ["refresh-1"] * 2


def test_a_public_client_refreshes_without_a_secret(api_client: ApiClient, login: Login) -> None:
    login.refresh_tokens = True
    verifier = api_client.generate_pkce_code_verifier(64)
    api_client.get_pkce_token("the-id", verifier, "the-code", "https://me/cb")
    login.expired = {"token-1"}
    call(api_client)
    assert login.sign_ins[-1].form == {
        "grant_type": "refresh_token",
        "refresh_token": "refresh-1",
        "client_id": "the-id",
    }
    assert login.sign_ins[-1].headers["Authorization"] is None


def test_without_a_refresh_token_a_code_cannot_be_used_again(
    api_client: ApiClient, login: Login
) -> None:
    api_client.get_code_authorization_token("the-id", "the-secret", "the-code", "https://me/cb")
    login.expired = {"token-1"}
    with pytest.raises(UnauthorizedException):
        call(api_client)
    assert len(login.sign_ins) == 1


def test_a_refresh_token_that_is_refused_ends_the_call_in_the_words_of_oauth(
    api_client: ApiClient, login: Login
) -> None:
    login.refresh_tokens = True
    api_client.refresh_code_authorization_token("the-id", "the-secret", "stored-refresh-token")
    login.expired = {"token-1"}
    login.answer = lambda request: (
        make_answer(
            400,
            {
                "error": "invalid_grant",
                "error_description": f"{request.form['refresh_token']} used",
            },
        )
        if request.path == "/oauth/token"
        else None
    )
    with pytest.raises(BadRequestException) as caught:
        call(api_client)
    assert caught.value.oauth_error == "invalid_grant"
    assert caught.value.oauth_error_description == "*** used"
    assert "refresh-1" not in f"{caught.value}{caught.value.body}"


@pytest.mark.parametrize("stored", [False, True])
def test_a_refresh_token_is_used_ahead_of_time_only_if_its_answer_can_be_waited_for(
    api_client: ApiClient, configuration: Configuration, login: Login, stored: bool
) -> None:
    login.refresh_tokens = True
    configuration.deadline = None
    with freeze_time("2050-01-01"):
        for deadline, token in [(5, "1"), (19, "1"), (20, "2"), (None, "2")]:
            login.issued = 0
            api_client.get_code_authorization_token("the-id", "the-secret", "code", "https://me/cb")
            expire(api_client, ahead=True)
            if stored:
                api_client.refresh_token = "stored"
            call(api_client, _deadline=deadline)
            assert login.tokens_of_calls()[-1] == f"token-{token}"


# Signing in by itself


def test_the_client_signs_in_when_the_configuration_has_id_and_secret(
    configuration: Configuration, login: Login
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    with ApiClient(configuration=configuration) as client:
        call(client)
        login.expired = {"token-1"}
        call(client)
    assert login.tokens_of_calls() == ["token-1", "token-1", "token-2"]
    assert len(login.sign_ins) == 2


def test_the_client_signs_in_from_the_environment(
    configuration: Configuration, login: Login, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration.access_token = None
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", "the-id")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "the-secret")
    with ApiClient(configuration=configuration) as client:
        call(client)
    assert login.tokens_of_calls() == ["token-1"]


def test_turning_renewal_off_leaves_the_first_sign_in(
    configuration: Configuration, login: Login
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    configuration.should_refresh_access_token = False
    with ApiClient(configuration=configuration) as client:
        call(client)
        login.expired = {"token-1"}
        with pytest.raises(UnauthorizedException):
            call(client)
    assert len(login.sign_ins) == 1


def test_other_credentials_sign_in_anew(configuration: Configuration, login: Login) -> None:
    configuration.access_token = None
    configuration.client_id = "the-id"
    with ApiClient(configuration=configuration) as client:
        for secret in ("first", "second", "first"):
            configuration.client_secret = secret
            call(client)
        assert "second" not in str(vars(client))  # nothing of what counts no more is kept
    assert login.tokens_of_calls() == ["token-1", "token-2", "token-3"]


# Copies


def test_a_copy_keeps_the_token_and_can_renew_it(client: ApiClient, login: Login) -> None:
    login.expired = {"token-1"}
    for twin in (copy.copy(client), copy.deepcopy(client)):
        assert twin.access_token == "token-1"
        own, its = client._session.auth, twin._session.auth  # pyright: ignore[reportPrivateUsage]
        assert own is not None
        assert its is not None
        assert its.current is own.current  # when it expires included
    call(copy.deepcopy(client))
    assert login.tokens_of_calls() == ["token-1", "token-2"]
    assert client.access_token == "token-1"


@pytest.mark.parametrize("told", [True, False])
def test_a_pickled_client_can_renew_only_if_told(
    client: ApiClient, configuration: Configuration, login: Login, told: bool
) -> None:
    configuration.pickle_access_token = told
    pickled = pickle.dumps(client)
    assert (b"the-secret" in pickled) is told
    assert (b"token-1" in pickled) is told
    with pickle.loads(pickled) as twin:
        assert twin.access_token == ("token-1" if told else "")
        if told:
            call(twin)
            assert len(login.sign_ins) == 1  # when to renew it is not known any more
            login.expired = {"token-1"}
            call(twin)
            assert twin.access_token == "token-2"


def test_nothing_of_a_token_is_shown() -> None:
    token = Token("canary", "canary", response={"access_token": "canary"})
    grant = Grant("refresh_token", "the-id", "canary", {"refresh_token": "canary"})
    assert "canary" not in f"{token!r}{grant!r}"
