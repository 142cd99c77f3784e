"""Whether a JSON value agrees with what a contract declares."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from contract_facts import definitions_of_2019
from platform_facts import platform

Schema = dict[str, Any]

_TYPES: dict[str, type[Any] | tuple[type[Any], ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
EXPANDED = ".identityResolution is not in the contract"
"""What ``expand=identityresolution`` asks for; only Apple's definition declares where it comes."""

_BITS = {"int32": 31, "int64": 63}


def disagreements(value: Any, definition: str) -> list[str]:
    """List where a value departs from a definition of 2019; undeclared keys are departures."""
    schema = {"$ref": f"#/definitions/{definition}"}
    return list(_walk(value, schema, definition, definitions_of_2019))


def departures(value: Any, schema: Schema) -> list[str]:
    """List where a value departs from a schema of today's platform, in the same way."""
    return list(_walk(value, schema, _name(schema) or "body", platform()["definitions"]))


def assert_valid(definition: str, value: Any) -> None:
    """Check a value against a definition of today's platform."""
    assert departures(value, {"$ref": f"#/definitions/{definition}"}) == []


def _walk(value: Any, schema: Schema, where: str, definitions: Schema) -> Iterator[str]:
    if name := _name(schema):
        schema = definitions[name]
    expected = _TYPES[schema["type"]]
    if not isinstance(value, expected) or isinstance(value, bool) != (schema["type"] == "boolean"):
        yield f"{where} is {value!r}, not {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    if not _has_format(value, schema.get("format")):
        yield f"{where} is {value!r}, not {schema['format']}"
    if isinstance(value, list):
        items: list[Any] = value
        for position, item in enumerate(items):
            yield from _walk(item, schema["items"], f"{where}[{position}]", definitions)
    if isinstance(value, dict):
        fields: dict[str, Any] = value
        yield from _walk_fields(fields, schema, where, definitions)


def _walk_fields(
    fields: dict[str, Any], schema: Schema, where: str, definitions: Schema
) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in fields:
            yield f"{where}.{name} is missing"
    properties, other = schema.get("properties", {}), schema.get("additionalProperties")
    if not properties and other is None:
        return  # any object
    if other == {"type": "object"}:
        other = True  # a map to objects of Java, which are anything: see AvailableTopic.schema
    for name, item in fields.items():
        known = properties.get(name, other)
        if known is True:
            continue
        if known is None:
            yield f"{where}.{name} is not in the contract"
        else:
            yield from _walk(item, known, f"{where}.{name}", definitions)


def _name(schema: Schema) -> str | None:
    """The definition to which a schema refers, if it does."""
    inner = schema["allOf"][0] if "allOf" in schema else schema
    return inner["$ref"].rpartition("/")[2] if "$ref" in inner else None


def _has_format(value: Any, wanted: str | None) -> bool:
    if wanted in _BITS:
        return bool(-(2 ** _BITS[wanted]) <= value < 2 ** _BITS[wanted])
    if wanted == "date-time":
        return _is_date(str(value))
    if wanted == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
    return True


def _is_date(text: str) -> bool:
    """Whether it is a moment in UTC, with milliseconds."""
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return False
    return len(text) == len("2019-08-14T09:30:00.000Z")
