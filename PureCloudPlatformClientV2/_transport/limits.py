"""Limits: how long a request may still take, and whether any of it may have left."""

from __future__ import annotations

import math
import socket
import time
from collections.abc import Generator
from contextlib import contextmanager

PIECE = 64 * 1024
"""Bytes of a file that must move within the patience of a request."""

LONGEST_WAIT = 2_000_000.0
"""Seconds that the system can wait in one go, which counts milliseconds in 32 bits."""

_PATIENCE = 5
"""How many times the limit for each wait that is; no line is so slow as 64 KiB in five minutes."""


class Limits:
    """The limits of one request. They go down with it, on the connection that carries it.

    A thread or a greenlet may have several requests under way, one inside another, so nothing of
    this is kept beside the request.

    Attributes:
        connect: Seconds for a connection to come about, proxy and TLS included.
        read: Seconds for each wait between bytes.
        end: When the call must be over, on the clock of ``time.monotonic``.
        connect_until: When the connection that is just being made must be there; ``None`` if none
            is being made.
        sent: Whether bytes of the request may have left.
        patience: Seconds in which the next piece of a file must have moved.
        piece_until: When it must have; never, unless a file is on its way.
    """

    __slots__ = ("connect", "connect_until", "end", "patience", "piece_until", "read", "sent")

    def __init__(self, connect: float, read: float, end: float) -> None:
        """Start with a request that has not left."""
        self.connect: float = connect
        self.read: float = read
        self.end: float = end
        self.connect_until: float | None = None
        self.sent: bool = False
        self.patience: float = math.inf
        self.piece_until: float = math.inf

    def await_piece(self) -> None:
        """Give the next piece of a file its time.

        A limit for each wait is none for a server that sends a byte now and then.
        """
        self.patience = _PATIENCE * self.read
        self.piece_until = time.monotonic() + self.patience

    @contextmanager
    def uncounted(self) -> Generator[None, None, None]:
        """Leave out of a piece's time what passes meanwhile, as no server has to do with it."""
        began = time.monotonic()
        try:
            yield
        finally:
            self.piece_until += time.monotonic() - began

    def time_left(self) -> float:
        """Give the seconds until the call must be over."""
        return self.end - time.monotonic()

    def wait(self, longest: float) -> float:
        """Give how long a wait may be now.

        Raises:
            TimeoutError: The call must be over.
        """
        seconds = min(longest, self.end - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("the time limit has passed")
        return min(seconds, LONGEST_WAIT)

    def apply(self, sock: socket.socket) -> None:
        """Have a socket wait no longer than it may now.

        Raises:
            TimeoutError: The call must be over, or the connection or the next piece must be there.
        """
        if self.connect_until is None:
            seconds = self.wait(min(self.read, self.piece_until - time.monotonic()))
        else:
            seconds = self.wait(self.connect_until - time.monotonic())
        if sock.gettimeout() != seconds:  # a change asks the system
            sock.settimeout(seconds)
