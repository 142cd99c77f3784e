"""Whether a JSON value agrees with a definition of the contract."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contract_facts import definitions_of_2019 as definitions

_TYPES: dict[str, type[Any]] = {"object": dict, "array": list, "string": str, "integer": int}


def disagreements(value: Any, definition: str) -> list[str]:
    """List where a value departs from a definition; keys that it doesn't name are departures."""
    return list(_walk(value, {"$ref": f"#/definitions/{definition}"}, definition))


def _walk(value: Any, schema: dict[str, Any], where: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = definitions[schema["$ref"].removeprefix("#/definitions/")]
    expected = _TYPES[schema["type"]]
    if not isinstance(value, expected) or isinstance(value, bool):
        yield f"{where} is {value!r}, not {schema['type']}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where} is {value!r}, not one of {schema['enum']}"
    if schema.get("format") == "date-time" and not _is_date(str(value)):
        yield f"{where} is {value!r}, not a date with milliseconds in UTC"
    if isinstance(value, list):
        items: list[Any] = value
        for position, item in enumerate(items):
            yield from _walk(item, schema["items"], f"{where}[{position}]")
    if isinstance(value, dict):
        fields: dict[str, Any] = value
        for name, item in fields.items():
            known = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
            if known is None:
                yield f"{where}.{name} is not in the contract"
            else:
                yield from _walk(item, known, f"{where}.{name}")


def _is_date(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    except ValueError:
        return False
    return len(text) == len("2019-08-14T09:30:00.000Z")
