"""What the middlewares of open messaging tell: messages, events, receipts and choices."""

from __future__ import annotations

from typing import Any

from flask import request

from ...conversations import inbound
from ...conversations.integrations import Integration, find_integration
from ...conversations.switchboard import Switchboard
from ...errors import require_object
from ...exchange import current_token, read_json_body
from ...state import current_state
from .. import contract, shapes
from ..contract import Operation
from .registry import Answer, behavior


@behavior("postConversationsMessageInboundOpenMessage")
def receive_message(operation: Operation, integration_id: str) -> Answer:
    """Take in a message."""
    integration, body = _integration(integration_id), _body(operation)
    conversation, taken = inbound.receive_message(_switchboard(), integration, body)
    if request.args.get("prefetchConversationId", "").lower() == "true":
        taken["conversationId"] = conversation.id
    return taken, operation.status


@behavior("postConversationsMessageInboundOpenEvent")
def receive_event(operation: Operation, integration_id: str) -> Answer:
    """Take in that somebody types."""
    integration, body = _integration(integration_id), _body(operation)
    return inbound.receive_event(_switchboard(), integration, body), operation.status


@behavior("postConversationsMessageInboundOpenReceipt")
def receive_receipt(operation: Operation, integration_id: str) -> Answer:
    """Take in what became of a message."""
    integration, body = _integration(integration_id), _body(operation)
    customer_id = body["channel"]["to"]["id"]
    receipt = inbound.receive_receipt(_switchboard(), integration, body, customer_id)
    return receipt, operation.status


@behavior("postConversationsMessageInboundOpenStructuredResponse")
def receive_structured_response(operation: Operation, integration_id: str) -> Answer:
    """Take in what somebody has chosen."""
    integration, body = _integration(integration_id), _body(operation)
    taken = inbound.receive_structured_response(_switchboard(), integration, body)
    return taken, operation.status


@behavior("postConversationsMessagesInboundOpen")
def receive_anything(operation: Operation) -> Answer:
    """Take in a message or a receipt by the older path, whose body names the integration."""
    body = _body(operation)
    integration = _integration(body["channel"]["to"]["id"])
    if body["type"] == "Receipt":
        return inbound.receive_older_receipt(_switchboard(), integration, body), operation.status
    _, taken = inbound.receive_message(_switchboard(), integration, body)
    return {**taken, "direction": "Inbound"}, operation.status


def _switchboard() -> Switchboard:
    return Switchboard(current_state())


def _integration(integration_id: str) -> Integration:
    owner = current_token().organization_id
    found = find_integration(current_state(), owner, integration_id)
    if found.messenger != "open":
        raise shapes.not_there(integration_id, "/api/v2/conversations/messaging/integrations/open")
    return found


def _body(operation: Operation) -> dict[str, Any]:
    """Read the body of a request, and refuse it in the words that this part of the platform has."""
    sent = inbound.with_usual_spelling(require_object(shapes.without_null(read_json_body())))
    body = contract.writable(operation.body or "", sent)
    if problems := contract.problems(operation.body or "", body):
        raise inbound.refusal(problems, body)
    return body
