"""Which tests are chosen for a mutant."""

from __future__ import annotations

from pathlib import Path

import coverage
import pytest

pytest.importorskip("mutmut", reason="needs mutmut: tox -e mutation")

from mutation.mutants import mutants
from mutation.reached import Reached

SOURCE = """class Picture:
    size: int = 1

    def shown(self, width=2):
        return width
"""
READS = "test/test_picture.py::test_it_is_shown"
MAKES = "test/test_picture.py::test_what_is_left_out"
IMPORTS = "test/test_import.py::test_it_is_quick"
ELSEWHERE = "test/test_album.py::test_it_has_pictures"
OTHER = "test/test_sound.py::test_it_is_heard"


@pytest.fixture
def reached(tmp_path: Path) -> Reached:
    data = coverage.CoverageData(str(tmp_path / "coverage"))
    for test, lines in {READS: [5], ELSEWHERE: [5], IMPORTS: [1, 2, 4]}.items():
        data.set_context(f"{test}|run")
        data.add_lines({"/PureCloudPlatformClientV2/_wire/picture.py": lines})
    return Reached(dict.fromkeys((READS, MAKES, ELSEWHERE, IMPORTS, OTHER), 0.01), data)


def test_what_runs_at_import_concerns_those_who_use_what_it_makes(reached: Reached) -> None:
    chosen = {
        mutant.change: [set(tests) for tests in reached.tests(mutant)]
        for mutant in mutants("_wire/picture.py", SOURCE)
    }

    assert chosen == {
        "size: int = 1 -> size: int = None": [{READS, MAKES}, {ELSEWHERE, IMPORTS}],
        "size: int = 1 -> size: int = 2": [{READS, MAKES}, {ELSEWHERE, IMPORTS}],
        "def shown(self, width=2): -> def shown(self, width=3):": [{READS, MAKES}, {ELSEWHERE}],
    }
