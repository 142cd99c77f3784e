"""One sandbox for all conversations of a module, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import urllib3
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox

from .conversing import Conversing


@pytest.fixture(scope="module")
def _started() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_started: Sandbox) -> Sandbox:
    _started.reset()
    return _started


@pytest.fixture
def talk(sandbox: Sandbox, pool: urllib3.PoolManager) -> Conversing:
    return Conversing(sandbox, pool)


@pytest.fixture
def integration_id(talk: Conversing, service: Service) -> str:
    service.answer_always(200)
    return talk.integrate(service.url)
