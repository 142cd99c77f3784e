"""Threads that give way to each other at every step, as they run on a Python without the GIL.

With the GIL, a thread is interrupted at a few places only, so that what two threads do wrong
together shows once in a million times, and in production.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient
from PureCloudPlatformClientV2._calls.sending import credentials
from PureCloudPlatformClientV2._wire.redaction import Masked

THREADS = 4
CALLS = 100
_WHERE = tuple(
    str(Path(PureCloudPlatformClientV2.__file__).with_name(name))
    for name in ("_calls", "_auth", "_wire", "catalog", "_lazy")
)
"""The rooms in which threads share what is made with the first use."""


def give_way(frame: FrameType, event: str, _: object) -> Callable[..., Any] | None:
    """Let other threads go on before each instruction of these rooms."""
    if not frame.f_code.co_filename.startswith(_WHERE):
        return None
    frame.f_trace_opcodes = True
    if event == "opcode":
        time.sleep(0)  # takes no time, but releases the GIL
    return give_way


Together = Callable[[Callable[[int], Any]], list[Any]]


@pytest.fixture
def together() -> Iterator[Together]:
    """Has threads do the same at once; the results are in the order of the threads."""
    before, interval = threading.gettrace(), sys.getswitchinterval()
    threading.settrace(give_way)
    sys.setswitchinterval(1e-6)

    def run(work: Callable[[int], Any]) -> list[Any]:
        barrier = threading.Barrier(THREADS)

        def begin(thread: int) -> Any:
            barrier.wait(30)
            return work(thread)

        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(begin, range(THREADS)))

    try:
        yield run
    finally:
        sys.setswitchinterval(interval)
        threading.settrace(before)


def test_a_token_may_be_exchanged_while_other_threads_call(together: Together) -> None:
    client = ApiClient()
    session = client._session  # pyright: ignore[reportPrivateUsage]  # a call would take too long
    snapshots: list[Any] = []
    for number in range(CALLS * THREADS):
        client.configuration.access_token = f"token-{number}"
        snapshots.append(client.configuration.snapshot())

    def work(thread: int) -> int:
        for settings in snapshots[thread::THREADS]:
            auth = credentials(session, "host", settings, None, Masked([{}, {}]))
            assert auth is not None
            assert auth.current.access_token == settings.access_token
            assert client.access_token_expires_in is None
        return CALLS

    assert together(work) == [CALLS] * THREADS


def test_threads_that_use_a_model_and_a_method_of_the_catalog_first_get_the_same_one(
    together: Together,
) -> None:
    models: Any = PureCloudPlatformClientV2.models
    for name in ("Wrapup", "SkillGroup", "FlowOutcome", "EdgeGroup"):
        classes = together(partial(getattr, models, name))
        assert len(set(classes)) == 1
    for name in ("get_stations", "get_station", "delete_station_associateduser"):
        methods = together(partial(getattr, PureCloudPlatformClientV2.StationsApi, name))
        assert len(set(methods)) == 1
