"""A raw-socket server that misbehaves as told, and knows what it has processed.

What it does is data: a ``Script`` says which steps to take when a connection comes, after the TLS
handshake, between head and body of a request, and as the answer to a request that was read in full.
Only the last counts as processed; where the tests speak of the judge, they mean that count.
Without a script the server echoes the last segment of the path as the id of a model, gives tokens
that last for a millisecond, and relays what a client sends after ``CONNECT``.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self

_DRIP_SECONDS = 0.02


@dataclass(frozen=True)
class Send:
    """Send bytes."""

    content: bytes


@dataclass(frozen=True)
class Drip:
    """Send bytes one at a time, over and over, until the client hangs up or the test resumes."""

    content: bytes


@dataclass(frozen=True)
class Repeat:
    """Send bytes as fast as they are taken, until the client hangs up or the test resumes."""

    content: bytes


@dataclass(frozen=True)
class Echo:
    """Answer as a good server does, with the last segment of the path as the id."""


@dataclass(frozen=True)
class Pause:
    """Wait until the test calls ``resume``."""


@dataclass(frozen=True)
class Stall:
    """Do nothing until the test ends, or calls ``resume``."""


@dataclass(frozen=True)
class Reset:
    """Close with a RST, so that the client finds the connection reset by its peer."""


@dataclass(frozen=True)
class Close:
    """Say that nothing more will come, and close once the client has hung up as well."""


Step = Send | Drip | Repeat | Echo | Pause | Stall | Reset | Close
Steps = tuple[Step, ...]


@dataclass(frozen=True)
class Script:
    """How the server misbehaves."""

    on_connect: Steps = ()
    """Before TLS, and before anything is read."""
    after_handshake: Steps = ()
    on_head: Steps = ()
    """After the head of a request, its body unread."""
    answers: tuple[Steps, ...] = ()
    """What to do about the first, second, ... request that was read; the last one repeats."""
    times: int | None = None
    """How many connections and requests all this concerns; the ones after are treated well."""


GOOD = Script()


def answer(
    status: int | str, body: bytes = b"", headers: Sequence[str] = (), length: int | None = None
) -> bytes:
    """Write an answer: the status, a Content-Length unless a header has one, and the body."""
    lines = [f"HTTP/1.1 {status}" if isinstance(status, str) else f"HTTP/1.1 {status} Status"]
    lines += headers
    if not any(line.lower().startswith(("content-length", "transfer-")) for line in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def chunked(*pieces: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """Write an answer of 200 whose body is in chunks."""
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces)
    return answer(200, body + end, ["Transfer-Encoding: chunked"])


@dataclass(frozen=True)
class Request:
    """A request that was read in full."""

    method: str
    target: str
    headers: dict[str, str]
    """By name in lower case."""
    body: bytes
    connection: int
    """The number of the connection it came on."""
    refused: bool
    """Whether the answer, a 429, says that nothing was done."""


@dataclass
class _Connection:
    number: int
    sock: socket.socket
    unread: bytearray = field(default_factory=bytearray)


class _ConnectionEndedError(Exception):
    """A step closed the connection, the client did, or the test is over."""


class FaultServer:
    """Listens on a loopback port while it is used as a context manager."""

    def __init__(
        self,
        script: Script = GOOD,
        *,
        tls: ssl.SSLContext | None = None,
        receive_buffer: int | None = None,
        listen: bool = True,
    ) -> None:
        self.script = script
        self.requests: list[Request] = []
        """What was processed, in the order of processing."""
        self.connections = 0
        self.relayed = bytearray()
        """What clients sent through ``CONNECT``."""
        self._tls = tls
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._resumed = threading.Event()
        self._paused = threading.Semaphore(0)
        self._open: dict[int, _Connection] = {}
        self._threads: list[threading.Thread] = []
        self._listener = socket.socket()
        if receive_buffer is not None:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._listening = False
        if listen:
            self.listen()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def effects(self) -> int:
        """How often a write would have been carried out: processed, and not refused with 429."""
        return sum(not request.refused for request in self.requests)

    def listen(self) -> None:
        """Accept connections; before, they are refused."""
        self._listener.listen(128)
        self._listening = True
        self._start(self._accept)

    def resume(self) -> None:
        """Let pauses, stalls and all that is endless end, those to come included."""
        self._resumed.set()

    def pause_again(self) -> None:
        """Have pauses and stalls that are to come wait for another ``resume``."""
        self._resumed.clear()

    def wait_for_pause(self) -> None:
        """Wait until a step ``Pause`` has been reached."""
        assert self._paused.acquire(timeout=60), "no client came as far as the pause"

    def open_connections(self) -> int:
        """How many connections the server has open now."""
        with self._lock:
            return len(self._open)

    def threads(self) -> list[threading.Thread]:
        """The threads that serve."""
        with self._lock:
            return list(self._threads)

    def hang_up(self) -> None:
        """Close all connections that are open now, as a server does with idle ones."""
        with self._lock:
            connections = list(self._open.values())
        for connection in connections:
            _shut_down(connection.sock, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._resumed.set()
        if self._listening:
            _shut_down(self._listener, socket.SHUT_RDWR)
        self._listener.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(timeout=60)
            assert not thread.is_alive(), "a thread of the server did not end"

    def _start(self, work: Callable[..., object], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive() or one.ident is None]
            self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                connection = _Connection(self.connections, sock)
                self._open[connection.number] = connection
            if self._over.is_set():
                _shut_down(sock, socket.SHUT_RDWR)
            self._start(self._serve, connection)

    def _serve(self, connection: _Connection) -> None:
        script = self.script
        if script.times is not None and connection.number > script.times:
            script = GOOD
        try:
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._perform(script.on_connect, connection)
            if self._tls is not None:
                self._handshake(connection, self._tls)
            self._perform(script.after_handshake, connection)
            while True:
                self._serve_request(connection)
        except (OSError, _ConnectionEndedError):
            pass
        finally:
            with self._lock:
                del self._open[connection.number]
            connection.sock.close()

    def _handshake(self, connection: _Connection, tls: ssl.SSLContext) -> None:
        wrapped = tls.wrap_socket(connection.sock, server_side=True, do_handshake_on_connect=False)
        connection.sock = wrapped
        if self._over.is_set():
            raise _ConnectionEndedError
        try:
            wrapped.do_handshake()
        except ssl.SSLError:
            # Let the client find the alert, and not a reset in its place.
            self._close(connection)

    def _serve_request(self, connection: _Connection) -> None:
        while b"\r\n\r\n" not in connection.unread:
            self._receive(connection)
        head, _, rest = bytes(connection.unread).partition(b"\r\n\r\n")
        connection.unread[:] = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        script = self.script
        if script.times is None or connection.number <= script.times:
            self._perform(script.on_head, connection)
        length = int(headers.get("content-length", 0))
        while len(connection.unread) < length:
            self._receive(connection)
        body = bytes(connection.unread[:length])
        del connection.unread[:length]
        with self._lock:
            index = len(self.requests)
            steps: Steps = (Echo(),)
            if script.answers and (script.times is None or index < script.times):
                steps = script.answers[min(index, len(script.answers) - 1)]
            refused = any(
                isinstance(step, Send) and step.content.startswith(b"HTTP/1.1 429")
                for step in steps
            )
            request = Request(method, target, headers, body, connection.number, refused)
            self.requests.append(request)
        self._perform(steps, connection, request)

    def _receive(self, connection: _Connection) -> None:
        received = connection.sock.recv(65536)
        if not received:
            raise _ConnectionEndedError
        connection.unread += received

    def _perform(
        self, steps: Steps, connection: _Connection, request: Request | None = None
    ) -> None:
        for step in steps:
            if isinstance(step, Send):
                connection.sock.sendall(step.content)
            elif isinstance(step, Echo):
                assert request is not None
                self._echo(connection, request)
            elif isinstance(step, Repeat):
                while not self._resumed.is_set():
                    connection.sock.sendall(step.content)
            elif isinstance(step, Drip):
                self._drip(connection, step.content)
            elif isinstance(step, Pause):
                self._paused.release()
                self._resumed.wait()
            elif isinstance(step, Stall):
                self._resumed.wait()
            elif isinstance(step, Reset):
                no_lingering = struct.pack("ii", 1, 0)
                connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_lingering)
                raise _ConnectionEndedError
            else:
                self._close(connection)
            if self._over.is_set():
                raise _ConnectionEndedError

    def _drip(self, connection: _Connection, content: bytes) -> None:
        while True:
            for byte in content:
                connection.sock.sendall(bytes([byte]))
                if self._resumed.wait(_DRIP_SECONDS):
                    return

    def _close(self, connection: _Connection) -> None:
        # Closing a socket with unread bytes would reset the connection and could lose the answer.
        _shut_down(connection.sock, socket.SHUT_WR)
        while socket.socket.recv(connection.sock, 65536):
            pass
        raise _ConnectionEndedError

    def _echo(self, connection: _Connection, request: Request) -> None:
        if request.method == "CONNECT":
            self._relay(connection, request.target)
        name = urlsplit(request.target).path.rpartition("/")[2]
        content: dict[str, object] = {"id": name, "name": f"name of {name}", "version": 1}
        if name == "token":
            content = {"access_token": f"token-{len(self.requests)}", "expires_in": 0.001}
        body = json.dumps(content).encode("ascii")
        text = answer(200, body, ["Content-Type: application/json"])
        connection.sock.sendall(text[: -len(body)] if request.method == "HEAD" else text)

    def _relay(self, connection: _Connection, target: str) -> None:
        host, _, port = target.rpartition(":")
        with socket.create_connection((host, int(port)), timeout=60) as beyond:
            connection.sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            while not self._over.is_set():
                pending = isinstance(connection.sock, ssl.SSLSocket) and connection.sock.pending()
                ready = select.select([connection.sock, beyond], [], [], 0 if pending else 0.05)[0]
                if pending or connection.sock in ready:
                    sent = connection.sock.recv(65536)
                    self.relayed += sent
                    if not sent:
                        break
                    beyond.sendall(sent)
                if beyond in ready:
                    received = beyond.recv(65536)
                    if not received:
                        break
                    connection.sock.sendall(received)
        raise _ConnectionEndedError


def _shut_down(sock: socket.socket, how: int) -> None:
    with suppress(OSError):  # the other side may have been faster
        # Not the method of SSLSocket, which forgets that there is TLS.
        socket.socket.shutdown(sock, how)
