"""docs/architecture.md and its picture agree with the code."""

from __future__ import annotations

import importlib
import re

import architecture
import pytest
from test_conformance import HEIGHT, PACKAGE, ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    found = re.search(rf"^## {heading}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, f"architecture.md has no section {heading!r}"
    return found[1]


def in_code_marks(column: int, heading: str) -> list[str]:
    """What stands in code marks in one column of the table of a section."""
    rows = [line.strip("|").split("|") for line in re.findall(r"^\|.*\|$", section(heading), re.M)]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row[column])]


def test_the_picture_shows_the_imports_that_there_are() -> None:
    found = architecture.PICTURE.read_text(encoding="utf-8")
    assert found == architecture.draw(), "run: python test/architecture.py"


def test_the_picture_has_a_dot_for_every_import() -> None:
    imports = architecture.imports()
    assert imports["retry"] == set()
    assert imports["pacing"] == {"connection"}
    assert architecture.draw().count("<circle") == sum(map(len, imports.values()))


def test_every_file_of_the_client_is_in_the_table_from_the_ground_up() -> None:
    patterns = in_code_marks(0, "What lives where")
    files = [path for pattern in patterns for path in PACKAGE.glob(pattern)]
    heights = [HEIGHT[path.relative_to(PACKAGE).parts[0].removesuffix(".py")] for path in files]

    assert all(list(PACKAGE.glob(pattern)) for pattern in patterns)
    assert heights == sorted(heights)
    rooms = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in files}
    assert rooms == set(HEIGHT) - {"__init__"}


@pytest.mark.parametrize(
    "name", [one for one in in_code_marks(1, "Where a decision lives") if "." in one]
)
def test_a_decision_lives_where_the_page_says(name: str) -> None:
    module, _, attribute = name.partition(".")
    assert hasattr(importlib.import_module(f"PureCloudPlatformClientV2.{module}"), attribute)


def test_every_test_that_the_page_names_exists() -> None:
    paths = re.findall(r"`(test/[^`]+)`", PAGE)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
