"""One sandbox for all webhooks of a module, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox

from .middleware import create_integration


@pytest.fixture(scope="module")
def _started() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_started: Sandbox) -> Sandbox:
    _started.reset()
    return _started


@pytest.fixture
def integration_id(sandbox: Sandbox, service: Service) -> str:
    return create_integration(sandbox, f"{service.url}/webhook?from=sandbox")
