"""A private gateway: demands a client certificate, and passes on what lies behind its prefixes."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from typing_extensions import Self

_OF_THE_HOP = frozenset({"connection", "content-length", "host", "transfer-encoding"})


@dataclass(frozen=True)
class Admitted:
    """A request, and whose certificate came with it."""

    method: str
    target: str
    client: str
    """Common name of the client certificate."""
    headers: Mapping[str, str]
    """By name in lower case."""


@dataclass(frozen=True)
class Answer:
    """What the host behind the gateway has said, or the gateway itself."""

    status: int
    content: bytes = b""
    headers: Sequence[tuple[str, str]] = ()


class Gateway:
    """Passes on ``/behind/api`` and ``/behind/login`` to a host while it is used."""

    API = "behind/api"
    LOGIN = "behind/login"

    def __init__(self, upstream: str, tls: ssl.SSLContext) -> None:
        self.requests: list[Admitted] = []
        """What clients that were let in have sent."""
        gateway = self

        class Handler(_Handler):
            def pass_on(self, body: bytes) -> Answer:
                return gateway._pass_on(self, body)

        self._upstream = urlsplit(upstream).netloc
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.tls = tls
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def port(self) -> int:
        return self._server.server_port

    def _pass_on(self, handler: _Handler, body: bytes) -> Answer:
        headers = {name.lower(): value for name, value in handler.headers.items()}
        peer = cast("ssl.SSLSocket", handler.connection).getpeercert() or {}
        subject: Any = peer["subject"]
        client = dict(pair for (pair,) in subject)["commonName"]
        self.requests.append(Admitted(handler.command, handler.path, client, headers))
        for prefix, place in ((self.API, "/api/"), (self.LOGIN, "/oauth/")):
            target = handler.path.removeprefix(f"/{prefix}")
            if target != handler.path and target.startswith(place):
                sent = {name: value for name, value in headers.items() if name not in _OF_THE_HOP}
                with closing(http.client.HTTPConnection(self._upstream, timeout=30)) as connection:
                    connection.request(handler.command, target, body or None, sent)
                    answer = connection.getresponse()
                    pairs = [
                        one for one in answer.getheaders() if one[0].lower() not in _OF_THE_HOP
                    ]
                    return Answer(answer.status, answer.read(), pairs)
        return Answer(404)

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
    tls: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        wrapped = self.tls.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
        with wrapped:
            try:
                wrapped.do_handshake()
            except ssl.SSLError:
                # A request may have come already. To close now would reset the connection, and the
                # client might not find out why.
                wrapped.shutdown(socket.SHUT_WR)
                while socket.socket.recv(wrapped, 65536):
                    pass
                return
            super().finish_request(wrapped, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: clients that are turned away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def pass_on(self, body: bytes) -> Answer:
        raise NotImplementedError

    def _handle(self) -> None:
        answer = self.pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    # The base class finds these by the verb.
    do_DELETE = do_GET = do_PATCH = do_POST = do_PUT = _handle  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class has it
        """Stay silent."""
