"""One webhook, and every try to deliver it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ..entities import wire_date

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
