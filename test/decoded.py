"""Compares what was decoded with the contract, whose sample it was decoded from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from platform_facts import Schema, attribute, definition_name, python_value, swagger_type

from PureCloudPlatformClientV2 import ApiClient, YearMonth, models
from PureCloudPlatformClientV2.models import Model

ERA_2019 = {"recipient", "created_by", "modified_by"}
"""In the two models of both eras, these are UriReference still."""


def differences(place: str, found: Any, expected: Any) -> Iterator[str]:
    if found != expected:
        yield f"{place}: {found!r}, not {expected!r}"


def mismatches(
    place: str, schema: Schema, sample: Any, value: Any, document: dict[str, Any]
) -> Iterator[str]:
    """Say what of a decoded value is not as the contract has it."""
    if name := definition_name(schema):
        if type(value) is not getattr(models, name):
            yield f"{place}: {type(value).__name__}, not {name}"
        else:
            yield from _fields_amiss(place, name, sample, value, document)
        return
    kind = swagger_type(schema)
    if kind.startswith("list["):
        if type(value) is not list or len(value) != len(sample):
            yield f"{place}: {value!r}, not {len(sample)} items"
            return
        for item, expected in zip(value, sample, strict=True):
            yield from mismatches(f"{place}[]", schema["items"], expected, item, document)
    elif kind.startswith("dict("):
        if type(value) is not dict or value.keys() != sample.keys():
            yield f"{place}: {value!r}, not {sample!r}"
            return
        for key, expected in sample.items():
            inner = schema["additionalProperties"]
            yield from mismatches(f"{place}.{key}", inner, expected, value[key], document)
    else:
        yield from _scalar_amiss(place, kind, python_value(schema, sample), value)


def _fields_amiss(
    place: str, name: str, sample: Any, model: Any, document: dict[str, Any]
) -> Iterator[str]:
    properties = document["definitions"][name]["properties"]
    for wire_name, inner in properties.items():
        field = attribute(wire_name, inner)
        where = f"{place}.{field}"
        if wire_name not in sample:
            yield from differences(where, getattr(model, field), None)
        elif field in ERA_2019 and type(getattr(model, field)).__name__ == "UriReference":
            found = ApiClient().sanitize_for_serialization(getattr(model, field))
            yield from differences(where, found, sample[wire_name])
        else:
            yield from mismatches(where, inner, sample[wire_name], getattr(model, field), document)
    # Some have a field of that name as well.
    unknown = vars(Model)["additional_properties"].__get__(model)
    expected = {key: one for key, one in sample.items() if key not in properties}
    yield from differences(f"{place}, unknown", unknown, expected)


def _scalar_amiss(place: str, kind: str, expected: Any, value: Any) -> Iterator[str]:
    if kind == "YearMonth":
        expected = YearMonth(*map(int, expected.split("-")))
    if type(value) is not type(expected) or value != expected:
        yield f"{place}: {value!r}, not {expected!r}"
    if kind == "datetime" and value.utcoffset() is None:
        yield f"{place}: no time zone"
