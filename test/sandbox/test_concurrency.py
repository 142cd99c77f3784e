"""Many threads at one sandbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .caller import LINE, Answer, Caller

THREADS = 8
CALLS = 25


def in_threads(sandbox: Sandbox, work: Callable[[Caller], Answer]) -> list[Answer]:
    """Do the same work in every thread, over and over, and collect the answers."""

    def repeat(call: Caller) -> list[Answer]:
        return [work(call) for _ in range(CALLS)]

    with (
        urllib3.PoolManager(maxsize=THREADS, retries=False, timeout=30) as pool,
        ThreadPoolExecutor(THREADS) as executor,
    ):
        calls = [Caller(sandbox, pool)] * THREADS
        return [answer for answers in executor.map(repeat, calls) for answer in answers]


@pytest.mark.parametrize("in_file", [False, True], ids=["memory", "file"])
def test_nothing_is_lost_or_made_twice(in_file: bool, tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3" if in_file else None
    with Sandbox(rate_limit=None, database=database) as sandbox:
        answers = in_threads(sandbox, lambda call: call("POST", LINE, {"name": "A"}))

        assert {answer.status for answer in answers} == {200}
        assert len({answer.json["id"] for answer in answers}) == THREADS * CALLS
        assert len(sandbox.requests) == THREADS * CALLS
        with urllib3.PoolManager() as pool:
            assert Caller(sandbox, pool)("GET", LINE).json["total"] == THREADS * CALLS


def test_every_change_is_a_version_of_its_own() -> None:
    with Sandbox(rate_limit=None) as sandbox:
        path = sandbox.create_integration("line")["selfUri"]

        answers = in_threads(sandbox, lambda call: call("PUT", path, {"name": "B"}))

        versions = sorted(answer.json["version"] for answer in answers)
        assert versions == list(range(2, THREADS * CALLS + 2))


def test_the_rate_limit_is_exact() -> None:
    with Sandbox(rate_limit=100, clock=lambda: 0.0) as sandbox:
        answers = in_threads(sandbox, lambda call: call("GET", LINE))

    assert [answer.status for answer in answers].count(200) == 100


def test_a_fault_hits_as_often_as_planned() -> None:
    with Sandbox(rate_limit=None) as sandbox:
        sandbox.faults.add(StatusFault(503, times=30, after=50))

        answers = in_threads(sandbox, lambda call: call("GET", LINE))

    assert [answer.status for answer in answers].count(503) == 30


def test_a_reset_in_the_middle_breaks_nothing() -> None:
    with Sandbox(rate_limit=None) as sandbox:

        def work(call: Caller) -> Answer:
            sandbox.reset()
            return call("POST", LINE, {"name": "A"})

        answers = in_threads(sandbox, work)

    assert {answer.status for answer in answers} == {200}
