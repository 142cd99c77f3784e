"""docs/architecture.md and its picture agree with the code."""

from __future__ import annotations

import importlib
import re

import architecture
import pytest
from house import PACKAGE, ROOT

PAGE = architecture.PAGE.read_text(encoding="utf-8")


def decisions() -> list[str]:
    """What the page names as the places where decisions live."""
    (rows,) = re.findall(r"^## Where a decision lives\n(.*?)^## ", PAGE, re.M | re.S)
    return re.findall(r"`([\w.]+)`", rows)


def test_picture_and_tables_are_up_to_date() -> None:
    picture = architecture.PICTURE.read_text(encoding="utf-8")
    assert (picture, PAGE) == (architecture.draw(), architecture.page()), (
        "run: python test/architecture.py"
    )


def test_every_import_leads_down() -> None:
    heights = {
        room.name: -level for level, story in enumerate(architecture.STORIES) for room in story
    }
    for room, targets in architecture.imports().items():
        assert all(heights[other] < heights[room] for other in targets), room


def test_the_picture_has_an_arrow_for_every_import_that_no_other_way_shows() -> None:
    found = {"top": {"middle", "bottom"}, "middle": {"bottom"}, "bottom": set[str]()}
    assert list(architecture.arrows(found)) == [("top", "middle"), ("middle", "bottom")]

    drawn = set(architecture.arrows(architecture.imports()))
    assert ("_auth", "_transport") in drawn
    assert ("_auth", "_wire") not in drawn
    assert architecture.draw().count('class="arrow"') == len(drawn)


def test_a_circle_of_imports_is_noticed() -> None:
    with pytest.raises(AssertionError, match="lead back"):
        list(architecture.arrows({"egg": {"hen"}, "hen": {"egg"}}))


def test_a_file_without_a_room_is_noticed() -> None:
    with pytest.raises(LookupError, match="which room attic belongs to"):
        architecture.room_of(PACKAGE / "attic.py")


@pytest.mark.parametrize("name", decisions())
def test_a_decision_lives_where_the_page_says(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(importlib.import_module(f"PureCloudPlatformClientV2.{module}"), attribute)


def test_every_test_that_the_page_names_exists() -> None:
    paths = re.findall(r"`(test/[^`]+)`", PAGE)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
