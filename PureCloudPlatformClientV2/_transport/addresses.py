"""Connects to a name by the first of its addresses that answers.

A name often has addresses of IPv6 and of IPv4, and where one of the two does not get through, it
should not cost the time limit. So each address has a moment to itself, then the next one is tried
beside it (RFC 8305), in the thread that makes the call.
"""

from __future__ import annotations

import math
import os
import select
import socket
import time
from collections.abc import Iterable
from itertools import chain, zip_longest
from typing import TYPE_CHECKING, Any

from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import connection as urllib3_connection

from .failures import raised_by_signal_handler
from .forking import close_on_fork
from .limits import LONGEST_WAIT

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

_HEAD_START = 0.25
"""Seconds that an address has before the next is tried beside it (RFC 8305, section 5)."""

_COMPANIONS = {"socket": "select", "gevent": "gevent", "eventlet": "eventlet"}
"""Where socket classes are from that connect without waiting, and what waits for several of them.

One that goes through SOCKS, for example, waits all the same.
"""

_KEEP_ALIVE = {"TCP_KEEPIDLE": 45, "TCP_KEEPALIVE": 45, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}
"""Seconds before the first probe of an idle connection (under two names), between two, how many."""

Address = tuple[Any, ...]
"""What ``socket.getaddrinfo`` gives: family, kind, protocol, canonical name, address."""


def open_socket(connection: HTTPConnection, until: float) -> socket.socket:
    """Connect to the first address of a connection's host that answers.

    Args:
        connection: Has host, port and socket options.
        until: When it must be there, on the clock of ``time.monotonic``.

    Returns:
        A connected socket, with a time limit that the caller replaces.

    Raises:
        HTTPError: One of urllib3's that says why there is none.
    """
    try:
        found = socket.getaddrinfo(
            connection.host,
            connection.port,
            # That of IPv4 where this machine has no IPv6, or somebody has switched it off.
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
        self._failure: OSError | None = None

    def run(self, addresses: list[Address]) -> socket.socket:
        """Give a connected socket; raise an ``OSError`` if there is none, or not in time."""
        if len(addresses) > 1 and _can_wait_for_several():
            winner = self._side_by_side(addresses)
        else:
            winner = self._one_by_one(addresses)
        if winner is None:
            raise self._failure or OSError("the name has no address")
        return winner

    def close_losers(self) -> None:
        for sock in self._pending:
            sock.close()

    def _one_by_one(self, addresses: list[Address]) -> socket.socket | None:
        for tried, address in enumerate(addresses):
            # One that does not answer must leave some of the time to the others.
            winner = self._connect(address, self._time_left() / (len(addresses) - tried))
            if winner is not None:
                return winner
        return None

    def _side_by_side(self, addresses: list[Address]) -> socket.socket | None:
        for address in addresses:
            winner = self._connect(address, 0) or self._wait()
            if winner is not None:
                return winner
        while self._pending:
            winner = self._wait()
            if winner is not None:
                return winner
        return None

    def _connect(self, address: Address, seconds: float) -> socket.socket | None:
        """Connect to an address; ``None`` if that has failed, or is under way."""
        family, kind, protocol, _, place = address
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as error:  # this machine may not even speak its protocol
            self._note(error)
            return None
        try:
            close_on_fork(sock)
            keep_alive(sock)
            for option in self._options:
                sock.setsockopt(*option)
            sock.settimeout(seconds)
            sock.connect(place)
        except BlockingIOError:
            self._pending.append(sock)
            return None
        except OSError as error:
            sock.close()
            self._note(error)
            return None
        except BaseException:
            sock.close()
            raise
        return sock

    def _wait(self) -> socket.socket | None:
        """Wait a moment for the attempts under way; give the first that is connected."""
        if not self._pending:
            return None
        for sock in _wait_until_writable(self._pending, min(_HEAD_START, self._time_left())):
            self._pending.remove(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not code:
                return sock
            sock.close()
            # On Windows the system's own words, and the class of the exception, are not C's.
            text = getattr(socket, "errorTab", {}).get(code) or os.strerror(code)
            self._note(OSError(code, text, None, code))
        return None

    def _note(self, error: OSError) -> None:
        if raised_by_signal_handler(error):
            raise error
        # Without its frames, one of which is this object's: nobody would be free of the other.
        self._failure = error.with_traceback(None)

    def _time_left(self) -> float:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no address answered in time")
        return min(left, LONGEST_WAIT)


def _can_wait_for_several() -> bool:
    """Whether sockets are of a kind that can be waited for, several at a time."""
    kinds = (socket.socket.__module__, select.select.__module__)
    of_sockets, of_waiting = (kind.partition(".")[0] for kind in kinds)
    return _COMPANIONS.get(of_sockets) == of_waiting


def _wait_until_writable(sockets: list[socket.socket], seconds: float) -> list[socket.socket]:
    """Wait for the first of some sockets.

    Not by ``selectors``, where a caller's InterruptedError would pass for the end of the time.
    """
    if not hasattr(select, "poll"):  # on Windows, and with eventlet
        # The third list is that of Windows for an attempt that has failed.
        found = set().union(*select.select([], sockets, sockets, seconds))
        return [sock for sock in sockets if sock in found]
    poll = select.poll()
    for sock in sockets:
        poll.register(sock, select.POLLOUT)
    events = poll.poll(math.ceil(seconds * 1000))
    ready = {descriptor for descriptor, _ in events}
    return [sock for sock in sockets if sock.fileno() in ready]


def keep_alive(sock: socket.socket) -> None:
    """Have the system probe a connection that is idle, so that nothing on the way forgets it."""
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in _KEEP_ALIVE.items():
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    for option in options:
        try:
            sock.setsockopt(*option)
        except OSError as error:  # some system may know one of these and not take it
            if raised_by_signal_handler(error):
                raise
