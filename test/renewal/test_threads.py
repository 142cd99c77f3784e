"""One thread renews a token, the others wait for it, and no call outlasts its deadline."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from service import Answer, Behaviour, RawServer, Request, hanging, make_answer

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.rest import (
    ApiTimeoutException,
)

from .login import Login, call, expire

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


def until(condition: Callable[[], bool]) -> None:
    """Ask again and again for what other threads are about to do."""
    give_up = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < give_up, "they have not done it"
        time.sleep(0.001)


def waiting_for_a_token(threads: list[threading.Thread]) -> int:
    """How many threads have seen that another one is renewing the token, or are about to."""
    frames = sys._current_frames()  # pyright: ignore[reportPrivateUsage]  # nothing else has them
    inner = [frames[one.ident] for one in threads if one.ident in frames]
    return sum(one.f_code.co_name == "renewed" and "wait" in one.f_locals for one in inner)


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
    client.handle_expired_access_token()  # so that it is not the first renewal
    gate = Gate(login)
    gate.reply = make_answer(400, {"error": "invalid_client"})
    expire(client)
    threads, results = run_all(lambda: call(client), 8)
    assert gate.asked.wait(30)
    until(lambda: waiting_for_a_token(threads) == 7)
    gate.open.set()
    for thread in threads:
        thread.join()
    assert {one.oauth_error for one in results} == {"invalid_client"}
    assert len({id(one) for one in results}) == 8
    assert len(login.sign_ins) == 3


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
