"""The soak, in small: that it runs, and that it finds what it is there to find."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, ApiException

from .calls import THREADS, Caller, Window, judge, judge_counts
from .crowd import Side, make_round
from .measures import Taken
from .script import outcome, trouble, verb

TESTS = Path(__file__).parent.parent

SMALL = ("--entities=10000", "--threads=50", "--each=4", "--rounds=2", "--calls=10000")

FLAT = Window(Taken(30 * 2**20, 100_000, 27_000, 12, 1), 0.001, 0.003, 0.0003)


def number_of(what: str, name: str) -> int:
    """The first call of a kind that the server does something to."""
    return next(
        number for number in range(10_000) if (verb(number), trouble(number)) == (what, name)
    )


def test_a_small_run_finds_nothing_wrong() -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-m", "soak", *SMALL],
        cwd=TESTS,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert ran.stderr == ""
    assert "10,000 calls in" in ran.stdout
    assert ran.stdout.endswith("0 things are wrong\n")


def test_every_trouble_comes_to_every_call_in_ten_thousand() -> None:
    met = {(verb(number), trouble(number)) for number in range(10_000)}
    assert len(met) == 7 * 11


@pytest.mark.parametrize(
    ("call", "body", "told"),
    [
        ("get", {"id": "another"}, "another came instead of"),
        ("get", {}, "None came instead of"),
        ("list", {"entities": [{"id": "another"}] * 25, "pageNumber": 4}, "another"),
        ("list", {"entities": [], "pageNumber": 4}, "list : AssertionError"),
        ("put", None, "put : ApiException"),
    ],
)
def test_an_answer_of_another_call_is_told(
    api_client: ApiClient, service: Service, call: str, body: Any, told: str
) -> None:
    caller = Caller(api_client)
    service.answer(200, body)
    caller.make(number_of(call, ""))
    assert [what for what in caller.wrong if told in what]


def test_an_error_that_should_not_be_is_told(api_client: ApiClient, service: Service) -> None:
    caller = Caller(api_client)
    service.answer(404, {"message": "of nobody"})
    caller.make(number_of("get", ""))
    service.answer(404, {"message": "of nobody"})
    caller.make(number_of("get", "not found"))
    service.answer(200, {"id": "1"})
    caller.make(number_of("get", "not found"))
    assert sum(caller.wrong.values()) == 3
    assert "the error of another call came instead of 404" in caller.wrong


def test_a_round_in_which_no_call_is_answered_is_told() -> None:
    def fail(number: str) -> list[str]:
        raise ApiException(status=0, reason=f"nothing came for {number}")

    seen = make_round(Side(fail, lambda: None), 2, 2, 0, close=False)
    assert seen["problems"][-1] == "4 calls got no answer"
    assert sum("nothing came for" in one for one in seen["problems"]) == 4


def test_too_few_windows_to_tell_what_grows_are_told() -> None:
    assert judge([FLAT] * 9, with_times=True) == ["9 windows are too few to tell what grows"]


def test_what_stays_as_it_is_is_not_told() -> None:
    assert judge([FLAT] * 50, with_times=True) == []


@pytest.mark.parametrize(
    ("grows", "told"),
    [
        ({"taken": {"memory": 200_000}}, "resident memory grew"),
        ({"taken": {"blocks": 100}}, "blocks of memory grew"),
        ({"taken": {"objects": 20}}, "objects grew"),
        ({"taken": {"descriptors": 1}}, "descriptors"),
        ({"taken": {"threads": 1}}, "threads were left"),
        ({"middle": 0.00002}, "the median"),
        ({"slow": 0.0001}, "the slowest"),
        ({"cpu": 0.000003}, "CPU"),
    ],
    ids=str,
)
def test_what_grows_is_told(grows: dict[str, Any], told: str) -> None:
    windows: list[Window] = []
    for number in range(50):
        taken = FLAT.taken
        for name, step in grows.get("taken", {}).items():
            taken = taken._replace(**{name: getattr(taken, name) + number * step})
        window = FLAT._replace(taken=taken)
        for name in ("middle", "slow", "cpu"):
            step = grows.get(name, 0)
            window = window._replace(**{name: getattr(window, name) + number * step})
        windows.append(window)

    (problem,) = judge(windows, with_times=True)
    assert told in problem
    if "taken" not in grows:
        assert judge(windows, with_times=False) == []


def test_a_connection_more_or_less_is_no_growth() -> None:
    windows = [
        FLAT._replace(taken=FLAT.taken._replace(descriptors=12 - number % (THREADS + 1)))
        for number in range(50)
    ]
    assert judge(windows, with_times=True) == []


def test_a_lost_request_and_a_write_that_came_twice_are_told() -> None:
    outcomes = [outcome(number) for number in range(10_000)]
    stats = {
        "requests": 10_000 + sum(one.repeats for one in outcomes) + 30 + 7,
        "refused": 30,
        "tokens": 7,
        "written": sum(one.writes for one in outcomes),
    }
    assert judge_counts(10_000, stats) == []
    assert "requests instead of" in judge_counts(10_000, stats | {"requests": 10_000})[0]
    assert "1 twice" in judge_counts(10_000, stats | {"written twice": 1})[0]
    assert "were to be carried out" in judge_counts(10_000, stats | {"written": 1})[0]
