"""Clocks that stop, or step back: where tests freeze time, ``time.monotonic`` stands still as well.

What a client has noted by such a clock must not spoil its later calls.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from calls import read
from freezegun import freeze_time
from renewal.login import Login
from service import Service, make_answer

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi
from PureCloudPlatformClientV2._transport.pacing import TokenBucket

FUTURE = "2050-01-01"


# The rate limit


@pytest.mark.parametrize("calls", [1, 150])  # within the burst of a second, and beyond
@pytest.mark.parametrize("rate", [6000, 1])
def test_a_bucket_that_was_used_in_frozen_time_is_good_afterwards(rate: float, calls: int) -> None:
    bucket = TokenBucket(rate)
    with freeze_time(FUTURE):
        for _ in range(calls):
            bucket.take(math.inf)
    assert bucket.take(10) == 0


@pytest.mark.parametrize("step", [1e-3, 5.0, 1e9])
def test_a_step_back_costs_nobody_a_pause_but_the_rate_counts_from_there_on(step: float) -> None:
    bucket = TokenBucket(60)
    assert bucket.take(math.inf, 1e9) == 0
    assert bucket.take(math.inf, 1e9 - step) == 0
    assert bucket.take(math.inf, 1e9 - step) == pytest.approx(1)
    assert bucket.take(math.inf, 1e9 - step + 0.5) == pytest.approx(1.5)


def test_calls_are_paced_by_the_clock_that_there_is(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.rate_limit = 6000
    service.answer_always(200, {})
    for year in (2050, 2040, 1980):
        with freeze_time(f"{year}-01-01"):
            read(api, _deadline=5)
    read(api, _deadline=5)
    assert len(service.requests) == 4


# Tokens


@pytest.fixture
def login(service: Service) -> Login:
    return Login(service)


def sign_in(api_client: ApiClient) -> None:
    api_client.get_client_credentials_token("the-id", "the-secret")


@pytest.mark.parametrize("now", [None, "2049-12-31 23:59:59", "1970-01-02"])
def test_a_token_of_a_time_to_come_is_renewed(
    api_client: ApiClient, api: MessagingApi, login: Login, now: str | None
) -> None:
    with freeze_time(FUTURE):
        sign_in(api_client)
        read(api)
    if now is None:
        read(api)
        read(api)
    else:
        with freeze_time(now):
            read(api)
            read(api)
    assert login.tokens_of_calls() == ["token-1", "token-2", "token-2"]


def test_a_token_is_not_renewed_while_time_stands_still(
    api_client: ApiClient, api: MessagingApi, login: Login
) -> None:
    with freeze_time(FUTURE) as clock:
        sign_in(api_client)
        read(api)
        clock.tick(timedelta(hours=1))
        read(api)
        assert login.tokens_of_calls() == ["token-1", "token-1"]
        clock.tick(timedelta(days=2))
        read(api)
    assert login.tokens_of_calls()[-1] == "token-2"


def test_a_renewal_that_fails_after_a_step_back_is_tried_again_in_a_while(
    api_client: ApiClient, api: MessagingApi, login: Login
) -> None:
    with freeze_time(FUTURE):
        sign_in(api_client)
    login.answer = lambda request: make_answer(503) if request.path == "/oauth/token" else None
    with freeze_time("2030-01-01") as clock:
        read(api)
        read(api)  # the token may be good, and the login service is left alone for now
        assert len(login.sign_ins) == 2
        clock.tick(timedelta(days=1))
        login.answer = lambda request: None
        read(api)
    tokens = login.tokens_of_calls()
    assert tokens[:2] == ["token-1", "token-1"]
    assert tokens[2] != "token-1"


# The configuration file


@pytest.mark.parametrize("freeze", [True, False], ids=["into the past", "to the present"])
def test_a_file_that_was_looked_at_in_a_time_to_come_is_looked_at_again(
    tmp_path: Path, freeze: bool
) -> None:
    path = tmp_path / "config"

    def write(retries: int, padding: str) -> None:  # another size shows wherever times are coarse
        path.write_text(json.dumps({"general": {"retries": retries}}) + padding, encoding="utf-8")

    write(1, "")
    configuration = Configuration()
    with freeze_time(FUTURE):
        configuration.config_file_path = str(path)
        assert configuration.snapshot().retries == 1
    write(2, " ")
    look: Callable[[], int] = lambda: configuration.snapshot().retries  # noqa: E731
    if freeze:
        with freeze_time("2001-01-01"):
            assert look() == 2
    else:
        assert look() == 2


# Classes that are first used while time is frozen

FIRST_USE = """
import sys
from freezegun import freeze_time
from PureCloudPlatformClientV2 import ApiClient, MessagingApi
from PureCloudPlatformClientV2 import AbstractHttpClient
from PureCloudPlatformClientV2.rest import RESTResponse

BODY = b'{"id": "1", "dateCreated": "2019-08-14T09:30:00.000Z"}'


class Canned(AbstractHttpClient):
    def request(self, http_request_options):
        return RESTResponse(200, "OK", {}, BODY)


client = ApiClient(host="http://127.0.0.1:9")
client.access_token = "t"
client.set_http_client(Canned())
api = MessagingApi(client)


def frozen():
    with freeze_time("2050-01-01"):
        print(api.get_messaging_integrations_line_integration_id("1").date_created)


def usual():
    print(api.get_messaging_integrations_facebook_integration_id("1").date_created)


for step in sys.argv[1:]:
    globals()[step]()
"""


@pytest.mark.parametrize("steps", [("frozen", "usual"), ("usual", "frozen", "usual")], ids=" ".join)
def test_models_work_in_frozen_time_and_after_it(steps: tuple[str, ...]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FIRST_USE, *steps],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stdout.splitlines() == ["2019-08-14 09:30:00+00:00"] * len(steps), ran.stderr
