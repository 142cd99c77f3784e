"""Arguments that schemathesis makes for the methods of the platform, and what is to be sent."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote

import hypothesis.strategies as st
import schemathesis
from contract_facts import document as document_of_2019
from contract_facts import operations, snake_case
from platform_facts import Method, Parameter, Schema, definition_name, methods, platform
from schemathesis import Case, GenerationMode
from schemathesis.core import NotSet
from service import Request

from PureCloudPlatformClientV2 import models
from PureCloudPlatformClientV2.models import Model

from .documents import Documents

hostile: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            "../../users/me",
            "..",
            ".",
            "",
            "%2e%2e",
            "%2F..%2f",
            "a/b",
            "a?b=c#d",
            "a;b=c",
            "\\..\\",
        ),
        *(
            "a\r\nX-Evil: 1",
            "a\nHost: evil",
            "a HTTP/1.1\r\n\r\nGET /evil HTTP/1.1",
            "\x00",
            "\x7f\x80",
        ),
        *(
            "\ud800",
            "\ufeff",
            "\u2028",
            "\u00fc\u20ac",
            "{userId}",
            "//evil",
            "@evil",
            "a" * 5000,
            " ",
        ),
        *(
            float("nan"),
            float("-inf"),
            10**400,
            10**4000,
            -1,
            True,
            None,
            b"\xff",
            b"abc",
            object(),
        ),
        *(
            {"hostile": 1},
            [],
            ["a", None, "b,c"],
            [["a"]],
            {71234: 2},
            set[str](),
            range(3),
            1j,
            int,
            "$&+,=:%",
        ),
    ]
)
"""What somebody may hand over in place of an argument."""


# Making them


class Arguments(NamedTuple):
    """The arguments of a call."""

    method: Method
    values: dict[str, Any]
    """What is given, by Python's names."""
    body: Any
    """What is to be sent as the body, as a JSON value."""


class Contract:
    """A document, and the methods for it."""

    def __init__(self, document: dict[str, Any], methods: Iterable[Method]) -> None:
        """Keep both."""
        self.methods = tuple(methods)
        # Made once: to make a strategy takes longer than to draw from it.
        self.any_method = st.sampled_from(self.methods)
        self.with_parameters = st.sampled_from([one for one in self.methods if one.parameters])
        self.documents = Documents(document["definitions"], lambda _: frozenset())
        self._document = document
        self._cases: dict[str, st.SearchStrategy[Case[Any]]] = {}

    @cached_property
    def _schema(self) -> Any:
        return schemathesis.openapi.from_dict(_without_depth(self._document))

    def cases(self, method: Method) -> st.SearchStrategy[Case[Any]]:
        """Give what schemathesis makes for a method."""
        if method.name not in self._cases:
            operation = self._schema[method.path][method.verb]
            self._cases[method.name] = operation.as_strategy(
                generation_mode=GenerationMode.POSITIVE
            )
        return self._cases[method.name]


def _without_depth(document: dict[str, Any]) -> dict[str, Any]:
    """Let fields that are models take any object.

    Schemathesis would need seconds for a body with hundreds of definitions within; those that are
    deep come from ``Documents``.
    """
    definitions = {
        name: {**one, "properties": {key: _flat(inner) for key, inner in one["properties"].items()}}
        for name, one in document["definitions"].items()
    }
    return {**document, "definitions": definitions}


def _flat(schema: Schema) -> Schema:
    if definition_name(schema):
        return {"type": "object"}
    for key in ("items", "additionalProperties"):
        if key in schema:
            return {**schema, key: _flat(schema[key])}
    return schema


def _methods_of_2019() -> Iterator[Method]:
    for operation in operations:
        facts = document_of_2019["paths"][operation.path][operation.verb.lower()]
        parameters = [
            document_of_2019["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
            for one in facts.get("parameters", ())
        ]
        yield Method(
            api=operation.api,
            name=operation.name,
            verb=operation.verb,
            path=operation.path,
            parameters=tuple(
                Parameter(
                    wire_name=one["name"],
                    name="body" if one["in"] == "body" else snake_case(one["name"]),
                    place=one["in"],
                    required=one.get("required", False),
                    schema=one.get("schema", one),
                )
                for one in parameters
            ),
            accept="application/json",
            content_type="application/json",
            status=operation.success,
            result=None,
            is_signed=True,
            is_deprecated=False,
            permissions=None,
        )


TODAY = Contract(platform(), methods())
OF_2019 = Contract(document_of_2019, _methods_of_2019())


@st.composite
def arguments(draw: st.DrawFn, contract: Contract, chosen: st.SearchStrategy[Method]) -> Arguments:
    """Draw a method, and arguments that the contract allows."""
    method = draw(chosen)
    case = draw(contract.cases(method))
    values: dict[str, Any] = {}
    body: Any = None
    places: dict[str, Any] = {"path": case.path_parameters, "query": case.query}
    places["header"] = case.headers
    for parameter in method.parameters:
        if parameter.place == "body":
            values[parameter.name], body = _body(draw, contract, parameter, case.body)
        elif parameter.wire_name in (places[parameter.place] or {}):
            value = places[parameter.place][parameter.wire_name]
            values[parameter.name] = _id(parameter, value) if parameter.place == "path" else value
    return Arguments(method, values, body)


def _id(parameter: Parameter, segment: Any) -> Any:
    # Schemathesis has encoded it.
    value = unquote(str(segment))
    return int(value) if parameter.schema["type"] == "integer" else value


_kinds = st.sampled_from(["made", "deep", "model"])


def _body(draw: st.DrawFn, contract: Contract, parameter: Parameter, made: Any) -> tuple[Any, Any]:
    """Draw a body: that of schemathesis, a deeper one, or a model; and what is sent for it."""
    name = definition_name(parameter.schema)
    how = draw(_kinds)
    if how == "made":
        made = copy.deepcopy(made)
        is_there = not isinstance(made, NotSet)
        return (made, copy.deepcopy(made)) if is_there else (None, None)
    wire = contract.documents.draw(draw, parameter.schema)
    if how == "deep" or name is None:
        return wire, copy.deepcopy(wire)
    kind: type[Model] = getattr(models, name)
    return kind.from_dict(copy.deepcopy(wire)), wire


@st.composite
def hostile_arguments(
    draw: st.DrawFn, contract: Contract, chosen: st.SearchStrategy[Method]
) -> tuple[Arguments, str, Any]:
    """Draw arguments of which one is something else; tell its name, and what it is."""
    given = draw(arguments(contract, chosen))
    parameter = draw(st.sampled_from(given.method.parameters))
    value = draw(hostile)
    body = value if parameter.place == "body" else given.body
    values = {**given.values, parameter.name: value}
    return Arguments(given.method, values, body), parameter.name, value


# What is to be sent


def problems(given: Arguments, request: Request) -> Iterator[str]:
    """Say what of a request is not what the contract wants for the arguments."""
    yield from _difference("verb", request.method, given.method.verb)
    yield from _difference("path", request.path, _path(given))
    yield from _difference("query", pairs(request), _query(given))
    yield from _difference("headers", own_headers(request), _headers(given))
    sent = json.loads(request.body) if request.body else None
    if json.dumps(sent, sort_keys=True) != json.dumps(given.body, sort_keys=True):
        yield f"body: {sent!r}, not {given.body!r}"


def pairs(request: Request) -> list[tuple[str, str]]:
    """The query as it came."""
    _, mark, query = request.target.partition("?")
    return parse_qsl(query, keep_blank_values=True, strict_parsing=bool(mark))


def own_headers(request: Request) -> dict[str, str]:
    """The headers that are there besides those of every call."""
    # The server has read them as Latin-1.
    return {
        name.lower(): value.encode("latin-1").decode("utf-8")
        for name, value in request.headers.items()
        if name.lower() not in _USUAL
    }


_USUAL = frozenset(
    [
        *("host", "accept", "accept-encoding", "authorization", "user-agent", "content-type"),
        *("content-length", "purecloud-sdk", "connection"),
    ]
)


def _given(given: Arguments, place: str) -> Iterator[tuple[Parameter, Any]]:
    for parameter in given.method.placed(place):
        value = given.values.get(parameter.name)
        if value is not None:
            yield parameter, value


def _path(given: Arguments) -> str:
    texts = {one.wire_name: quote(text(value), safe="") for one, value in _given(given, "path")}
    return given.method.path.format_map(texts)


def _query(given: Arguments) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for parameter, value in _given(given, "query"):
        # All lists of the contract have the collectionFormat multi.
        several = value if isinstance(value, list) else [value]
        found += [(parameter.wire_name, text(one)) for one in several if one is not None]
    return found


def _headers(given: Arguments) -> dict[str, str]:
    texts = {one.wire_name.lower(): text(value) for one, value in _given(given, "header")}
    return {name: value.strip(" \t") for name, value in texts.items()}


def text(value: Any) -> str:
    """Write a value as it stands in path, query and headers."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.decode("ascii") if isinstance(value, bytes) else str(value)


def _difference(place: str, found: object, wanted: object) -> Iterator[str]:
    if found != wanted:
        yield f"{place}: {found!r}, not {wanted!r}"
