"""Finds out which tests reach which lines, and what each costs; and chooses those of a mutant."""

from __future__ import annotations

import json
import math
import os
import re
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
COLLECTING = 0.3
"""What it costs to collect the tests of a file, about."""
OF_FIRST = 10.0
"""What the tests of the first file may cost for a mutant, as measured."""
OF_ANOTHER = 1.0
"""What those of any other file may cost."""
OF_OTHERS = 12.0
"""What those of all others may cost, with the collecting."""

_NEAR = {
    "_auth": re.compile("renewal|test_(oauth|changed_configuration|pickling|configuration|advice)"),
    "_transport": re.compile(
        "faults|connect|transfers|test_(exceptions|failures|gateway|http_client|logger|pacing|rest"
        "|retry|threads|re[a-z]+_heads)"
    ),
    "_wire": re.compile(
        "test_(parameters|bodies|serialization|deserialize|rest|uploads|months|environment)"
        "|endpoints|secret|error_bodies"
    ),
}
"""Files that are about a room, whatever else they are about."""


class Reached:
    """What the tests reach."""

    def __init__(self, costs: dict[str, float], data: coverage.CoverageData) -> None:
        self.costs = costs
        self._data = data
        self._files = {Path(path).as_posix(): path for path in data.measured_files()}
        self._lines: dict[str, dict[int, set[str]]] = {}

    def tests(self, mutant: Mutant) -> list[list[str]]:
        """Those that reach the lines of a mutant: a file's that probably tells, and then others'.

        The default of a parameter concerns all tests that get into the function. What else runs
        while a module is imported concerns all tests that get into its functions, and
        those in a file of its name: whoever makes a dataclass gets into no function of ours. Of one
        that has no functions, it concerns those that are named after its room.
        """
        lines = self._tests_by_line(mutant.module)
        found = _all(lines.get(line, ()) for line in mutant.lines if line in mutant.body)
        found = found or _all(lines.get(line, ()) for line in mutant.body)
        found = found or _all(lines.values()) | self._named_after(mutant.module)
        found = found or {test for test in self.costs if mutant.module.split("/")[0] in test}
        # What reaches nothing here may well do so in a program of its own.
        found |= self._named_after(mutant.module) - _all(lines.values())
        first, *others = self._by_file(found, mutant.module) or [[]]
        batches = self._affordable(first, OF_FIRST), self._of_many(others)
        return [tests for tests in batches if tests]

    def leave_out(self, files: Iterable[str]) -> None:
        """Choose none of these files' tests from now on."""
        out = frozenset(files)
        self.costs = {
            test: cost for test, cost in self.costs.items() if test.partition("::")[0] not in out
        }
        self._lines.clear()

    def cost(self, tests: Iterable[str]) -> float:
        """The CPU seconds of some tests, without what it takes to collect them."""
        return sum(self.costs[test] for test in tests)

    def _named_after(self, module: str) -> set[str]:
        return {test for test in self.costs if _is_named_after(test.partition("::")[0], module)}

    def _by_file(self, tests: set[str], module: str) -> list[list[str]]:
        """The tests of every file: named after the module, of its room, or many for the time."""
        near = _NEAR.get(module.split("/")[0])
        files = defaultdict[str, list[str]](list)
        for test in sorted(tests, key=lambda test: (self.costs[test], test)):
            files[test.partition("::")[0]].append(test)

        def worth(file: str) -> tuple[bool, bool, float]:
            first = _first_of_functions(files[file])
            functions_a_second = len(first) / (COLLECTING + self.cost(first))
            is_near = near is not None and near.search(file) is not None
            return _is_named_after(file, module), is_near, functions_a_second

        return [files[file] for file in sorted(files, key=worth, reverse=True)]

    def _of_many(self, files: Iterable[list[str]]) -> list[str]:
        """A test of every function of as many files as there is time for, and then others."""
        left = OF_OTHERS
        chosen, opened = list[str](), list[list[str]]()
        for tests in files:
            some = self._affordable(_first_of_functions(tests), OF_ANOTHER)
            if COLLECTING + self.cost(some) <= left:
                left -= COLLECTING + self.cost(some)
                chosen += some
                opened.append([test for test in tests if test not in some])
        for tests in opened:
            if left > 0:
                more = self._affordable(tests, min(OF_ANOTHER, left))
                left -= self.cost(more)
                chosen += more
        return chosen

    def _affordable(self, tests: list[str], left: float) -> list[str]:
        """One test of every function, the quickest, and as many others as there is time for."""
        chosen: list[str] = []
        for test in dict.fromkeys([*_first_of_functions(tests), *tests]):
            if self.costs[test] <= left or not chosen:
                left -= self.costs[test]
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
    """Run the tests in a copy of the project, and leave there what they reach.

    What fails while coverage watches, as it holds on to frames, is left out.
    """
    run = subprocess.run(
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
        check=False,
    )
    if run.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        run.check_returncode()


def load(project: Path) -> Reached:
    """Read what ``measure`` left."""
    data = coverage.CoverageData(str(project / ".coverage"))
    data.read()
    return Reached(json.loads((project / _COSTS).read_text("utf-8")), data)


def _is_named_after(file: str, module: str) -> bool:
    return f"_{Path(module).stem}" in f"_{Path(file).stem}"  # test_oauth is not about auth.py


def _first_of_functions(tests: Iterable[str]) -> list[str]:
    """The first test of every function, in the order given."""
    first: dict[str, str] = {}
    for test in tests:
        first.setdefault(test.partition("[")[0], test)
    return list(first.values())


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
