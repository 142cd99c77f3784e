"""The pytest fixture ``purecloud_sandbox``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .server import Sandbox


@pytest.fixture(scope="session")
def _purecloud_sandbox_server() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    # Start-up cost: this module is imported in every run of pytest, the server in few.
    from . import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def purecloud_sandbox(_purecloud_sandbox_server: Sandbox) -> Sandbox:
    """A running stand-in for Genesys Cloud, as new for each test.

    The server is started once per test run; before each test it forgets all integrations, tokens,
    faults and logged requests. Point the client at ``purecloud_sandbox.host`` with the token
    ``purecloud_sandbox.access_token``; see docs/sandbox.md for what else it offers.
    """
    _purecloud_sandbox_server.reset()
    return _purecloud_sandbox_server
