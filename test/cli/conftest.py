"""A sandbox, and commands that call it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from PureCloudPlatformClientV2.cli.program import run
from PureCloudPlatformClientV2.sandbox import Sandbox

from .shell import Cli, Finished, account


@pytest.fixture(scope="session")
def _sandbox_of_the_session() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_of_the_session: Sandbox) -> Sandbox:
    """An empty sandbox."""
    _sandbox_of_the_session.reset()
    return _sandbox_of_the_session


@pytest.fixture
def cli(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cli:
    """Runs a command in this process, with an account on the sandbox."""
    for name, value in account(sandbox).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "80")

    def run_here(*arguments: str) -> Finished:
        code = run(arguments)
        printed = capsys.readouterr()
        return Finished(code, printed.out, printed.err)

    return run_here
