"""What is sent by a WebSocket: answers, and events with what the catalog has of their topics."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

METADATA = "channel.metadata"


def event(topic: str, body: Mapping[str, Any]) -> str:
    """Write an event of a topic."""
    message = {
        "topicName": topic,
        "version": "2",
        "eventBody": body,
        "metadata": {"CorrelationId": str(uuid4())},
    }
    return json.dumps(message)


def metadata(message: str) -> str:
    """Write a message about the connection itself."""
    return json.dumps({"topicName": METADATA, "eventBody": {"message": message}})


def answer(result: str, status: str, correlation_id: object, **more: Any) -> str:
    """Write what a request by the WebSocket is answered with."""
    answered = {"result": result, "status": status, **more}
    if isinstance(correlation_id, str):
        answered["correlationId"] = correlation_id
    return json.dumps(answered)


# Read as files: the sandbox imports nothing of the client.
_CATALOG = Path(__file__).parents[2] / "catalog"

_SCHEMAS: dict[str, dict[str, str]] = {
    "str": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "object": {"type": "object"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
}


@cache
def definitions() -> dict[str, str]:
    """The definition of each topic's events; an id in a topic is written ``{id}``."""
    lines = (_CATALOG / "topics.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)


def fit(definition: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what a definition has of an object, at any depth."""
    fields = _fields(definition)
    return {name: _fit(fields[name], one) for name, one in value.items() if name in fields}


def _fit(kind: str, value: Any) -> Any:
    if kind.startswith("list[") and isinstance(value, list):
        items: list[Any] = value
        return [_fit(kind[5:-1], one) for one in items]
    if kind in _lines() and isinstance(value, dict):
        fields: dict[str, Any] = value
        return fit(kind, fields)
    return value


def schema(definition: str) -> dict[str, Any]:
    """Write a definition, and all that it leads to, as a JSON schema."""
    found: dict[str, Any] = {}
    waiting = [definition]
    while waiting:
        name = waiting.pop()
        if name not in found:
            fields = _fields(name)
            found[name] = {
                "type": "object",
                "properties": {field: _schema(kind) for field, kind in fields.items()},
            }
            waiting += [one for kind in fields.values() if (one := _innermost(kind)) in _lines()]
    return {**found.pop(definition), **({"definitions": found} if found else {})}


def _schema(kind: str) -> dict[str, Any]:
    if kind.startswith("list["):
        return {"type": "array", "items": _schema(kind[5:-1])}
    if kind.startswith("dict("):
        return {"type": "object", "additionalProperties": _schema(kind[5:-1].partition(", ")[2])}
    return dict(_SCHEMAS.get(kind) or {"$ref": f"#/definitions/{kind}"})


def _innermost(kind: str) -> str:
    while kind.startswith(("list[", "dict(")):
        kind = kind[5:-1].partition(", ")[2] or kind[5:-1]
    return kind


def _fields(definition: str) -> dict[str, str]:
    """The type of each field."""
    kinds: dict[str, Any] = json.loads(_lines()[definition])
    return {
        name: kind if isinstance(kind, str) else kind[0] for name, kind in kinds.items() if name
    }


@cache
def _lines() -> dict[str, str]:
    lines = (_CATALOG / "payloads.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(" ", 1) for line in lines)
