"""The retry policy as a table, and a client that keeps to it."""

from __future__ import annotations

import math
import socket
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from calls import Call, connect, create, delete, name_of, patch, read, update
from service import Behaviour, RawServer, Service, closing, unused_url

from PureCloudPlatformClientV2 import ApiException, Configuration, MessagingApi
from PureCloudPlatformClientV2.rest import (
    ApiConnectionException,
    ApiTimeoutException,
    ServiceException,
    TooManyRequestsException,
)
from PureCloudPlatformClientV2.retry import NoAnswer, RetrySettings, pause_before_retry

ALWAYS = {"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"}
IDEMPOTENT = ALWAYS - {"POST", "PATCH"}
NEVER: set[str] = set()


def pause(
    method: str = "GET",
    attempt: int = 0,
    outcome: int | NoAnswer = 503,
    retry_after: str | None = None,
    time_left: float = math.inf,
    settings: RetrySettings | None = None,
    chance: float | None = 1.0,
) -> float | None:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return pause_before_retry(
        method,
        attempt,
        outcome,
        headers,
        time_left,
        settings or RetrySettings(),
        chance=chance,
    )


@pytest.mark.parametrize("method", sorted(ALWAYS))
@pytest.mark.parametrize(
    ("outcome", "repeated"),
    [
        (NoAnswer.NOT_SENT, ALWAYS),
        (429, ALWAYS),
        (NoAnswer.LOST, IDEMPOTENT),
        (502, IDEMPOTENT),
        (503, IDEMPOTENT),
        (504, IDEMPOTENT),
        (NoAnswer.HOPELESS, NEVER),
        *((status, NEVER) for status in (200, 302, 400, 401, 403, 404, 408, 409, 500, 501)),
    ],
    ids=lambda value: f"{len(value)} verbs" if isinstance(value, (set, frozenset)) else str(value),
)
def test_what_is_sent_again(method: str, outcome: int | NoAnswer, repeated: set[str]) -> None:
    assert (pause(method, outcome=outcome) is not None) == (method in repeated)


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_tries_are_counted(retries: int) -> None:
    settings = RetrySettings(retries=retries)
    for attempt in range(5):
        assert (pause(attempt=attempt, settings=settings) is None) == (attempt >= retries)


def test_pauses_grow_up_to_a_limit() -> None:
    settings = RetrySettings(retries=10)
    pauses = [pause(attempt=attempt, settings=settings) for attempt in range(7)]
    assert pauses == [0.5, 1, 2, 4, 8, 8, 8]


def test_pauses_are_spread_from_nothing_to_their_full_length() -> None:
    assert pause(attempt=2, chance=0.0) == 0
    assert pause(attempt=2, chance=0.25) == 0.5
    drawn = {pause(attempt=2, chance=None) for _ in range(50)}
    assert len(drawn) > 1
    assert all(one is not None and 0 <= one <= 2 for one in drawn)


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("0", 0), ("7", 7), ("1.5", 1.5), ("60", 60), ("60.5", None), ("3600", None)],
)
def test_the_service_says_how_long_to_wait(retry_after: str, seconds: float | None) -> None:
    assert pause(outcome=429, retry_after=retry_after) == seconds


def test_how_long_is_too_long_can_be_configured() -> None:
    settings = RetrySettings(retry_after_max=5)
    assert pause(retry_after="5", settings=settings) == 5
    assert pause(retry_after="6", settings=settings) is None


def test_the_service_may_give_a_date() -> None:
    now = datetime.now(timezone.utc)
    soon = pause(retry_after=format_datetime(now + timedelta(seconds=50), usegmt=True))
    assert soon is not None
    assert 0 < soon <= 50
    late = format_datetime(now + timedelta(seconds=600), usegmt=True)
    assert pause(retry_after=late) is None


@pytest.mark.parametrize("retry_after", ["", "soon", "-3", "nan", "9" * 400])
def test_a_malformed_header_leaves_the_usual_pause(retry_after: str) -> None:
    assert pause(retry_after=retry_after) == 0.5


@pytest.mark.parametrize(("time_left", "seconds"), [(0.51, 0.5), (0.5, None), (-1, None)])
def test_no_pause_goes_past_the_deadline(time_left: float, seconds: float | None) -> None:
    assert pause(time_left=time_left) == seconds
    assert pause(retry_after="0.5", time_left=time_left) == seconds


# The client; Retry-After: 0 spares the tests the pauses.


@pytest.fixture
def configuration(configuration: Configuration) -> Configuration:
    configuration.retries = 3
    return configuration


SOON = {"Retry-After": "0"}


def test_the_default_is_three_more_tries() -> None:
    assert (Configuration().retries, Configuration().retry_after_max) == (3, 60)


@pytest.mark.parametrize("call", [read, update], ids=name_of)
@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_passing_failure_goes_unnoticed(
    api: MessagingApi, service: Service, call: Call, status: int
) -> None:
    for _ in range(3):
        service.answer(status, {}, headers=SOON)
    service.answer(200, {"id": "int-1"})
    call(api)
    assert len(service.requests) == 4
    assert len({(one.method, one.target, one.body) for one in service.requests}) == 1


def test_a_lasting_failure_is_raised_in_the_end(api: MessagingApi, service: Service) -> None:
    service.answer_always(503, {}, headers=SOON)
    with pytest.raises(ServiceException):
        delete(api)
    assert len(service.requests) == 4


@pytest.mark.parametrize("call", [create, patch], ids=name_of)
@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_write_that_may_have_happened_is_not_repeated(
    api: MessagingApi, service: Service, call: Call, status: int
) -> None:
    service.answer_always(status, {}, headers=SOON)
    with pytest.raises(ServiceException) as caught:
        call(api)
    assert len(service.requests) == 1
    assert caught.value.outcome_unknown


@pytest.mark.parametrize("call", [create, patch], ids=name_of)
def test_a_lost_answer_to_a_write_is_not_asked_for_again(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer], call: Call
) -> None:
    server = raw_server(closing)
    with pytest.raises(ApiConnectionException) as caught:
        call(connect(api, server.url))
    assert len(server.requests) == 1
    assert caught.value.outcome_unknown


def test_a_write_that_was_turned_away_is_repeated(api: MessagingApi, service: Service) -> None:
    service.answer(429, {}, headers=SOON)
    service.answer(200, {"id": "int-1"})
    create(api)
    first, second = service.requests
    assert first.json == second.json == {"name": "A"}


def test_an_answer_that_asks_for_too_much_patience_is_raised_at_once(
    api: MessagingApi, service: Service, configuration: Configuration
) -> None:
    configuration.retry_after_max = 1
    service.answer_always(429, {}, headers={"Retry-After": "2"})
    with pytest.raises(TooManyRequestsException) as caught:
        read(api)
    assert caught.value.retry_after == 2
    assert len(service.requests) == 1


def test_a_pause_past_the_deadline_is_not_begun(api: MessagingApi, service: Service) -> None:
    service.answer_always(429, {}, headers={"Retry-After": "50"})
    with pytest.raises(TooManyRequestsException):
        read(api, _deadline=40)
    assert len(service.requests) == 1


def test_retries_can_be_turned_off(
    api: MessagingApi, service: Service, configuration: Configuration
) -> None:
    configuration.retries = 0
    service.answer_always(503, {}, headers=SOON)
    with pytest.raises(ServiceException):
        read(api)
    assert len(service.requests) == 1


def test_a_refused_connection_is_tried_again_until_the_deadline(api: MessagingApi) -> None:
    with pytest.raises((ApiConnectionException, ApiTimeoutException)) as caught:
        create(connect(api, unused_url()), _deadline=0.05)
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize("deadline", [0, -1, "5", math.nan, True], ids=repr)
def test_a_deadline_that_is_none_is_refused(
    api: MessagingApi, service: Service, configuration: Configuration, deadline: float
) -> None:
    with pytest.raises(ValueError, match="deadline"):
        read(api, _deadline=deadline)
    configuration.deadline = deadline
    with pytest.raises(ValueError, match="deadline"):
        read(api)
    assert service.requests == []


def test_a_deadline_of_none_is_no_deadline(
    api: MessagingApi, service: Service, configuration: Configuration
) -> None:
    configuration.deadline = None
    service.answer(200, {})
    read(api)
    assert len(service.requests) == 1


def test_a_server_that_says_a_byte_now_and_then_cannot_hold_a_call(
    api: MessagingApi, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    def drip(connection: socket.socket, _request: bytes) -> None:
        connection.settimeout(0.01)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            connection.sendall(b" ")
            try:
                if not connection.recv(1):
                    return
            except TimeoutError:
                continue

    with pytest.raises(ApiTimeoutException) as caught:
        create(connect(api, raw_server(drip).url), _deadline=0.1)
    assert caught.value.outcome_unknown


def test_every_try_is_logged(
    api: MessagingApi,
    service: Service,
    configuration: Configuration,
    capsys: pytest.CaptureFixture[str],
) -> None:
    configuration.debug = True
    service.answer(503, {}, headers=SOON)
    service.answer(200, {})
    read(api)
    first, second = capsys.readouterr().err.splitlines()
    assert ("ERROR" in first, ": 503 in " in first, "attempt 1" in first) == (True, True, True)
    assert ("DEBUG" in second, ": 200 in " in second, "attempt 2" in second) == (True, True, True)


def test_a_callers_mistake_is_not_repeated(api: MessagingApi, service: Service) -> None:
    service.answer_always(404, {}, headers=SOON)
    with pytest.raises(ApiException):
        read(api)
    assert len(service.requests) == 1
