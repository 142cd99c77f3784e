"""Connections that keep to the limits of the request they carry, and do not survive a fork.

A time limit of a socket is one for each wait, so that a server which sends a byte now and then can
hold a caller for ever. Here every wait is shortened to what the request has left, just before it
begins. That is done around the socket and not in a class of its own: whatever ``socket.socket`` and
the TLS context are when a connection is opened, be they those of a recorder, of SOCKS or of gevent,
they are kept to the limits as well.
"""

from __future__ import annotations

import io
import math
import queue
import re
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from http.client import CannotSendRequest, HTTPException
from typing import TYPE_CHECKING, Any

from urllib3 import (
    HTTPConnectionPool,
    HTTPResponse,
    HTTPSConnectionPool,
    PoolManager,
    ProxyManager,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ProxyError
from urllib3.util import parse_url

from .addresses import open_socket
from .failures import Interruption, raised_by_signal_handler
from .forking import close_on_fork, forget_on_fork
from .http_request import encode_head
from .http_response import StrictResponse
from .limits import Limits
from .tls import ContextSource

_LONGEST_IDLE = 50.0
"""Seconds; load balancers close idle connections after 60 s and more."""

_SHORT = 16 * 1024
"""Bytes of a body that may be copied behind the head."""


def _idle_limit(promise: str) -> float:
    """Read how long a server keeps an idle connection, and leave some of it for the way there."""
    found = re.search(r"(?i)(?:^|[\s,;])timeout *= *\"?([0-9]{1,9})", promise)
    return min(_LONGEST_IDLE, 0.8 * int(found[1])) if found else _LONGEST_IDLE


def _urllib3_class(present: Any) -> Any:
    """The class of urllib3's own, should a recorder have put another in its place just now."""
    own = (one for one in present.__mro__ if one.__module__ == "urllib3.connection")
    return next(own, present)


if not TYPE_CHECKING:
    HTTPConnection = _urllib3_class(HTTPConnection)
    HTTPSConnection = _urllib3_class(HTTPSConnection)


class _Reader(io.RawIOBase):
    """Reads a response from a socket within the limits of its request."""

    _file: io.RawIOBase | None = None
    """While there is a file of it, the socket is not closed, whatever the connection does."""

    def __init__(self, sock: socket.socket, limits: Limits) -> None:
        super().__init__()
        self._socket = sock
        self._limits = limits
        self._file = sock.makefile("rb", buffering=0)

    def makefile(self, _: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            self._limits.apply(self._socket)
            return self._socket.recv_into(buffer)
        except InterruptedError as error:  # a caller's: Python keeps those of the system to itself
            raise Interruption(error) from error  # as BufferedReader would try once more

    def close(self) -> None:
        if self._file is not None:  # else Ctrl-C came while this was being made
            self._file.close()
        super().close()


class _ProxySocket:
    """The TLS connection to a proxy, inside which there is another to the host.

    urllib3 reads and writes the outer one as the inner one needs it.
    """

    def __init__(self, sock: Any, connection: _LimitedConnection) -> None:
        vars(self).update(_socket=sock, _connection=connection)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._socket, name, value)

    def recv(self, *args: Any) -> bytes:
        self._connection.limits.apply(self._socket)
        received: bytes = self._socket.recv(*args)
        return received

    def sendall(self, content: Any, *args: Any) -> None:
        _send_all(self._socket, content, self._connection.limits)


def _send_all(sock: Any, content: Any, limits: Limits) -> None:
    # One send at a time: the time limit of sendall would be one for the whole of it.
    left = memoryview(content).cast("B")
    while left:
        limits.apply(sock)
        # What goes out while connecting is for a proxy, and no part of the request.
        limits.sent = limits.sent or limits.connect_until is None
        left = left[sock.send(left) :]


class _LimitedConnection(HTTPConnection):
    """Keeps to the limits of the request that it carries, and notes when that begins to leave."""

    limits: Limits
    idle_limit: float
    """Seconds after which it is not used again."""
    idle_since: tuple[float, float] | None = None
    """When the last response began, on both clocks; ``None`` before the first."""
    _unread: StrictResponse | None = None
    """The last response, of which something may be left to read."""

    # A method where the base class has a class: http.client only calls it.
    def response_class(  # type: ignore[override]
        self, sock: socket.socket, *, method: str | None
    ) -> StrictResponse:
        reader: Any = _Reader(sock, self.limits)  # of a socket, all that is asked for is makefile
        return StrictResponse(reader, method=method)

    def _new_conn(self) -> socket.socket:
        limits = self.limits
        sock = open_socket(self, min(limits.end, limits.connect_until or math.inf))
        try:
            limits.apply(sock)  # for the handshake of TLS, if there is one
        except BaseException:  # the time is over just now
            sock.close()
            raise
        return sock

    def connect(self) -> None:
        self.idle_limit, self.idle_since = _LONGEST_IDLE, None
        self.limits.connect_until = time.monotonic() + self.limits.connect
        try:
            super().connect()
        finally:
            self.limits.connect_until = None
        if self.limits.piece_until < math.inf:  # a piece could not come before
            self.limits.await_piece()
        close_on_fork(self.sock)

    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (HTTPException, OSError) as error:  # what urllib3 would not say of this phase
            raise ProxyError("no tunnel", error) from error
        self.limits.apply(self.sock)  # for the handshake that follows

    # urllib3's own, which calls it, takes other options than http.client's, which the stubs know.
    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        *,
        chunked: bool = False,
        **options: Any,
    ) -> None:
        """Send a request: the head at once, and a short body with it, in one packet if it fits.

        A body in pieces needs headers that say where it ends.
        """
        del chunked  # which is for bodies whose length nobody knows
        if self._unread is not None and not self._unread.isclosed():
            raise CannotSendRequest("the response before has not been read to its end")
        self._asked = method, options
        head = encode_head(method, url, self._host_header(), headers or {}, body)
        pieces = [body] if isinstance(body, bytes) else body or ()
        if isinstance(body, bytes) and len(body) < _SHORT:
            head, pieces = head + body, ()
        self.send(head)
        for piece in pieces:
            self.send(piece)

    def _host_header(self) -> str:
        connection: Any = self  # the stubs leave out what the base class knows of a tunnel
        host, port = self.host, self.port
        if connection._tunnel_host:
            host, port = connection._tunnel_host, connection._tunnel_port
        if ":" in host:
            host = f"[{host.strip('[]').partition('%')[0]}]"
        return host if port == self.default_port else f"{host}:{port}"

    def getresponse(self) -> Any:
        """Read the head of the response; the body is read from what this gives."""
        method, options = self._asked
        response: Any = self.response_class(self.sock, method=method)
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        self.idle_since = time.monotonic(), time.time()
        if "Keep-Alive" in response.headers:
            self.idle_limit = _idle_limit(response.headers["Keep-Alive"])
        if response.will_close:
            self.close()
        else:
            self._unread = response
        return HTTPResponse(
            body=response,
            headers=response.headers,
            status=response.status,
            version_string="HTTP/1.1",
            reason=response.reason,
            original_response=response,
            request_method=method,
            **options,
        )

    def close(self) -> None:
        try:
            super().close()
        finally:
            unread, self._unread = self._unread, None
            if unread is not None:
                unread.close()

    def is_stale(self) -> bool:
        """Whether it has been idle for so long that it may have been forgotten on the way.

        Load balancers and NAT drop the state of an idle connection without a word, and a request
        that is sent all the same is lost. A process may also have been frozen meanwhile, with one
        of the clocks.
        """
        if self.idle_since is None:
            return False
        monotonic, wall = self.idle_since
        elapsed = time.monotonic() - monotonic
        return elapsed < 0 or max(elapsed, time.time() - wall) > self.idle_limit

    def send(self, data: Any) -> None:
        try:
            if self.sock is None:
                self.connect()
            _send_all(self.sock, data, self.limits)
        except (BrokenPipeError, ConnectionResetError) as error:
            # urllib3 passes over these, as a response may have come before. A caller's is neither.
            if raised_by_signal_handler(error):
                raise Interruption(error) from error
            raise


# Its response_class is a method, and that of HTTPSConnection a class.
class _LimitedTLSConnection(  # pyright: ignore[reportIncompatibleVariableOverride]
    _LimitedConnection, HTTPSConnection
):
    contexts: ContextSource

    def connect(self) -> None:
        # Also where the connection was used before: certificates are renewed meanwhile.
        # A proxy that passes the request on has a context of its own, in later versions of urllib3.
        to_proxy = self.proxy is not None and self._tunnel_host is None
        self.ssl_context = _current_context(self.contexts, show_client=not to_proxy)
        self.cert_reqs = self.ssl_context.verify_mode
        super().connect()

    def _connect_tls_proxy(self, hostname: str, sock: socket.socket) -> Any:
        proxy: Any = self.proxy_config
        context = _current_context(self.contexts, show_client=False)
        self.proxy_config = proxy._replace(ssl_context=context)
        outer = super()._connect_tls_proxy(hostname, sock)
        close_on_fork(outer)
        return _ProxySocket(outer, self)


def _current_context(contexts: ContextSource, *, show_client: bool = True) -> ssl.SSLContext:
    try:
        return contexts.context(show_client=show_client)
    except ValueError as error:  # of a setting, and the caller's to mend
        raise Interruption(error) from error


class _ForgetfulQueue(queue.LifoQueue[Any]):
    """The queue of a pool's idle connections, which a forked child finds empty and unlocked."""

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        forget_on_fork(self)

    def forget_parent(self) -> None:
        # A thread that is not there any more may have held the lock.
        queue.LifoQueue.__init__(self, self.maxsize)


def uses_recorder() -> bool:
    """Whether somebody, such as a recorder, has put connections of its own into urllib3."""
    present: list[Any] = [HTTPConnectionPool.ConnectionCls, HTTPSConnectionPool.ConnectionCls]
    return present != [HTTPConnection, HTTPSConnection]


class _LimitedPool(HTTPConnectionPool):
    QueueCls = _ForgetfulQueue

    # urllib3 has a class here, by this name; which one it is depends on who is recording.
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802
        """The class of connections: ours, unless a recorder wants its own."""
        return HTTPConnectionPool.ConnectionCls if uses_recorder() else _LimitedConnection

    def _get_conn(self, timeout: Any = None) -> Any:
        """Give a connection to the request whose limits urlopen has passed on as ``timeout``."""
        limits: Limits = timeout
        # Where no time is left, urllib3 itself must be the one to say so.
        left = limits.end - time.monotonic()
        connection: Any = super()._get_conn(None if math.isinf(left) else max(left, 0))
        connection.limits = limits
        if limits.piece_until < math.inf:  # as above
            limits.await_piece()
        if not isinstance(connection, _LimitedConnection):
            limits.sent = True  # there is no telling when it does
        elif connection.is_stale():
            connection.close()  # urllib3 opens it anew
        return connection


class _LimitedTLSPool(_LimitedPool, HTTPSConnectionPool):
    def __init__(self, *args: Any, contexts: ContextSource, **pool: Any) -> None:
        super().__init__(*args, **pool)
        self._contexts = contexts

    def _new_conn(self) -> Any:
        if uses_recorder():  # whose connections do not ask for the contexts
            self.conn_kw["ssl_context"] = _current_context(self._contexts)
            proxy = self.conn_kw.get("proxy_config")
            if proxy is not None:
                context = _current_context(self._contexts, show_client=False)
                self.conn_kw["proxy_config"] = proxy._replace(ssl_context=context)
        connection: Any = super()._new_conn()
        connection.contexts = self._contexts
        return connection

    # A class to urllib3, as in the base class.
    @property
    def ConnectionCls(self) -> Any:  # type: ignore[override]  # noqa: N802
        """The class of connections: ours, unless a recorder wants its own."""
        return HTTPSConnectionPool.ConnectionCls if uses_recorder() else _LimitedTLSConnection

    def _validate_conn(self, conn: Any) -> None:
        # Leaves out urllib3's warning at every request: an unverified host is warned of once.
        if conn.is_closed:
            conn.connect()


def make_pool_manager(contexts: ContextSource, **pool: Any) -> PoolManager:
    """Make urllib3's PoolManager with connections that keep to the limits of their requests."""
    return _limit(PoolManager(**pool), contexts)


def make_proxy_manager(contexts: ContextSource, proxy_url: str, **pool: Any) -> PoolManager:
    """Make one that goes through a proxy, and otherwise does the same."""
    return _limit(ProxyManager(proxy_url, **pool), contexts)


def _limit(manager: PoolManager, contexts: ContextSource) -> PoolManager:
    pools: dict[str, Any] = {
        "http": _LimitedPool,
        "https": partial(_LimitedTLSPool, contexts=contexts),
    }
    manager.pool_classes_by_scheme = pools
    return manager


def new_connection(manager: PoolManager, origin: str, limits: Limits) -> Any:
    """Make a connection to a host, through the manager's proxy if it has one; it is not open yet.

    Args:
        manager: One of the two above.
        origin: A URL of the host, without path.
        limits: Those that it keeps to.
    """
    pool: Any = manager.connection_from_url(origin)
    connection = pool._new_conn()
    connection.limits = limits
    if pool.proxy is not None:
        target = parse_url(origin)
        port = target.port or (443 if target.scheme == "https" else 80)
        # Through a tunnel in any case: urllib3 would have a proxy pass on what is not encrypted.
        scheme = "https" if pool.proxy.scheme == "https" else "http"
        connection.set_tunnel(target.host, port, headers=pool.proxy_headers, scheme=scheme)
    return connection


def close_idle(manager: PoolManager) -> None:
    """Close the connections that no call uses; the others close when their calls end.

    The manager opens new connections when it is used again.
    """
    # Its pools are no dict: they refuse to be iterated over, and give their keys when asked.
    for key in list(manager.pools.keys()):
        pool = manager.pools.get(key)
        if pool is not None and pool.pool is not None:
            _close_idle_of(pool.pool)
    manager.clear()


def _close_idle_of(pool: queue.Queue[Any]) -> None:
    idle: list[Any] = []
    with suppress(queue.Empty):
        while True:
            idle.append(pool.get(block=False))
    # A call that has found the pool, but not yet a connection, still needs the places.
    for _ in idle:
        pool.put(None)
    for connection in filter(None, idle):
        connection.close()
