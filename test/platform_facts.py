"""The contract of the whole platform: its methods, and a sample of whatever it declares.

What is derived here is derived from the document alone, by means of its own.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from contract_facts import CONTRACT

Schema = dict[str, Any]


@cache
def platform() -> dict[str, Any]:
    """The document of the platform."""
    return _read("platform.swagger.json.gz")


@cache
def notifications() -> dict[str, Any]:
    """The document of the notification topics."""
    return _read("notifications.json.gz")


def _read(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(gzip.decompress((CONTRACT / name).read_bytes()))
    return document


def snake_case(name: str) -> str:
    """Give the Python name of a wire name, as the generator family does."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).lower()


class Parameter(NamedTuple):
    """A parameter of a method."""

    wire_name: str
    name: str
    place: str
    required: bool
    schema: Schema


class Method(NamedTuple):
    """A method of an API class; an operation with several tags is one of several classes."""

    api: str
    name: str
    verb: str
    path: str
    parameters: tuple[Parameter, ...]
    """Those that are required first."""
    accept: str
    content_type: str
    status: int
    result: Schema | None
    is_signed: bool
    """Whether the access token goes along."""
    is_deprecated: bool
    permissions: tuple[str, tuple[str, ...]] | None
    """``ANY`` or ``ALL``, and which."""

    def __str__(self) -> str:
        return f"{self.api}.{self.name}"

    def placed(self, place: str) -> list[Parameter]:
        """Those of the parameters that stand in the path, in the query and so on."""
        return [one for one in self.parameters if one.place == place]


@cache
def methods() -> tuple[Method, ...]:
    """All methods of all classes, in the order of the document."""
    return tuple(_methods())


def _methods() -> Iterator[Method]:
    for path, verbs in platform()["paths"].items():
        for verb, facts in verbs.items():
            parameters = sorted(
                map(_parameter, facts["parameters"]), key=lambda one: not one.required
            )
            # Some have a 202 as well, with the same schema.
            status = min(one for one in facts["responses"] if one.startswith("2"))
            permissions = [
                (kind.upper(), tuple(facts[f"x-requires-{kind}-permission"]))
                for kind in ("any", "all")
                if facts.get(f"x-requires-{kind}-permission")
            ]
            for tag in facts["tags"]:
                yield Method(
                    api=re.sub(r"\W", "", tag) + "Api",
                    name=snake_case(facts["operationId"]),
                    verb=verb.upper(),
                    path=path,
                    parameters=tuple(parameters),
                    accept=_kind(facts, "produces"),
                    content_type=_kind(facts, "consumes"),
                    status=int(status),
                    result=facts["responses"][status].get("schema"),
                    is_signed=facts["security"] != [],
                    is_deprecated=facts.get("deprecated", False),
                    permissions=permissions[0] if permissions else None,
                )


def _kind(facts: dict[str, Any], fact: str) -> str:
    """JSON wherever it is declared among others, as in the vendor's SDK."""
    kinds = facts.get(fact, ["application/json"])
    return "application/json" if "application/json" in kinds else kinds[0]


def _parameter(facts: dict[str, Any]) -> Parameter:
    return Parameter(
        wire_name=facts["name"],
        name=facts.get("x-python-name") or snake_case(facts["name"]),
        place=facts["in"],
        required=facts["required"],
        schema=facts["schema"] if facts["in"] == "body" else facts,
    )


# Types


def definition_name(schema: Schema) -> str | None:
    """The definition to which a schema refers, if it does."""
    inner = schema["allOf"][0] if "allOf" in schema else schema
    return inner["$ref"].rpartition("/")[2] if "$ref" in inner else None


def swagger_type(schema: Schema) -> str:
    """Write a schema as ``swagger_types`` has it."""
    if name := definition_name(schema):
        return name
    kind = schema["type"]
    if kind == "array":
        return f"list[{swagger_type(schema['items'])}]"
    if kind == "object" and "additionalProperties" in schema:
        return f"dict(str, {swagger_type(schema['additionalProperties'])})"
    if kind == "string":
        return _TEXTS.get(schema.get("format", ""), "str")
    return {"integer": "int", "number": "float", "boolean": "bool", "object": "object"}[kind]


_TEXTS = {
    "date": "date",
    "date-time": "datetime",
    "local-date-time": "LocalDateTime",
    "year-month": "YearMonth",
}


def attribute(wire_name: str, schema: Schema) -> str:
    """The attribute of a field."""
    return str(schema.get("x-python-name") or snake_case(wire_name))


# Samples

_PATTERNED = (
    "0f0e0d0c-0b0a-4908-8706-050403020100",
    "#0099ff",
    "2019",
    "a.b",
)
"""Texts one of which each pattern of the contract takes."""


class Samples:
    """Makes samples as JSON values: every field of every definition that is within.

    A definition is there in full where it first comes, and without fields after that: some have
    hundreds within them, and some themselves.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._definitions = document["definitions"]
        self._count = 0
        self.fields: set[tuple[str, str]] = set()
        """The fields of definitions that were made so far, by all samples."""

    def make(self, schema: Schema) -> Any:
        """Make a sample."""
        return self._value(schema, set())

    def _value(self, schema: Schema, made: set[str]) -> Any:
        if name := definition_name(schema):
            if name in made:
                return {}
            made.add(name)
            properties = self._definitions[name]["properties"]
            self.fields.update((name, field) for field in properties)
            return {field: self._value(inner, made) for field, inner in properties.items()}
        kind = schema["type"]
        if kind == "array":
            return [self._value(schema["items"], made)]
        if kind == "object":
            if "additionalProperties" not in schema:
                return {"any": ["thing", 1, None]}
            return {"a key": self._value(schema["additionalProperties"], made)}
        return self.scalar(schema)

    def scalar(self, schema: Schema) -> Any:
        """Make a text, a number or a truth value; another each time, as far as there are any."""
        self._count += 1
        if known := schema.get("enum"):
            return known[self._count % len(known)]
        kind = schema["type"]
        if kind == "boolean":
            return self._count % 2 == 0
        if kind in ("integer", "number"):
            return _number(schema, self._count)
        return _text(schema, self._count)


def _number(schema: Schema, count: int) -> float:
    number: float = count + 0.5 if schema["type"] == "number" else count
    if schema.get("format") == "int64":
        number += 2**53
    most: float = schema.get("maximum", number)
    number = min(most, number)
    least: float = schema.get("minimum", number)
    return max(least, number)


def _text(schema: Schema, count: int) -> str:
    moment = datetime(2019, 8, 14, 9, 30) + timedelta(
        hours=count % 50_000, milliseconds=count % 997
    )
    kind = swagger_type(schema)
    if kind == "date":
        return moment.date().isoformat()
    if kind == "datetime":
        return f"{moment.isoformat(timespec='milliseconds')}Z"
    if kind == "LocalDateTime":
        return moment.isoformat(timespec="milliseconds")
    if kind == "YearMonth":
        return moment.isoformat()[:7]
    if "pattern" in schema:
        return next(one for one in _PATTERNED if re.search(schema["pattern"], one))
    if "minimum" in schema:  # a number that is declared as text
        return str(schema["minimum"])
    text = f"Größe {count}"
    return text[: schema.get("maxLength")].ljust(schema.get("minLength", 0), "x")


def python_value(schema: Schema, sample: Any) -> Any:
    """Give the Python value of a sample, unless there is a definition within."""
    kind = swagger_type(schema)
    if kind == "date":
        return date.fromisoformat(sample)
    if kind == "datetime":
        return datetime.fromisoformat(sample.replace("Z", "+00:00"))
    if kind == "LocalDateTime":
        return datetime.fromisoformat(sample)
    return sample


def build(schema: Schema, sample: Any, package: Any) -> Any:
    """Make of a sample what a caller would: models with their attributes, dates, lists.

    Args:
        schema: What it is a sample of, in the document of the platform.
        sample: The JSON value.
        package: Where the models are: this package, or the vendor's.
    """
    if name := definition_name(schema):
        properties = platform()["definitions"][name]["properties"]
        model = getattr(package, name)()
        for wire_name, value in sample.items():
            inner = properties[wire_name]
            setattr(model, attribute(wire_name, inner), build(inner, value, package))
        return model
    if schema["type"] == "array":
        return [build(schema["items"], item, package) for item in sample]
    if schema["type"] == "object" and "additionalProperties" in schema:
        inner = schema["additionalProperties"]
        return {key: build(inner, value, package) for key, value in sample.items()}
    if swagger_type(schema) == "YearMonth":
        year, month = map(int, sample.split("-"))
        return package.YearMonth(year, month)
    return python_value(schema, sample)
