"""The rules of the bot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify

from ..bot import BotRule
from ..errors import ServiceError
from ..state import current_state
from .calls import camel_case, control, is_string, json_object


@control.get("/sandbox/bot-rules")
def list_rules() -> Response:
    """List the rules, in the order in which they are tried."""
    return jsonify(rules=[_rule_to_wire(rule) for rule in current_state().bot.rules])


@control.post("/sandbox/bot-rules")
def add_rule() -> Response:
    """Answer by another rule."""
    body = json_object(_FIELDS)
    rule = BotRule(**{_NAMES[name]: value for name, value in body.items()})
    try:
        current_state().bot.add(rule)
    except ValueError as error:
        raise ServiceError(400, "invalid.value", str(error)) from error
    return jsonify(_rule_to_wire(rule))


@control.delete("/sandbox/bot-rules")
def clear_rules() -> Response:
    """Take all rules away."""
    current_state().bot.clear()
    return Response(status=204)


def _rule_to_wire(rule: BotRule) -> dict[str, Any]:
    return {camel_case(name): value for name, value in asdict(rule).items() if value}


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "text": is_string,
    "pattern": is_string,
    "integrationId": is_string,
    "organizationId": is_string,
    "reply": is_string,
    "quickReplies": lambda value: (
        isinstance(value, list) and all(is_string(one) or _is_object(one) for one in value)
    ),
    "card": _is_object,
    "carousel": lambda value: isinstance(value, list) and all(map(_is_object, value)),
    "attachment": _is_object,
    "handOver": lambda value: isinstance(value, bool),
}

_NAMES = {camel_case(name): name for name in BotRule.__dataclass_fields__}
