"""A fresh sandbox for every test, or one that is as new, and the ways to talk to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import Caller, Clock
from .notifications.listener import Listen, Listener
from .token_requests import basic


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def _sandbox_of_the_module() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def shared_sandbox(_sandbox_of_the_module: Sandbox) -> Iterator[Sandbox]:
    """A sandbox that is as new, though it was started once for a module."""
    _sandbox_of_the_module.reset()
    yield _sandbox_of_the_module
    # The next test has the same service: a webhook that is under way would come to it.
    _sandbox_of_the_module.advance(0)


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


@pytest.fixture
def listen(call: Caller) -> Iterator[Listen]:
    """Opens a channel, subscribes it and connects."""
    made: list[Listener] = []

    def listen(*topics: str, token: str = "", connected: bool = True) -> Listener:
        listener = Listener(call, token=token)
        made.append(listener)
        if topics:
            assert listener.subscribe(*topics).status == 200
        return listener.connect() if connected else listener

    yield listen
    for listener in made:
        listener.close()
