"""Writes the contracts of both eras that the sandbox is driven by.

They are cut from the documents in ``contract/``: the operations that are served and the definitions
that they need. Run it after those have changed; a test compares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from contract_facts import document as document_of_2019
from house import PACKAGE
from platform_facts import platform

SERVED = re.compile(
    r"/api/v2/(conversations/messaging/.*|messaging/.*|notifications/.*|routing/sms/.*"
    r"|routing/message/recipients.*|responsemanagement/(libraries|responses)(/query|/\{\w+Id\})?"
    r"|conversations/messages(/.*)?|conversations/\{conversationId\}"
    r"|(organizations|tokens|authorization/subjects)/me"
    r"|authorization/divisions(/home|/\{divisionId\})?"
    r"|routing/queues(/\{queueId\}(/members(/\{memberId\})?)?)?|routing/skills(/\{skillId\})?"
    r"|users(/me|/\{userId\}(/routingskills(/\{skillId\})?)?)?)"
)
"""The paths that are served."""
NOT_SERVED = re.compile(
    r".*/(socialmedia/messages|summaries|monitor|parkingstate|replace|takeover|recordingstate)"
    r"|delete /api/v2/conversations/\{conversationId\}"
    r"|delete /api/v2/tokens/me|put /api/v2/organizations/me"
    r"|(patch|delete) /api/v2/users/\{userId\}|patch /api/v2/routing/(queues/.*/members|skills/.*)"
)
"""What is not, of these: what supervisors and other media do, and what ends tokens and users."""
TARGET = PACKAGE / "sandbox" / "platform" / "contract.json"
TARGET_OF_2019 = TARGET.with_name("contract_2019.json")

_KEPT = (
    *("operationId", "parameters", "responses", "security"),
    *("x-requires-any-permission", "x-requires-all-permission"),
)


def texts() -> dict[Path, str]:
    """Write both contracts down, by the file that they are kept in."""
    served = {
        path: kept
        for path, verbs in platform()["paths"].items()
        if SERVED.fullmatch(path)
        for kept in [
            {verb: one for verb, one in verbs.items() if not NOT_SERVED.fullmatch(f"{verb} {path}")}
        ]
        if kept
    }
    return {
        TARGET: _text({**_cut(platform(), served), "hidden": _hidden(served)}),
        TARGET_OF_2019: _text(_cut(document_of_2019, document_of_2019["paths"])),
    }


def _cut(document: dict[str, Any], served: dict[str, Any]) -> dict[str, Any]:
    """Take what is served out of a document."""
    paths = {
        path: {verb: _operation(document, one) for verb, one in verbs.items()}
        for path, verbs in served.items()
    }
    definitions: dict[str, Any] = {}
    waiting = set(_references(paths))
    while waiting:
        name = waiting.pop()
        definitions[name] = document["definitions"][name]
        waiting |= set(_references(definitions[name])) - definitions.keys()
    return {"paths": paths, "definitions": dict(sorted(definitions.items()))}


def _hidden(served: dict[str, Any]) -> dict[str, list[str]]:
    """Find what is not served, but would be taken for something that is: an id named "calls"."""
    hidden: dict[str, list[str]] = {}
    for path, verbs in platform()["paths"].items():
        fitting = [
            kept
            for template, kept in served.items()
            if re.fullmatch(re.sub(r"\{.*?\}", "[^/]+", template), path)
        ]
        taken = [verb for verb in verbs if any(verb in kept for kept in fitting)]
        if missing := [verb for verb in taken if verb not in served.get(path, {})]:
            hidden[path] = missing
    return hidden


def _operation(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: operation[key] for key in _KEPT if key in operation}
    kept["parameters"] = [
        document["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for one in kept.get("parameters", ())
    ]
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


def _text(cut: dict[str, Any]) -> str:
    """Put a path or definition on a line."""
    parts = (
        f'"{part}":{{\n' + ",\n".join(f"{json.dumps(k)}:{_line(v)}" for k, v in one.items()) + "\n}"
        for part, one in cut.items()
    )
    return "{" + ",\n".join(parts) + "}\n"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    for target, text in texts().items():
        target.write_text(text, encoding="utf-8")
