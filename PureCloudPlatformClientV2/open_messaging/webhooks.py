"""What the platform posts to a middleware: messages, events and receipts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .._wire.json_values import parse_json
from ._reading import duration_in, object_in, objects_in, text_in, time_in
from .content import (
    Action,
    Attachment,
    Card,
    Carousel,
    Content,
    DatePicker,
    Notification,
    QuickReply,
    read_content,
)
from .customer import Customer
from .inbound import structured_response
from .receipts import Reason, receipt

__all__ = ["Event", "Message", "Receipt", "Webhook", "parse"]


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A webhook; of this very class where its type is not known here."""

    id: str
    """The platform's id of the message: 32 hexadecimal digits, which are no UUID."""
    type: str
    """The platform's name for what it is: ``Text``, ``Structured``, ``Event`` or ``Receipt``."""
    time: datetime | None
    """When it was sent."""
    customer: Customer | None
    """Whom it is about."""
    integration_id: str | None
    """The integration that sends it, and that answers are posted to."""
    conversation_id: str | None
    """The conversation, where the platform says it. A customer has others before and after."""
    raw: Mapping[str, Any] = field(repr=False, hash=False)
    """The body as it came, with what has no attribute here."""

    @property
    def key(self) -> str:
        """What is the same each time the platform repeats this webhook, and in no other.

        The id alone does not do: every receipt for a message has the id of the message.
        """
        channel = object_in(self.raw, "channel")
        parts = (self.type, self.id, text_in(channel, "time"), text_in(self.raw, "status"))
        return " ".join(filter(None, parts))


@dataclass(frozen=True, kw_only=True)
class Message(Webhook):
    """A message for the customer, from an agent, a bot, a flow or an agentless call."""

    customer: Customer
    """Whom it is for. ``customer.id`` is what the middleware gave as the sender's id."""
    integration_id: str
    """The integration that sends it, and that answers are posted to."""
    text: str | None
    """The text; ``None`` where there is only content, such as an attachment."""
    content: tuple[Content, ...]
    """What it holds besides, in the order that it came."""
    originating_entity: str | None
    """``Human`` or ``Bot``, where the platform says it."""

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The attachments; the platform sends at most one."""
        return tuple(one for one in self.content if isinstance(one, Attachment))

    @property
    def quick_replies(self) -> tuple[QuickReply, ...]:
        """The answers that the customer may choose from."""
        return tuple(one for one in self.content if isinstance(one, QuickReply))

    @property
    def cards(self) -> tuple[Card, ...]:
        """All cards, whether alone or in a carousel."""
        cards: list[Card] = []
        for one in self.content:
            if isinstance(one, Carousel):
                cards += one.cards
            elif isinstance(one, Card):
                cards.append(one)
        return tuple(cards)

    @property
    def date_picker(self) -> DatePicker | None:
        """The times that the customer may choose from, if there are any."""
        return next((one for one in self.content if isinstance(one, DatePicker)), None)

    @property
    def notification(self) -> Notification | None:
        """What was made from a template, if anything."""
        return next((one for one in self.content if isinstance(one, Notification)), None)

    def delivered(self, *, time: datetime | None = None) -> dict[str, Any]:
        """Make the receipt that the customer has got this message.

        Args:
            time: When, with a time zone; now, where it is left out.

        Returns:
            The body for ``ConversationsApi.post_conversations_message_inbound_open_receipt``.

        Raises:
            ValueError: The time has no time zone.
        """
        return receipt(self.id, self.customer.id, "Delivered", time=time)

    def failed(self, code: str, message: str, *, time: datetime | None = None) -> dict[str, Any]:
        """Make the receipt that the customer cannot be given this message.

        Answer the webhook with 200 all the same: another status may fail the whole conversation.

        Args:
            code: Why, as the platform has it, such as ``InvalidDestination``, ``RecipientOptedOut``
                or ``GeneralError``.
            message: Why, in words.
            time: When, with a time zone; now, where it is left out.

        Returns:
            The body for ``ConversationsApi.post_conversations_message_inbound_open_receipt``.

        Raises:
            ValueError: The code is not one of the platform's, the message is empty, or the time has
                no time zone.
        """
        reasons = [Reason(code, message)]
        return receipt(self.id, self.customer.id, "Failed", reasons=reasons, time=time)

    def chosen(
        self,
        choice: QuickReply | Action,
        *,
        message_id: str | None = None,
        time: datetime | None = None,
    ) -> dict[str, Any]:
        """Make the customer's choice of a quick reply of this message, or of a button of a card.

        Args:
            choice: One of ``quick_replies``, or of the ``actions`` of a card.
            message_id: The middleware's own id of the choice.
            time: When, with a time zone; now, where it is left out.

        Returns:
            The body for
            ``ConversationsApi.post_conversations_message_inbound_open_structured_response``.

        Raises:
            ValueError: The choice is a link, which is opened and not answered, or has no text.
            TypeError: It is no choice.
        """
        if not isinstance(choice, (QuickReply, Action)):
            raise TypeError(
                f"choice must be a QuickReply or an Action, and not {type(choice).__name__}"
            )
        if isinstance(choice, Action) and choice.type != "Postback":
            raise ValueError(f"choice is a {choice.type}: only a Postback is answered")
        if choice.text is None:
            raise ValueError("choice has no text")
        return structured_response(
            self.customer,
            self.id,
            choice.text,
            choice.payload or choice.text,
            type="QuickReply" if isinstance(choice, QuickReply) else "Button",
            message_id=message_id,
            time=time,
        )


@dataclass(frozen=True, kw_only=True)
class Event(Webhook):
    """Something that happens in a conversation: that the agent is typing."""

    customer: Customer
    """Whom it is for."""
    integration_id: str
    """The integration that sends it."""
    kinds: tuple[str, ...]
    """The platform's names for what happens; today ``Typing`` only."""
    duration: timedelta | None
    """How long to show that somebody is typing, since nothing says when they stop."""

    @property
    def is_typing(self) -> bool:
        """Whether somebody is typing."""
        return "Typing" in self.kinds


@dataclass(frozen=True, kw_only=True)
class Receipt(Webhook):
    """What became of a message that the middleware posted; ``id`` is that of the answer to it."""

    status: str | None
    """``Published``, or ``Failed``."""
    reasons: tuple[Reason, ...]
    """Why it failed."""
    is_final: bool
    """Whether no other receipt for the message will follow."""


def parse(body: bytes | bytearray | memoryview | str | Mapping[str, Any]) -> Webhook:
    """Read a webhook. Check its signature first: ``verify_signature``.

    What a webhook cannot do without must be there. Whatever else is absent, or in a form that is
    not known here, is ``None`` or left out, and stays in ``raw``.

    Args:
        body: The body as it was received, or what its JSON stands for.

    Returns:
        A ``Message``, an ``Event`` or a ``Receipt``; a plain ``Webhook`` where the type is another.

    Raises:
        ValueError: The body is not JSON, no object, or lacks its ``id``, ``type`` or ``channel``;
            or the ids of the customer and the integration, in a message or an event.
        TypeError: The body is neither bytes, text nor a mapping.

    Source: https://developer.genesys.cloud/commdigital/digital/openmessaging/outboundMessages
    """
    raw = _parsed(body)
    channel = raw.get("channel")
    if not isinstance(channel, dict):
        raise ValueError(f"body has no channel: {_FOREIGN}")
    # Who is written to on the way out writes on the way in, which is what a receipt is about.
    is_inbound = raw.get("type") == "Receipt" or raw.get("direction") == "Inbound"
    ours, theirs = ("to", "from") if is_inbound else ("from", "to")
    integration_id = text_in(channel, "id") or text_in(object_in(channel, ours), "id")
    common: dict[str, Any] = {
        "id": _needed(raw, "id"),
        "type": _needed(raw, "type"),
        "time": time_in(channel, "time"),
        "customer": _customer(channel, theirs, ours, integration_id),
        "integration_id": integration_id,
        "conversation_id": text_in(raw, "conversationId"),
        "raw": raw,
    }
    if common["type"] == "Receipt":
        return _receipt(raw, common)
    if common["type"] not in ("Text", "Structured", "Event"):
        return Webhook(**common)
    if common["customer"] is None:
        raise ValueError(f"body has no channel.{theirs}.id, which is the customer's: {_FOREIGN}")
    if integration_id is None:
        raise ValueError(f"body has no channel.{ours}.id, which is the integration's: {_FOREIGN}")
    return _event(raw, common) if common["type"] == "Event" else _message(raw, common)


_FOREIGN = "is it a webhook of open messaging?"


def _parsed(body: Any) -> dict[str, Any]:
    if isinstance(body, Mapping):
        return dict(body)
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    if not isinstance(body, (bytes, bytearray, memoryview)):
        raise TypeError(f"body must be bytes, text or a mapping, and not {type(body).__name__}")
    try:
        found = parse_json(bytes(body))
    except json.JSONDecodeError as error:
        # Not chained, since that error holds the whole text: what a customer was written.
        raise ValueError(f"body is not JSON: {error.msg} at character {error.pos}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"body is not UTF-8: {error.reason} at byte {error.start}") from None
    except ValueError as error:
        raise ValueError(f"body is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ValueError(f"body is not a JSON object: {_FOREIGN}")
    return found


def _needed(raw: dict[str, Any], name: str) -> str:
    value = text_in(raw, name)
    if not value:
        raise ValueError(f"body has no {name}: {_FOREIGN}")
    return value


def _customer(
    channel: dict[str, Any], theirs: str, ours: str, integration_id: str | None
) -> Customer | None:
    """Find the customer where they should be; on the other side, where the integration is there."""
    party = object_in(channel, theirs)
    if text_in(party, "id") == integration_id:
        party = object_in(channel, ours)
    found = text_in(party, "id")
    if not found or found == integration_id:
        return None
    return Customer(
        found,
        text_in(party, "idType"),
        nickname=text_in(party, "nickname") or None,
        first_name=text_in(party, "firstName") or None,
        last_name=text_in(party, "lastName") or None,
        email=text_in(party, "email") or None,
    )


def _message(raw: dict[str, Any], common: dict[str, Any]) -> Message:
    return Message(
        **common,
        text=text_in(raw, "text") or None,
        content=tuple(map(read_content, objects_in(raw, "content"))),
        originating_entity=text_in(raw, "originatingEntity"),
    )


def _event(raw: dict[str, Any], common: dict[str, Any]) -> Event:
    events = objects_in(raw, "events")
    kinds = (text_in(one, "eventType") for one in events)
    durations = (
        duration_in(object_in(one, "typing"), "duration", timedelta(milliseconds=1))
        for one in events
    )
    return Event(
        **common,
        kinds=tuple(kind for kind in kinds if kind),
        duration=next((one for one in durations if one is not None), None),
    )


def _receipt(raw: dict[str, Any], common: dict[str, Any]) -> Receipt:
    reasons = objects_in(raw, "reasons")
    return Receipt(
        **common,
        status=text_in(raw, "status"),
        reasons=tuple(Reason(text_in(one, "code"), text_in(one, "message")) for one in reasons),
        is_final=raw.get("isFinalReceipt") is True,
    )
