"""The rate limit of the client: a bucket of tokens, and calls that wait for one."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from calls import Call, every_call, read
from hypothesis import example, given
from hypothesis import strategies as st
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi
from PureCloudPlatformClientV2._transport.pacing import TokenBucket
from PureCloudPlatformClientV2.rest import ApiTimeoutException

INSTANT = 1e-6
"""Seconds that floating point may lose."""

rates = st.floats(min_value=0.01, max_value=3000) | st.integers(1, 3000).map(float)


def largest_number_in_a_minute(moments: list[float]) -> int:
    moments = sorted(moments)
    largest = first = 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 60 + INSTANT:
            first += 1
        largest = max(largest, last - first + 1)
    return largest


@given(
    rate=rates,
    gaps=st.lists(st.floats(0, 90) | st.sampled_from([0.0, 0.0, 0.01, 1.0, 60.0]), max_size=300),
    start=st.floats(0, 1e6),
)
@example(rate=300.0, gaps=[0.0] * 700, start=1000.0)
@example(rate=300.0, gaps=[60.0] + [0.0] * 700, start=1000.0)
@example(rate=119.0, gaps=[0.0, 59.9] + [0.0] * 300, start=0.0)
@example(rate=1.5, gaps=[0.0] * 9, start=0.0)
@example(rate=90.5, gaps=[0.0] * 300, start=0.0)
@example(rate=0.5, gaps=[0.0] * 9, start=0.0)
def test_no_minute_sees_more_requests_than_agreed(
    rate: float, gaps: list[float], start: float
) -> None:
    bucket = TokenBucket(rate)
    now = start
    sent: list[float] = []
    for gap in gaps:
        now += gap
        pause = bucket.take(math.inf, now)
        assert pause is not None
        sent.append(now + pause)
    assert sent == sorted(sent)  # first come, first served
    # One request is always within a rate, even if that says that it is one in two minutes.
    assert largest_number_in_a_minute(sent) <= max(rate, 1)


@given(rate=rates)
def test_a_caller_in_steady_use_gets_almost_the_whole_rate(rate: float) -> None:
    bucket = TokenBucket(rate)
    now = 0.0
    taken = 0
    burst = max(1, rate // 60)
    whole = rate if rate < 1 else math.floor(rate)
    while now < 600:
        pause = bucket.take(math.inf, now)
        assert pause is not None
        # Who comes when the one before has gone waits for no more than one token.
        assert pause <= 60 / (whole - burst + 1) + INSTANT
        now += pause
        taken += 1
    assert taken >= 10 * (whole - burst)


@given(rate=rates)
def test_the_first_second_may_bring_as_many_as_a_second_has_and_no_more(rate: float) -> None:
    bucket = TokenBucket(rate)
    at_once = 0
    while bucket.take(INSTANT, 1000.0) is not None:
        at_once += 1
    assert at_once == max(1, rate // 60)


@given(
    rate=st.floats(min_value=0.1, max_value=3000),
    arrivals=st.lists(st.tuples(st.floats(0, 10), st.floats(0, 20)), max_size=60),
)
def test_nobody_waits_longer_than_said_and_who_is_refused_takes_no_token(
    rate: float, arrivals: list[tuple[float, float]]
) -> None:
    bucket, without_the_refused = TokenBucket(rate), TokenBucket(rate)
    now = 1000.0
    for gap, longest in arrivals:
        now += gap
        pause = bucket.take(longest, now)
        if pause is not None:
            assert 0 <= pause <= longest
            assert without_the_refused.take(math.inf, now) == pause


@pytest.mark.parametrize("longest", [0, -1, -math.inf])
def test_who_cannot_wait_is_refused_when_the_bucket_is_empty(longest: float) -> None:
    bucket = TokenBucket(1)
    assert bucket.take(1, 1000.0) == 0
    assert bucket.take(longest, 1000.0) is None
    assert bucket.take(60, 1000.0) == 60


def test_a_bucket_fills_up_to_its_brim_and_no_further() -> None:
    bucket = TokenBucket(300)
    assert [bucket.take(INSTANT, 1e6) is None for _ in range(6)] == [False] * 5 + [True]


@pytest.mark.parametrize("rate", [1e-17, 1e-300])
def test_a_tiny_rate_lets_one_request_go(rate: float) -> None:
    bucket = TokenBucket(rate)
    assert bucket.take(INSTANT, 1000.0) is not None
    assert bucket.take(90, 1000.0) is None


def test_threads_take_exactly_the_tokens_that_there_are() -> None:
    bucket = TokenBucket(6000)  # a burst of 100
    barrier = Barrier(8)

    def take() -> list[float | None]:
        barrier.wait()
        return [bucket.take(INSTANT, 1000.0) for _ in range(50)]

    with ThreadPoolExecutor(8) as pool:
        taken = [pause for one in [pool.submit(take) for _ in range(8)] for pause in one.result()]
    assert (len(taken), taken.count(None)) == (400, 300)


def test_threads_wait_for_tokens_of_their_own() -> None:
    bucket = TokenBucket(60)
    barrier = Barrier(8)

    def take() -> list[float | None]:
        barrier.wait()
        return [bucket.take(math.inf, 1000.0) for _ in range(25)]

    with ThreadPoolExecutor(8) as pool:
        taken = [pause for one in [pool.submit(take) for _ in range(8)] for pause in one.result()]
    pauses = sorted(pause for pause in taken if pause is not None)
    assert pauses == pytest.approx(range(200))


def test_nothing_is_paced_by_default(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    assert configuration.rate_limit is None
    service.answer_always(200, {})
    for _ in range(50):
        read(api, _deadline=5)
    assert len(service.requests) == 50


@every_call
def test_a_call_that_would_wait_past_its_deadline_ends_at_once_and_is_not_sent(
    api: MessagingApi, configuration: Configuration, service: Service, call: Call
) -> None:
    configuration.rate_limit = 1
    service.answer_always(200, {})
    call(api)
    with pytest.raises(ApiTimeoutException, match="rate_limit") as caught:
        call(api, _deadline=30)
    assert (caught.value.status, caught.value.outcome_unknown) == (0, False)
    (request,) = service.requests
    url = f"{service.url}{request.target}"
    assert (caught.value.method, caught.value.url) == (request.method, url)
    assert str(caught.value).startswith(f"{request.method} {url} got no answer: rate_limit lets")


def test_a_call_waits_for_its_turn(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.rate_limit = 600  # ten at once, and then about ten a second
    service.answer_always(200, {})
    for _ in range(12):
        read(api, _deadline=30)
    assert len(service.requests) == 12


def test_a_retry_needs_a_token_too(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    configuration.retries = 3
    configuration.rate_limit = 1
    service.answer_always(503, {}, headers={"Retry-After": "0"})
    with pytest.raises(ApiTimeoutException, match="rate_limit"):
        read(api, _deadline=30)
    assert len(service.requests) == 1


def test_a_change_of_the_limit_counts_from_the_next_call_on(
    api: MessagingApi, configuration: Configuration, service: Service
) -> None:
    service.answer_always(200, {})
    configuration.rate_limit = 1
    read(api)
    with pytest.raises(ApiTimeoutException):
        read(api, _deadline=30)
    configuration.rate_limit = 6000
    for _ in range(5):
        read(api, _deadline=30)
    configuration.rate_limit = None
    for _ in range(5):
        read(api, _deadline=30)
    configuration.rate_limit = 1  # and what it has let go before is not forgotten
    with pytest.raises(ApiTimeoutException):
        read(api, _deadline=30)
    assert len(service.requests) == 11


def test_each_client_has_a_limit_of_its_own(configuration: Configuration, service: Service) -> None:
    configuration.rate_limit = 1
    service.answer_always(200, {})
    for _ in range(3):
        with ApiClient(configuration=configuration) as client:
            read(MessagingApi(client), _deadline=30)
    assert len(service.requests) == 3


@pytest.mark.parametrize("rate", [0, -1, math.inf, math.nan, True, "300"])
def test_a_limit_is_a_number_above_zero(configuration: Configuration, rate: object) -> None:
    with pytest.raises(ValueError, match=r"^rate_limit: give a number above zero"):
        configuration.rate_limit = rate  # type: ignore[assignment]  # pyright: ignore
    assert configuration.rate_limit is None
