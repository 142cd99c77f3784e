"""One webhook, every try to deliver it, and how both are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..clock import wire_date
from ..store import Store
from ..store.documents import Document

DeliveryState = Literal["pending", "delivered", "failed"]


@dataclass(frozen=True)
class Attempt:
    """One try, and what came of it."""

    time: float
    """When it began, in seconds since the epoch, by the sandbox's clock."""
    seconds: float
    """How long it took, by the watch."""
    status: int | None = None
    """The status of the middleware's response; None if there was none."""
    error: str | None = None
    """Why there was no response."""
    response: str | None = None
    """The first 2,000 characters of the response's body, with the integration's secrets masked."""


@dataclass
class Delivery:
    """One webhook: what is sent, and how far it has come."""

    id: str
    organization_id: str
    integration_id: str
    conversation_id: str | None
    message_id: str
    time: float
    """When it was sent for the first time, in seconds since the epoch, by the sandbox's clock."""
    body: str
    """What is sent; in UTF-8 these are the bytes that the signature is of."""
    url: str = ""
    """Where it was sent to at last, without user and password."""
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """The headers that were sent at last; the values of the integration's own are masked."""
    state: DeliveryState = "pending"
    attempts: list[Attempt] = field(default_factory=list[Attempt])
    """Every try, oldest first."""
    next_attempt: float | None = None
    """When it is tried again, in seconds since the epoch, by the sandbox's clock."""
    tries: int = 0
    """How often it was tried since it was sent, or since its retry was asked for."""

    def to_fields(self) -> dict[str, Any]:
        """Write it down as JSON that holds all of it."""
        return asdict(self)

    @classmethod
    def from_fields(cls, fields: Mapping[str, Any]) -> Delivery:
        """Read what was written down."""
        attempts: Any = [Attempt(**one) for one in fields["attempts"]]
        return cls(**{**fields, "attempts": attempts})

    def to_wire(self) -> dict[str, Any]:
        """Build the JSON object of the control API, and of events."""
        wire = {
            "id": self.id,
            "organizationId": self.organization_id,
            "integrationId": self.integration_id,
            "conversationId": self.conversation_id,
            "messageId": self.message_id,
            "time": wire_date(self.time),
            "url": self.url,
            "headers": self.headers,
            "body": self.body,
            "state": self.state,
            "attempts": [_attempt_to_wire(one) for one in self.attempts],
            "nextAttempt": None if self.next_attempt is None else wire_date(self.next_attempt),
        }
        return {name: value for name, value in wire.items() if value is not None}


def _attempt_to_wire(attempt: Attempt) -> dict[str, Any]:
    known = {name: value for name, value in asdict(attempt).items() if value is not None}
    return {**known, "time": wire_date(attempt.time)}


MOST_ENDED = 1000
"""How many deliveries are kept beside those that are pending."""

_COLLECTION = "webhook deliveries"


class Records:
    """What was sent. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        """Find what was written down before a restart."""
        self._store = store
        ended = [(one.organization_id, one.id) for one in self.all() if one.state != "pending"]
        self._ended = deque(ended)

    def add(self, delivery: Delivery) -> None:
        """Write down a new delivery."""
        self._store.documents.add(delivery.organization_id, _COLLECTION, _document(delivery))

    def find(self, organization_id: str, delivery_id: str) -> Delivery | None:
        """Look a delivery up."""
        found = self._store.documents.find(organization_id, _COLLECTION, delivery_id)
        return None if found is None else Delivery.from_fields(found.fields)

    def owner(self, delivery_id: str) -> str | None:
        """Tell whose a delivery is."""
        places = self._store.documents.places(delivery_id)
        return next((owner for owner, kind in places if kind == _COLLECTION), None)

    def all(self) -> list[Delivery]:
        """Read all of them, oldest first."""
        found = [
            Delivery.from_fields(document.fields)
            for organization_id in self._store.organizations.names()
            for _, document in self._store.documents.all(organization_id, _COLLECTION)
        ]
        return sorted(found, key=lambda delivery: delivery.time)

    def change(
        self, organization_id: str, delivery_id: str, change: Callable[[Delivery], None]
    ) -> Delivery | None:
        """Change a delivery, if it is still there, and drop the oldest of too many."""
        with self._store.transaction():
            delivery = self.find(organization_id, delivery_id)
            if delivery is None:
                return None
            change(delivery)
            self._store.documents.save(organization_id, _COLLECTION, _document(delivery))
            key = (organization_id, delivery_id)
            if key in self._ended:  # under way again, or the latest of those that have ended
                self._ended.remove(key)
            if delivery.state != "pending":
                self._note_end(key)
        return delivery

    def clear(self, organization_id: str | None = None) -> None:
        """Forget all deliveries, or those of one organization."""
        with self._store.transaction():
            for one in self.all():
                if organization_id in (None, one.organization_id):
                    self._store.documents.remove(one.organization_id, _COLLECTION, one.id)
            kept = [key for key in self._ended if organization_id not in (None, key[0])]
            self._ended = deque(kept)

    def _note_end(self, key: tuple[str, str]) -> None:
        self._ended.append(key)
        if len(self._ended) > MOST_ENDED:
            organization_id, delivery_id = self._ended.popleft()
            self._store.documents.remove(organization_id, _COLLECTION, delivery_id)


def _document(delivery: Delivery) -> Document:
    time, by = delivery.time, "Sandbox"
    return Document(delivery.id, delivery.to_fields(), time, time, by, by)
