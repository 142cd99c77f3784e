"""This package and the vendor's 269, method by method and model by model: nothing else differs.

Runs where ``VENDOR_SDK`` names a folder in which 269.0.0 is, or is to be installed, as by
``tox -e with-269``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from platform_facts import notifications, platform

ROOT = Path(__file__).parent.parent.parent


class Difference(NamedTuple):
    """Something that differs, and where."""

    part: str
    where: str
    theirs: Any
    ours: Any


def _is_same_moment(theirs: Any, ours: Any) -> bool:
    try:
        moments = [datetime.fromisoformat(one.replace("Z", "+00:00")) for one in (theirs, ours)]
    except (AttributeError, ValueError):
        return False
    return moments[0] == moments[1]


OLD_MODELS = {
    "LineIntegration",
    "LineIntegrationEntityListing",
    "LineIntegrationRequest",
    "MessagingSticker",
    "MessagingStickerEntityListing",
    "UriReference",
}
OLD_FIELDS = {"TwitterIntegration", "TwitterIntegrationRequest"}


def _is_of_2019(part: str, where: str) -> bool:
    name = where.partition(".")[0]
    kinds = {"method": {"MessagingApi"}, "model": OLD_MODELS, "field": OLD_FIELDS}
    return name in kinds.get(part, ())


DELIBERATE: dict[str, Callable[[Difference], bool]] = {
    # In what is sent
    "lists in queries are repeated": lambda one: (
        one.part == "query" and one.theirs == [",".join(one.ours)]
    ),
    "what is required comes first in queries": lambda one: (
        one.part == "order" and sorted(one.theirs) == sorted(one.ours)
    ),
    "date-times are in UTC, with milliseconds and Z": lambda one: (
        (one.part == "body" and _is_same_moment(one.theirs, one.ours))
        or (one.part == "query" and _is_same_moment(one.theirs[0], one.ours[0]))
    ),
    "User-Agent and purecloud-sdk": lambda one: (
        one.part == "header" and one.where.rpartition(" ")[2] in ("user-agent", "purecloud-sdk")
    ),
    "Content-Type without a body": lambda one: (
        one.part == "header" and one.where.endswith(" content-type") and one.ours is None
    ),
    "null for a body that there is not": lambda one: (
        one.part == "body" and one.theirs is None and one.ours == "nothing"
    ),
    "integers of an enumeration": lambda one: (
        one.part == "body" and one.where.endswith(".family") and one.theirs == str(one.ours)
    ),
    # In what there is
    "models that nothing leads to": lambda one: (
        one.part == "model"
        and one.ours is None
        and one.where not in {**platform()["definitions"], **notifications()["definitions"]}
    ),
    "methods and models of 2019": lambda one: (
        (one.theirs is None and _is_of_2019(one.part, one.where))
        or (one.theirs, one.ours) == ("DomainEntityRef", "UriReference")
    ),
    "base classes of models": lambda one: (
        one.theirs is None and one.where.partition(".")[0] in ("Model", "EntityListing")
    ),
}
"""What differs and is meant to; docs/differences.md says so, too."""


def _side(path: Path, home: Path) -> subprocess.Popen[str]:
    kept = {name: one for name, one in os.environ.items() if not name.startswith("GENESYSCLOUD_")}
    path_of_modules = os.pathsep.join(map(str, (path, ROOT / "test")))
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "with_269.side"],
        cwd=home,  # which comes before the others
        env={**kept, "PYTHONPATH": path_of_modules, "HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,  # 269 warns there of deprecated methods
        text=True,
    )


@pytest.fixture(scope="module")
def sides(vendor: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """What the vendor's SDK has and sends, and what this package does."""
    home = tmp_path_factory.mktemp("home")
    with _side(vendor, home) as theirs, _side(ROOT, home) as ours:
        printed = [theirs.communicate(), ours.communicate()]
    assert (theirs.returncode, ours.returncode) == (0, 0), f"{printed[0][1]}{printed[1][1]}"
    return json.loads(printed[0][0]), json.loads(printed[1][0])


def _pairs(theirs: Any, ours: Any) -> Iterator[tuple[str, Any, Any]]:
    """What stands under the same name, where it differs."""
    for name in sorted({**theirs, **ours}):
        if theirs.get(name) != ours.get(name):
            yield name, theirs.get(name), ours.get(name)


def _in_apis(theirs: Any, ours: Any) -> Iterator[Difference]:
    for name, one, other in _pairs(theirs["classes"], ours["classes"]):
        yield Difference("class", name, one, other)
    for api, one, other in _pairs(theirs["methods"], ours["methods"]):
        for name, their_method, our_method in _pairs(one, other):
            yield Difference("method", f"{api}.{name}", their_method, our_method)


def _in_models(theirs: Any, ours: Any) -> Iterator[Difference]:
    for name, one, other in _pairs(theirs["models"], ours["models"]):
        if one is None or other is None:
            yield Difference("model", name, one, other)
            continue
        if one[0] != other[0]:
            yield Difference("module", name, one[0], other[0])
        for part in (1, 2):
            for field, their_type, our_type in _pairs(one[part], other[part]):
                yield Difference("field", f"{name}.{field}", their_type, our_type)


def _in_calls(theirs: Any, ours: Any) -> Iterator[Difference]:
    for call, one, other in _pairs(theirs["calls"], ours["calls"]):
        if not (isinstance(one, dict) and isinstance(other, dict)):
            yield Difference("call", call, one, other)
            continue
        for part in ("failure", "verb", "path"):
            if one[part] != other[part]:
                yield Difference(part, call, one[part], other[part])
        for name, their_header, our_header in _pairs(one["headers"], other["headers"]):
            yield Difference("header", f"{call} {name}", their_header, our_header)
        for name, their_values, our_values in _pairs(_query(one), _query(other)):
            yield Difference("query", f"{call} {name}", their_values, our_values)
        # The order is part of it.
        if [*_query(one)] != [*_query(other)]:
            yield Difference("order", call, [*_query(one)], [*_query(other)])
        yield from _in_json(call, one["body"], other["body"])


def _query(call: Any) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in call["query"]:
        values.setdefault(name, []).append(value)
    return values


def _in_json(where: str, theirs: Any, ours: Any) -> Iterator[Difference]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for name, one, other in _pairs(theirs, ours):
            yield from _in_json(f"{where}.{name}", one, other)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for one, other in zip(theirs, ours, strict=True):
            yield from _in_json(f"{where}[]", one, other)
    elif theirs != ours or type(theirs) is not type(ours):
        yield Difference("body", where, theirs, ours)


def test_nothing_differs_but_what_is_meant_to(
    sides: tuple[Any, Any], record_property: Callable[[str, object], None]
) -> None:
    differences = [*_in_apis(*sides), *_in_models(*sides), *_in_calls(*sides)]
    counted: Counter[str] = Counter()
    unexplained: list[Difference] = []
    for one in differences:
        kinds = [kind for kind, explains in DELIBERATE.items() if explains(one)]
        counted.update(kinds[:1])
        if not kinds:
            unexplained.append(one)
    for kind in DELIBERATE:
        record_property(kind, counted[kind])
        sys.stdout.write(f"{counted[kind]:6} {kind}\n")
    assert not unexplained, "\n".join(map(str, unexplained[:40]))
    assert set(counted) == set(DELIBERATE), "some no longer differ"


def test_both_have_as_much_as_they_should(sides: tuple[Any, Any]) -> None:
    theirs, ours = sides
    counts = [
        [len(one["classes"]), sum(map(len, one["methods"].values())), len(one["calls"])]
        for one in (theirs, ours)
    ]
    assert counts == [
        [87, 3508, 7016],
        [87, 3508 + 14, 7016],
    ]
    assert len(theirs["models"]) == 6651
    assert len({*theirs["models"]} & {*ours["models"]}) == 6651 - 213
