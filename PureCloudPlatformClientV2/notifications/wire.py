"""A channel on the wire: the calls that make and subscribe it, and the WebSocket it is heard by.

The protocol of the WebSocket is that of websockets, the connection our own: with the proxy, the
certificates and the time limits that calls have.
"""

from __future__ import annotations

import logging
import math
import re
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from urllib3.exceptions import EmptyPoolError
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from .._settings.region_hosts import region_of
from .._transport.client import RESTClientObject
from .._transport.failures import check_status, is_hopeless
from .._transport.limits import Limits
from .._transport.proxy import is_this_machine
from .._transport.request import HttpRequestOptions
from .._wire.redaction import Masked
from .._wire.response import RESTResponse, is_passing
from ..api_client import ApiClient
from ..apis.notifications_api import NotificationsApi
from ..exceptions import (
    ApiConnectionException,
    ApiException,
    ApiTimeoutException,
    ForbiddenException,
    NotFoundException,
    causes,
    told,
)
from ..logger import package_logger
from .events import Rejection

if TYPE_CHECKING:
    from .. import models

LEAVING = 5.0
"""Seconds in which a channel is left."""

_LIFETIME = 86400.0
"""Seconds that a channel lives at the most."""

_PIECE = 65536
"""How many bytes are read at a time."""

_SEND_TIMEOUT = 10.0
"""Seconds for what is sent, which is little."""

_DATA = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})

# The library would log the address, which is a secret, and all that comes.
_SILENT = logging.Logger("websocket", logging.CRITICAL + 1)


class Subscriptions:
    """What one channel of the platform at a time is subscribed to."""

    def __init__(self, client: ApiClient, topics: list[str], *, ignore_errors: bool) -> None:
        """Begin without a channel.

        Args:
            client: Makes the calls.
            topics: What is wanted.
            ignore_errors: Whether to do without the topics that are not permitted.
        """
        self._client = client
        self._api = NotificationsApi(client)
        self._ignore_errors = ignore_errors
        self.topics: list[str] = topics
        """What is wanted."""
        self.rejected: tuple[Rejection, ...] = ()
        """What of that is not permitted."""
        self.refused: tuple[Rejection, ...] = ()
        """Why the last request was refused as a whole."""

    def make_channel(self, deadline: float | None) -> models.Channel:
        """Make a channel, and subscribe it.

        Raises:
            ApiException: That was refused, or failed; the channel is left without topics.
        """
        channel = self._api.post_notifications_channels(_deadline=deadline)
        try:
            if not channel.id or not channel.connect_uri:
                raise told(ApiException, "the platform has made a channel without an address")
            check_place(Masked(channel.connect_uri), self._client)
            if self.topics:
                self.rejected = self._subscribe(channel, self.topics, deadline)
        except BaseException:
            self.leave(channel)
            raise
        return channel

    def lifetime(self, channel: models.Channel) -> float:
        """Give the seconds that a channel lives that this thread has just made."""
        response = self._client.last_response
        now = datetime.now(timezone.utc)
        with suppress(TypeError, ValueError):  # there is no date, or none that one could read
            # By the clock of who says when the channel ends.
            now = parsedate_to_datetime((response and response.getheader("Date")) or "")
        if channel.expires is None or now.tzinfo is None or channel.expires <= now:
            return _LIFETIME
        return min((channel.expires - now).total_seconds(), _LIFETIME)

    def add(self, channel: models.Channel, topics: list[str]) -> None:
        """Subscribe a channel to more.

        Raises:
            ApiException: That was refused, or failed; nothing has changed.
            NotFoundException: The channel is no more; the topics are noted.
        """
        try:
            self.rejected += self._subscribe(channel, topics, None)
        except NotFoundException:
            self.topics = [*self.topics, *topics]
            raise
        except ForbiddenException:
            with suppress(NotFoundException):
                self._put(channel, self.topics)  # as those that are permitted are there now
            raise
        self.topics = [*self.topics, *topics]

    def remove(self, channel: models.Channel | None, topics: set[str]) -> None:
        """Subscribe a channel, if there is one, to the others alone.

        Raises:
            ApiException: That failed; nothing has changed.
        """
        left = [one for one in self.topics if one not in topics]
        if channel is not None and len(left) < len(self.topics):
            with suppress(NotFoundException):  # another one will have these alone
                self._put(channel, left)
        self.topics = left
        self.rejected = tuple(one for one in self.rejected if one.topic not in topics)

    def restore(self, channel: models.Channel) -> list[str]:
        """Subscribe a channel again to what was taken away from it, and give that."""
        listing = self._api.get_notifications_channel_subscriptions(str(channel.id))
        known = {one.id for one in listing.entities or ()} | {one.topic for one in self.rejected}
        lost = [one for one in self.topics if one not in known]
        if lost:
            self.rejected += self._subscribe(channel, lost, None)
        return lost

    def leave(self, channel: models.Channel) -> None:
        """Leave a channel without topics, if that can be done soon."""
        if not channel.id:
            return
        try:
            self._api.delete_notifications_channel_subscriptions(
                channel.id, _deadline=LEAVING, _request_timeout=LEAVING
            )
        except (ApiException, ValueError) as error:
            # It ends by itself; one without a connection is the first to go when there are many.
            package_logger.info("notifications: a channel could not be left: %s", error)

    def _put(self, channel: models.Channel, topics: list[str]) -> None:
        refused = {one.topic for one in self.rejected}
        body = [{"id": one} for one in topics if one not in refused]
        if body:
            self._api.put_notifications_channel_subscriptions(str(channel.id), body)
        else:
            self._api.delete_notifications_channel_subscriptions(str(channel.id))

    def _subscribe(
        self, channel: models.Channel, topics: list[str], deadline: float | None
    ) -> tuple[Rejection, ...]:
        if self._ignore_errors:
            return self._subscribe_to_some(channel, topics, deadline)
        body = [{"id": one} for one in topics]
        try:
            self._api.post_notifications_channel_subscriptions(
                str(channel.id), body, _deadline=deadline
            )
        except ForbiddenException as refusal:
            # Which one it is, and what it asks for, is told to those alone who want the others.
            self.refused = self._subscribe_to_some(channel, topics, deadline)
            refusal.advice = "not permitted: " + ", ".join(map(str, self.refused))
            raise
        return ()

    def _subscribe_to_some(
        self, channel: models.Channel, topics: list[str], deadline: float | None
    ) -> tuple[Rejection, ...]:
        body = [{"id": one} for one in topics]
        listing = self._api.post_notifications_channel_subscriptions(
            str(channel.id), body, ignore_errors=True, _deadline=deadline
        )
        return tuple(
            Rejection(
                one.id or "", one.rejection_reason or "", tuple(one.missing_permissions or ())
            )
            for one in listing.entities or ()
            if one.state == "Rejected"
        )


class WebSocket:
    """A WebSocket that is open. One thread at a time may use it."""

    def __init__(self, connection: Any, protocol: ClientProtocol, events: list[Any]) -> None:
        """Take a connection after the handshake, and what has come with that."""
        self._connection = connection
        self._protocol = protocol
        self._events = events
        self._pieces: list[bytes] = []
        self.opened_at: float = time.monotonic()
        """When it was opened, on the clock of ``time.monotonic``."""
        self.heard_at: float = self.opened_at
        """When something came last, on the same clock."""
        self.heard_on: datetime = datetime.now(timezone.utc)
        """The same by the clock that goes on while the machine sleeps."""
        self.drained_at: float = self.opened_at
        """When all was read that had come until then, on the same clock."""
        self.is_drained: bool = False
        """Whether to wait for the descriptor before more is read; not so after the handshake."""
        self.ending: str | None = None
        """Why nothing more will come; ``None`` as long as something may."""
        self.was_violated: bool = False
        """Whether it ended as what came was no WebSocket's, or too large."""
        self._answer()  # what came with the handshake may have been a goodbye, or too large

    def fileno(self) -> int:
        """Give the descriptor to wait for."""
        number: int = self._connection.sock.fileno()
        return number

    def receive(self) -> list[bytes] | None:
        """Give messages that have come: a few at a time, none if that was something else.

        Returns:
            The messages; ``None`` if there is nothing to read for now.
        """
        if self._events:  # which came with the handshake
            events, self._events = self._events, []
            return self._messages(events)
        if self.ending is not None:
            return None
        try:
            piece = self._connection.sock.recv(_PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            self.is_drained, self.drained_at = True, time.monotonic()
            return None
        except OSError as error:
            self.ending = f"{type(error).__name__}: {error.strerror or error}"
            return None
        if piece:
            self.heard_at, self.heard_on = time.monotonic(), datetime.now(timezone.utc)
            self.is_drained = False
            self._protocol.receive_data(piece)
        else:
            self.ending = "the connection was closed without a word"
            self._protocol.receive_eof()
        events = self._protocol.events_received()
        self._answer()
        return self._messages(events)

    def _messages(self, events: list[Any]) -> list[bytes]:
        found: list[bytes] = []
        for event in events:
            if not isinstance(event, Frame) or event.opcode not in _DATA:
                continue
            if event.fin and not self._pieces:
                found.append(bytes(event.data))
                continue
            self._pieces.append(bytes(event.data))
            if event.fin:
                found.append(b"".join(self._pieces))
                self._pieces.clear()
        return found

    def _answer(self) -> None:
        """Send what the protocol wants: pongs, and a goodbye in return."""
        protocol = self._protocol
        for content in protocol.data_to_send():
            if content:
                self._send(content)
        said, sent = protocol.close_rcvd, protocol.close_sent
        if self.ending is not None:
            return
        if said is not None:
            words = "".join(one if one.isprintable() else " " for one in said.reason)
            self.ending = f"the service has closed it: {said.code} {words}".rstrip()
        elif sent is not None:
            self.was_violated = True
            self.ending = f"what came could not be read: {sent.reason or sent.code}"

    def send(self, text: str) -> None:
        """Send a text, if that can be done."""
        if self.ending is None:
            self._protocol.send_text(text.encode())
            self._answer()

    def _send(self, content: bytes) -> None:
        sock = self._connection.sock
        # Whoever reads will see that it is broken; and before that, what came until then.
        with suppress(OSError):
            sock.settimeout(_SEND_TIMEOUT)
            sock.sendall(content)
        sock.settimeout(0)

    def close(self) -> None:
        """Say goodbye if there is somebody to hear it, and close the connection."""
        if self.ending is None:
            self.ending = "it was closed here"
            self._protocol.send_close(1000)
            self._answer()
        self._connection.close()


@dataclass(eq=False)
class Connection:
    """A WebSocket that may have a successor."""

    websocket: WebSocket
    until: float = math.inf
    """When it is closed, as it has a successor."""
    channel_left: models.Channel | None = None
    """The channel to be left then, unless it is that of the successor."""
    was_taken_over: bool = False
    """Whether the platform has said that its successor is there."""
    resumed_at: float = 0.0
    """When reading went on after a wait for whoever iterates."""

    def silent_since(self) -> float:
        """Give the moment since which nothing has come."""
        return max(self.websocket.heard_at, self.resumed_at)


@dataclass
class Loss:
    """That a connection is lost, or topics are."""

    reason: str
    since: datetime
    is_channel_gone: bool = False
    noticed_at: float = field(default_factory=time.monotonic)


class _WithoutLimits(Limits):
    """Leaves it to the socket how long it waits."""

    def apply(self, sock: Any) -> None:
        """Change nothing."""


def open_websocket(
    transport: RESTClientObject, uri: Masked[str], user_agent: str, deadline: float | None
) -> WebSocket:
    """Open a WebSocket.

    Args:
        transport: Connects as the configuration says.
        uri: Where to, a secret.
        user_agent: What to say of ourselves; nothing else is said.
        deadline: Seconds for it; ``None`` for the configuration's.

    Raises:
        ApiException: It was refused, or there was no answer.
    """
    parts = Masked(urlsplit(uri.value))
    scheme = "https" if parts.value.scheme == "wss" else "http"
    request = HttpRequestOptions(f"{scheme}://{parts.value.netloc}", "GET", deadline=deadline)
    try:
        return transport.connect(request, partial(_shake_hands, uri, user_agent))
    except ApiException as failure:
        channel_id = Masked(parts.value.path.rpartition("/")[2])
        failure.redact({one for one in (uri.value, channel_id.value) if one})
        raise


def _shake_hands(
    uri: Masked[str], user_agent: str, connection: Any, request: HttpRequestOptions
) -> WebSocket:
    most = request.settings.max_response_bytes
    protocol = ClientProtocol(parse_uri(uri.value), max_size=most, logger=_SILENT)
    connection.send(_handshake(protocol, user_agent))
    events = _answer_to_handshake(protocol, connection, request)
    if protocol.handshake_exc is not None:
        _refuse(protocol.handshake_exc, request)
    # From here on nothing waits, but for what is sent.
    connection.limits = _WithoutLimits(math.inf, math.inf, math.inf)
    connection.sock.settimeout(0)
    return WebSocket(connection, protocol, events[1:])


def _handshake(protocol: ClientProtocol, user_agent: str) -> bytes:
    # In a frame of its own, which no traceback has: it holds the address as it is.
    handshake = protocol.connect()
    handshake.headers["User-Agent"] = user_agent
    protocol.send_request(handshake)
    return b"".join(protocol.data_to_send())


def _answer_to_handshake(
    protocol: ClientProtocol, connection: Any, request: HttpRequestOptions
) -> list[Any]:
    while True:
        request.limits.apply(connection.sock)
        piece = connection.sock.recv(_PIECE)
        if piece:
            protocol.receive_data(piece)
        else:
            protocol.receive_eof()
        events: list[Any] = protocol.events_received()
        if events or protocol.handshake_exc is not None:
            return events
        if not piece:
            raise ConnectionResetError("the connection was closed before an answer came")


def _refuse(error: Exception, request: HttpRequestOptions) -> None:
    """Raise the exception for a handshake that has failed."""
    if isinstance(error, InvalidStatus):
        answer = error.response
        headers, body = dict(answer.headers.raw_items()), bytes(answer.body or b"")
        response = RESTResponse(answer.status_code, answer.reason_phrase, headers, body)
        check_status(response, request)
    text = f"no WebSocket is spoken there: {error}"
    raise ApiConnectionException(0, text, method="GET", url=request.url) from error


def check_place(uri: Masked[str], client: ApiClient) -> None:
    """See that a WebSocket leads to the platform that a client calls, and not elsewhere.

    That is the ``streaming`` host of its region, or of any region behind a gateway; the host that
    is called, or the gateway; this machine for an API on this machine.

    Raises:
        ApiException: It does not.
    """
    try:
        parts = Masked(urlsplit(uri.value))
        host, port = (parts.value.hostname or "").rstrip("."), parts.value.port
        is_websocket = uri.value.startswith(("ws:", "wss:")) and "@" not in parts.value.netloc
        # At whatever else may stand in a host, others who read the address may end it.
        is_websocket = is_websocket and port != 0 and bool(re.fullmatch(r"[a-z0-9._:-]+", host))
    except ValueError:  # a bracket that is not closed, or a port that is no number
        host, is_websocket = "", False
    if not is_websocket:
        raise told(ApiException, "the channel's connectUri is no address of a WebSocket")
    gateway = client.gateway_configuration or client.configuration.gateway_configuration
    gateway_url = gateway.api_url() if gateway and gateway.host else None
    own = [urlsplit(url).hostname or "" for url in (client.host, gateway_url) if url]
    if uri.value.startswith("ws:") and not (gateway_url or client.host).startswith("http:"):
        raise told(ApiException, "the channel's connectUri is not encrypted, as the API is")
    if host not in own and not _is_streaming(host, own):
        text = f"the channel's connectUri leads to {host}, which is not known to be the platform's"
        raise told(ApiException, text)


def _is_streaming(host: str, own: list[str]) -> bool:
    region = region_of(host)
    if region is not None:
        known = [region_of(one) for one in own]
        return host.startswith("streaming.") and (region in known or len(own) > 1)
    if host in [f"streaming.{one[4:]}" for one in own if one.startswith("api.")]:
        return True
    return is_this_machine(host) and any(is_this_machine(one) for one in own)


def may_pass(error: ApiException) -> bool:
    """Whether another attempt may end better."""
    if error.status == 0:
        is_busy = any(isinstance(cause, EmptyPoolError) for cause in causes(error))
        is_of_wire = isinstance(error, (ApiConnectionException, ApiTimeoutException))
        return is_of_wire and (is_busy or not is_hopeless(error))
    # What is no refusal is of a gateway; a channel may have gone, or be too new to be known.
    return error.status < 400 or error.status in (404, 408, 410) or is_passing(error.status)
