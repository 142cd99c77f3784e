"""Connections that come and go: waiting for them, what two of them bring, when to try again."""

from __future__ import annotations

import math
import selectors
import socket
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from urllib3.exceptions import EmptyPoolError

from .._transport.failures import is_hopeless
from .._transport.retry import back_off
from .._wire.response import is_passing
from ..exceptions import ApiConnectionException, ApiException, ApiTimeoutException, causes
from .websocket import WebSocket

if TYPE_CHECKING:
    from .. import models

_LONGEST_PAUSE = 60.0
"""Seconds between two attempts to connect."""

_LONGEST_WAIT = 300.0
"""The same, where the platform asks for it."""

_STEADY = 60.0
"""Seconds after which a connection is taken for a good one, although no event has come by it."""


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


class Comparison:
    """Finds what two connections have brought, where one takes over from another."""

    def __init__(self) -> None:
        """Begin with a single connection, of which nothing is a repetition."""
        self.until: float = math.inf
        """When there will be a single one again."""
        self._seen: dict[bytes, Counter[WebSocket]] | None = None

    def go_on(self, until: float) -> None:
        """Compare, from now on, or for longer."""
        self.until = until
        self._seen = {} if self._seen is None else self._seen

    def end(self) -> None:
        """Compare no more."""
        self.until, self._seen = math.inf, None

    def is_repeated(self, websocket: WebSocket, text: bytes) -> bool:
        """Note that a connection has brought a text; tell whether another one had."""
        if self._seen is None:
            return False
        counts = self._seen.setdefault(text, Counter())
        counts[websocket] += 1
        return any(counts[websocket] <= counts[one] for one in counts if one is not websocket)


class Waiting:
    """Waits until a connection can be read, or somebody has something else to do."""

    def __init__(self) -> None:
        """Begin without a connection."""
        self._woken, self._waker = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._woken, selectors.EVENT_READ)

    def add(self, websocket: WebSocket) -> None:
        """Wait for a connection as well."""
        self._selector.register(websocket, selectors.EVENT_READ)

    def remove(self, websocket: WebSocket) -> None:
        """Wait for it no longer."""
        self._selector.unregister(websocket)

    def wait(self, seconds: float) -> None:
        """Wait, for some seconds at the most."""
        for key, _ in self._selector.select(max(seconds, 0)):
            if key.fileobj is self._woken:
                with suppress(BlockingIOError):
                    self._woken.recv(4096)

    def wake(self) -> None:
        """Have it end; also for other threads and for signal handlers."""
        with suppress(OSError):  # it is closed already, or has been woken often
            self._waker.send(b"x")

    def close(self) -> None:
        """Release its descriptors."""
        self._selector.close()
        self._woken.close()
        self._waker.close()


class Pauses:
    """How long to wait before the next attempt to connect."""

    def __init__(self) -> None:
        """Begin as after a good connection."""
        self._failures = 0
        self._lost_channels = 0

    def note_event(self) -> None:
        """An event has come, so the connection is a good one."""
        self._failures = 0

    def note_loss(self, seconds: float) -> None:
        """A connection is lost that was there for so long."""
        if seconds >= _STEADY:
            self._failures = self._lost_channels = 0

    def note_lost_channel(self) -> None:
        """The channel is gone, too.

        Where several programs take channels from each other, events in between are no success.
        """
        self._failures = max(self._failures - 1, self._lost_channels)
        self._lost_channels += 1

    def next(self, failure: ApiException | None, chance: float | None = None) -> float:
        """Give the seconds to wait, which are none after a good connection, and grow and vary.

        Args:
            failure: How the last attempt has ended.
            chance: A number from 0 to 1 in place of a random one.
        """
        pause = 0.0
        if self._failures:
            pause = back_off(self._failures - 1, chance, first=1.0, longest=_LONGEST_PAUSE)
        self._failures += 1
        asked = (failure.retry_after if failure is not None else None) or 0.0
        return max(pause, min(asked, _LONGEST_WAIT))


def may_pass(error: ApiException) -> bool:
    """Whether another attempt may end better."""
    if error.status == 0:
        is_busy = any(isinstance(cause, EmptyPoolError) for cause in causes(error))
        is_of_wire = isinstance(error, (ApiConnectionException, ApiTimeoutException))
        return is_of_wire and (is_busy or not is_hopeless(error))
    # What is no refusal is of a gateway; a channel may have gone, or be too new to be known.
    return error.status < 400 or error.status in (404, 408, 410) or is_passing(error.status)
