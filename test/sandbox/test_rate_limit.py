"""How many requests a token may make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import LINE, Caller, Clock, Response


@pytest.fixture
def limited(clock: Clock, pool: urllib3.PoolManager) -> Iterator[Caller]:
    with Sandbox(
        clock=clock, rate_limit=3, rate_limit_window=10, rate_limit_headers=True
    ) as sandbox:
        yield Caller(sandbox, pool)


def told(response: Response) -> list[str]:
    return [response.headers["inin-ratelimit-" + name] for name in ("count", "allowed", "reset")]


def test_a_request_too_many_is_refused_until_the_window_is_over(
    limited: Caller, clock: Clock
) -> None:
    assert [limited("GET", LINE).status for _ in range(3)] == [200, 200, 200]
    clock.advance(2.5)

    refused = limited("POST", LINE, {"name": "One too many"})

    assert (refused.status, refused.json["code"]) == (429, "too.many.requests")
    assert refused.headers["Retry-After"] == "8"
    assert refused.json["message"] == (
        "Rate limit exceeded the maximum. Retry the request in [8] seconds"
    )
    assert refused.json["messageParams"] == {"seconds": "8"}
    clock.advance(7.5)
    assert limited("GET", LINE).json["total"] == 0


def test_every_token_has_its_own_limit(limited: Caller) -> None:
    assert [limited("GET", LINE).status for _ in range(4)][-1] == 429
    other = limited.sandbox.create_token()

    assert limited("GET", LINE, token=other).status == 200


def test_the_headers_of_2019_count_along(limited: Caller, clock: Clock) -> None:
    assert told(limited("GET", LINE)) == ["1", "3", "10"]
    clock.advance(4.2)
    assert told(limited("GET", LINE + "/nowhere")) == ["2", "3", "6"]
    assert told(limited("GET", LINE + "?pageSize=0")) == ["3", "3", "6"]
    assert told(limited("GET", LINE)) == ["4", "3", "6"]


def test_today_there_are_no_such_headers(call: Caller) -> None:
    response = call("GET", LINE)

    assert not [name for name in response.headers if name.lower().startswith("inin-ratelimit")]


def test_a_clock_that_goes_back_opens_a_new_window(limited: Caller, clock: Clock) -> None:
    assert [limited("GET", LINE).status for _ in range(4)][-1] == 429
    clock.advance(-3600)

    assert limited("GET", LINE).status == 200


def test_a_reset_forgets_what_was_counted(limited: Caller) -> None:
    assert [limited("GET", LINE).status for _ in range(4)][-1] == 429

    limited.sandbox.reset()

    assert limited("GET", LINE).status == 200


def test_three_hundred_requests_a_minute_are_allowed_by_default(call: Caller) -> None:
    statuses = [call("GET", LINE).status for _ in range(301)]

    assert statuses == [200] * 300 + [429]


def test_the_limit_can_be_switched_off(pool: urllib3.PoolManager, clock: Clock) -> None:
    with Sandbox(rate_limit=None, rate_limit_headers=True, clock=clock) as sandbox:
        call = Caller(sandbox, pool)
        responses = [call("GET", LINE) for _ in range(301)]
        sandbox.reset()

    assert {response.status for response in responses} == {200}
