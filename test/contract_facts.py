"""The contract, as far as the tests need to know it."""

from __future__ import annotations

import gzip
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parent / "contract"

document: dict[str, Any] = json.loads(
    (CONTRACT / "messaging.swagger.json").read_text(encoding="utf-8")
)

with gzip.open(CONTRACT / "platform.swagger.json.gz") as packed:
    platform: dict[str, Any] = json.load(packed)
"""The contract of today's whole platform."""

BY_HAND = {
    path.stem
    for path in (CONTRACT.parents[1] / "PureCloudPlatformClientV2" / "models").glob("*.py")
}


def _both_eras() -> dict[str, dict[str, Any]]:
    """The definitions of 2019 and those of today that are written by hand, their fields united."""
    found: dict[str, dict[str, Any]] = {**document["definitions"]}
    for name, today in platform["definitions"].items():
        if name in found:
            properties = {**today["properties"], **found[name]["properties"]}
            found[name] = {**found[name], "properties": properties}
        elif snake_case(name) in BY_HAND and name != "EntityListing":
            found[name] = today
    return found


@dataclass(frozen=True)
class Operation:
    """One operation of the contract."""

    name: str
    """What its method is called."""
    api: str
    """What the class of the method is called."""
    verb: str
    path: str
    path_params: tuple[str, ...]
    query_params: tuple[str, ...]
    required_query_params: tuple[str, ...]
    body_type: str | None
    success: int
    """The status of a response that is no error."""
    response_type: str | None
    permissions: tuple[str, ...]
    types: dict[str, str] = field(compare=False)
    """The swagger types of the parameters of path and query, by Python's names."""

    def __str__(self) -> str:
        return self.name

    @property
    def required(self) -> tuple[str, ...]:
        """The required parameters in Python's names: those of the path, then the body."""
        body = ("body",) if self.body_type else ()
        return (*map(snake_case, (*self.path_params, *self.required_query_params)), *body)

    @property
    def optional(self) -> tuple[str, ...]:
        return tuple(
            snake_case(name) for name in self.query_params if name not in self.required_query_params
        )


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


definitions_of_2019: dict[str, dict[str, Any]] = document["definitions"]
"""What the sandbox serves."""

definitions = _both_eras()
"""What the models that are written by hand have."""


def swagger_type(schema: dict[str, Any]) -> str:
    """Write a JSON schema as the type name that ``swagger_types`` has for it."""
    if "allOf" in schema:
        return swagger_type(schema["allOf"][0])
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix("#/definitions/")
    if schema["type"] == "array":
        return f"list[{swagger_type(schema['items'])}]"
    if schema["type"] == "object":
        if "additionalProperties" not in schema:
            return "object"
        return f"dict(str, {swagger_type(schema['additionalProperties'])})"
    names = {
        ("string", None): "str",
        ("string", "date-time"): "datetime",
        ("integer", None): "int",
        ("integer", "int32"): "int",
        ("integer", "int64"): "int",
        ("number", None): "float",
        ("boolean", None): "bool",
    }
    return names[schema["type"], schema.get("format")]


def _resolve(item: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in item:
        return item
    kind, name = item["$ref"].removeprefix("#/").split("/")
    resolved: dict[str, Any] = document[kind][name]
    return resolved


def _operation(path: str, verb: str, facts: dict[str, Any]) -> Operation:
    parameters = [_resolve(item) for item in facts.get("parameters", [])]
    bodies = [item for item in parameters if item["in"] == "body"]
    success, response = next(pair for pair in facts["responses"].items() if pair[0] < "300")
    return Operation(
        name=snake_case(facts["operationId"]),
        api=re.sub(r"\W", "", facts["tags"][0]) + "Api",
        verb=verb.upper(),
        path=path,
        path_params=tuple(item["name"] for item in parameters if item["in"] == "path"),
        query_params=tuple(item["name"] for item in parameters if item["in"] == "query"),
        required_query_params=tuple(
            item["name"] for item in parameters if item["in"] == "query" and item.get("required")
        ),
        body_type=swagger_type(bodies[0]["schema"]) if bodies else None,
        success=int(success),
        response_type=swagger_type(response["schema"]) if "schema" in response else None,
        permissions=tuple(facts["x-requires-any-permission"]),
        types={
            snake_case(item["name"]): swagger_type(item)
            for item in parameters
            if item["in"] in ("path", "query")
        },
    )


operations = [
    _operation(path, verb, facts)
    for path, verbs in document["paths"].items()
    for verb, facts in verbs.items()
]

operations_by_name = {operation.name: operation for operation in operations}
