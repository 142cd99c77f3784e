"""JSON documents of the contract's definitions, and what may become of them on the way."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import hypothesis.strategies as st
from platform_facts import Schema, definition_name, swagger_type

CANARY = "canary-of-a-secret"
"""Stands in the fields of a document that are secret."""

_DEEPEST = 4
_MOST_FIELDS = 6


class Raw(str):
    """Text that stands in a document as it is, be it JSON or not."""

    __slots__ = ()


class Pairs(list[tuple[str, Any]]):
    """An object whose keys may come twice."""


def write(value: Any) -> str:
    """Write a document as text, in ASCII."""
    if isinstance(value, Raw):
        return value
    if isinstance(value, (dict, Pairs)):
        pairs = value.items() if isinstance(value, dict) else value
        return "{" + ",".join(f"{json.dumps(key)}:{write(one)}" for key, one in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(write, value)) + "]"
    return json.dumps(value)


# Valid ones

_MOMENTS = ["2019-08-14T09:30:00.000Z", "0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]

WRITTEN: dict[str, list[str]] = {
    "date": ["2019-08-14", "0001-01-01", "9999-12-31"],
    "datetime": _MOMENTS,
    "LocalDateTime": [moment.removesuffix("Z") for moment in _MOMENTS],
    "YearMonth": ["2019-08", "0001-01", "9999-12"],
}
"""Dates as the client itself writes them, by type."""

_texts = st.text(max_size=6) | st.sampled_from(
    ["", "null", "\u00fc\u20ac\U0001f600", "a, b", "\x00\u2028"]
)

_keys = st.lists(_texts, max_size=2, unique=True)

_SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "float": st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60),
    "int": st.integers(-(2**63), 2**63),
    "object": st.sampled_from([{}, [], 1, "text", {"any": ["thing", 1.5, None]}, False]).map(
        copy.deepcopy
    ),
    "str": _texts,
    **{kind: st.sampled_from(texts) for kind, texts in WRITTEN.items()},
}


class Documents:
    """Draws valid documents of the definitions that a contract has."""

    def __init__(
        self, definitions: dict[str, Any], secrets: Callable[[str], frozenset[str]]
    ) -> None:
        """Remember what is drawn from.

        Args:
            definitions: The definitions.
            secrets: Gives the wire names of what is secret in a definition.
        """
        self._definitions = definitions
        self._secrets = secrets
        # Made once: to make a strategy takes longer than to draw from it.
        self._fields: dict[str, st.SearchStrategy[list[str]]] = {}

    def draw(self, draw: st.DrawFn, schema: Schema, depth: int = _DEEPEST) -> Any:
        """Draw a document."""
        if name := definition_name(schema):
            return self._object(draw, name, depth)
        if schema["type"] == "array":
            most = 2 if depth else 0
            return [self.draw(draw, schema["items"], depth - 1) for _ in range(_up_to(draw, most))]
        if schema["type"] == "object" and "additionalProperties" in schema:
            keys = draw(_keys) if depth else []
            return {key: self.draw(draw, schema["additionalProperties"], depth - 1) for key in keys}
        if "enum" in schema:
            return draw(st.sampled_from(schema["enum"]))
        return draw(_SCALARS[swagger_type(schema)])

    def _object(self, draw: st.DrawFn, name: str, depth: int) -> dict[str, Any]:
        properties = self._definitions[name]["properties"]
        if not depth or not properties:
            return {}
        if name not in self._fields:
            names = st.sampled_from([*properties])
            self._fields[name] = st.lists(names, max_size=_MOST_FIELDS, unique=True)
        fields = draw(self._fields[name])
        found: dict[str, Any] = {}
        for field in fields:
            inner = properties[field]
            if field in self._secrets(name) and swagger_type(inner) == "str":
                found[field] = CANARY
            else:
                found[field] = self.draw(draw, inner, depth - 1)
        return found


def _up_to(draw: st.DrawFn, most: int) -> int:
    return draw(st.integers(0, most))


# Others

_REPLACEMENTS: list[Any] = [
    *(None, True, False, 0, -1, 3.0, 1.5, 2**63, -(10**400), 1e308, "", "text", "3", "true"),
    *([], {}, [None], {"": None}, [[]], {"id": {"id": "1"}}, [1, "a"], {"id": 7}),
    *("outdated_sdk_version", "\ud800", "\udfff\ud800", "\ufeff", "a\r\nb: c", "%s{0}$&\\"),
    *("2019-02-30T00:00:00Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
    *("2019-08-14T24:00:00Z", "2019-W33-3", "20190814T0930Z", "2019-08-14T09:30:60Z", "Z"),
    *("2019-13", "10000-01", "0000-01", "2019-08-14", "12019-08"),
    "\u0662\u0660\u0661\u0669-08-14",
    *map(Raw, ["NaN", "Infinity", "-Infinity", "1e999", "1E400", "-1e-999", "9" * 5000]),
    *map(Raw, ["-0", "-0.0", "1.0e5", "01", "'a'", "", "\ufeff"]),
    *map(Raw, ['"\\ud83d"', '"\\u0000"', '"\\x"', '"\t"']),
    *(Raw("[" * deep + "]" * deep) for deep in (50, 300, 5000)),
    *(Raw('{"entities":[' * deep + "]}" * deep) for deep in (20, 200, 3000)),
    *(Raw('{"id":' * deep + "1" + "}" * deep) for deep in (40, 400)),
    Raw("[" * 100_000),
]  # fmt: skip

_replacements = st.sampled_from(_REPLACEMENTS).map(copy.deepcopy)

_new_names = st.sampled_from(
    [
        *("newer", "", "clientSecret", "entities", "_unknown", "__class__", "additionalProperties"),
        *("\ud800", "self", "a b", "from"),
    ]
)


def mutate(draw: st.DrawFn, document: Any) -> Any:
    """Change a document in one place or a few."""
    holder = [document]
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(holder))
        container, key = places[draw(st.integers(0, len(places) - 1))]
        draw(_actions)(draw, container, key, holder)
    return holder[0]


def _replace(draw: st.DrawFn, container: Any, key: Any, _: Any) -> None:
    _put(container, key, draw(_replacements))


def _wrap(draw: st.DrawFn, container: Any, key: Any, _: Any) -> None:
    value = _at(container, key)
    around: list[Any] = [[value], [value, value], {"id": value}, {"entities": [value]}]
    _put(container, key, draw(st.sampled_from(around)))


def _add(draw: st.DrawFn, container: Any, key: Any, _: Any) -> None:
    value, new = _at(container, key), draw(_replacements)
    name = draw(_new_names)
    if isinstance(value, dict):
        value[name] = CANARY if name == "clientSecret" else new
    elif isinstance(value, list) and not isinstance(value, Pairs):
        value.append(new)


def _twice(draw: st.DrawFn, container: Any, key: Any, _: Any) -> None:
    value = _at(container, key)
    if isinstance(value, dict) and value:
        name = draw(st.sampled_from([*value]))
        again = (name, draw(_replacements))
        _put(container, key, Pairs([*value.items(), again]))


def _itself(draw: st.DrawFn, container: Any, key: Any, holder: Any) -> None:
    _put(container, key, Raw(write(holder[0])))


def _remove(draw: st.DrawFn, container: Any, key: Any, holder: Any) -> None:
    if container is not holder:
        del container[key]


_actions = st.sampled_from([_replace, _replace, _wrap, _add, _twice, _itself, _remove])


def _places(container: Any) -> Iterator[tuple[Any, Any]]:
    """Tell where the values of a document are: in what, and where there."""
    keys: Any = [*container] if isinstance(container, dict) else range(len(container))
    for key in keys:
        yield container, key
        value = _at(container, key)
        if isinstance(value, (dict, list)):
            yield from _places(value)


def _at(container: Any, key: Any) -> Any:
    return container[key][1] if isinstance(container, Pairs) else container[key]


def _put(container: Any, key: Any, value: Any) -> None:
    container[key] = (container[key][0], value) if isinstance(container, Pairs) else value
