"""One sandbox for all conversations of a module, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.events import Event

from .conversing import Conversing


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    return shared_sandbox


@pytest.fixture
def talk(sandbox: Sandbox, pool: urllib3.PoolManager) -> Conversing:
    return Conversing(sandbox, pool)


@pytest.fixture
def integration_id(talk: Conversing, service: Service) -> str:
    service.answer_always(200)
    return talk.integrate(service.url)


@pytest.fixture
def told(sandbox: Sandbox) -> Iterator[list[Event]]:
    """What listeners are told of conversations and typing."""
    state, found = sandbox._running(), list[Event]()  # pyright: ignore[reportPrivateUsage]
    end = state.events.listen(
        lambda event: found.append(event) if event.kind in ("conversation", "typing") else None
    )
    yield found
    end()
