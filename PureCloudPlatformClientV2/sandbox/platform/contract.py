"""The contract of what is served: operations, definitions, and what is wrong with a body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import Problem, missing

if TYPE_CHECKING:
    from jsonschema import Draft4Validator

DOCUMENT = Path(__file__).with_name("contract.json")

Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    id: str
    verb: str
    path: str
    body: str | None
    """The definition of the request's body."""
    result: str | None
    """The definition of the response's body."""
    status: int
    """What success is told with: 202 where the platform may say so."""
    any_permission: tuple[str, ...]
    all_permissions: tuple[str, ...]
    needs_token: bool


@cache
def document() -> Schema:
    """The whole document."""
    loaded: Schema = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    return loaded


@cache
def operations() -> tuple[Operation, ...]:
    """All operations of the document."""
    return tuple(_operations())


@cache
def permissions() -> frozenset[str]:
    """Every permission that an operation may require."""
    return frozenset(
        name for one in operations() for name in (*one.any_permission, *one.all_permissions)
    )


def properties(definition: str) -> Schema:
    """The fields of a definition."""
    found: Schema = document()["definitions"][definition].get("properties", {})
    return found


def required(definition: str) -> list[str]:
    """The fields that a response must have."""
    found: list[str] = document()["definitions"][definition].get("required", [])
    return found


def definition_of(schema: Schema) -> str | None:
    """The definition that a schema refers to, if it does."""
    for one in (schema, schema.get("items", {}), *schema.get("allOf", ())):
        if "$ref" in one:
            name: str = one["$ref"].rpartition("/")[2]
            return name
    return None


def writable(definition: str, body: Schema) -> Schema:
    """Leave out, at any depth, what only the service sets: to send it is no fault."""
    known = properties(definition)
    return {
        name: _writable(known.get(name, {}), value)
        for name, value in body.items()
        if not known.get(name, {}).get("readOnly")
    }


def _writable(schema: Schema, value: Any) -> Any:
    definition = definition_of(schema)
    if definition is None:
        return value
    if isinstance(value, list) and "items" in schema:
        return [writable(definition, one) if isinstance(one, dict) else one for one in value]
    return writable(definition, value) if isinstance(value, dict) else value


def problems(definition: str, body: Schema) -> list[Problem]:
    """Tell what is wrong with the body of a request."""
    found = sorted(_validator(definition).iter_errors(body), key=lambda error: list(error.path))
    return [_problem(error) for error in found]


def _problem(error: Any) -> Problem:
    place = [str(step) for step in error.absolute_path]
    if error.validator == "required":
        name = error.message.split("'")[1]  # one error for each field
        return missing(".".join([*place, name]))
    field = ".".join(place) or "body"
    if error.validator == "enum":
        values = ", ".join(map(str, error.validator_value))
        message = f"The field {{fieldName}} must be one of: {values}."
        return Problem(field, "invalid.value", message)
    if error.validator == "type":
        message = f"The field {{fieldName}} must be of type {error.validator_value}."
        return Problem(field, "invalid.type", message)
    return Problem(field, "invalid.value", "The field {fieldName} has a value that is not allowed.")


@cache
def _validator(definition: str) -> Draft4Validator:
    # Imported here for the sake of start-up time: the first body needs it.
    from jsonschema import Draft4Validator

    definitions = {name: _of_requests(one) for name, one in document()["definitions"].items()}
    return Draft4Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions})


def _of_requests(definition: Schema) -> Schema:
    """What a request must have: nothing that only the service sets."""
    fields = definition.get("properties", {})
    needed = [one for one in definition.get("required", ()) if not fields[one].get("readOnly")]
    shown = {key: value for key, value in definition.items() if key != "required"}
    return {**shown, "required": needed} if needed else shown


def _operations() -> Iterator[Operation]:
    for path, verbs in document()["paths"].items():
        for verb, one in verbs.items():
            bodies = [p["schema"] for p in one.get("parameters", ()) if p["in"] == "body"]
            successes = sorted(status for status in one["responses"] if status < "300")
            schemas = (one["responses"][status].get("schema") for status in successes)
            schema = next(filter(None, schemas), None)
            yield Operation(
                one["operationId"],
                verb.upper(),
                path,
                definition_of(bodies[0]) if bodies else None,
                definition_of(schema) if schema else None,
                202 if "202" in successes else int(successes[-1]),
                tuple(one.get("x-requires-any-permission", ())),
                tuple(one.get("x-requires-all-permission", ())),
                one.get("security") != [],
            )
