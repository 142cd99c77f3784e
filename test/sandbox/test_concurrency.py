"""Many threads at one sandbox."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .caller import LINE, Caller, Response

THREADS = 8
CALLS = 25


def in_threads(sandbox: Sandbox, work: Callable[[Caller], Response]) -> list[Response]:
    """Do the same work in every thread, over and over, and collect the responses."""

    def repeat(call: Caller) -> list[Response]:
        return [work(call) for _ in range(CALLS)]

    with (
        urllib3.PoolManager(maxsize=THREADS, retries=False, timeout=30) as pool,
        ThreadPoolExecutor(THREADS) as executor,
    ):
        calls = [Caller(sandbox, pool)] * THREADS
        return [response for responses in executor.map(repeat, calls) for response in responses]


@pytest.mark.parametrize("in_file", [False, True], ids=["memory", "file"])
def test_nothing_is_lost_or_made_twice(in_file: bool, tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3" if in_file else None
    with Sandbox(rate_limit=None, database=database) as sandbox:
        responses = in_threads(sandbox, lambda call: call("POST", LINE, {"name": "A"}))

        assert {response.status for response in responses} == {200}
        assert len({response.json["id"] for response in responses}) == THREADS * CALLS
        assert len(sandbox.requests) == THREADS * CALLS
        with urllib3.PoolManager() as pool:
            assert Caller(sandbox, pool)("GET", LINE).json["total"] == THREADS * CALLS


def test_every_change_is_a_version_of_its_own() -> None:
    with Sandbox(rate_limit=None) as sandbox:
        path = sandbox.create_integration("line")["selfUri"]

        responses = in_threads(sandbox, lambda call: call("PUT", path, {"name": "B"}))

        versions = sorted(response.json["version"] for response in responses)
        assert versions == list(range(2, THREADS * CALLS + 2))


def test_the_rate_limit_is_exact() -> None:
    with Sandbox(rate_limit=100, clock=lambda: 0.0) as sandbox:
        responses = in_threads(sandbox, lambda call: call("GET", LINE))

    assert [response.status for response in responses].count(200) == 100


def test_a_fault_hits_as_often_as_planned() -> None:
    with Sandbox(rate_limit=None) as sandbox:
        sandbox.faults.add(StatusFault(503, times=30, after=50))

        responses = in_threads(sandbox, lambda call: call("GET", LINE))

    assert [response.status for response in responses].count(503) == 30


def test_a_reset_in_the_middle_breaks_nothing() -> None:
    with Sandbox(rate_limit=None) as sandbox:

        def work(call: Caller) -> Response:
            sandbox.reset()
            return call("POST", LINE, {"name": "A"})

        responses = in_threads(sandbox, work)

    assert {response.status for response in responses} == {200}
