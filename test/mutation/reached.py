"""Finds out which tests reach which lines, and what each costs; and chooses those of a mutant."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterable
from pathlib import Path

import coverage
import pytest

from .mutants import Mutant

_COSTS = "costs.json"
FIRST = 8
"""Tests of the first batch, which kills most mutants."""
SECONDS = 6.0
"""What all tests of a mutant may cost, as measured."""


class Reached:
    """What the tests reach."""

    def __init__(self, costs: dict[str, float], data: coverage.CoverageData) -> None:
        self.costs = costs
        self._data = data
        self._files = {Path(path).as_posix(): path for path in data.measured_files()}
        self._lines: dict[str, dict[int, set[str]]] = {}

    def tests(self, mutant: Mutant) -> list[str]:
        """Those that reach the lines of a mutant, in the order in which to run them.

        What runs while a module is imported concerns all tests that get into its functions.
        """
        lines = self._tests_by_line(mutant.module)
        found = _all(lines.get(line, ()) for line in mutant.lines) if mutant.body else set[str]()
        found = found or _all(lines.get(line, ()) for line in mutant.body)
        return self._in_order(found or _all(lines.values()))

    def _in_order(self, tests: set[str]) -> list[str]:
        """The quickest of each test function before the others, until the time is used up."""
        by_cost = sorted(tests, key=lambda test: (self.costs[test], test))
        first: dict[str, str] = {}
        for test in by_cost:
            first.setdefault(test.partition("[")[0], test)
        left, chosen = SECONDS, list[str]()
        for test in dict.fromkeys([*first.values(), *by_cost]):
            left -= self.costs[test]
            if left < 0 and chosen:
                break
            chosen.append(test)
        return chosen

    def _tests_by_line(self, module: str) -> dict[int, set[str]]:
        if module not in self._lines:
            path = next(path for name, path in self._files.items() if name.endswith(f"V2/{module}"))
            self._lines[module] = {
                line: {name for one in contexts if (name := one.rpartition("|")[0]) in self.costs}
                for line, contexts in self._data.contexts_by_lineno(path).items()
            }
        return self._lines[module]


def measure(project: Path, tests: Iterable[str], processes: int) -> None:
    """Run the tests in a copy of the project, and leave there what they reach."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "--numprocesses", str(processes)),
            *("-p", "mutation.reached", "-p", "no:cacheprovider"),
            *("--cov", "--cov-context=test", "--cov-report=", "--cov-fail-under=0", *tests),
        ],
        cwd=project,
        env={
            **os.environ,
            "COVERAGE_CORE": "ctrace",
            "PYTHONPATH": f"{project}:{project / 'test'}",
        },
        check=True,
    )


def load(project: Path) -> Reached:
    """Read what ``measure`` left."""
    data = coverage.CoverageData(str(project / ".coverage"))
    data.read()
    return Reached(json.loads((project / _COSTS).read_text("utf-8")), data)


def _all(sets: Iterable[Iterable[str]]) -> set[str]:
    return {one for each in sets for one in each}


# From here on this is a plugin of pytest, which notes what every test costs.
_costs: defaultdict[str, float] = defaultdict(float)
_since = 0.0


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Begin to measure. CPU time is the same on a busy machine; waits are short in these tests."""
    global _since
    _since = time.process_time()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have the report say what the test has cost so far."""
    report = yield
    report.user_properties = [*report.user_properties, ("cpu", time.process_time() - _since)]
    return report


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note it, wherever the test ran."""
    [cost] = (value for name, value in report.user_properties if name == "cpu")
    assert isinstance(cost, float)
    _costs[report.nodeid] = max(_costs[report.nodeid], cost if report.passed else math.inf)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Leave the costs of the tests that passed."""
    if not hasattr(session.config, "workerinput"):
        passed = {test: cost for test, cost in _costs.items() if cost < math.inf}
        (session.config.rootpath / _COSTS).write_text(json.dumps(passed), "utf-8")
