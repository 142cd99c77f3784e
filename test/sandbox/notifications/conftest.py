"""One sandbox for all channels of a module, emptied after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from ..caller import Clock


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    # A clock that only tests turn: what takes long on a busy machine takes no time.
    with Sandbox(rate_limit=None, clock=Clock()) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.reset()
