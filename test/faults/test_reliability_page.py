"""docs/reliability.md names tests that exist, and figures that are true."""

from __future__ import annotations

import re
from pathlib import Path

from .scenarios import SCENARIOS
from .test_deadlines import PHASES
from .test_scenarios import TRIALS

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "reliability.md"


def rows_of_tests() -> list[str]:
    """The rows of all tables but those of the sections that have measurements."""
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    left = [one for one in sections if one.split("\n")[0] not in ("Scale", "Mutation")]
    assert len(left) == len(sections) - 2
    return re.findall(r"^\| .+ \|$", "".join(left), re.MULTILINE)


def test_the_page_names_tests_that_exist() -> None:
    files = [
        *HERE.glob("test_*.py"),
        *HERE.parent.glob("fuzz/test_*.py"),
        *HERE.parent.glob("transfers/test_*.py"),
        HERE.parent / "test_retry.py",
    ]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    tests = set(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))

    assert len(named) > 40
    assert named <= tests


def test_the_page_has_a_test_in_every_row() -> None:
    without = [row for row in rows_of_tests() if "`test_" not in row and "---" not in row]

    heads = [row for row in without if row.endswith(("| test |", "| held |", "| survived |"))]
    figures = [row for row in without if re.search(r"\| \d+ \|$", row)]
    assert without == [row for row in without if row in heads or row in figures]


def test_the_figures_are_those_of_the_suite() -> None:
    figures = re.findall(r"\| (\d+) \| (\d+) \|$", "\n".join(rows_of_tests()), re.MULTILINE)

    tried = [len(SCENARIOS), len(TRIALS), len(PHASES)]
    assert figures == [(str(number), str(number)) for number in tried]
