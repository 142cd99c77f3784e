"""Connects to a name by the first of its addresses that answers.

A name often has addresses of IPv6 and of IPv4, and where one of the two does not get through, it
should not cost the time limit. So each address has a moment to itself, then the next one is tried
beside it (RFC 8305), in the thread that makes the call.
"""

from __future__ import annotations

import math
import os
import selectors
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection as urllib3_connection

from .failures import raised_by_signal_handler

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

_HEAD_START = 0.25
"""Seconds that an address has before the next is tried as well (RFC 8305, section 5)."""

_PATIENT = ("socket", "gevent", "eventlet")
"""Where socket classes are from that go on connecting after a time limit has passed."""

_KEEP_ALIVE = {"TCP_KEEPIDLE": 45, "TCP_KEEPALIVE": 45, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Seconds before the first probe of an idle connection (under two names), between two, how many."""

Address = tuple[Any, ...]
"""What ``socket.getaddrinfo`` gives: family, kind, protocol, canonical name, address."""


def open_socket(connection: HTTPConnection, until: float) -> socket.socket:
    """Connect to the first address of a connection's host that answers.

    Args:
        connection: Has host, port and socket options.
        until: When it must be there, on the clock of ``time.monotonic``; may be infinite.

    Returns:
        A connected socket, with a time limit that the caller replaces.

    Raises:
        HTTPError: One of urllib3's that says why there is none.
    """
    try:
        found = socket.getaddrinfo(
            connection.host.strip("[]"),
            connection.port,
            # False if this machine has no IPv6, or somebody has switched it off.
            urllib3_connection.allowed_gai_family(),
            socket.SOCK_STREAM,
        )
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{connection.host}: {error}") from error
    race = _Race(connection, until)
    try:
        return race.run(_interleave(found))
    except OSError as error:
        if raised_by_signal_handler(error):
            raise
        if isinstance(error, TimeoutError):
            raise ConnectTimeoutError(connection, str(error)) from error
        raise NewConnectionError(connection, str(error)) from error
    finally:
        race.close_losers()


def _interleave(addresses: Iterable[Address]) -> list[Address]:
    """Put the addresses into the order of RFC 8305, section 4: the families take turns."""
    by_family: dict[int, list[Address]] = {}
    for address in addresses:
        by_family.setdefault(address[0], []).append(address)
    turns = chain.from_iterable(zip_longest(*by_family.values()))
    return [address for address in turns if address is not None]


class _Race:
    """The attempts to connect to the addresses of one name."""

    def __init__(self, connection: HTTPConnection, until: float) -> None:
        self._options = connection.socket_options or ()
        self._until = until
        self._pending: list[socket.socket] = []
        self._failure: OSError = OSError("the name has no address")

    def run(self, addresses: list[Address]) -> socket.socket:
        for tried, address in enumerate(addresses):
            winner = self._try(address, len(addresses) - tried, alone=len(addresses) == 1)
            if winner is not None:
                return winner
        return self._wait()

    def close_losers(self) -> None:
        for sock in self._pending:
            sock.close()

    def _try(self, address: Address, untried: int, *, alone: bool) -> socket.socket | None:
        """Connect to an address; ``None`` if that has failed, or takes longer than its moment."""
        family, kind, protocol, _, place = address
        left = self._time_left()
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # this machine may not even speak its protocol
            self._fail(error)
            return None
        # One of SOCKS, say, gives up when a limit passes, so it gets a share of the time.
        patient = type(sock).__module__.partition(".")[0] in _PATIENT and not alone
        seconds = min(_HEAD_START, left) if patient else left / untried
        try:
            self._prepare(sock, seconds)
            sock.connect(place)
        except OSError as error:
            if patient and isinstance(error, TimeoutError) and error.errno is None:  # not ETIMEDOUT
                self._pending.append(sock)  # whose fate the exception says nothing about
            else:
                sock.close()
            self._fail(error)
            return None
        except BaseException:
            sock.close()
            raise
        return sock

    def _prepare(self, sock: socket.socket, seconds: float) -> None:
        for option in self._options:
            sock.setsockopt(*option)
        keep_alive(sock)
        sock.settimeout(None if math.isinf(seconds) else seconds)

    def _fail(self, error: OSError) -> None:
        if raised_by_signal_handler(error):
            raise error
        self._failure = error

    def _time_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no address answered in time")
        return left

    def _wait(self) -> socket.socket:
        """Wait for the first address of those that have not answered in their moment."""
        with selectors.DefaultSelector() as selector:
            for sock in self._pending:
                selector.register(sock, selectors.EVENT_WRITE)
            while self._pending:
                left = self._time_left()
                ready = selector.select(None if math.isinf(left) else left)
                if not ready:
                    raise TimeoutError("no address answered in time")
                for sock in [
                    sock for key, _ in ready for sock in self._pending if sock is key.fileobj
                ]:
                    selector.unregister(sock)
                    self._pending.remove(sock)
                    code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    if not code:
                        return sock
                    sock.close()
                    self._failure = OSError(code, os.strerror(code))
        raise self._failure


def keep_alive(sock: socket.socket) -> None:
    """Have the system probe a connection that is idle, so that nothing on the way forgets it."""
    # Some system may know one of these and refuse it; the connection is as good without.
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEP_ALIVE.items():
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
