"""The server of the WebSockets: one thread, however many connections there are."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Protocol
from uuid import uuid4
from weakref import WeakSet

from websockets.asyncio.server import Server, ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosedError
from websockets.http11 import Request, Response

from ..errors import ServiceError

PATH = "/channels/"

LOGGER = logging.getLogger("purecloud_sandbox.streaming")
# Whoever connects and leaves without asking for a WebSocket is no failure of the server's.
LOGGER.addFilter(lambda record: record.msg != "opening handshake failed")

GOING_AWAY = 1001
SHUTDOWN_TIMEOUT = 0.2
"""Seconds that clients get to say goodbye when the server stops."""
CLOSE_TIMEOUT = 5
"""Seconds that a client gets to say goodbye at any other time."""
MAX_WAITING_BYTES = 2**24
"""What may wait for a client that doesn't read, before it is dropped."""


class Peer(Protocol):
    """Whom a connection belongs to. Its methods are called by the server's thread."""

    def connected(self, connection: Connection) -> None:
        """Take a connection."""

    def received(self, connection: Connection, text: str) -> None:
        """Take what a client has sent."""

    def disconnected(self, connection: Connection) -> None:
        """Forget a connection."""


class Connection:
    """One WebSocket. Its methods may be called from any thread, and wait for nothing."""

    def __init__(self, streaming: Streaming, websocket: ServerConnection) -> None:
        """Take a WebSocket that is open."""
        self._streaming = streaming
        self.websocket: ServerConnection = websocket
        self.is_silent: bool = False
        self.successor: Connection | None = None
        """The one that has taken its place."""

    def send(self, text: str) -> None:
        """Send a text."""
        self._streaming.do(partial(_send, [self], text))

    def silence(self) -> None:
        """Send nothing any more, as if the network had swallowed it."""
        self._streaming.do(self._silence)

    def drop(self) -> None:
        """End the connection without a word."""
        self._streaming.do(self.websocket.transport.abort)

    def close(self, reason: str) -> None:
        """Say goodbye."""
        self._streaming.do(partial(self._streaming.close, self.websocket, reason))

    def _silence(self) -> None:
        self.is_silent = True


class _Listener(socket.socket):
    """Knows what it has accepted: asyncio has no way to end a handshake that takes long."""

    accepted: WeakSet[socket.socket]

    def accept(self) -> tuple[socket.socket, Any]:
        accepted, address = super().accept()
        self.accepted.add(accepted)
        return accepted, address


class Streaming:
    """Serves WebSockets for those whom it is told of."""

    def __init__(
        self,
        address: str,
        port: int,
        tls: ssl.SSLContext | None,
        find: Callable[[str], Peer | None],
    ) -> None:
        """Bind the address, and serve it in a thread.

        Args:
            address: Interface to listen at.
            port: Port to listen at; 0 for any free one.
            tls: What to speak TLS with, if at all.
            find: Tells whom a connection is for, by the end of the path.

        Raises:
            OSError: The address cannot be bound.
        """
        self._find = find
        self._tls = tls
        self._listener = _listen(address, port)
        self.port: int = self._listener.getsockname()[1]
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping = asyncio.Event()
        self._open: dict[ServerConnection, tuple[Peer, Connection]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        started = threading.Event()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run(started)), name="sandbox-streaming", daemon=True
        )
        self._thread.start()
        started.wait()

    def do(self, action: Callable[[], object]) -> None:
        """Do something in the server's thread, after all that was asked for before."""
        with self._lock:
            if self._loop is not None:
                self._loop.call_soon_threadsafe(action)

    def send(self, connections: Sequence[Connection], text: str) -> None:
        """Send a text to several, or to those that have taken their places since."""
        self.do(lambda: _send([_latest(one) for one in connections], text))

    def close(self, websocket: ServerConnection, reason: str) -> None:
        """Say goodbye; only the server's thread may call this."""
        self._begin(websocket.close(GOING_AWAY, reason))

    def stop(self) -> None:
        """Close every connection, and wait until the thread has ended."""
        self.do(self._stopping.set)
        self._thread.join()

    async def _run(self, started: threading.Event) -> None:
        try:
            server = await serve(
                self._serve,
                sock=self._listener,
                ssl=self._tls,
                process_request=self._check,
                process_response=self._connect,
                compression=None,
                server_header="purecloud-sandbox",
                ping_interval=None,  # heartbeats go by the sandbox's clock
                close_timeout=CLOSE_TIMEOUT,
                logger=LOGGER,
            )
            self._loop = asyncio.get_running_loop()
        finally:
            started.set()
        await self._stopping.wait()
        with self._lock:
            self._loop = None
        await _stop(server, self._listener)

    def _check(self, websocket: ServerConnection, request: Request) -> Response | None:
        if self._find_for(request) is not None:
            return None
        error = ServiceError(404, "not.found", "There is no such channel, or no more.")
        response = websocket.respond(HTTPStatus.NOT_FOUND, json.dumps(error.to_body(str(uuid4()))))
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        return response

    def _find_for(self, request: Request | None) -> Peer | None:
        path = request.path.partition("?")[0] if request is not None else ""
        return self._find(path.removeprefix(PATH)) if path.startswith(PATH) else None

    def _connect(
        self, websocket: ServerConnection, request: Request, response: Response
    ) -> Response | None:
        """Introduce a connection before the client learns of it, so that it misses nothing."""
        peer = self._find_for(request)
        if response.status_code == HTTPStatus.SWITCHING_PROTOCOLS and peer is not None:
            connection = Connection(self, websocket)
            self._open[websocket] = peer, connection
            self._begin(self._wait_closed(websocket))
            peer.connected(connection)
        return None

    async def _wait_closed(self, websocket: ServerConnection) -> None:
        await websocket.wait_closed()
        peer, connection = self._open.pop(websocket)
        peer.disconnected(connection)

    async def _serve(self, websocket: ServerConnection) -> None:
        if websocket not in self._open:  # the channel has ended since
            return
        peer, connection = self._open[websocket]
        # A client may leave without a word.
        with suppress(ConnectionClosedError):
            async for message in websocket:
                peer.received(connection, message if isinstance(message, str) else "")

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _listen(address: str, port: int) -> _Listener:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        bound = socket.create_server((address, port), family=family, backlog=128)
    except OSError as error:
        message = f"cannot listen at {address} port {port}: {error.strerror or error}"
        raise OSError(message) from error
    listener = _Listener(fileno=bound.detach())
    listener.accepted = WeakSet()
    return listener


def _latest(connection: Connection) -> Connection:
    while connection.successor is not None:
        connection = connection.successor
    return connection


def _send(connections: Sequence[Connection], text: str) -> None:
    told = [one.websocket for one in connections if not one.is_silent]
    broadcast(told, text)
    for websocket in told:
        if websocket.transport.get_write_buffer_size() > MAX_WAITING_BYTES:
            LOGGER.warning("dropped a client that doesn't read its notifications")
            websocket.transport.abort()


async def _stop(server: Server, listener: _Listener) -> None:
    server.close()
    closed = asyncio.ensure_future(server.wait_closed())
    await asyncio.wait([closed], timeout=SHUTDOWN_TIMEOUT)
    for accepted in list(listener.accepted):
        # It may have been closed by either side a moment ago.
        with suppress(OSError):
            accepted.shutdown(socket.SHUT_RDWR)
    await closed
