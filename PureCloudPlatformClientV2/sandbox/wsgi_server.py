"""The web server: cheroot, taught TLS in its workers, dropped connections and a quick end."""

# cheroot's stubs leave most of its types out.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import json
import logging
import socket
import ssl
import struct
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from cheroot import server, wsgi
from cheroot.makefile import MakeFile, StreamReader

from .errors import ServiceError, error_for_status
from .fault_injection import RAW_PATH, DropConnection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Not below the client's logger: what the client's is set to must not silence the sandbox.
LOGGER = logging.getLogger("purecloud_sandbox")

WORKERS = 32
"""Requests that can be under way at once; a delayed or slow response occupies one."""
IDLE_TIMEOUT = 60
"""Seconds after which a silent connection is closed."""
KEPT_CONNECTIONS = 1000
SHUTDOWN_TIMEOUT = 0.2
"""Seconds that a worker gets to finish, although its connection was closed already."""
MAX_HEADER_BYTES = 65536


class _Request(server.HTTPRequest):
    """A request whose errors, found by cheroot itself, are sent as an ErrorBody."""

    def simple_response(self, status: str | int, msg: str = "") -> None:
        self.close_connection = True
        # The client may have left in the middle of its request.
        with suppress(OSError):
            self.conn.wfile.write(_render(status, error_for_status(int(str(status)[:3]))))


def _render(status: str | int, error: ServiceError) -> bytes:
    """Write a response without the help of Flask."""
    correlation_id = str(uuid4())
    body = json.dumps(error.to_body(correlation_id)).encode()
    head = (
        f"HTTP/1.1 {status}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n"
        f"ININ-Correlation-Id: {correlation_id}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode("latin-1") + body


class _TlsReader(StreamReader):
    """Reads from a socket that may hold more than its file descriptor tells."""

    def __init__(self, sock: ssl.SSLSocket, size: int) -> None:
        super().__init__(sock, "rb", size)
        self._tls = sock

    def has_data(self) -> bool:
        buffered: bool = super().has_data()  # type: ignore[no-untyped-call]  # stubs
        return buffered or self._tls.pending() > 0


class _Connection(server.HTTPConnection):
    """A connection that can be dropped, and that the server can find when it stops."""

    RequestHandlerClass = _Request
    drop: DropConnection | None = None
    """How a fault wants the connection to end."""

    def __init__(self, web_server: WebServer, sock: socket.socket, makefile: Any) -> None:
        super().__init__(web_server, sock, makefile)
        web_server.open_connections.add(self)

    def communicate(self) -> bool:
        if self.server.tls is not None and not isinstance(self.socket, ssl.SSLSocket):
            # Here in a worker, and not by an adapter of cheroot's: that shakes hands in the thread
            # that accepts, where one silent client keeps all others out.
            try:
                self._shake_hands(self.server.tls)
            except OSError as error:
                LOGGER.info("a TLS handshake failed: %s", error)
                return False
        keep: bool = super().communicate()  # type: ignore[no-untyped-call]  # cheroot's stubs
        return keep

    def _shake_hands(self, context: ssl.SSLContext) -> None:
        self.socket.getpeername()  # wrap_socket would leak the socket of a client that has left
        tls = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.socket = tls
        self.rfile, self.wfile = _TlsReader(tls, self.rbufsize), MakeFile(tls, "wb", self.wbufsize)
        if self.server.hanging_up:  # it may have looked at the socket that was there before
            raise ConnectionAbortedError("the server stops")
        try:
            tls.do_handshake()
        except ssl.SSLError as error:
            _end_handshake(tls, mistaken=error.reason == "HTTP_REQUEST")
            raise
        self.ssl_env = {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def hang_up(self) -> None:
        """Wake whoever waits for this connection; they will find it closed."""
        # It may have been closed by either side a moment ago.
        with suppress(OSError):
            _shut_down(self.socket)

    def close(self) -> None:
        self.server.open_connections.discard(self)
        # Whatever state the peer left the connection in: an exception here would end the server.
        with suppress(OSError):
            if self.drop is not None and self.drop.reset:
                # With a linger time of zero, closing sends RST; a shutdown would send FIN first.
                linger = struct.pack("ii", 1, 0)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                if self.drop is None:
                    _say_goodbye(self.socket)
                _shut_down(self.socket)
        for part in (self.rfile, self.wfile, self.socket):
            with suppress(OSError):
                part.close()


def _shut_down(sock: socket.socket) -> None:
    # Past the layer of TLS, which another thread may be in the middle of.
    socket.socket.shutdown(sock, socket.SHUT_RDWR)


def _say_goodbye(sock: socket.socket) -> None:
    """Let a TLS client know that nothing was cut off, without waiting for it to do the same."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(0)
        with suppress(OSError, ValueError):
            sock.unwrap()


def _end_handshake(tls: ssl.SSLSocket, *, mistaken: bool) -> None:
    """Let the client see why the handshake failed; one that mistook https for http is told."""
    error = ServiceError(400, "bad.request", "This port speaks HTTPS, and the request was HTTP.")
    tls.settimeout(1)
    with suppress(OSError):
        if mistaken:
            socket.socket.sendall(tls, _render("400 Bad Request", error))
        socket.socket.shutdown(tls, socket.SHUT_WR)
        # If the connection closed with anything unread, a reset would overtake the alert.
        for _ in range(16):
            if not socket.socket.recv(tls, 65536):
                break


class _Gateway(wsgi.Gateway_10):
    """Hands requests to the application, and ends connections when it says so."""

    def __init__(self, request: _Request) -> None:
        super().__init__(request)
        path = self.env["REQUEST_URI"].partition("?")[0]
        self.env[RAW_PATH] = path
        self.env["PATH_INFO"] = _routing_path(path)
        self.env["SERVER_NAME"] = request.server.bind_addr[0]

    def respond(self) -> None:
        try:
            super().respond()
        except DropConnection as drop:
            self.req.sent_headers = True
            self.req.close_connection = True
            self.req.conn.drop = drop


def _routing_path(path: str) -> str:
    """Decode a path, except for what would move the borders between its segments."""
    # An empty first segment must not vanish: werkzeug takes any number of leading slashes for one.
    first = "/%2F" if path.startswith("//") else ""
    segments = (unquote_to_bytes(segment.encode("latin-1")) for segment in path.split("/"))
    return first + "/".join(
        segment.decode("latin-1").replace("%", "%25").replace("/", "%2F") for segment in segments
    )


class WebServer(wsgi.Server):
    """Serves one WSGI application from threads of its own."""

    ConnectionClass = _Connection
    keep_alive_conn_limit = KEPT_CONNECTIONS
    max_request_header_size = MAX_HEADER_BYTES
    # Also the time that stop() waits for the accepting thread to look up.
    expiration_interval: float = 0.02

    def __init__(
        self, address: str, port: int, app: WSGIApplication, tls: ssl.SSLContext | None = None
    ) -> None:
        """Describe the server; start() binds the address."""
        super().__init__(
            (address, port),
            app,
            numthreads=WORKERS,
            server_name="purecloud-sandbox",
            request_queue_size=128,
            timeout=IDLE_TIMEOUT,
        )
        self.shutdown_timeout = SHUTDOWN_TIMEOUT
        self.gateway = _Gateway
        self.tls = tls
        self.open_connections: set[_Connection] = set()
        self.hanging_up: bool = False
        self._bind_error: OSError | None = None
        self._thread = threading.Thread(target=self.serve, name="sandbox", daemon=True)

    @property
    def port(self) -> int:
        """The port at which the server listens, once it is started."""
        port: int = self.bind_addr[1]
        return port

    def start(self) -> None:
        """Bind the address, and serve it in the background."""
        address, port = self.bind_addr
        try:
            self.prepare()
        except OSError as error:
            # cheroot's own text wraps this one in its attempts.
            reason = self._bind_error or error
            message = f"cannot listen at {address} port {port}: {reason.strerror or reason}"
            raise OSError(message) from error
        self._thread.start()

    def bind(self, family: Any, type: Any, proto: int = 0) -> Any:  # noqa: A002 - cheroot's name
        """Bind, and remember why if that fails."""
        try:
            return super().bind(family, type, proto)
        except OSError as error:
            self._bind_error = error
            raise

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: Any) -> socket.socket:
        """Bind, without leaving the socket open if that fails, as cheroot does."""
        try:
            socket_.bind(bind_addr)
        except OSError:
            socket_.close()
            raise
        return socket_

    def stop(self) -> None:
        """Close every connection and end the workers."""
        self.hanging_up = True
        for connection in list(self.open_connections):
            connection.hang_up()
        super().stop()

    def shut_down(self) -> None:
        """Stop, and wait until every thread has ended."""
        # Not in stop(), which cheroot also calls from a worker, and then the thread waits for it.
        self.stop()
        self._thread.join()
        # cheroot keeps the figures of every server, and with them the server, for good.
        vars(logging)["statistics"].pop(f"Cheroot HTTPServer {id(self)}", None)

    def _serve_unservicable(self) -> None:
        """Do without cheroot's thread for connections that find the queue full: ours has no end."""

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Send what cheroot has to say to the log instead of to standard error."""
        if isinstance(sys.exc_info()[1], ssl.SSLError):
            # The peer has broken TLS off, which is no failure of the server's.
            level, traceback = min(level, logging.INFO), False
        LOGGER.log(level, msg, exc_info=traceback)
