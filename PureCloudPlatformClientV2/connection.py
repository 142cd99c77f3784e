"""Connections that keep to a deadline and do not survive a fork: sockets, TLS and pools of urllib3.

A time limit of a socket is one for each wait, so that a server which sends a byte now and then can
hold a caller for ever. The sockets here shorten every wait to what is left of the call's deadline.
"""

from __future__ import annotations

import math
import os
import queue
import socket
import ssl
import threading
import time
import weakref
from typing import Any, Protocol

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util import SKIP_HEADER

from .http_response import StrictResponse


class _CallLimits(threading.local):
    """What the call that the present thread makes is allowed, and how far it has come.

    Attributes:
        connect: Seconds for a connection to come about, proxy and TLS included.
        read: Seconds for each wait between bytes.
        deadline: When the call must be over, on the clock of ``time.monotonic``.
        connect_until: When the connection that is just being made must be there; ``None`` if none
            is being made.
        sent: Whether bytes of the request may have left.
    """

    connect: float = math.inf
    read: float = math.inf
    deadline: float = math.inf
    connect_until: float | None = None
    sent: bool = False

    def begin(self, connect: float, read: float, deadline: float) -> dict[str, Any]:
        """Set the limits of a call.

        Args:
            connect: Seconds for a connection to come about.
            read: Seconds for each wait between bytes.
            deadline: When the call must be over, on the clock of ``time.monotonic``.

        Returns:
            What ``restore`` takes afterwards: there may be a call around this one, made for
            example by a log handler.
        """
        before = dict(self.__dict__)
        self.__dict__.clear()
        self.connect, self.read, self.deadline = connect, read, deadline
        return before

    def restore(self, before: dict[str, Any]) -> None:
        """Set the limits that there were before a call.

        Args:
            before: What ``begin`` gave.
        """
        self.__dict__.clear()
        self.__dict__.update(before)

    def time_left(self) -> float:
        return self.deadline - time.monotonic()

    def wait_on_socket(self) -> float | None:
        """How long a socket may wait now."""
        if self.connect_until is None:
            return self.wait(self.read)
        return self.wait(self.connect_until - time.monotonic())

    def wait(self, longest: float) -> float | None:
        """How long a wait may be now; ``None`` is for ever, as ``settimeout`` has it."""
        seconds = min(longest, self.time_left())
        if seconds <= 0:
            raise TimeoutError("the time limit has passed")
        return None if math.isinf(seconds) else seconds


limits: _CallLimits = _CallLimits()


class _Forkable(Protocol):
    def forget_parent(self) -> None:
        """Let go of whatever a forked child must not share with its parent."""


_forkables: weakref.WeakSet[_Forkable] = weakref.WeakSet()
_sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()


def forget_on_fork(forkable: _Forkable) -> None:
    """Have ``forget_parent`` called in a child process, before anything else happens there.

    Args:
        forkable: Something with sockets or locks of its own.
    """
    _forkables.add(forkable)


def _in_forked_child() -> None:
    for sock in list(_sockets):
        # Closed, but not shut down: the connection goes on in the parent.
        descriptor = sock.detach()
        if descriptor >= 0:
            os.close(descriptor)
    _sockets.clear()
    for forkable in list(_forkables):
        forkable.forget_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_in_forked_child)


class _LimitedSocket(socket.socket):
    """A socket that keeps to the limits of the present call."""

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(limits.wait_on_socket())
        return super().recv_into(*args, **kwargs)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self.settimeout(limits.wait_on_socket())
        return super().recv(*args, **kwargs)

    def sendall(self, content: Any, *args: Any) -> None:
        # One send at a time: the time limit of sendall would be one for the whole of it.
        left = memoryview(content).cast("B")
        while left:
            self.settimeout(limits.wait_on_socket())
            left = left[self.send(left, *args) :]


class _LimitedTLSSocket(ssl.SSLSocket):
    """A TLS socket that keeps to the limits of the present call.

    Each operation of OpenSSL takes the time limit of the socket as one for all of its waits.
    """

    def do_handshake(self, *args: Any, **kwargs: Any) -> None:
        _sockets.add(self)
        self.settimeout(limits.wait_on_socket())
        super().do_handshake(*args, **kwargs)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(limits.wait_on_socket())
        return super().recv_into(*args, **kwargs)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self.settimeout(limits.wait_on_socket())
        try:
            return super().recv(*args, **kwargs)
        except ConnectionError:
            # ssl looks here for a reset before the handshake, and would leave the socket open.
            if self.version() is None:
                self.close()
            raise

    def send(self, *args: Any, **kwargs: Any) -> int:
        self.settimeout(limits.wait_on_socket())
        return super().send(*args, **kwargs)


def make_tls_context(cafile: str) -> ssl.SSLContext:
    """Make a context whose sockets keep to the limits of the present call.

    Args:
        cafile: File of CA certificates in PEM form.

    Returns:
        The context, which verifies certificates and host names.
    """
    context = ssl.create_default_context(cafile=cafile)
    context.sslsocket_class = _LimitedTLSSocket
    return context


def _open_socket(connection: HTTPConnection) -> socket.socket:
    """Connect to the first address that answers, all of them within one time limit."""
    until = min(limits.deadline, limits.connect_until or math.inf)
    failure: OSError = OSError("the name has no address")
    try:
        addresses = socket.getaddrinfo(
            connection.host.strip("[]"), connection.port, type=socket.SOCK_STREAM
        )
    except socket.gaierror as error:
        raise NameResolutionError(connection.host, connection, error) from error
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"{connection.host}: {error}") from error
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = None
        try:
            sock = _LimitedSocket(family, kind, protocol)
            _sockets.add(sock)
            for option in connection.socket_options or ():
                sock.setsockopt(*option)
            # One that does not answer must leave some of the time to the others.
            seconds = (until - time.monotonic()) / (len(addresses) - tried)
            if seconds <= 0:
                raise TimeoutError("no address answered in time")
            sock.settimeout(None if math.isinf(seconds) else seconds)
            sock.connect(address)
        except OSError as error:
            # This machine may not even speak the protocol of the first address.
            if sock is not None:
                sock.close()
            failure = error
        else:
            return sock
    if isinstance(failure, TimeoutError):
        raise ConnectTimeoutError(connection, str(failure)) from failure
    raise NewConnectionError(connection, str(failure)) from failure


class _LimitedConnection(HTTPConnection):
    """Opens sockets of ours, and notes when a request begins to leave."""

    response_class = StrictResponse

    def _new_conn(self) -> socket.socket:
        return _open_socket(self)

    def connect(self) -> None:
        limits.connect_until = time.monotonic() + limits.connect
        try:
            super().connect()
        finally:
            limits.connect_until = None

    def putheader(self, header: str | bytes, *values: Any) -> None:
        if isinstance(header, str) and isinstance(values[0], str) and values[0] != SKIP_HEADER:
            # The base classes would check again what ``check_headers`` has checked.
            connection: Any = self  # the stubs leave out how the base class collects a head
            connection._output(f"{header}: {values[0]}".encode("latin-1"))
        else:
            super().putheader(str(header), *values)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        # What goes out while connecting is for a proxy, and no part of the request.
        if limits.connect_until is None:
            limits.sent = True
        super().send(data)


class _LimitedTLSConnection(_LimitedConnection, HTTPSConnection):
    pass


class _ForgetfulQueue(queue.LifoQueue[Any]):
    """The queue of a pool's idle connections, which a forked child finds empty and unlocked."""

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        forget_on_fork(self)

    def forget_parent(self) -> None:
        # A thread that is not there any more may have held the lock.
        queue.LifoQueue.__init__(self, self.maxsize)


class _LimitedPool(HTTPConnectionPool):
    # Some attributes of urllib3's own classes do not fit its protocols, to a checker's mind.
    ConnectionCls = _LimitedConnection  # pyright: ignore[reportAssignmentType]
    QueueCls = _ForgetfulQueue


class _LimitedTLSPool(HTTPSConnectionPool):
    ConnectionCls = _LimitedTLSConnection  # pyright: ignore[reportAssignmentType]  # as above
    QueueCls = _ForgetfulQueue

    def _validate_conn(self, conn: Any) -> None:
        # Leaves out urllib3's warning at every request: an unverified host is warned of once.
        if conn.is_closed:
            conn.connect()


_POOLS: dict[str, type[HTTPConnectionPool] | type[HTTPSConnectionPool]] = {
    "http": _LimitedPool,
    "https": _LimitedTLSPool,
}


def make_pool_manager(**pool: Any) -> PoolManager:
    """Make a pool manager whose connections keep to the limits of the present call.

    Args:
        **pool: What urllib3's PoolManager takes.

    Returns:
        The pool manager.
    """
    manager = PoolManager(**pool)
    manager.pool_classes_by_scheme = _POOLS
    return manager


def make_proxy_manager(proxy_url: str, **pool: Any) -> ProxyManager:
    """Make a pool manager that goes through a proxy, and otherwise does the same.

    Args:
        proxy_url: URL of the proxy.
        **pool: What urllib3's ProxyManager takes.

    Returns:
        The pool manager.
    """
    manager = ProxyManager(proxy_url, **pool)
    manager.pool_classes_by_scheme = _POOLS
    return manager


def close_idle(manager: PoolManager) -> None:
    """Close the connections that no call uses; the others close when their calls end.

    Args:
        manager: The pool manager; it opens new connections when it is used again.
    """
    for key in manager.pools.keys():  # noqa: SIM118  # it is no dict, and iterating is refused
        pool = manager.pools.get(key)
        if pool is not None and pool.pool is not None:
            _close_idle_of(pool.pool)
    manager.clear()


def _close_idle_of(pool: queue.Queue[Any]) -> None:
    places = 0
    while True:
        try:
            connection = pool.get(block=False)
        except queue.Empty:
            break
        places += 1
        if connection is not None:
            connection.close()
    # A call that has found the pool, but not yet a connection, still needs the places.
    for _ in range(places):
        pool.put(None)
