"""The retry policy as a table, without a socket."""

from __future__ import annotations

import itertools
import math
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import hypothesis
import hypothesis.strategies as st
import pytest

from PureCloudPlatformClientV2._transport.retry import (
    NoAnswer,
    RetrySettings,
    pause_before_retry,
)
from PureCloudPlatformClientV2._wire.headers import parse_retry_after

NOW = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH")
HARMLESS_TO_REPEAT = METHODS[:5]

# Which verbs are sent again after which outcome. What is not here never is.
SENT_AGAIN: dict[int | NoAnswer, tuple[str, ...]] = {
    NoAnswer.NOT_SENT: METHODS,
    429: METHODS,
    NoAnswer.LOST: HARMLESS_TO_REPEAT,
    502: HARMLESS_TO_REPEAT,
    503: HARMLESS_TO_REPEAT,
    504: HARMLESS_TO_REPEAT,
}

OUTCOMES: tuple[int | NoAnswer, ...] = (
    *NoAnswer,
    *(103, 200, 204, 301, 304, 307, 400, 401, 403, 404, 408, 409, 412, 413, 422, 425, 429),
    *(500, 501, 502, 503, 504, 505, 507, 511, 599),
)

TIME_LEFT = (math.inf, 90.0, 4.0, 0.001, 0.0, -1.0)


def pause(
    method: str = "GET",
    attempt: int = 0,
    outcome: int | NoAnswer = 503,
    *,
    retry_after: str | None = None,
    date: str | None = None,
    time_left: float = 90.0,
    retries: int = 3,
    retry_after_max: float = 60.0,
    chance: float | None = 1.0,
) -> float | None:
    given = {"Retry-After": retry_after, "Date": date}
    headers = {name: value for name, value in given.items() if value is not None}
    settings = RetrySettings(retries, retry_after_max)
    return pause_before_retry(method, attempt, outcome, headers, time_left, settings, chance=chance)


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("method", METHODS)
def test_method_and_outcome_decide_whether_a_request_is_sent_again(
    method: str, outcome: int | NoAnswer
) -> None:
    sent_again = pause(method, outcome=outcome) is not None

    assert sent_again == (method in SENT_AGAIN.get(outcome, ()))


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("method", METHODS)
def test_no_request_is_sent_again_when_retries_or_time_are_used_up(
    method: str, outcome: int | NoAnswer
) -> None:
    for retries, attempt, left in itertools.product(range(4), range(6), TIME_LEFT):
        for retry_after in (None, "0", "3", "60", "61", "soon"):
            waits = pause(
                method,
                attempt,
                outcome,
                retries=retries,
                time_left=left,
                retry_after=retry_after,
            )
            if waits is not None:
                assert attempt < retries
                assert 0 <= waits < left
                assert waits <= 60


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("method", METHODS)
def test_zero_retries_turn_it_off(method: str, outcome: int | NoAnswer) -> None:
    assert pause(method, outcome=outcome, retries=0, retry_after="0") is None


@pytest.mark.parametrize(
    ("attempt", "longest"),
    [(0, 0.5), (1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 8.0), (99, 8.0), (2000, 8.0)],
)
def test_the_longest_pause_doubles_up_to_a_limit(attempt: int, longest: float) -> None:
    assert pause(attempt=attempt, retries=3000, chance=1.0) == longest
    assert pause(attempt=attempt, retries=3000, chance=0.5) == longest / 2
    assert pause(attempt=attempt, retries=3000, chance=0.0) == 0.0


def test_the_pause_is_random_between_nothing_and_the_longest() -> None:
    pauses = [pause(attempt=2, chance=None) for _ in range(1000)]

    assert all(one is not None and 0 <= one <= 2.0 for one in pauses)
    assert len(set(pauses)) > 900


@pytest.mark.parametrize(
    ("retry_after", "waits"),
    [
        ("0", 0.0),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("007", 7.0),
        ("1.5", 1.5),
        ("60", 60.0),
        # Longer than retry_after_max: the answer is raised at once.
        ("60.1", None),
        ("61", None),
        ("86400", None),
        ("9" * 300, None),
        # Nothing that can be understood: the back-off as if there were no header.
        ("9" * 400, 2.0),
        ("9" * 20000, 2.0),
        ("-1", 2.0),
        ("-0", 2.0),
        ("+7", 2.0),
        ("7s", 2.0),
        ("7, 8", 2.0),
        ("1.2.3", 2.0),
        (".", 2.0),
        ("1e3", 2.0),
        ("1_000", 2.0),
        ("0x10", 2.0),
        ("inf", 2.0),
        ("nan", 2.0),
        ("soon", 2.0),
        ("", 2.0),
        ("٣", 2.0),
        ("²", 2.0),
        ("\uff17", 2.0),
        ("Wed, 99 Foo 2019 99:99:99 GMT", 2.0),
        ("\x00", 2.0),
        # A date that has passed: at once.
        ("Wed, 14 Aug 2019 09:30:00 GMT", 0.0),
        ("Wednesday, 14-Aug-19 09:30:00 GMT", 0.0),
        ("Wed Aug 14 09:30:00 2019", 0.0),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        # One in the far future: longer than retry_after_max.
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
    ],
)
@pytest.mark.parametrize(("method", "outcome"), [("GET", 503), ("GET", 429), ("POST", 429)])
def test_retry_after_is_honoured_up_to_its_maximum(
    method: str, outcome: int, retry_after: str, waits: float | None
) -> None:
    assert pause(method, 2, outcome, retry_after=retry_after) == waits


def test_retry_after_may_be_a_date() -> None:
    in_half_a_minute = datetime.now(timezone.utc) + timedelta(seconds=30)

    waits = pause("POST", outcome=429, retry_after=format_datetime(in_half_a_minute, usegmt=True))

    assert waits is not None
    assert 0 < waits <= 30


def test_a_pause_that_would_pass_the_deadline_is_not_begun() -> None:
    assert pause(retry_after="5", time_left=5.1) == 5.0
    assert pause(retry_after="5", time_left=5.0) is None
    assert pause(attempt=2, time_left=2.1) == 2.0
    assert pause(attempt=2, time_left=2.0) is None


def test_retry_after_does_not_make_a_write_repeatable() -> None:
    for method, status in itertools.product(("POST", "PATCH"), (500, 502, 503, 504)):
        assert pause(method, outcome=status, retry_after="1") is None


def test_the_maximum_of_retry_after_is_a_setting() -> None:
    assert pause(retry_after="90", retry_after_max=120, time_left=100) == 90.0
    assert pause(retry_after="1", retry_after_max=0.5) is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("Wed, 14 Aug 2019 09:30:10 GMT", 10.0),
        ("Wed, 14 Aug 2019 11:30:10 +0200", 10.0),
        ("Wed, 14 Aug 2019 09:30:10 -0000", 10.0),
        ("Wed, 14 Aug 2019 09:29:00 GMT", 0.0),
    ],
)
def test_a_date_counts_from_the_arrival_where_no_date_came(value: str, seconds: float) -> None:
    assert parse_retry_after({"Retry-After": value}, NOW) == seconds


# One moment in each form of RFC 9110, and the one of seven seconds later.
FORMS = {
    "usual": ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:44 GMT"),
    "RFC 850": ("Sunday, 06-Nov-94 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:44 GMT"),
    "asctime": ("Sun Nov  6 08:49:37 1994", "Sun Nov  6 08:49:44 1994"),
    "a zone": ("Sun, 06 Nov 1994 09:49:37 +0100", "Sun, 06 Nov 1994 07:49:44 -0100"),
    "far ahead of us": ("Fri, 31 Dec 2060 23:59:55 GMT", "Sat, 01 Jan 2061 00:00:02 GMT"),
}


@pytest.mark.parametrize("later", FORMS)
@pytest.mark.parametrize("sooner", FORMS)
def test_a_date_counts_from_the_date_of_the_response(sooner: str, later: str) -> None:
    if (sooner == "far ahead of us") == (later == "far ahead of us"):
        headers = {"Date": FORMS[sooner][0], "Retry-After": FORMS[later][1]}
        assert parse_retry_after(headers, NOW) == 7.0
        assert pause("POST", outcome=429, retry_after=FORMS[later][1], date=FORMS[sooner][0]) == 7.0


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Wed, 14 Aug 2019 09:30:11 GMT", 0.0),  # the moment has passed by the clock of the service
        ("Wed, 14 Aug 2019 09:29:40 GMT", 30.0),
        ("yesterday", 10.0),  # nothing that can be understood: our own clock
        ("", 10.0),
        ("Wed, 99 Foo 2019 99:99:99 GMT", 10.0),
        ("1565775000", 10.0),
    ],
)
def test_a_date_that_is_no_date_does_not_count(date: str, seconds: float) -> None:
    headers = {"Date": date, "Retry-After": "Wed, 14 Aug 2019 09:30:10 GMT"}
    assert parse_retry_after(headers, NOW) == seconds


@pytest.mark.parametrize("date", ["Wed, 14 Aug 2019 09:30:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"])
def test_seconds_are_seconds_by_any_clock(date: str) -> None:
    assert parse_retry_after({"Date": date, "Retry-After": "7"}, NOW) == 7.0
    assert parse_retry_after({"Date": date, "Retry-After": "-7"}, NOW) is None


@hypothesis.settings(deadline=None, derandomize=True, max_examples=300)
@hypothesis.given(
    st.one_of(
        st.text(),
        st.text("0123456789.-+eE ,:GMTAugWedJan"),
        st.from_regex(
            r"[A-Z][a-z]{2}, \d{1,6} [A-Z][a-z]{2} \d{1,7} \d+:\d+(:\d+)? ([+-]\d+|GMT)?"
        ),
    )
)
def test_no_header_value_breaks_the_policy(value: str) -> None:
    waits = pause(retry_after=value)

    assert waits is None or 0 <= waits <= 60
