"""One channel: what it is subscribed to, and its connection."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, cast

from ..clock import Clock
from ..credentials import Token
from ..staff import user_to_wire
from . import payloads, topics

if TYPE_CHECKING:
    from .streaming import Connection

LIFETIME = 86400
"""Seconds that a channel lives after it was made, or subscribed to something."""
HEARTBEAT_INTERVAL = 30
"""Seconds between two heartbeats."""
CLOSING_NOTICE = 60
"""Seconds between the notice that a connection will be closed and that."""
MAX_TOPICS = 1000

SystemType = Literal["no_longer_subscribed", "subscription_changed", "token_revoked"]


class TooManyTopicsError(ValueError):
    """More topics than a channel may have."""


class Channel:
    """A channel. Every method may be called from any thread."""

    def __init__(
        self,
        token: Token,
        clock: Clock,
        look: Callable[[], None],
        changed: Callable[[Channel], None],
    ) -> None:
        """Make one without topics for the bearer of a token.

        Args:
            token: Whose channel it is.
            clock: By which it lives.
            look: Looks whether it has ended, when it may have.
            changed: Is told when its topics or its connection have changed.
        """
        self.id: str = f"streaming-0-{secrets.token_hex(13)}"
        self.token: Token = token
        self.used: float = 0.0
        """When something was last done with it."""
        self.expires: float = 0.0
        """When it ends, by the clock."""
        self._clock = clock
        self._look = look
        self._changed = changed
        self._lock = threading.Lock()
        self._topics: list[str] = []
        self._names: frozenset[str] = frozenset()
        self._connection: Connection | None = None
        self._last_words: str | None = None
        self._prolong()

    def __repr__(self) -> str:
        return f"<Channel {self.id}>"

    @property
    def organization_id(self) -> str:
        """Whose events it gets."""
        return self.token.organization_id

    @property
    def user_id(self) -> str:
        """The id of the user who made it."""
        return user_to_wire(self.token.owner)["id"]

    @property
    def topics(self) -> list[str]:
        """What it is subscribed to, as it was asked for."""
        return list(self._topics)

    @property
    def connection(self) -> Connection | None:
        """Its WebSocket, while it is open."""
        return self._connection

    @property
    def ends(self) -> float:
        """When it ends, or its token does."""
        token_ends = self.token.expires
        return self.expires if token_ends is None else min(self.expires, token_ends)

    def hears(self, topic: str) -> bool:
        """Tell whether it is subscribed to a topic."""
        return topic in self._names

    def subscribe(self, wanted: Iterable[str], *, replace: bool = False) -> None:
        """Subscribe it to more topics, or to no others.

        Raises:
            TooManyTopicsError: It would have more than it may; nothing has changed.
        """
        with self._lock:
            before = [] if replace else self._topics
            after = list(dict.fromkeys([*before, *wanted]))
            if len(after) > MAX_TOPICS:
                raise TooManyTopicsError(f"A channel may have {MAX_TOPICS} topics at most.")
            self._topics = after
            self._names = frozenset(name for topic in after for name in topics.names_in(topic))
        self._prolong()
        self._tell_change()
        self._changed(self)

    def unsubscribe(self) -> None:
        """Leave it without topics."""
        with self._lock:
            self._topics, self._names = [], frozenset()
        self._changed(self)

    def connected(self, connection: Connection) -> None:
        """Send everything by a new connection from now on, and close the one before."""
        self.used = self._clock()
        self._replace(connection)
        if self._last_words is not None:  # it has ended since the client was let in
            connection.close(self._last_words)
        self._beat_later(connection, self.used)
        self._changed(self)

    def received(self, connection: Connection, text: str) -> None:
        """Answer what a client sends: a ping, or what it wants to be subscribed to."""
        try:
            message = json.loads(text)
        except (ValueError, RecursionError):
            message = None
        given: dict[str, Any] = message if isinstance(message, dict) else {}
        if given.get("message") == "ping":
            connection.send(payloads.metadata("pong"))
        elif given.get("message") == "subscribe":
            connection.send(self._subscribe_by_message(given))
        else:
            words = 'Known are {"message": "ping"} and {"message": "subscribe", "topics": [...]}.'
            correlation_id = given.get("correlationId")
            connection.send(payloads.answer("400", "error", correlation_id, message=words))

    def disconnected(self, connection: Connection) -> None:
        """Forget a connection that is closed."""
        with self._lock:
            if self._connection is connection:
                self._connection = None
        self._changed(self)

    def announce_closing(self) -> None:
        """Tell that the connection will be closed in a minute, and close it then."""
        connection = self._connection
        if connection is not None:
            words = f"This WebSocket will be closed in {CLOSING_NOTICE} seconds. Connect anew."
            body = {"channelId": self.id, "message": words}
            connection.send(payloads.event("v2.system.socket_closing", body))
            due = self._clock() + CLOSING_NOTICE
            self._clock.call_at(due, partial(connection.close, "maintenance"))

    def end(self, kind: SystemType | None, words: str) -> None:
        """Tell that the channel is no more, if there is a kind for it, and close the connection."""
        with self._lock:
            connection, self._connection = self._connection, None
            self._last_words = words
        if connection is not None:
            if kind is not None:
                connection.send(self._system_message(kind, words))
            connection.close(words)

    def _replace(self, connection: Connection) -> None:
        with self._lock:
            before, self._connection = self._connection, connection
        if before is not None:
            before.successor = connection
            words = "another connection of the channel was opened"
            before.send(self._system_message("no_longer_subscribed", words))
            before.close(words)

    def _beat_later(self, connection: Connection, last: float) -> None:
        due = last + HEARTBEAT_INTERVAL
        self._clock.call_at(due, partial(self._beat, connection, due))

    def _beat(self, connection: Connection, due: float) -> None:
        if self._connection is connection:
            connection.send(payloads.metadata("WebSocket Heartbeat"))
            self._beat_later(connection, due)

    def _subscribe_by_message(self, given: Mapping[str, Any]) -> str:
        wanted, correlation_id = given.get("topics"), given.get("correlationId")
        if not isinstance(wanted, list) or not all(isinstance(one, str) for one in wanted):
            words = "topics must be a list of texts."
            return payloads.answer("400", "error", correlation_id, message=words)
        if self._clock() >= self.ends:
            return payloads.answer("404", "failure", correlation_id)
        for topic in cast("list[str]", wanted):
            refusal = topics.refusal_of(topic, self.user_id, self.token.permissions)
            if refusal is not None:
                words = refusal.reason
                return payloads.answer("400", "failure", correlation_id, message=words)
        try:
            self.subscribe(cast("list[str]", wanted))
        except TooManyTopicsError as error:
            return payloads.answer("400", "failure", correlation_id, message=str(error))
        return payloads.answer("200", "subscribed", correlation_id)

    def _tell_change(self) -> None:
        topic, connection = "v2.subscription.updated", self._connection
        if connection is not None and self.hears(topic):
            words = f"the channel has {len(self._topics)} topics"
            connection.send(payloads.event(topic, self._system_body("subscription_changed", words)))

    def _system_message(self, kind: SystemType, words: str) -> str:
        return payloads.event(f"v2.system.{kind}.{self.id}", self._system_body(kind, words))

    def _system_body(self, kind: SystemType, words: str) -> dict[str, Any]:
        reasons: dict[SystemType, str] = {
            "no_longer_subscribed": "another_channel_subscribed",
            "token_revoked": "user_tokens_revoked",
        }
        return {
            "channelId": self.id,
            "systemTopicType": kind,
            "organizationId": self.organization_id,
            "userId": self.user_id,
            **({"reason": reasons[kind]} if kind in reasons else {}),
            "message": words,
        }

    def _prolong(self) -> None:
        self.used = self._clock()
        self.expires = self.used + LIFETIME
        self._clock.call_at(self.ends, self._look)
