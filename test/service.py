"""Loopback servers for the tests: one that answers as told, and one that misbehaves."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from typing_extensions import Self


@dataclass(frozen=True)
class Request:
    """What came."""

    method: str
    target: str
    """Path and query, as they stood in the request line."""
    headers: Message[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The path as it came, percent-encoding included."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> dict[str, str]:
        return dict(
            parse_qsl(self.target.partition("?")[2], keep_blank_values=True, strict_parsing=True)
            if "?" in self.target
            else ()
        )

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("ascii"), strict_parsing=True))


Headers = Mapping[str, str] | Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answer:
    """What to say."""

    status: int
    content: bytes = b""
    headers: Headers = ()
    reason: str | None = None


Responder = Callable[[Request], Answer]


def make_answer(
    status: int, content: Any = None, headers: Headers = (), reason: str | None = None
) -> Answer:
    """Make an answer: bytes go out as they are, ``None`` is no body, anything else is JSON."""
    pairs = list(headers.items() if isinstance(headers, Mapping) else headers)
    if content is not None and not isinstance(content, bytes):
        content = json.dumps(content).encode("ascii")
        if not any(name.lower() == "content-type" for name, _ in pairs):
            pairs.append(("Content-Type", "application/json"))
    return Answer(status, content or b"", pairs, reason)


class Service:
    """Answers as told, over HTTP/1.1 with keep-alive, and records what came."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        service = self

        class Handler(_Handler):
            def respond(self, request: Request) -> Answer:
                return service._respond(request)

        self.requests: list[Request] = []
        self._answers: deque[Answer | Responder] = deque()
        self._always: Answer | Responder | None = None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._scheme = "http"
        if tls is not None:
            self._scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def answer(
        self, status: int, content: Any = None, *, headers: Headers = (), reason: str | None = None
    ) -> None:
        """Queue an answer: bytes go out as they are, ``None`` is no body, anything else is JSON."""
        self._answers.append(make_answer(status, content, headers, reason))

    def answer_always(
        self, status: int, content: Any = None, *, headers: Headers = (), reason: str | None = None
    ) -> None:
        """Say what to answer whenever nothing is queued."""
        self._always = make_answer(status, content, headers, reason)

    def answer_by(self, responder: Responder) -> None:
        """Have a function answer whenever nothing is queued."""
        self._always = responder

    def reset(self) -> None:
        self.requests.clear()
        self._answers.clear()
        self._always = None

    def _respond(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            answer = self._answers.popleft() if self._answers else self._always
        if answer is None:
            return make_answer(500, {"message": "the test has queued no answer for this"})
        return answer if isinstance(answer, Answer) else answer(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def respond(self, request: Request) -> Answer:
        raise NotImplementedError

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        answer = self.respond(Request(self.command, self.path, self.headers, body))
        self.send_response_only(answer.status, answer.reason)
        pairs = answer.headers.items() if isinstance(answer.headers, Mapping) else answer.headers
        for name, value in pairs:
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.content)

    # The base class finds these by the verb.
    do_DELETE = do_GET = do_HEAD = do_OPTIONS = do_PATCH = do_POST = do_PUT = _handle  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
        """Stay silent."""


Behaviour = Callable[[socket.socket, bytes], None]
"""What to do on a connection after a request has come in."""


class RawServer:
    """Reads a request from each connection, behaves as told, and closes the connection."""

    def __init__(self, behave: Behaviour) -> None:
        self.requests: list[bytes] = []
        self._behave = behave
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # closed: the test is over
                return
            self._connections.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = _read_request(connection)
                if request:
                    self.requests.append(request)
                    self._behave(connection, request)
            except OSError:  # the client hung up, or the test is over
                return

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        # shutdown wakes up accept; on some systems it complains that nobody is connected.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._connections:
            with suppress(OSError):  # closed already
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()


def _read_request(connection: socket.socket) -> bytes:
    """Read the head and as much body as Content-Length announces."""
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:  # the client has given up halfway
            return b""
        body += piece
    return head + b"\r\n\r\n" + body


def sending(text: bytes) -> Behaviour:
    """Send these bytes, then close."""
    return lambda connection, _request: connection.sendall(text)


def resetting(connection: socket.socket, _request: bytes) -> None:
    """Close with RST instead of FIN."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closing(_connection: socket.socket, _request: bytes) -> None:
    """Close without an answer."""


def hanging(connection: socket.socket, _request: bytes) -> None:
    """Say nothing until the client hangs up."""
    connection.recv(1)


def unused_url() -> str:
    """Give the URL of a port at which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"
