"""Makes what a middleware posts: the customer's messages, typing, and choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ._checks import (
    checked_choice,
    checked_strings,
    checked_text,
    checked_time,
    given_texts,
)
from .content import Attachment
from .customer import Customer

__all__ = ["inbound_message", "structured_response", "typing_event"]

_ID_TYPES = ("Email", "Phone", "Opaque")
_MEDIA_TYPES = ("Image", "Video", "Audio", "File", "Link")
_BUTTON_TYPES = ("Button", "QuickReply", "DatePicker")


def inbound_message(
    customer: Customer,
    text: str | None = None,
    *,
    attachment: Attachment | None = None,
    message_id: str | None = None,
    custom_attributes: Mapping[str, str] | None = None,
    metadata: Mapping[str, str] | None = None,
    time: datetime | None = None,
) -> dict[str, Any]:
    """Make the body of a message from a customer.

    Args:
        customer: Who wrote it.
        text: The text; may be left out where there is an attachment.
        attachment: A file that the platform can fetch at its ``url``; ``media_type`` and ``mime``
            must be there. A second file is a second message.
        message_id: The middleware's own id of the message.
        custom_attributes: What becomes participant data of the conversation, for flows and scripts.
        metadata: What is kept with the message.
        time: When it was written, with a time zone; now, where it is left out.

    Returns:
        The body for ``ConversationsApi.post_conversations_message_inbound_open_message``.

    Raises:
        ValueError: Something is missing, empty, or not what the platform takes.
        TypeError: Something is of the wrong type.

    Source: POST /api/v2/conversations/messages/{integrationId}/inbound/open/message, permission
    conversation:message:receive
    """
    if not text and attachment is None:
        raise ValueError("a message needs text or attachment")
    channel = _channel(customer, time, message_id)
    if custom_attributes is not None:
        # The platform's own model has no such field, and keeps what comes there as participant
        # data; in the metadata of the message itself it is refused, or lost.
        attributes = checked_strings("custom_attributes", custom_attributes)
        channel["metadata"] = {"customAttributes": attributes}
    body: dict[str, Any] = {"channel": channel}
    if text:
        body["text"] = checked_text("text", text)
    if attachment is not None:
        body["content"] = [{"attachment": _attachment(attachment)}]
    if metadata is not None:
        body["metadata"] = checked_strings("metadata", metadata)
    return body


def typing_event(customer: Customer, *, time: datetime | None = None) -> dict[str, Any]:
    """Make the body of the event that a customer is typing.

    Agents see it where the integration's messaging setting has inbound typing enabled.

    Args:
        customer: Who is typing.
        time: When, with a time zone; now, where it is left out.

    Returns:
        The body for ``ConversationsApi.post_conversations_message_inbound_open_event``.

    Raises:
        ValueError: Something is missing, empty, or not what the platform takes.
        TypeError: Something is of the wrong type.

    Source: POST /api/v2/conversations/messages/{integrationId}/inbound/open/event, permission
    conversation:message:receive
    """
    return {"channel": _channel(customer, time), "events": [{"eventType": "Typing"}]}


def structured_response(
    customer: Customer,
    originating_message_id: str,
    text: str,
    payload: str,
    *,
    type: str = "QuickReply",  # noqa: A002 - the platform's name
    message_id: str | None = None,
    time: datetime | None = None,
) -> dict[str, Any]:
    """Make the body of a customer's choice among quick replies, buttons of cards, or times.

    It goes to a conversation that is there; it opens none.

    Args:
        customer: Who chose.
        originating_message_id: The ``id`` of the message that had the choices.
        text: What the customer saw.
        payload: The payload that came with it.
        type: What was chosen: ``QuickReply``, ``Button`` or ``DatePicker``.
        message_id: The middleware's own id of the choice.
        time: When, with a time zone; now, where it is left out.

    Returns:
        The body for
        ``ConversationsApi.post_conversations_message_inbound_open_structured_response``.

    Raises:
        ValueError: Something is missing, empty, or not what the platform takes.
        TypeError: Something is of the wrong type.

    Source: POST /api/v2/conversations/messages/{integrationId}/inbound/open/structured/response,
    permission conversation:message:receive
    """
    return {
        "channel": _channel(customer, time, message_id),
        "buttonResponse": {
            "type": checked_choice("type", type, _BUTTON_TYPES),
            "text": checked_text("text", text),
            "payload": checked_text("payload", payload),
        },
        "originatingMessageId": checked_text("originating_message_id", originating_message_id),
    }


def _channel(
    customer: Customer, time: datetime | None, message_id: str | None = None
) -> dict[str, Any]:
    names = {"messageId": message_id} if message_id is not None else {}
    return {
        **{name: checked_text("message_id", value) for name, value in names.items()},
        "time": checked_time(time),
        "from": _sender(customer),
    }


def _sender(customer: Customer) -> dict[str, str]:
    if not isinstance(customer, Customer):
        raise TypeError(
            f"customer must be a Customer, and not {type(customer).__name__}: "
            'write Customer("ann@example.com", "Email")'
        )
    if customer.id_type is None:
        raise ValueError(f"customer.id_type is missing: it is one of {', '.join(_ID_TYPES)}")
    names = {"nickname": "nickname", "first_name": "firstName", "last_name": "lastName"}
    values = {name: getattr(customer, name) for name in (*names, "email")}
    given = given_texts("customer.", values)
    return {
        "id": checked_text("customer.id", customer.id),
        "idType": checked_choice("customer.id_type", customer.id_type, _ID_TYPES),
        **{names.get(name, name): value for name, value in given.items()},
    }


def _attachment(attachment: Attachment) -> dict[str, str]:
    if not isinstance(attachment, Attachment):
        raise TypeError(f"attachment must be an Attachment, and not {type(attachment).__name__}")
    required = {name: getattr(attachment, name) for name in ("media_type", "url", "mime")}
    for name, value in required.items():
        checked_text(f"attachment.{name}", value)
    if not re.match(r"https?://[^/\s]", attachment.url, re.I):
        raise ValueError(
            "attachment.url must be an address that the platform reaches: http or https"
        )
    if not re.fullmatch(r"[^/\s]+/[^/\s].*", required["mime"]):
        raise ValueError("attachment.mime must be a media type such as image/jpeg")
    names = ("id", "filename", "text", "sha256")
    return {
        "mediaType": checked_choice("attachment.media_type", attachment.media_type, _MEDIA_TYPES),
        "url": attachment.url,
        "mime": required["mime"],
        **given_texts("attachment.", {name: getattr(attachment, name) for name in names}),
    }
