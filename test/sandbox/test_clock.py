"""The clock: what is planned happens when its time has come, and turning it takes no time."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.sandbox.clock import WORKERS, Clock

from .caller import Clock as Hands
from .caller import wait_until


@pytest.fixture
def hands() -> Hands:
    """The clock below, which stands still unless it is moved."""
    return Hands()


@pytest.fixture
def clock(hands: Hands) -> Iterator[Clock]:
    clock = Clock(hands)
    yield clock
    clock.stop()


def test_it_tells_the_time_of_the_clock_below(clock: Clock, hands: Hands) -> None:
    began = clock()
    hands.advance(7)

    assert (began, clock()) == (hands.now - 7, hands.now)


def test_it_can_be_ahead_of_the_clock_below(clock: Clock, hands: Hands) -> None:
    clock.advance(85)
    hands.advance(5)

    assert clock() == hands.now + 85


def test_what_is_due_now_is_done_in_another_thread(clock: Clock) -> None:
    threads: list[threading.Thread] = []

    clock.call_at(clock(), lambda: threads.append(threading.current_thread()))
    clock.settle()

    (thread,) = threads
    assert thread is not threading.current_thread()
    assert thread.daemon


def test_what_is_planned_waits_for_its_time(clock: Clock) -> None:
    done: list[float] = []
    clock.call_at(clock() + 10, lambda: done.append(clock()))
    began = clock()

    clock.advance(9.5)
    assert done == []
    clock.advance(0.5)
    assert done == [began + 10]


@given(
    delays=st.lists(st.integers(0, 20), max_size=12),
    turns=st.lists(st.integers(0, 12), max_size=6),
)
def test_everything_happens_once_at_its_time_and_in_order(
    delays: list[int], turns: list[int]
) -> None:
    hands = Hands()
    clock = Clock(hands)
    began, done = clock(), list[tuple[float, int]]()

    def note(delay: int) -> None:
        done.append((clock() - began, delay))

    try:
        for delay in delays:
            clock.call_at(began + delay, partial(note, delay))
        for turn in turns:
            clock.advance(turn)
        clock.settle()
    finally:
        clock.stop()

    passed = sum(turns)
    assert [delay for _, delay in done] == sorted(delay for delay in delays if delay <= passed)
    assert all(moment == delay for moment, delay in done)


def test_what_is_planned_on_the_way_happens_as_well(clock: Clock) -> None:
    began, done = clock(), list[float]()

    def again() -> None:
        done.append(clock() - began)
        if len(done) < 10:
            clock.call_at(clock() + 5, again)

    clock.call_at(clock(), again)
    clock.advance(22)
    assert done == [0, 5, 10, 15, 20]
    assert clock() == began + 22

    clock.advance(85)
    assert done == [5 * number for number in range(10)]


def test_who_turns_it_waits_for_what_is_under_way(clock: Clock) -> None:
    begun, go_on, done = threading.Event(), threading.Event(), list[str]()

    def slow() -> None:
        begun.set()
        go_on.wait(60)
        done.append("slow")

    clock.call_at(clock(), slow)
    begun.wait(60)

    def turn() -> None:
        clock.advance(1)
        done.append("turned")

    turning = threading.Thread(target=turn)
    turning.start()
    go_on.set()
    turning.join()

    assert done == ["slow", "turned"]


def test_time_is_counted_from_the_end_of_what_is_under_way(clock: Clock, hands: Hands) -> None:
    done: list[int] = []

    def again() -> None:
        hands.advance(1)  # since it takes a while
        done.append(len(done))
        clock.call_at(clock() + 5, again)

    clock.call_at(clock(), again)
    clock.advance(4.9)
    assert done == [0]
    clock.advance(0.1)
    assert done == [0, 1]


def test_many_things_are_under_way_at_once(clock: Clock) -> None:
    meeting = threading.Barrier(WORKERS)

    def meet() -> None:
        meeting.wait(60)

    for _ in range(WORKERS):
        clock.call_at(clock(), meet)
    clock.settle()

    assert not meeting.broken


def test_what_fails_is_logged_and_keeps_nothing_else_from_happening(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError

    for number in range(3 * WORKERS):
        clock.call_at(clock() + number, fail)
        clock.call_at(clock() + number, partial(done.append, number))

    with caplog.at_level(logging.ERROR, logger="purecloud_sandbox"):
        clock.advance(3 * WORKERS)

    assert done == list(range(3 * WORKERS))
    logged = [(one.getMessage(), one.exc_info and one.exc_info[0]) for one in caplog.records]
    assert logged == [("what was due in the sandbox failed", ZeroDivisionError)] * 3 * WORKERS


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan")])
def test_it_turns_only_forward(clock: Clock, seconds: float) -> None:
    began = clock()
    with pytest.raises(ValueError, match="seconds must not be negative"):
        clock.advance(seconds)
    assert clock() == began


def test_a_reset_forgets_what_is_planned_and_turns_it_back(clock: Clock, hands: Hands) -> None:
    done: list[str] = []
    clock.advance(100)
    clock.call_at(clock() + 1, lambda: done.append("before"))

    clock.reset()
    assert clock() == hands.now
    clock.call_at(clock() + 1, lambda: done.append("after"))
    clock.advance(1000)

    assert done == ["after"]


def test_after_a_stop_nothing_happens_and_no_thread_is_left(clock: Clock) -> None:
    done: list[str] = []
    before = threading.active_count()
    for _ in range(3):
        clock.call_at(clock(), lambda: done.append("before"))
    clock.settle()
    clock.call_at(clock() + 1, lambda: done.append("late"))

    clock.stop()
    clock.call_at(clock(), lambda: done.append("after"))
    clock.advance(1000)

    assert done == ["before"] * 3
    assert threading.active_count() == before


def test_a_stop_waits_for_what_is_under_way(clock: Clock) -> None:
    begun, done = threading.Event(), list[str]()

    def slow() -> None:
        begun.set()
        wait_until(lambda: clock._stopped)  # pyright: ignore[reportPrivateUsage] - nothing else tells
        done.append("slow")

    clock.call_at(clock(), slow)
    begun.wait(60)
    clock.stop()

    assert done == ["slow"]


def test_a_stop_ends_a_turn(clock: Clock) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def endless() -> None:
        begun.set()
        go_on.wait(60)
        clock.call_at(clock(), endless)

    clock.call_at(clock(), endless)
    begun.wait(60)
    turning = threading.Thread(target=clock.advance, args=(1,))
    turning.start()
    go_on.set()

    clock.stop()
    turning.join()


def test_another_clock_may_be_moved_by_somebody_else(clock: Clock, hands: Hands) -> None:
    done: list[str] = []
    clock.call_at(clock() + 3600, lambda: done.append("done"))

    hands.advance(3600)

    wait_until(lambda: done)


def test_the_systems_clock_moves_by_itself() -> None:
    clock = Clock(time.time)
    done = threading.Event()
    clock.call_at(clock() + 3600, lambda: None)
    try:
        clock.call_at(clock() + 0.01, done.set)  # sooner than what the thread waits for
        assert done.wait(60)
    finally:
        clock.stop()


def test_several_may_turn_it_at_once(clock: Clock) -> None:
    began, done = clock(), list[float]()
    for number in range(50):
        clock.call_at(began + number, lambda: done.append(clock() - began))

    turning = [threading.Thread(target=clock.advance, args=(10,)) for _ in range(5)]
    for one in turning:
        one.start()
    for one in turning:
        one.join()
    clock.advance(50)

    assert len(done) == 50
    assert done == sorted(done)
