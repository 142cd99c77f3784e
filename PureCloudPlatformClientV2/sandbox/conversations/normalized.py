"""Messages in the form that is common to all messengers, and the webhook that carries them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import uuid4

from ..clock import wire_date
from .records import Conversation, Direction

_PLATFORMS = {"sms": "Sms", "webmessaging": "WebMessaging"}

ID_TYPES = ("Email", "Phone", "Opaque")

Kind = Literal["Text", "Structured", "Event", "Receipt"]


def make_message(
    kind: Kind,
    channel: Mapping[str, Any],
    direction: Direction,
    *,
    own_id: str | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Make a message; of the fields those count that are not None."""
    message = {
        "id": own_id or new_id(),
        "channel": dict(channel),
        "type": kind,
        **fields,
        "direction": direction.title(),
    }
    return {name: value for name, value in message.items() if value is not None}


def new_id() -> str:
    """Make the id of a message."""
    return uuid4().hex


def outbound_channel(conversation: Conversation, message_id: str, now: float) -> dict[str, Any]:
    """Make the channel of a message to the customer."""
    customer = {"idType": "Opaque", **conversation.customer}
    return {
        **_ends(conversation, message_id),
        "to": {"id": customer["id"], "idType": customer["idType"], **customer},
        "from": _own_end(conversation),
        "time": wire_date(now),
    }


def inbound_channel(
    conversation: Conversation, sent_id: str | None, sent_time: str
) -> dict[str, Any]:
    """Make the channel of a message from the customer, as its middleware described it."""
    channel = {
        **_ends(conversation, sent_id),
        "to": {"id": conversation.address["id"]},
        "from": conversation.customer,
        "time": sent_time,
    }
    return {name: value for name, value in channel.items() if value is not None}


def receipt_channel(conversation: Conversation, message_id: str, time: str) -> dict[str, Any]:
    """Make the channel of a receipt for a message to the customer."""
    return {
        **_ends(conversation, message_id),
        "to": conversation.customer,
        "from": _own_end(conversation),
        "time": time,
    }


def attachment(
    own_id: str, *, url: str, media_type: str, name: str | None = None, size: int | None = None
) -> dict[str, Any]:
    """Make the content that is a file."""
    fields = {
        "id": own_id,
        "mediaType": kind_of_media(media_type),
        "mime": media_type,
        "url": url,
        "filename": name,
        "contentSizeBytes": size,
    }
    shown = {key: value for key, value in fields.items() if value is not None}
    return {"contentType": "Attachment", "attachment": shown}


def kind_of_media(media_type: str) -> str:
    """Name the kind of a media type: Image, Video, Audio or File."""
    first = media_type.partition("/")[0].title()
    return first if first in ("Image", "Video", "Audio") else "File"


def content_types(content: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Tell what kinds of content there are, as the listing of a conversation's messages does."""
    return [
        {"contentType": one["contentType"], **_sub_type(one)}
        for one in content
        if "contentType" in one
    ]


def _sub_type(content: Mapping[str, Any]) -> dict[str, str]:
    if "attachment" in content:
        return {"subType": content["attachment"]["mediaType"]}
    kind = content.get("buttonResponse", {}).get("type")
    return {"subType": kind} if kind in ("Button", "QuickReply") else {}


def _ends(conversation: Conversation, message_id: str | None) -> dict[str, Any]:
    messenger = conversation.messenger
    return {
        "id": conversation.integration_id,
        "platform": _PLATFORMS.get(messenger, messenger.title()),
        "type": "Private",
        "messageId": message_id,
    }


def _own_end(conversation: Conversation) -> dict[str, str]:
    address = conversation.address
    return {"nickname": address["nickname"], "id": address["id"], "idType": "Opaque"}
