"""Models within models: each value is looked at once, and a hundred levels are no matter."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ErrorBody,
    LineIntegration,
    models,
    to_rows,
)
from PureCloudPlatformClientV2._wire.json_values import parse_json
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent


@pytest.mark.parametrize("depth", [100, 400, 700, 950, 5000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a": ', "}")])
def test_what_is_not_too_deep_to_be_read_is_not_too_deep_to_be_shown(
    depth: int, opening: str, closing: str
) -> None:
    text = '{"new": ' + opening * depth + "1" + closing * depth + "}"
    try:
        integration = LineIntegration.from_dict(parse_json(text.encode()))
    except ValueError:  # at another depth in each version of Python
        return
    assert repr(integration).startswith("LineIntegration(")
    assert integration.to_dict()["new"]


def called_from(frames: int, work: Callable[[], object]) -> object:
    """Do something as a program does that is so many calls deep already."""
    return called_from(frames - 1, work) if frames else work()


def compared(model: Model) -> Model:
    again = type(model).from_dict(sent(model))
    assert model == again
    return again


USES: dict[str, Callable[[Any], object]] = {
    "to_dict": lambda model: model.to_dict(),
    "to_json": lambda model: model.to_json(),
    "repr": repr,
    "to_rows": lambda model: list(to_rows([model])),
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "==": compared,
    "sent": sent,
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(
    ("kind", "opening", "inner", "closing", "levels"),
    [
        ("LineIntegration", '{"new": ', "[]", "}", 1),
        ("LineIntegration", '{"new": [', "1", "]}", 2),
        ("CategoryReference", '{"parentCategory": ', "{}", "}", 1),
        ("Annotation", '{"annotations": [', "{}", "]}", 2),
    ],
    ids=["objects", "objects and arrays", "models", "lists of models"],
)
def test_a_hundred_levels_can_be_used_in_every_way(
    kind: str, opening: str, inner: str, closing: str, levels: int, use: str
) -> None:
    depth = 100 // levels
    model = getattr(models, kind).from_dict(
        parse_json((opening * depth + inner + closing * depth).encode())
    )
    assert called_from(200, lambda: USES[use](model)) is not None


class _Leaf(str):
    """A text that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        type(self).compared += 1
        return str(self) is str(other)

    __hash__ = str.__hash__


def _nested(leaf: Any, depth: int, kind: Callable[[Any], Any]) -> ErrorBody:
    body = ErrorBody(message=leaf)
    for _ in range(depth):
        body = ErrorBody(errors=kind([body]))
    return body


@pytest.mark.parametrize("depth", [1, 10])
@pytest.mark.parametrize("kind", [list, tuple])
def test_equality_looks_at_each_value_once(depth: int, kind: Callable[[Any], Any]) -> None:
    _Leaf.compared = 0
    assert _nested(_Leaf("a"), depth, kind) != _nested(_Leaf("b"), depth, list)
    assert _Leaf.compared == 1


def test_equality_of_what_is_nested_deeply_comes_to_an_end() -> None:
    assert _nested("a", 60, tuple) == _nested("a", 60, list)
    assert _nested("a", 60, list) != _nested("b", 60, list)


def test_equality_goes_into_unknown_fields() -> None:
    one, other = ErrorBody(), ErrorBody()
    one.additional_properties["new"] = {"pairs": [(1, 2)], "model": _nested("a", 2, list)}
    other.additional_properties["new"] = {"pairs": ([1, 2],), "model": _nested("a", 2, tuple)}
    assert one == other
    other.additional_properties["more"] = 1
    assert one != other
