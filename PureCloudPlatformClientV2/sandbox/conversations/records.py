"""What is kept of conversations, participants and messages, as documents of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from ..errors import ServiceError
from ..store import Store
from ..store.documents import Document

Purpose = Literal["customer", "workflow", "acd", "agent", "api"]
Sender = Literal["customer", "agent", "bot", "api"]
Direction = Literal["inbound", "outbound"]

_CONVERSATIONS = "conversations"
_LATEST = "conversations/latest"
"""Which conversation a customer had last, by integration and customer."""


@dataclass
class Participant:
    """One who takes part in a conversation, and the one communication that it has there."""

    purpose: Purpose
    name: str
    direction: Direction
    started: float
    id: str = field(default_factory=lambda: str(uuid4()))
    communication_id: str = field(default_factory=lambda: str(uuid4()))
    state: str = "connected"
    ended: float | None = None
    disconnect_type: str | None = None
    held: bool = False
    attributes: dict[str, str] = field(default_factory=dict[str, str])
    wrapup: dict[str, Any] | None = None
    wrapped_up: float | None = None
    wrapup_skipped: bool = False
    resume_time: str | None = None
    error_info: dict[str, str] | None = None

    def end(self, now: float, disconnect_type: str) -> None:
        """Let it leave, unless it has left already."""
        if self.state != "disconnected":
            self.state, self.ended, self.disconnect_type = "disconnected", now, disconnect_type


@dataclass
class Conversation:
    """A conversation between a customer and an integration, or a number."""

    organization_id: str
    integration_id: str
    messenger: str
    """The kind of messenger, for example "open"."""
    address: dict[str, str]
    """The organization's end: the id of an integration or a number, and its nickname."""
    customer: dict[str, str]
    """The customer's end: id, idType, and names, as a channel has them."""
    direction: Direction
    started: float
    last_message: float
    id: str = field(default_factory=lambda: str(uuid4()))
    state: Literal["connected", "disconnected"] = "connected"
    ended: float | None = None
    participants: list[Participant] = field(default_factory=list[Participant])

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Conversation:
        """Read what was written down."""
        found = cls(**fields)
        found.participants = [Participant(**one) for one in fields["participants"]]
        return found

    def latest(self, purpose: Purpose) -> Participant | None:
        """Find the participant of a purpose that came last."""
        found = [one for one in self.participants if one.purpose == purpose]
        return found[-1] if found else None

    def participant(self, own_id: str) -> Participant:
        """Find a participant by its id, or this is a 404."""
        for part in self.participants:
            if part.id == own_id:
                return part
        raise not_there("participant", own_id)

    @property
    def customers_part(self) -> Participant:
        """The customer as a participant; there always is one."""
        return next(one for one in self.participants if one.purpose == "customer")

    @property
    def is_staffed(self) -> bool:
        """Whether there is a bot or an agent for the customer."""
        return any(
            one.purpose in ("workflow", "agent") and one.ended is None for one in self.participants
        )

    def end(self, now: float, by: Participant | None) -> bool:
        """Let everybody leave, one of them first; False if it has ended already."""
        if self.state == "disconnected":
            return False
        for part in self.participants:
            part.end(now, "client" if by and part.id == by.id else "peer")
        self.state, self.ended = "disconnected", now
        return True


@dataclass
class Message:
    """A message of a conversation."""

    conversation_id: str
    participant_id: str
    sender: Sender
    direction: Direction
    status: str
    time: float
    normalized: dict[str, Any]
    """The message in the form that is common to all messengers."""
    receipts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """Receipts in the same form."""
    error_info: dict[str, str] | None = None
    """Why it failed: code and message."""

    @property
    def id(self) -> str:
        """Its id: 32 hexadecimal digits."""
        own_id: str = self.normalized["id"]
        return own_id

    @property
    def attachments(self) -> list[dict[str, Any]]:
        """What is attached to it."""
        content = self.normalized.get("content", ())
        return [one["attachment"] for one in content if "attachment" in one]


class Records:
    """The conversations of all organizations. What changes one is done in a transaction."""

    def __init__(self, store: Store) -> None:
        """Read and write documents of a store."""
        self._documents = store.documents

    def add(self, conversation: Conversation) -> None:
        """Keep a new conversation, the latest of its customer."""
        owner = conversation.organization_id
        self._documents.add(owner, _CONVERSATIONS, _document(conversation))
        key = _key(conversation.integration_id, conversation.customer["id"])
        now = conversation.started
        latest = Document(key, {"id": conversation.id}, now, now, "", "")
        self._documents.remove(owner, _LATEST, key)
        self._documents.add(owner, _LATEST, latest)

    def save(self, conversation: Conversation) -> None:
        """Keep what has changed in a conversation."""
        owner = conversation.organization_id
        self._documents.save(owner, _CONVERSATIONS, _document(conversation))

    def find(self, organization_id: str, conversation_id: str) -> Conversation | None:
        """Look a conversation up."""
        found = self._documents.find(organization_id, _CONVERSATIONS, conversation_id)
        return None if found is None else Conversation.from_fields(found.fields)

    def owner(self, conversation_id: str) -> str | None:
        """Tell whose conversation it is."""
        places = self._documents.places(conversation_id)
        return next((owner for owner, kind in places if kind == _CONVERSATIONS), None)

    def latest(
        self, organization_id: str, integration_id: str, customer_id: str
    ) -> Conversation | None:
        """Find the conversation that a customer had last."""
        found = self._documents.find(organization_id, _LATEST, _key(integration_id, customer_id))
        return None if found is None else self.find(organization_id, found.fields["id"])

    def all(self, organization_id: str) -> list[Conversation]:
        """Read the conversations of an organization, oldest first."""
        found = self._documents.all(organization_id, _CONVERSATIONS)
        return [Conversation.from_fields(document.fields) for _, document in found]

    def add_message(self, conversation: Conversation, message: Message) -> None:
        """Keep a new message."""
        place = _messages(conversation.id)
        self._documents.add(conversation.organization_id, place, _message_document(message))

    def save_message(self, organization_id: str, message: Message) -> None:
        """Keep what has changed in a message."""
        place = _messages(message.conversation_id)
        self._documents.save(organization_id, place, _message_document(message))

    def find_message(self, organization_id: str, message_id: str) -> Message | None:
        """Look a message up, whichever conversation it is of."""
        for owner, place in self._documents.places(message_id):
            if owner == organization_id and place.startswith(_messages("")):
                found = self._documents.find(owner, place, message_id)
                return None if found is None else Message(**found.fields)
        return None

    def messages(self, conversation: Conversation) -> list[Message]:
        """Read the messages of a conversation, oldest first."""
        found = self._documents.all(conversation.organization_id, _messages(conversation.id))
        return [Message(**document.fields) for _, document in found]


def _messages(conversation_id: str) -> str:
    return f"conversations/messages/{conversation_id}"


def _key(integration_id: str, customer_id: str) -> str:
    return f"{integration_id} {customer_id}"


def _document(one: Conversation) -> Document:
    fields = {**vars(one), "participants": [vars(part) for part in one.participants]}
    return Document(one.id, fields, one.started, one.last_message, "", "")


def _message_document(one: Message) -> Document:
    return Document(one.id, vars(one), one.time, one.time, "", "")


def not_there(what: str, own_id: str) -> ServiceError:
    """Make the 404 for something of a conversation."""
    return ServiceError(
        404,
        "not.found",
        f"There is no {what} with the id {{id}}.",
        params={"id": own_id},
        entity_id=own_id,
    )


def require_connected(conversation: Conversation, part: Participant) -> None:
    """Refuse with a 409 what needs a participant who is connected to the customer."""
    if conversation.state != "connected" or part.state != "connected":
        raise not_connected(conversation)


def not_connected(conversation: Conversation) -> ServiceError:
    """Make the 409 for what only a connected conversation can do."""
    return ServiceError(
        409,
        "general.conflict",
        "The conversation {id} is not connected.",
        params={"id": conversation.id},
        entity_id=conversation.id,
    )
