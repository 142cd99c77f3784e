"""The programs of users run with the vendor's 269 as they do with this package."""

from __future__ import annotations

from pathlib import Path

import pytest
from examples_of_users.test_programs import SCRIPTS, expected, run
from service import Service


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.stem)
def test_a_program_prints_the_same(
    script: Path, vendor: Path, service: Service, tmp_path: Path
) -> None:
    assert run(script, vendor, tmp_path, service) == expected(script)
