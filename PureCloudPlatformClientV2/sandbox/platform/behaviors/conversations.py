"""Conversations: what agents and programs say, what there is to read, and how they end."""

from __future__ import annotations

from typing import Any

from flask import request

from ...conversations import outbound, participation, wire
from ...conversations.records import Conversation
from ...conversations.switchboard import Switchboard
from ...errors import Problem, error_for_status, invalid, require_object
from ...exchange import current_token, read_json_body
from ...state import current_state
from .. import contract, shapes
from ..contract import Operation
from ..queries import Page, listing_to_wire
from .registry import Answer, behavior

# What the organization says


@behavior("postConversationsMessages")
def call_customer(operation: Operation) -> Answer:
    """Open a conversation for the agent."""
    body = shapes.body_of(operation)
    opened = outbound.call_customer(_switchboard(), _organization_id(), body)
    return {"id": opened.id, "selfUri": f"{wire.BASE}/{opened.id}"}, operation.status


@behavior("postConversationsMessagesAgentless")
def send_without_agent(operation: Operation) -> Answer:
    """Send the message of a program."""
    body = shapes.body_of(operation)
    conversation, message = outbound.send_without_agent(_switchboard(), _organization_id(), body)
    may_barge_in = body.get("useExistingActiveConversation", False)
    return wire.agentless_to_wire(conversation, message, may_barge_in), operation.status


@behavior("postConversationsMessageCommunicationMessages")
def answer(operation: Operation, conversation_id: str, communication_id: str) -> Answer:
    """Send the message of an agent."""
    body, conversation = shapes.body_of(operation), own_conversation(conversation_id)
    sent = outbound.answer(
        _switchboard(),
        conversation,
        outbound.find_agent(conversation, communication_id),
        body["textBody"],
        media_ids=body.get("mediaIds", ()),
        template=body.get("messagingTemplate"),
    )
    return wire.message_to_wire(*sent), operation.status


@behavior("postConversationsMessageCommunicationTyping")
def type_answer(operation: Operation, conversation_id: str, communication_id: str) -> Answer:
    """Tell that an agent types."""
    body, conversation = shapes.body_of(operation), own_conversation(conversation_id)
    agent = outbound.find_agent(conversation, communication_id)
    outbound.type_answer(_switchboard(), conversation, agent, body["typing"].get("duration"))
    return None, operation.status


# What there is to read


@behavior("getConversationsMessages")
def list_conversations(operation: Operation) -> Answer:
    """Give all conversations that are connected, on one page."""
    switchboard = _switchboard()
    entities = [
        wire.conversation_to_wire(one, switchboard.records.messages(one))
        for one in switchboard.records.all(_organization_id())
        if one.state == "connected"
    ]
    page = Page(max(len(entities), 1), 1)
    return listing_to_wire(wire.BASE, page, entities, len(entities)), operation.status


@behavior("getConversationsMessage")
def read_conversation(operation: Operation, conversation_id: str) -> Answer:
    """Give a conversation."""
    conversation = own_conversation(conversation_id)
    messages = _switchboard().records.messages(conversation)
    return wire.conversation_to_wire(conversation, messages), operation.status


@behavior("getConversation")
def read_whole_conversation(operation: Operation, conversation_id: str) -> Answer:
    """Give a conversation with the communications of its participants."""
    conversation = own_conversation(conversation_id)
    messages = _switchboard().records.messages(conversation)
    return wire.whole_conversation_to_wire(conversation, messages), operation.status


@behavior("getConversationsMessageMessage")
def read_message(operation: Operation, conversation_id: str, message_id: str) -> Answer:
    """Give a message of a conversation."""
    found = _switchboard().message(_organization_id(), message_id, conversation_id)
    return wire.message_to_wire(*found), operation.status


@behavior("getConversationsMessageDetails")
def read_details(operation: Operation, message_id: str) -> Answer:
    """Give a message of whichever conversation."""
    found = _switchboard().message(_organization_id(), message_id)
    return wire.message_to_wire(*found), operation.status


@behavior("postConversationsMessageMessagesBulk")
def read_messages(operation: Operation, conversation_id: str) -> Answer:
    """Give some messages of a conversation, or all of them if none are named."""
    conversation = own_conversation(conversation_id)
    wanted: Any = read_json_body() if request.get_data() else None
    if wanted is not None and not _is_text_list(wanted):
        raise invalid([Problem("body", "invalid.type", "The {fieldName} must be a list of ids.")])
    entities = [
        wire.message_to_wire(conversation, one)
        for one in _switchboard().records.messages(conversation)
        if not wanted or one.id in wanted
    ]
    return {"entities": entities}, operation.status


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


# What changes


@behavior("patchConversationsMessage")
def change_conversation(operation: Operation, conversation_id: str) -> Answer:
    """End a conversation."""
    switchboard, conversation = _switchboard(), own_conversation(conversation_id)
    # A whole conversation has more than that, but nobody sends it to change its state.
    state = require_object(shapes.without_null(read_json_body())).get("state", conversation.state)
    if state not in (conversation.state, "disconnected"):
        message = "The field {fieldName} can only become disconnected."
        raise invalid([Problem("state", "invalid.value", message)])
    if state == "disconnected":
        conversation = switchboard.end(conversation, conversation.customers_part)
    messages = switchboard.records.messages(conversation)
    return wire.whole_conversation_to_wire(conversation, messages), operation.status


@behavior("patchConversationsMessageParticipant")
def change_participant(operation: Operation, conversation_id: str, participant_id: str) -> Answer:
    """Let a participant leave, wait or wrap up."""
    body, conversation = _optional_body(operation), own_conversation(conversation_id)
    part = participation.find_participant(conversation, participant_id)
    participation.change_participant(_switchboard(), conversation, part, body)
    return None, operation.status


@behavior("patchConversationsMessageParticipantCommunication")
def change_communication(
    operation: Operation, conversation_id: str, participant_id: str, communication_id: str
) -> Answer:
    """Let a participant leave, wait or wrap up, by its communication."""
    body, conversation = shapes.body_of(operation), own_conversation(conversation_id)
    part = participation.find_participant(conversation, participant_id, communication_id)
    participation.change_participant(_switchboard(), conversation, part, body)
    return {}, operation.status


@behavior("patchConversationsMessageParticipantAttributes")
def set_attributes(operation: Operation, conversation_id: str, participant_id: str) -> Answer:
    """Set attributes of a participant; others stay."""
    body, conversation = _optional_body(operation), own_conversation(conversation_id)
    part = participation.find_participant(conversation, participant_id)
    given = body.get("attributes", {})
    attributes = participation.set_attributes(_switchboard(), conversation, part, given)
    return {"attributes": attributes}, operation.status


@behavior("postConversationsMessageParticipantCommunicationWrapup")
def wrap_up(
    operation: Operation, conversation_id: str, participant_id: str, communication_id: str
) -> Answer:
    """Note what came of a conversation."""
    body, conversation = _optional_body(operation), own_conversation(conversation_id)
    part = participation.find_participant(conversation, participant_id, communication_id)
    participation.wrap_up(_switchboard(), conversation, part, body)
    return None, operation.status


@behavior("getConversationsMessageParticipantWrapup")
def read_wrapup(operation: Operation, conversation_id: str, *ids: str) -> Answer:
    """Give what came of a conversation, as noted by a participant, if it was."""
    conversation = own_conversation(conversation_id)
    wrapup = participation.find_participant(conversation, *ids).wrapup
    is_provisional = request.args.get("provisional", "").lower() == "true"
    if wrapup is None or wrapup.get("provisional", False) != is_provisional:
        raise error_for_status(404)
    known = contract.properties(operation.result or "")
    return {name: wrapup[name] for name in known if name in wrapup}, operation.status


behavior("getConversationsMessageParticipantCommunicationWrapup")(read_wrapup)


@behavior("getConversationsMessageParticipantWrapupcodes")
def list_wrapup_codes(operation: Operation, conversation_id: str, participant_id: str) -> Answer:
    """Give the codes that can be noted."""
    conversation = own_conversation(conversation_id)
    participation.find_participant(conversation, participant_id)
    return participation.wrapup_codes(conversation.organization_id), operation.status


def own_conversation(conversation_id: str) -> Conversation:
    """Find a conversation of the caller's organization."""
    return _switchboard().conversation(_organization_id(), conversation_id)


def _switchboard() -> Switchboard:
    return Switchboard(current_state())


def _organization_id() -> str:
    return current_token().organization_id


def _optional_body(operation: Operation) -> dict[str, Any]:
    return shapes.body_of(operation) if request.get_data() else {}
