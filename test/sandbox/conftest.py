"""A fresh sandbox for every test, and the ways to talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import Caller, Clock
from .token_requests import basic


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(retries=False, timeout=30) as pool:
        yield pool


@pytest.fixture
def call(sandbox: Sandbox, pool: urllib3.PoolManager) -> Caller:
    return Caller(sandbox, pool)


@pytest.fixture
def credentials(sandbox: Sandbox) -> dict[str, str]:
    """The header by which the sandbox's own OAuth client authenticates."""
    return basic(sandbox.client_id, sandbox.client_secret)
