"""Tokens are renewed in time, by one thread, and never at the cost of a call that could succeed."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest
from service import Answer, Behaviour, RawServer, Request, Service, hanging, make_answer

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.oauth import NO_TOKEN, Credentials, Token
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
    BadRequestException,
    ServiceException,
    UnauthorizedException,
)

LINE = "/api/v2/messaging/integrations/line"


class Login:
    """Plays login service and API: numbers its tokens, and accepts those that have not expired."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.expires_in: Any = 86400
        self.refresh_tokens = False
        self.expired: set[str] = set()
        self.answer: Callable[[Request], Answer | None] = lambda request: None
        self.issued = 0
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        own = self.answer(request)
        if own is not None:
            return own
        if request.path == "/oauth/token":
            self.issued += 1
            answer: dict[str, Any] = {"access_token": f"token-{self.issued}"}
            if self.expires_in is not None:
                answer["expires_in"] = self.expires_in
            if self.refresh_tokens:
                answer["refresh_token"] = f"refresh-{self.issued}"
            return make_answer(200, answer)
        token = (request.headers["Authorization"] or "").removeprefix("Bearer ")
        return (
            make_answer(401, {"message": "no"}) if token in self.expired else make_answer(200, {})
        )

    @property
    def calls(self) -> list[Request]:
        return [one for one in self.service.requests if one.path != "/oauth/token"]

    @property
    def sign_ins(self) -> list[Request]:
        return [one for one in self.service.requests if one.path == "/oauth/token"]

    def tokens_of_calls(self) -> list[str]:
        return [one.headers["Authorization"].removeprefix("Bearer ") for one in self.calls]


@pytest.fixture
def login(service: Service) -> Login:
    return Login(service)


@pytest.fixture
def client(api_client: ApiClient, login: Login) -> ApiClient:
    """Has signed in by client credentials."""
    return api_client.get_client_credentials_token("the-id", "the-secret")


def call(client: ApiClient, **options: Any) -> Any:
    return MessagingApi(client).get_messaging_integrations_line(**options)


def expire(client: ApiClient, *, ahead: bool = False) -> None:
    """Let the time of a token come, without waiting for it."""
    credentials = client._credentials  # pyright: ignore[reportPrivateUsage]  # no clock to turn
    assert credentials is not None
    token = credentials.token
    credentials.token = token._replace(
        renew_at=NO_TOKEN.renew_at, expires_at=token.expires_at if ahead else NO_TOKEN.expires_at
    )


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
    token = client._credentials.token  # type: ignore[union-attr]  # pyright: ignore  # no clock
    assert token.expires_at - token.renew_at == pytest.approx(margin)


@pytest.mark.parametrize("life", [None, 0, -1, "3600", True, [], 1e300, 10**400])
def test_a_life_that_is_not_told_is_found_out_by_refusal(
    client: ApiClient, login: Login, life: Any
) -> None:
    login.expires_in = life
    client.get_client_credentials_token("the-id", "the-secret")
    call(client)
    login.expired = {"token-2"}
    call(client)
    assert login.tokens_of_calls() == ["token-2", "token-2", "token-3"]


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


@pytest.mark.parametrize("deadline", [5, None])
def test_a_refresh_token_is_used_ahead_of_time_only_if_its_answer_can_be_waited_for(
    api_client: ApiClient, configuration: Configuration, login: Login, deadline: float | None
) -> None:
    login.refresh_tokens = True
    api_client.get_code_authorization_token("the-id", "the-secret", "the-code", "https://me/cb")
    expire(api_client, ahead=True)
    configuration.deadline = None
    call(api_client, _deadline=deadline)
    assert len(login.sign_ins) == (1 if deadline else 2)


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
    assert login.tokens_of_calls() == ["token-1", "token-2", "token-1"]


# Threads


class Gate:
    """Holds the login service until it is let go."""

    def __init__(self, login: Login) -> None:
        self.asked = threading.Event()
        self.open = threading.Event()
        self.reply: Answer | None = None
        login.answer = self.respond

    def respond(self, request: Request) -> Answer | None:
        if request.path != "/oauth/token":
            return None
        self.asked.set()
        self.open.wait(30)
        return self.reply


def run_all(work: Callable[[], object], count: int) -> tuple[list[threading.Thread], list[Any]]:
    results: list[Any] = []

    def run() -> None:
        try:
            results.append(work())
        except ApiException as failure:
            results.append(failure)

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    return threads, results


@pytest.mark.parametrize("when", ["refused", "expired"])
def test_one_thread_renews_and_the_others_wait(client: ApiClient, login: Login, when: str) -> None:
    gate = Gate(login)
    login.expired = {"token-1"}
    if when == "expired":
        expire(client)
    threads, results = run_all(lambda: call(client), 8)
    assert gate.asked.wait(30)
    gate.open.set()
    for thread in threads:
        thread.join()
    assert not [one for one in results if isinstance(one, ApiException)]
    assert len(results) == 8
    assert len(login.sign_ins) == 2


def test_threads_share_a_renewal_that_fails(client: ApiClient, login: Login) -> None:
    gate = Gate(login)
    gate.reply = make_answer(400, {"error": "invalid_client"})
    expire(client)
    threads, results = run_all(lambda: call(client), 8)
    assert gate.asked.wait(30)
    gate.open.set()
    for thread in threads:
        thread.join()
    assert {one.oauth_error for one in results} == {"invalid_client"}
    assert len({id(one) for one in results}) == 8
    # Those that were waiting share one failure; one that came late asks for itself.
    assert 2 <= len(login.sign_ins) <= 9


def test_threads_wait_no_longer_than_they_may(
    client: ApiClient, configuration: Configuration, login: Login
) -> None:
    gate = Gate(login)
    configuration.refresh_token_wait_time = 0.05
    expire(client)
    renewing, results = run_all(lambda: call(client), 1)
    assert gate.asked.wait(30)
    with pytest.raises(ApiTimeoutException, match="another thread has been renewing") as caught:
        call(client)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    gate.open.set()
    renewing[0].join()
    assert not isinstance(results[0], ApiException)


def test_nobody_waits_for_the_renewal_of_a_token_that_is_still_good(
    client: ApiClient, login: Login
) -> None:
    gate = Gate(login)
    expire(client, ahead=True)
    renewing, _ = run_all(lambda: call(client), 1)
    assert gate.asked.wait(30)
    call(client)
    assert login.tokens_of_calls() == ["token-1"]
    gate.open.set()
    renewing[0].join()


def test_a_hook_that_calls_during_renewal_does_not_wait_for_itself(
    client: ApiClient, login: Login
) -> None:
    def hook(request: Any) -> None:
        if request.url.endswith("/oauth/token"):
            call(client)

    expire(client)
    client.get_http_client().set_pre_request_hook(hook)
    call(client)
    assert login.tokens_of_calls() == ["token-1", "token-2"]


# Deadlines


@pytest.fixture
def silent_login(raw_server: Callable[[Behaviour], RawServer], api_client: ApiClient) -> RawServer:
    """A login service that accepts the request and says nothing."""
    server = raw_server(hanging)
    host = server.url.removeprefix("http://")
    name, _, port = host.partition(":")
    api_client.set_gateway(name, "http", int(port), "login", "api")
    return server


def test_signing_in_counts_against_the_deadline(
    configuration: Configuration, silent_login: RawServer, api_client: ApiClient
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"
    with pytest.raises(ApiTimeoutException, match="/login/oauth/token") as caught:
        call(api_client, _deadline=0.2)
    assert not caught.value.outcome_unknown
    configuration.deadline = 0.2
    with pytest.raises(ApiTimeoutException):
        api_client.get_client_credentials_token("the-id", "the-secret")
    assert all(b"/login/oauth/token" in request for request in silent_login.requests)


def test_a_busy_login_service_is_waited_for_within_the_deadline(
    client: ApiClient, configuration: Configuration, login: Login
) -> None:
    configuration.retries = 3
    replies = [make_answer(429, {}, {"Retry-After": "0"}), None]
    login.answer = lambda request: replies.pop(0) if request.path == "/oauth/token" else None
    expire(client)
    call(client)
    assert login.tokens_of_calls() == ["token-2"]

    replies[:] = [make_answer(429, {}, {"Retry-After": "30"})]
    expire(client)
    with pytest.raises(ApiException, match="429"):
        call(client, _deadline=5)
    assert replies == []


def test_a_thread_with_more_time_does_not_fail_with_one_that_had_less(
    client: ApiClient, login: Login
) -> None:
    asked = [threading.Event(), threading.Event()]
    let_go = threading.Event()

    def hold_the_first(request: Request) -> Answer | None:
        if request.path == "/oauth/token":
            first = not asked[0].is_set()
            asked[0 if first else 1].set()
            if first:
                let_go.wait(30)
        return None

    login.answer = hold_the_first
    expire(client)
    threads, results = run_all(lambda: call(client, _deadline=0.5), 1)
    assert asked[0].wait(30)
    patient, outcomes = run_all(lambda: call(client, _deadline=60), 1)
    for thread in (*threads, *patient):
        thread.join()
    let_go.set()
    assert isinstance(results[0], ApiTimeoutException)
    assert not isinstance(outcomes[0], ApiException)


def test_a_hook_during_the_first_sign_in_sends_no_empty_token(
    configuration: Configuration, login: Login
) -> None:
    configuration.access_token = None
    configuration.client_id, configuration.client_secret = "the-id", "the-secret"

    def hook(request: Any) -> None:
        if request.url.endswith("/oauth/token"):
            call(own)

    with ApiClient(configuration=configuration) as own:
        own.get_http_client().set_pre_request_hook(hook)
        call(own)
    assert [one.headers["Authorization"] for one in login.calls] == [None, "Bearer token-1"]


def test_a_hook_changes_the_body_of_each_try_once(client: ApiClient, login: Login) -> None:
    def hook(request: Any) -> None:
        if request.body:
            request.body["name"] += "!"

    login.expired = {"token-1"}
    client.get_http_client().set_pre_request_hook(hook)
    MessagingApi(client).post_messaging_integrations_line({"name": "A"})
    assert [one.json for one in login.calls] == [{"name": "A!"}] * 2


# Copies


def test_a_copy_keeps_the_token_and_can_renew_it(client: ApiClient, login: Login) -> None:
    login.expired = {"token-1"}
    for twin in (copy.copy(client), copy.deepcopy(client)):
        assert twin.access_token == "token-1"
        own, its = client._credentials, twin._credentials  # pyright: ignore[reportPrivateUsage]
        assert own is not None
        assert its is not None
        assert its.token == own.token  # when it expires included
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
            login.expired = {"token-1"}
            call(twin)
            assert twin.access_token == "token-2"


def test_nothing_of_a_token_is_shown() -> None:
    credentials = Credentials(Token("canary", "canary", answer={"access_token": "canary"}))
    assert "canary" not in f"{credentials!r}{credentials.token!r}{credentials.renewal!r}"
