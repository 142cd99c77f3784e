"""The contracts of what is served: operations, definitions, and what is wrong with a body.

There is that of today and that of 2019. Where both have a definition of a name, "2019." goes before
the older one's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..clock import wire_moment
from ..errors import Problem, missing

if TYPE_CHECKING:
    from jsonschema import Draft4Validator

Schema = dict[str, Any]

_DOCUMENT = Path(__file__).with_name("contract.json")
_DOCUMENT_OF_2019 = Path(__file__).with_name("contract_2019.json")
_POINTER = "#/definitions/"
_OF_2019 = "2019."

_DEMANDED: Mapping[str, tuple[str, ...]] = {
    "2019.FacebookIntegrationRequest": ("name",),
    "2019.LineIntegrationRequest": ("name",),
    "2019.TwitterIntegrationRequest": (
        *("name", "accessTokenKey", "accessTokenSecret", "consumerKey", "consumerSecret", "tier"),
    ),
}
"""What the service of 2019 required; its contract does not say so."""

_TEXT: Schema = {"maxLength": 4096, "pattern": "^[^\0]*$"}
"""What it took for a text."""

Demand = Callable[[Schema], Iterator[Problem]]
_DEMANDS: dict[str, Demand] = {}

_SET_BY_THE_SERVICE = ("id", "selfUri")
"""What a request of 2019 may have, and nobody looks at."""


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
    is_of_2019: bool
    takes_body: bool
    queries: Mapping[str, Schema] = field(compare=False)
    """The parameters of the query, by name."""


@cache
def operations() -> tuple[Operation, ...]:
    """All operations of both documents, those of 2019 first."""
    older, newer = _documents()
    return (*_operations(older, is_of_2019=True), *_operations(newer, is_of_2019=False))


def hidden() -> list[tuple[str, str]]:
    """Verb and path of what is not served, but looks like an operation that is."""
    _, newer = _documents()
    return [(verb.upper(), path) for path, verbs in newer["hidden"].items() for verb in verbs]


@cache
def permissions() -> frozenset[str]:
    """Every permission that an operation may require."""
    return frozenset(
        name for one in operations() for name in (*one.any_permission, *one.all_permissions)
    )


def properties(definition: str) -> Schema:
    """The fields of a definition."""
    found: Schema = _definitions()[definition].get("properties", {})
    return found


def required(definition: str) -> list[str]:
    """The fields that a response must have."""
    found: list[str] = _definitions()[definition].get("required", [])
    return found


def definition_of(schema: Schema) -> str | None:
    """The definition that a schema refers to, if it does."""
    for one in (schema, schema.get("items", {}), *schema.get("allOf", ())):
        if "$ref" in one:
            name: str = one["$ref"].rpartition("/")[2]
            return name
    return None


def writable(definition: str, body: Schema) -> Schema:
    """Leave out, at any depth but in maps, what only the service sets: to send it is no fault.

    Times are written as the service writes them, whatever their zone.
    """
    return _chosen(definition, body, lambda field: not (field or {}).get("readOnly"))


def declared(definition: str, body: Mapping[str, Any]) -> Schema:
    """Leave out, at any depth, what a definition does not have: to send it is no fault either."""
    return _chosen(definition, body, lambda field: field is not None)


def _chosen(
    definition: str, body: Mapping[str, Any], wanted: Callable[[Schema | None], bool]
) -> Schema:
    known = properties(definition)

    def choose(schema: Schema, value: Any) -> Any:
        inner, of_map = definition_of(schema), definition_of(schema.get("additionalProperties", {}))
        if of_map is not None and isinstance(value, dict):
            # As it was said: the id of a script there is a reference, and set by the client.
            return {
                key: declared(of_map, one) if isinstance(one, dict) else one
                for key, one in value.items()
            }
        if inner is None:
            moment = _moment(value) if schema.get("format") == "date-time" else None
            return value if moment is None else wire_moment(moment)
        if isinstance(value, list) and "items" in schema:
            return [_chosen(inner, one, wanted) if isinstance(one, dict) else one for one in value]
        return _chosen(inner, value, wanted) if isinstance(value, dict) else value

    return {
        name: choose(known.get(name, {}), value)
        for name, value in body.items()
        if not known or wanted(known.get(name))
    }


def _moment(value: Any) -> datetime | None:
    """Read a time with its zone, in whatever form of ISO 8601, as one in UTC."""
    # Imported here for the sake of start-up time: the first time in a body needs it.
    from dateutil.parser import isoparse

    try:
        moment = isoparse(value)
        return moment.astimezone(timezone.utc) if moment.tzinfo else None
    except (TypeError, ValueError, OverflowError):  # the last for a year before 1 or after 9999
        return None


def demand(definition: str) -> Callable[[Demand], Demand]:
    """Let a function tell what is wrong with bodies of a definition beyond what its schema says."""

    def register(demands: Demand) -> Demand:
        _DEMANDS[definition] = demands
        return demands

    return register


def problems(definition: str, body: Any) -> list[Problem]:
    """Tell what is wrong with the body of a request, once for each field.

    The definition may be that of a field: ``LineIntegration/properties/name``.
    """
    found = sorted(_validator(definition).iter_errors(body), key=lambda error: list(error.path))
    by_field: dict[str, Problem] = {}
    for error in found:
        problem = _problem(error)
        by_field.setdefault(problem.field, problem)
    if definition in _DEMANDS:
        for problem in _DEMANDS[definition](body):
            by_field.setdefault(problem.field, problem)
    return list(by_field.values())


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
    if error.validator == "maxLength":
        message = f"The field {{fieldName}} is longer than {error.validator_value} characters."
        return Problem(field, "invalid.length", message)
    if error.validator == "format":
        message = "The field {fieldName} must be a time with its zone, in ISO 8601."
        return Problem(field, "invalid.type", message)
    if error.validator == "pattern":
        message = "The field {fieldName} contains characters that no text has."
        return Problem(field, "invalid.value", message)
    return Problem(field, "invalid.value", "The field {fieldName} has a value that is not allowed.")


@cache
def _validator(definition: str) -> Draft4Validator:
    # Imported here for the sake of start-up time: the first body needs it.
    from jsonschema import Draft4Validator, FormatChecker

    formats = FormatChecker(formats=())
    formats.checks("date-time")(_may_be_time)
    schema = {"$ref": f"#/definitions/{definition}", "definitions": _for_requests()}
    return Draft4Validator(schema, format_checker=formats)


def _may_be_time(value: object) -> bool:
    return not isinstance(value, str) or _moment(value) is not None


@cache
def _for_requests() -> Schema:
    return {name: _of_requests(one) for name, one in _definitions().items()}


def _of_requests(definition: Schema) -> Schema:
    """What a request must have: nothing that only the service sets."""
    fields = definition.get("properties", {})
    needed = [one for one in definition.get("required", ()) if not fields[one].get("readOnly")]
    shown = {key: value for key, value in definition.items() if key != "required"}
    return {**shown, "required": needed} if needed else shown


@cache
def _definitions() -> Schema:
    older, newer = _documents()
    found = {f"{_OF_2019}{name}": one for name, one in older["definitions"].items()}
    for name, demanded in _DEMANDED.items():
        found[name] |= {
            "required": list(demanded),
            "properties": {
                key: {**_TEXT, **one, "readOnly": key in _SET_BY_THE_SERVICE}
                for key, one in found[name]["properties"].items()
            },
        }
    return {**found, **newer["definitions"]}


@cache
def _documents() -> tuple[Schema, Schema]:
    older = _DOCUMENT_OF_2019.read_text(encoding="utf-8")
    newer = _DOCUMENT.read_text(encoding="utf-8")
    return json.loads(older.replace(_POINTER, f"{_POINTER}{_OF_2019}")), json.loads(newer)


def _operations(document: Schema, *, is_of_2019: bool) -> Iterator[Operation]:
    for path, verbs in document["paths"].items():
        for verb, one in verbs.items():
            parameters = one.get("parameters", ())
            bodies = [given["schema"] for given in parameters if given["in"] == "body"]
            successes = sorted(status for status in one["responses"] if status < "300")
            schemas = (one["responses"][status].get("schema") for status in successes)
            schema = next(filter(None, schemas), None)
            result = definition_of(schema) if schema else None
            yield Operation(
                id=one["operationId"],
                verb=verb.upper(),
                path=path,
                body=definition_of(bodies[0]) if bodies else None,
                result=result,
                status=202 if "202" in successes else int(successes[-1]),
                any_permission=tuple(one.get("x-requires-any-permission", ())),
                all_permissions=tuple(one.get("x-requires-all-permission", ())),
                needs_token=one.get("security") != [],
                is_of_2019=is_of_2019,
                takes_body=bool(bodies),
                queries={given["name"]: given for given in parameters if given["in"] == "query"},
            )
