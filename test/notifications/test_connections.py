"""What two connections bring, waiting for them, and how long it takes until the next attempt."""

from __future__ import annotations

from typing import Any

from PureCloudPlatformClientV2 import ApiException
from PureCloudPlatformClientV2.notifications.connections import Comparison, Pauses
from PureCloudPlatformClientV2.rest import RESTResponse

FORMER: Any = object()
SUCCESSOR: Any = object()

# What two connections bring


def test_of_a_single_connection_nothing_is_a_repetition() -> None:
    comparison = Comparison()
    assert [comparison.is_repeated(FORMER, b"a") for _ in range(2)] == [False, False]


def test_what_both_connections_bring_is_a_repetition_as_often_as_the_other_has_brought_it() -> None:
    comparison = Comparison()
    comparison.go_on(60)
    assert [comparison.is_repeated(FORMER, b"a") for _ in range(2)] == [False, False]
    assert [comparison.is_repeated(SUCCESSOR, b"a") for _ in range(3)] == [True, True, False]
    assert comparison.is_repeated(FORMER, b"a")
    assert not comparison.is_repeated(FORMER, b"b")


def test_what_comes_after_the_change_of_connections_is_no_repetition() -> None:
    comparison = Comparison()
    comparison.go_on(60)
    comparison.is_repeated(FORMER, b"a")
    comparison.end()
    assert not comparison.is_repeated(SUCCESSOR, b"a")
    comparison.go_on(120)
    assert not comparison.is_repeated(SUCCESSOR, b"a")


# When to try again


def longest_pauses(pauses: Pauses, count: int) -> list[int]:
    """The pauses before some attempts, of which each fails, as they would be at the longest."""
    return [round(pauses.next(None, chance=1)) for _ in range(count)]


def test_pauses_grow_from_none_to_a_minute_and_begin_anew_after_a_good_connection() -> None:
    pauses = Pauses()
    assert longest_pauses(pauses, 9) == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    pauses.note_loss(59)
    assert longest_pauses(pauses, 1) == [60]
    pauses.note_loss(60)
    assert longest_pauses(pauses, 2) == [0, 1]
    pauses.note_event()
    assert longest_pauses(pauses, 1) == [0]


def test_attempts_that_fail_for_days_stay_a_minute_apart() -> None:
    pauses = Pauses()
    assert longest_pauses(pauses, 3000)[-1] == 60


def test_pauses_vary() -> None:
    pauses = Pauses()
    found = {pauses.next(None) for _ in range(20)}
    assert len(found) > 10
    assert all(0 <= one <= 60 for one in found)


def test_a_pause_is_as_long_as_the_service_asks_for_up_to_five_minutes() -> None:
    for asked, pause in (("7", 7), ("1000", 300)):
        headers = {"Retry-After": asked}
        failure = ApiException(http_resp=RESTResponse(429, "Too Many", headers, b""))
        assert Pauses().next(failure) == pause


def test_programs_that_take_channels_from_each_other_do_so_ever_more_slowly() -> None:
    pauses = Pauses()
    found: list[int] = []
    for _ in range(6):
        pauses.note_event()
        pauses.note_loss(1)
        pauses.note_lost_channel()
        found += longest_pauses(pauses, 1)
    assert found == [0, 1, 2, 4, 8, 16]
