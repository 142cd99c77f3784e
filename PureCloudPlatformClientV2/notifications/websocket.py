"""The WebSocket that a channel is heard by.

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
from datetime import datetime, timezone
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from websockets.client import ClientProtocol
from websockets.exceptions import InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from .._settings.region_hosts import region_of
from .._transport.client import RESTClientObject
from .._transport.failures import check_status
from .._transport.limits import Limits
from .._transport.proxy import is_this_machine
from .._transport.request import HttpRequestOptions
from .._wire.redaction import Masked
from .._wire.response import RESTResponse
from ..api_client import ApiClient
from ..exceptions import ApiConnectionException, ApiException, told

_PIECE = 65536
"""How many bytes are read at a time."""

_SEND_TIMEOUT = 10.0
"""Seconds for what is sent, which is little."""

_DATA = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})

# The library would log the address, which is a secret, and all that comes.
_SILENT = logging.Logger("websocket", logging.CRITICAL + 1)


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


class _WithoutLimits(Limits):
    """Leaves it to the socket how long it waits."""

    def apply(self, sock: Any) -> None:
        """Change nothing."""


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
