"""How conversations and messages look: to the API, and to the control API and listeners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..clock import wire_date
from ..staff import Staff
from .normalized import content_types
from .records import Conversation, Message, Participant

BASE = "/api/v2/conversations/messages"

_PROVIDER = "PureCloud Messaging"


def conversation_to_wire(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
    """Build the MessageConversation."""
    return {
        "id": conversation.id,
        "participants": [
            _media_participant(conversation, one, messages) for one in conversation.participants
        ],
        "otherMediaUris": [],
        "selfUri": f"{BASE}/{conversation.id}",
    }


def whole_conversation_to_wire(
    conversation: Conversation, messages: Sequence[Message]
) -> dict[str, Any]:
    """Build the Conversation, as of any media: its participants have their communications."""
    return _present(
        {
            "id": conversation.id,
            "startTime": wire_date(conversation.started),
            "endTime": _date(conversation.ended),
            "participants": [
                _participant(conversation, one, messages) for one in conversation.participants
            ],
            "recordingState": "NONE",
            "state": conversation.state,
            "selfUri": f"/api/v2/conversations/{conversation.id}",
        }
    )


def message_to_wire(conversation: Conversation, message: Message) -> dict[str, Any]:
    """Build the MessageData."""
    own, customer = conversation.address["id"], conversation.customer["id"]
    outbound = message.direction == "outbound"
    by_agent = message.sender == "agent"
    return _present(
        {
            "id": message.id,
            "providerMessageId": message.normalized["channel"].get("messageId"),
            "timestamp": wire_date(message.time),
            "fromAddress": own if outbound else customer,
            "toAddress": customer if outbound else own,
            "direction": message.direction,
            # The contract has no LINE here any more.
            "messengerType": None if conversation.messenger == "line" else conversation.messenger,
            "status": message.status,
            "normalizedMessage": message.normalized,
            "normalizedReceipts": message.receipts,
            "createdBy": {**_user(conversation), "version": 1} if by_agent else None,
            "conversationId": conversation.id,
            "selfUri": _message_path(conversation, message),
        }
    )


def agentless_to_wire(
    conversation: Conversation, message: Message, may_barge_in: bool
) -> dict[str, Any]:
    """Build the SendAgentlessOutboundMessageResponse."""
    user = _user(conversation)
    return {
        "id": message.id,
        "conversationId": conversation.id,
        "fromAddress": conversation.address["id"],
        "toAddress": conversation.customer["id"],
        "messengerType": conversation.messenger,
        "useExistingActiveConversation": may_barge_in,
        "message": message_to_wire(conversation, message),
        "timestamp": wire_date(message.time),
        "user": {"id": user["id"], "selfUri": user["selfUri"]},
        "selfUri": _message_path(conversation, message),
    }


def conversation_to_summary(conversation: Conversation) -> dict[str, Any]:
    """Build what the control API, listeners and tests see, without the messages."""
    staff = Staff.of(conversation.organization_id)
    agent = conversation.latest("agent")
    if agent and agent.state == "disconnected" and conversation.state == "connected":
        agent = None  # who was there before the bot that has the conversation now
    customer = conversation.customer
    name = customer_name(customer)
    shown = {"id": customer["id"], "idType": customer.get("idType"), "name": name}
    return _present(
        {
            "id": conversation.id,
            "organizationId": conversation.organization_id,
            "integrationId": conversation.integration_id,
            "messengerType": conversation.messenger,
            "customer": _present(shown),
            "state": conversation.state,
            "startTime": wire_date(conversation.started),
            "endTime": _date(conversation.ended),
            "lastMessageTime": wire_date(conversation.last_message),
            "queueId": staff.queue["id"],
            "userId": staff.user["id"],
            "agentParticipantId": agent and agent.id,
            "agentCommunicationId": agent and agent.communication_id,
        }
    )


def message_to_summary(message: Message) -> dict[str, Any]:
    """Build what the control API, listeners and tests see of a message."""
    return _present(
        {
            "id": message.id,
            "time": wire_date(message.time),
            "sender": message.sender,
            "direction": message.direction,
            "type": message.normalized["type"],
            "text": message.normalized.get("text"),
            "content": message.normalized.get("content"),
            "status": message.status,
            "errorInfo": message.error_info,
        }
    )


def customer_name(customer: Mapping[str, str]) -> str | None:
    """Find out how a customer is called."""
    full = " ".join(filter(None, (customer.get("firstName"), customer.get("lastName"))))
    return customer.get("nickname") or full or None


def _media_participant(
    conversation: Conversation, one: Participant, messages: Sequence[Message]
) -> dict[str, Any]:
    return _present(
        {
            **_common(conversation, one),
            **_leg(conversation, one),
            "mediaRoles": ["full"],
            "user": _user(conversation) if one.purpose == "agent" else None,
            "queue": Staff.of(conversation.organization_id).queue if _is_queued(one) else None,
            "errorInfo": one.error_info,
            "peer": _peer(conversation, one),
            "messages": _details(conversation, one, messages),
        }
    )


def _participant(
    conversation: Conversation, one: Participant, messages: Sequence[Message]
) -> dict[str, Any]:
    staff = Staff.of(conversation.organization_id)
    queue = staff.queue if _is_queued(one) else {}
    leg = {
        **_leg(conversation, one),
        "id": one.communication_id,
        "connectedTime": wire_date(one.started),
        "disconnectedTime": _date(one.ended),
        "peerId": _peer(conversation, one),
        "wrapup": one.wrapup,
        "messages": _details(conversation, one, messages),
    }
    return _present(
        {
            **_common(conversation, one),
            "userId": staff.user["id"] if one.purpose == "agent" else None,
            "userUri": staff.user["selfUri"] if one.purpose == "agent" else None,
            "queueId": queue.get("id"),
            "queueName": queue.get("name"),
            "messages": [_present(leg)],
        }
    )


def _common(conversation: Conversation, one: Participant) -> dict[str, Any]:
    is_agent = one.purpose == "agent"
    after_work = one.ended if is_agent else None
    return {
        "id": one.id,
        "name": one.name,
        "address": conversation.customer["id"] if one.purpose == "customer" else None,
        "startTime": wire_date(one.started),
        "connectedTime": wire_date(one.started),
        "endTime": _date(one.ended),
        "purpose": one.purpose,
        "wrapupRequired": is_agent,
        "wrapupPrompt": "optional" if is_agent else None,
        "wrapup": one.wrapup,
        "wrapupSkipped": one.wrapup_skipped or None,
        "attributes": one.attributes,
        "startAcwTime": _date(after_work),
        "endAcwTime": _date(one.wrapped_up),
    }


def _leg(conversation: Conversation, one: Participant) -> dict[str, Any]:
    customer, own = conversation.customer, conversation.address
    ends = (_address(customer["id"], customer_name(customer)), _address(own["id"], own["nickname"]))
    to_customer = one.direction == "outbound"
    return {
        "state": one.state,
        "direction": one.direction,
        "disconnectType": one.disconnect_type,
        "held": one.held,
        "provider": _PROVIDER,
        "type": conversation.messenger,
        "fromAddress": ends[to_customer],
        "toAddress": ends[not to_customer],
        "resumeTime": one.resume_time,
    }


def _details(
    conversation: Conversation, one: Participant, messages: Sequence[Message]
) -> list[dict[str, Any]]:
    return [
        _present(
            {
                "messageId": message.id,
                "messageURI": _message_path(conversation, message),
                "messageStatus": message.status,
                "messageSegmentCount": 1,
                "messageTime": wire_date(message.time),
                "media": [_media(file) for file in message.attachments],
                "stickers": [],
                "messageMetadata": {
                    "type": message.normalized["type"],
                    "content": content_types(message.normalized.get("content", ())),
                },
                "errorInfo": message.error_info,
            }
        )
        for message in messages
        if message.participant_id == one.id
    ]


def _media(file: Mapping[str, Any]) -> dict[str, Any]:
    return _present(
        {
            "id": file.get("id"),
            "url": file.get("url"),
            "mediaType": file.get("mime"),
            "name": file.get("filename"),
            "contentLengthBytes": file.get("contentSizeBytes"),
        }
    )


def _peer(conversation: Conversation, one: Participant) -> str:
    """Find the communication at the other end."""
    if one.purpose != "customer":
        return conversation.customers_part.communication_id
    others = [other for other in conversation.participants if other.purpose != "customer"]
    connected = [other for other in others if other.state != "disconnected"]
    return (connected or others)[-1].communication_id


def _is_queued(one: Participant) -> bool:
    return one.purpose in ("acd", "agent")


def _user(conversation: Conversation) -> dict[str, str]:
    return Staff.of(conversation.organization_id).user


def _address(own_id: str, name: str | None) -> dict[str, str]:
    return {"name": name or own_id, "addressNormalized": own_id, "addressRaw": own_id}


def _message_path(conversation: Conversation, message: Message) -> str:
    return f"{BASE}/{conversation.id}/messages/{message.id}"


def _date(seconds: float | None) -> str | None:
    return None if seconds is None else wire_date(seconds)


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
