"""Tries mutants: each in a copy of the project, on the tests that reach it."""

from __future__ import annotations

import compileall
import json
import os
import py_compile
import shutil
import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .mutants import Mutant
from .nursery import PACKAGE
from .reached import Reached
from .report import SURVIVED, UNREACHED

_NOT_COPIED = (".*", "*.pyi", "__pycache__", "build", "dist", "docs_browser", "scaling")


def copy_project(project: Path, copy: Path) -> None:
    """Copy what the tests need, compiled so that a change is seen whatever its size and time."""
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
    compileall.compile_dir(
        copy / PACKAGE, quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
    )


def environment(copy: Path) -> dict[str, str]:
    """What has the package and the tests imported from a copy."""
    path = os.pathsep.join(map(str, (copy, copy / "test")))
    return {**os.environ, "PYTHONPATH": path, "TMPDIR": str(copy.parent)}


class Trial:
    """Tries mutants in one copy, one after the other."""

    def __init__(self, copy: Path, nursery: subprocess.Popen[str], reached: Reached) -> None:
        self._copy = copy
        self._nursery = nursery
        self._reached = reached
        self.cpu = 0.0
        """Seconds that the tests have taken so far."""

    def fails(self, tests: list[str]) -> bool:
        """Run tests while nothing is changed, and say whether one fails all the same."""
        return self._perform(tests) != SURVIVED

    def verdict(self, mutant: Mutant) -> str:
        """Say what the tests say."""
        batches = self._reached.tests(mutant)
        if not batches:
            return UNREACHED
        with self._changed(mutant):
            verdicts = (self._perform(tests) for tests in batches)
            return next((verdict for verdict in verdicts if verdict != SURVIVED), SURVIVED)

    @contextmanager
    def _changed(self, mutant: Mutant) -> Generator[None]:
        path = self._copy / PACKAGE / mutant.module
        source = path.read_text("utf-8")
        path.write_text(mutant.source, "utf-8")
        try:
            yield
        finally:
            path.write_text(source, "utf-8")

    def _perform(self, tests: list[str]) -> str:
        seconds = self._reached.cost(tests)
        order: dict[str, Any] = {
            "tests": tests,
            "cpu": int(10 + 5 * seconds),
            "wall": 60 + 10 * seconds,
            "log": str(self._log),
        }
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps(order) + "\n")
        self._nursery.stdin.flush()
        answer = json.loads(self._nursery.stdout.readline())
        self.cpu += answer["cpu"]
        verdict: str = answer["verdict"]
        return verdict

    @property
    def _log(self) -> Path:
        return self._copy.with_suffix(".log")


@contextmanager
def begin(copy: Path, tests: Sequence[str], reached: Reached) -> Generator[Trial]:
    """Start a nursery in a copy."""
    nursery = subprocess.Popen(
        [sys.executable, "-m", "mutation.nursery", *tests],
        cwd=copy,
        env={**environment(copy), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Trial(copy, nursery, reached)
    finally:
        nursery.terminate()
        nursery.wait()
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        nursery.stdin.close()
        nursery.stdout.close()
