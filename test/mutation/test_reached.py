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

    def shown(self):
        return 2
"""
READS = "test/test_picture.py::test_it_is_shown"
MAKES = "test/test_picture.py::test_what_is_left_out"
ELSEWHERE = "test/test_album.py::test_it_has_pictures"
OTHER = "test/test_sound.py::test_it_is_heard"


@pytest.fixture
def reached(tmp_path: Path) -> Reached:
    data = coverage.CoverageData(str(tmp_path / "coverage"))
    for test in (READS, ELSEWHERE):
        data.set_context(f"{test}|run")
        data.add_lines({"/PureCloudPlatformClientV2/_wire/picture.py": [5]})
    return Reached(dict.fromkeys((READS, MAKES, ELSEWHERE, OTHER), 0.01), data)


def test_what_runs_at_import_concerns_all_tests_of_the_file_of_its_name(reached: Reached) -> None:
    chosen = {
        mutant.function: [set(tests) for tests in reached.tests(mutant)]
        for mutant in mutants("_wire/picture.py", SOURCE)
    }

    assert chosen == {
        "<module>": [{READS, MAKES}, {ELSEWHERE}],
        "Picture.shown": [{READS}, {ELSEWHERE}],
    }
