"""One POST over a connection of its own, which can be hung up at any moment."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ..request_log import MASK
from ..tls import make_client_context
from .destination import Destination, UndeliverableError

if TYPE_CHECKING:
    from typing_extensions import Buffer

SHOWN_CHARACTERS = 2000
SHORTEST_SECRET = 8
"""Characters; to mask the likes of "1" would make a riddle of what a middleware answers."""


class StoppedError(Exception):
    """The sandbox is stopping: nothing is known of what was sent."""


@dataclass(frozen=True)
class Request:
    """What to post."""

    destination: Destination
    body: bytes
    headers: Mapping[str, str]
    own_headers: Mapping[str, str] = field(repr=False)
    """Those of the integration, whose values are secret."""
    secret: str = field(repr=False)
    """By which the integration signs."""

    def all_headers(self) -> dict[str, str]:
        """Put together what is sent; the integration's own headers don't replace any."""
        return {**self._fixed_headers(), **self._further_headers()}

    def shown_headers(self) -> dict[str, str]:
        """The headers without what is secret in them."""
        return {**self._fixed_headers(), **dict.fromkeys(self._further_headers(), MASK)}

    def _fixed_headers(self) -> dict[str, str]:
        return {
            "Host": self.destination.authority,
            "Connection": "close",
            "Content-Type": "application/json",
            "Content-Length": str(len(self.body)),
            **self.headers,
        }

    def _further_headers(self) -> dict[str, str]:
        taken = {name.lower() for name in (*self._fixed_headers(), "Transfer-Encoding")}
        own = self.own_headers.items()
        return {name: value for name, value in own if name.lower() not in taken}

    def mask(self, text: str) -> str:
        """Leave out what is secret, if a middleware repeats it."""
        for value in (self.secret, *self.own_headers.values()):
            if len(value) >= SHORTEST_SECRET:
                text = text.replace(value, MASK)
        return text


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    status: int | None = None
    error: str | None = None
    """Why there is no status."""
    text: str | None = None
    """The beginning of what was answered."""
    may_be_repeated: bool = False


class Poster:
    """Sends and hangs up. May be used from any thread."""

    def __init__(self, timeout: float, ca: str | Path | None) -> None:
        """Wait so many seconds for an answer, and trust what the authority has signed."""
        self._timeout = timeout
        self._context = None if ca is None else make_client_context(ca)
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._is_stopped = False

    def post(self, request: Request) -> Outcome:
        """Send something, and wait for the answer.

        Raises:
            UndeliverableError: A header cannot be sent.
            StoppedError: The sandbox was stopped in between.
        """
        deadline = time.monotonic() + self._timeout
        message = _make_message(request)
        try:
            with self._connection(request.destination, deadline) as connection:
                message.sock = connection
                connection.settimeout(_remaining(deadline))
                message.endheaders(request.body)
                status, text = _read_answer(connection, deadline)
        except (OSError, HTTPException) as error:
            if self._is_stopped:
                raise StoppedError from error
            return Outcome(error=self._describe(error), may_be_repeated=True)
        may_be_repeated = status == 429 or status >= 500
        return Outcome(status, None, request.mask(text)[:SHOWN_CHARACTERS], may_be_repeated)

    def _describe(self, error: OSError | HTTPException) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer within {self._timeout:g} seconds"
        if isinstance(error, HTTPException):
            return f"no HTTP response: {str(error) or type(error).__name__}"
        return f"no connection: {error.strerror or error}"

    def hang_up(self) -> None:
        """Break off whatever is under way."""
        with self._lock:
            for one in self._sockets:
                # It may be closed by the other side, or not be connected yet.
                with suppress(OSError):
                    # Past the layer of TLS, which another thread may be in the middle of.
                    socket.socket.shutdown(one, socket.SHUT_RDWR)

    def stop(self) -> None:
        """Break off whatever is under way, and send nothing any more."""
        self._is_stopped = True
        self.hang_up()

    @contextmanager
    def _connection(
        self, destination: Destination, deadline: float
    ) -> Generator[socket.socket, None, None]:
        connection = self._connect(destination, deadline)
        try:
            if destination.is_https:
                connection = self._secure(connection, destination, deadline)
            yield connection
        finally:
            self._close(connection)

    def _connect(self, destination: Destination, deadline: float) -> socket.socket:
        error = OSError(f"{destination.host} leads to no address")
        for family, address in destination.addresses():
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                self._keep(connection)
                connection.settimeout(_remaining(deadline))
                connection.connect(address)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            except OSError as refused:
                self._close(connection)
                error = refused
            else:
                return connection
        raise error

    def _secure(
        self, connection: socket.socket, destination: Destination, deadline: float
    ) -> ssl.SSLSocket:
        if self._context is None:
            # At the first webhook over TLS: it takes a while to read all of the authorities.
            self._context = make_client_context(None)
        secured = self._context.wrap_socket(
            connection, server_hostname=destination.host, do_handshake_on_connect=False
        )
        self._forget(connection)
        try:
            self._keep(secured)
            secured.settimeout(_remaining(deadline))
            secured.do_handshake()
        except OSError:
            self._close(secured)
            raise
        return secured

    def _keep(self, connection: socket.socket) -> None:
        with self._lock:
            if self._is_stopped:
                raise ConnectionAbortedError
            self._sockets.add(connection)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            self._sockets.discard(connection)

    def _close(self, connection: socket.socket) -> None:
        self._forget(connection)
        connection.close()


def _make_message(request: Request) -> HTTPConnection:
    message = HTTPConnection(request.destination.host, request.destination.port)
    try:
        message.putrequest(
            "POST", request.destination.target, skip_host=True, skip_accept_encoding=True
        )
        for name, value in request.all_headers().items():
            message.putheader(name, value)
    except ValueError as error:
        raise UndeliverableError(
            "webhookHeaders has a name or a value that no header can have"
        ) from error
    return message


def _read_answer(connection: socket.socket, deadline: float) -> tuple[int, str]:
    incoming = cast("socket.socket", _Incoming(connection, deadline))
    with HTTPResponse(incoming, method="POST") as response:
        response.begin()
        beginning = b""
        # The status decides; the platform doesn't look at the body either.
        with suppress(OSError, HTTPException):
            beginning = response.read(4 * SHOWN_CHARACTERS)
        return response.status, beginning.decode("utf-8", "replace")


class _Incoming(io.RawIOBase):
    """What comes over a connection until it is too late, however small the pieces are."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        self._connection.settimeout(_remaining(self._deadline))
        return self._connection.recv_into(buffer)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)


def _remaining(deadline: float) -> float:
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("timed out")
    return seconds
