"""What the contract lets a middleware post, to the letter."""

from __future__ import annotations

from typing import Any

from jsonschema_rs import Draft7Validator
from platform_facts import platform

PARTICIPANT_DATA = {
    "type": "object",
    "properties": {
        "customAttributes": {"type": "object", "additionalProperties": {"type": "string"}}
    },
}
"""What a channel's metadata may hold; the contract lacks it."""


def validator(name: str) -> Draft7Validator:
    """Check bodies of a definition: all of it, no unknown key, nothing that is only read."""
    definitions = {key: _strict(one) for key, one in platform()["definitions"].items()}
    definitions["ConversationChannelMetadata"] = {**PARTICIPANT_DATA, "additionalProperties": False}
    schema = {"$ref": f"#/definitions/{name}", "definitions": definitions}
    return Draft7Validator(schema, validate_formats=True)


def _strict(definition: dict[str, Any]) -> dict[str, Any]:
    if "properties" not in definition:
        return definition
    writable = {
        name: one for name, one in definition["properties"].items() if not one.get("readOnly")
    }
    return {**definition, "properties": writable, "additionalProperties": False}
