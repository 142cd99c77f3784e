"""Conversations: what customers write, and what the agent answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, jsonify, request

from ..conversations import Conversations
from ..errors import Problem, error_for_status, invalid, missing
from ..state import current_state
from .calls import control, is_string, is_string_list, json_object


@control.get("/sandbox/conversations")
def list_conversations() -> Response:
    """List conversations, of one organization or of all."""
    organization_id = request.args.get("organizationId")
    return _answer(lambda: {"conversations": _conversations().all(organization_id)})


@control.get("/sandbox/conversations/<string:conversation_id>")
def read_conversation(conversation_id: str) -> Response:
    """Give one conversation."""
    return _answer(lambda: _conversations().get(conversation_id))


@control.post("/sandbox/customer-messages")
def write_as_customer() -> Response:
    """Let a customer write."""
    body = json_object(
        {
            **dict.fromkeys(("organizationId", "integrationId", "from", "name", "text"), is_string),
            "content": _is_content,
        }
    )
    if absent := [name for name in ("integrationId", "from") if not body.get(name)]:
        raise invalid([missing(name) for name in absent])
    return _answer(
        lambda: _conversations().write(
            body["integrationId"],
            body["from"],
            body.get("text"),
            content=body.get("content", ()),
            name=body.get("name"),
            organization_id=body.get("organizationId"),
        )
    )


@control.post("/sandbox/conversations/<string:conversation_id>/agent-messages")
def write_as_agent(conversation_id: str) -> Response:
    """Let the agent answer."""
    body = json_object({"text": is_string, "mediaIds": is_string_list})
    text, media_ids = body.get("text", ""), body.get("mediaIds", ())
    return _answer(lambda: _conversations().answer(conversation_id, text, media_ids=media_ids))


@control.post("/sandbox/conversations/<string:conversation_id>/typing")
def type_as_somebody(conversation_id: str) -> Response:
    """Let the agent or the customer type."""
    body = json_object({"sender": lambda value: value in ("agent", "customer")})
    sender = body.get("sender", "agent")
    return _answer(lambda: _conversations().type(conversation_id, sender))


@control.post("/sandbox/conversations/<string:conversation_id>/disconnect")
def disconnect(conversation_id: str) -> Response:
    """Let the agent or the customer end a conversation."""
    body = json_object({"by": lambda value: value in ("agent", "customer")})
    return _answer(lambda: _conversations().end(conversation_id, body.get("by", "agent")))


def _conversations() -> Conversations:
    return Conversations(current_state())


def _answer(act: Callable[[], Any]) -> Response:
    """Answer what came of an action, or why nothing did."""
    try:
        done = act()
    except LookupError as error:
        raise error_for_status(404) from error
    except ValueError as error:
        message = str(error).replace("{", "").replace("}", "")
        raise invalid([Problem("body", "invalid.value", message)]) from error
    return Response(status=204) if done is None else jsonify(done)


def _is_content(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
