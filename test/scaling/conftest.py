"""A sandbox of many organizations for every test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .estate import Estate


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(log_size=50_000) as sandbox:
        yield sandbox


@pytest.fixture
def make_estate(sandbox: Sandbox, tmp_path: Path) -> Callable[[int], Estate]:
    return lambda count: Estate(sandbox, tmp_path, count)
