"""One sandbox for all channels of a module, emptied after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.reset()
