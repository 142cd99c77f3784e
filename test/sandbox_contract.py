"""Writes the contract of today's platform that the sandbox is driven by.

It is cut from the document in ``contract/``: the operations of messaging and the definitions that
they need. Run it after that has changed; a test compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from house import PACKAGE
from platform_facts import platform

SERVED = re.compile(
    r"/api/v2/(conversations/messaging/.*|messaging/.*|notifications/.*|routing/sms/.*"
    r"|routing/message/recipients.*|responsemanagement/(libraries|responses)(/query|/\{\w+\})?"
    r"|conversations/messages(/.*)?)"
)
"""The paths that are served."""
NOT_SERVED = re.compile(
    r".*/(socialmedia/messages|summaries|monitor|parkingstate|replace|takeover|recordingstate)"
)
"""Among them, what supervisors and other media do with a conversation."""
TARGET = PACKAGE / "sandbox" / "platform" / "contract.json"

_KEPT = (
    *("operationId", "parameters", "responses", "security"),
    *("x-requires-any-permission", "x-requires-all-permission"),
)


def cut() -> dict[str, Any]:
    """Take what is served out of the document."""
    paths = {
        path: {verb: _operation(one) for verb, one in verbs.items()}
        for path, verbs in platform()["paths"].items()
        if SERVED.fullmatch(path) and not NOT_SERVED.fullmatch(path)
    }
    definitions: dict[str, Any] = {}
    waiting = set(_references(paths))
    while waiting:
        name = waiting.pop()
        definitions[name] = platform()["definitions"][name]
        waiting |= set(_references(definitions[name])) - definitions.keys()
    return {"paths": paths, "definitions": dict(sorted(definitions.items()))}


def _operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: operation[key] for key in _KEPT if key in operation}
    successes = {
        status: {key: one[key] for key in one if key == "schema"}
        for status, one in kept["responses"].items()
        if status < "300"
    }
    return {**kept, "responses": successes}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"].rpartition("/")[2]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from _references(one)


def text() -> str:
    """Write it down, a path or definition a line."""
    parts = (
        f'"{part}":{{\n' + ",\n".join(f"{json.dumps(k)}:{_line(v)}" for k, v in one.items()) + "\n}"
        for part, one in cut().items()
    )
    return "{" + ",\n".join(parts) + "}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
