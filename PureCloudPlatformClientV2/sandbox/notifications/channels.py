"""The channels of a sandbox, and what goes out by them."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..addresses import make_url
from ..clock import Clock
from ..credentials import OWN_ORGANIZATION_ID, Token
from ..events import Event, Events
from ..store.organizations import Organizations
from . import payloads, topics
from .channel import Channel, SystemType
from .conversation_events import ConversationEvents

if TYPE_CHECKING:
    from .streaming import Connection, Streaming

MAX_CHANNELS = 20
"""Channels of one user; another one takes the place of the one that was used longest ago."""


@dataclass(frozen=True)
class Endpoint:
    """Where WebSockets are served."""

    address: str
    port: int
    """0 for any free one."""
    tls: ssl.SSLContext | None


class Channels:
    """The notification channels of a sandbox: what they are sent, and how they fail.

    Iterating gives them, oldest first. What takes a channel_id takes the id of one channel, or does
    the same to all of them. Every method may be called from any thread.
    """

    def __init__(
        self, clock: Clock, events: Events, organizations: Organizations, endpoint: Endpoint
    ) -> None:
        """Begin without channels; WebSockets are served from the first one on."""
        self._clock = clock
        self._organizations = organizations
        self._endpoint = endpoint
        self._lock = threading.Lock()
        # Another one: the server may look for a channel before its start is over.
        self._starting = threading.Lock()
        self._channels: dict[str, Channel] = {}
        self._streaming: Streaming | None = None
        self._conversations = ConversationEvents()
        self._events = events
        self._end_listening = events.listen(self._on_event)

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._living())

    def publish(
        self, topic: str, body: Mapping[str, Any], *, organization_id: str | None = None
    ) -> int:
        """Send an event to whoever is subscribed to its topic and connected.

        Args:
            topic: For example "v2.users.8f3c.presence", without any question mark.
            body: The eventBody, whatever it holds.
            organization_id: Whose event it is; the sandbox's own organization's when omitted.

        Returns:
            How many connections it went to.

        Raises:
            LookupError: There is no such organization.
            ValueError: There is no such topic.
        """
        if organization_id is not None and self._organizations.name(organization_id) is None:
            raise LookupError(f"there is no organization with the id {organization_id!r}")
        if topics.template_of(topic) is None:
            raise ValueError(topics.unknown(topic))
        connections = self._listening(organization_id or OWN_ORGANIZATION_ID, topic)
        return self._send(connections, topic, body)

    def drop(self, channel_id: str | None = None) -> None:
        """End a connection without a word, as a network does; the channel stays.

        Raises:
            LookupError: There is no such channel.
        """
        for channel in self._meant(channel_id):
            if channel.connection is not None:
                channel.connection.drop()

    def silence(self, channel_id: str | None = None) -> None:
        """Send nothing by a connection any more, no heartbeat either; another one will be served.

        Raises:
            LookupError: There is no such channel.
        """
        for channel in self._meant(channel_id):
            if channel.connection is not None:
                channel.connection.silence()

    def socket_closing(self, channel_id: str | None = None) -> None:
        """Tell a client that its connection will be closed in a minute, and close it then.

        Raises:
            LookupError: There is no such channel.
        """
        for channel in self._meant(channel_id):
            channel.announce_closing()

    def close(self, channel_id: str | None = None) -> None:
        """End a channel, with its connection and subscriptions.

        Raises:
            LookupError: There is no such channel.
        """
        for channel in self._meant(channel_id):
            self._remove(channel)
            self._end(channel, None, "the channel was closed")

    def create(self, token: Token) -> Channel:
        """Make a channel for the bearer of a token."""
        self.listen()
        self._end_expired()
        channel = Channel(token, self._clock, self._end_expired, self._tell)
        replaced = None
        with self._lock:
            own = [one for one in self._channels.values() if _has_same_user(one, token)]
            if len(own) >= MAX_CHANNELS:
                # Those without a connection go first.
                replaced = min(own, key=lambda one: (one.connection is not None, one.used))
                del self._channels[replaced.id]
            self._channels[channel.id] = channel
        self._tell(channel)
        if replaced is not None:
            self._end(replaced, "no_longer_subscribed", "the user has too many channels")
        return channel

    def find(self, channel_id: str) -> Channel | None:
        """Find a channel that has not ended."""
        self._end_expired()
        return self._channels.get(channel_id)

    def of_user(self, token: Token) -> list[Channel]:
        """Find the channels of the user whose token it is."""
        return [one for one in self._living() if _has_same_user(one, token)]

    def revoke(self, token_id: str | None = None) -> None:
        """End the channels of a token, or all, as it is not valid any more."""
        for channel in self._living():
            if token_id in (None, channel.token.id):
                self._remove(channel)
                self._end(channel, "token_revoked", "the token is not valid any more")

    def clear(self, organization_id: str | None = None) -> None:
        """End the channels of an organization, or all."""
        for channel in self._living():
            if organization_id in (None, channel.organization_id):
                self.close(channel.id)

    def connect_uri(self, channel: Channel, hostname: str) -> str:
        """Tell where a channel's WebSocket is, for who knows the sandbox by a name."""
        scheme = "ws" if self._endpoint.tls is None else "wss"
        return f"{make_url(scheme, hostname, self.listen())}/channels/{channel.id}"

    def listen(self) -> int:
        """Serve WebSockets from now on, and tell at which port.

        Raises:
            OSError: The port is taken.
        """
        try:
            # Imported here for the sake of start-up time: websockets is for those with channels.
            from .streaming import Streaming
        except ModuleNotFoundError as error:
            if not (error.name or "").startswith("websockets"):
                raise
            words = "notifications need websockets 13 or later"
            message = f"{words}: install this package with its extra [sandbox]"
            raise ModuleNotFoundError(message, name=error.name) from error

        with self._starting:
            if self._streaming is None:
                where = self._endpoint
                self._streaming = Streaming(where.address, where.port, where.tls, self.find)
            return self._streaming.port

    def stop(self) -> None:
        """Close all connections, and serve no more."""
        self._end_listening()
        with self._starting:
            streaming, self._streaming = self._streaming, None
        if streaming is not None:
            streaming.stop()

    def _on_event(self, event: Event) -> None:
        if event.kind == "reset":
            self._conversations.forget(event.organization_id)
        elif event.organization_id is not None:
            for told in self._conversations.of(event, self._clock()):
                connections = self._listening(event.organization_id, told.topic)
                # Most conversations have nobody who listens.
                template = topics.template_of(told.topic) if connections else None
                if template is not None:
                    body = payloads.fit(template.definition, told.body())
                    self._send(connections, told.topic, body)

    def _send(self, connections: list[Connection], topic: str, body: Mapping[str, Any]) -> int:
        streaming = self._streaming
        if connections and streaming is not None:
            streaming.send(connections, payloads.event(topic, body))
        return len(connections)

    def _listening(self, organization_id: str, topic: str) -> list[Connection]:
        return [
            connection
            for channel in self._living()
            if channel.organization_id == organization_id and channel.hears(topic)
            for connection in [channel.connection]
            if connection is not None
        ]

    def _meant(self, channel_id: str | None) -> list[Channel]:
        if channel_id is None:
            return self._living()
        channel = self.find(channel_id)
        if channel is None:
            raise LookupError(f"there is no channel with the id {channel_id!r}")
        return [channel]

    def _living(self) -> list[Channel]:
        self._end_expired()
        with self._lock:
            return list(self._channels.values())

    def _remove(self, channel: Channel) -> None:
        with self._lock:
            self._channels.pop(channel.id, None)

    def _end_expired(self) -> None:
        now = self._clock()
        with self._lock:
            ended = [one for one in self._channels.values() if one.ends <= now]
            for channel in ended:
                del self._channels[channel.id]
        for channel in ended:
            if channel.expires <= now:
                self._end(channel, None, "the channel has expired")
            else:
                self._end(channel, "token_revoked", "the token has expired")

    def _end(self, channel: Channel, kind: SystemType | None, words: str) -> None:
        channel.end(kind, words)
        self._tell(channel)

    def _tell(self, channel: Channel) -> None:
        """Tell whoever watches that a channel has come, changed or ended."""
        self._events.publish(Event("channel", channel.organization_id, {"id": channel.id}))


def _has_same_user(channel: Channel, token: Token) -> bool:
    return (channel.organization_id, channel.token.owner) == (token.organization_id, token.owner)
