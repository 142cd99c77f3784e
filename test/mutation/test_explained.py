"""Every explanation belongs to a change that can be made today."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("mutmut", reason="needs mutmut: tox -e mutation")

import PureCloudPlatformClientV2
from mutation.explained import EXPLAINED
from mutation.mutants import mutants

PACKAGE = Path(PureCloudPlatformClientV2.__file__).parent


@pytest.mark.parametrize("module", sorted({key.partition(" ")[0] for key in EXPLAINED}))
def test_each_explanation_is_of_a_mutant(module: str) -> None:
    existing = {mutant.key for mutant in mutants(module, (PACKAGE / module).read_text("utf-8"))}

    assert {key for key in EXPLAINED if key.startswith(f"{module} ")} <= existing
