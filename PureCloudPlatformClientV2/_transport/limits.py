"""Limits: how long a request may still take, and whether any of it may have left."""

from __future__ import annotations

import math
import socket
import time


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
    """

    __slots__ = ("connect", "connect_until", "end", "read", "sent")

    def __init__(self, connect: float, read: float, end: float) -> None:
        """Start with a request that has not left."""
        self.connect: float = connect
        self.read: float = read
        self.end: float = end
        self.connect_until: float | None = None
        self.sent: bool = False

    def time_left(self) -> float:
        """Give the seconds until the call must be over."""
        return self.end - time.monotonic()

    def wait(self, longest: float) -> float | None:
        """Give how long a wait may be now; ``None`` is for ever, as ``settimeout`` has it.

        Raises:
            TimeoutError: The call must be over.
        """
        seconds = min(longest, self.end - time.monotonic())
        if seconds <= 0:
            raise TimeoutError("the time limit has passed")
        return None if math.isinf(seconds) else seconds

    def apply(self, sock: socket.socket) -> None:
        """Have a socket wait no longer than it may now.

        Raises:
            TimeoutError: The call must be over, or the connection must be there.
        """
        if self.connect_until is None:
            seconds = self.wait(self.read)
        else:
            seconds = self.wait(self.connect_until - time.monotonic())
        if sock.gettimeout() != seconds:  # a change asks the system
            sock.settimeout(seconds)
