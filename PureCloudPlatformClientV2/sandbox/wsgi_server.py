"""The web server: cheroot, taught to drop connections on demand and to stop at once."""

# cheroot's stubs leave most of its types out.
# pyright: reportUnknownArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false

from __future__ import annotations

import json
import logging
import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes
from uuid import uuid4

from cheroot import server, wsgi

from .errors import error_for_status
from .fault_injection import RAW_PATH, DropConnection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

# Not below the client's logger: what the client's is set to must not silence the sandbox.
LOGGER = logging.getLogger("purecloud_sandbox")

WORKERS = 32
"""Requests that can be under way at once; a delayed or slow answer occupies one."""
IDLE_TIMEOUT = 60
"""Seconds after which a silent connection is closed."""
KEPT_CONNECTIONS = 1000
SHUTDOWN_TIMEOUT = 0.2
"""Seconds that a worker gets to finish, although its connection was closed already."""
MAX_HEADER_BYTES = 65536


class _Request(server.HTTPRequest):
    """A request whose errors, found by cheroot itself, are told as an ErrorBody."""

    def simple_response(self, status: str | int, msg: str = "") -> None:
        correlation_id = str(uuid4())
        error = error_for_status(int(str(status)[:3]))
        body = json.dumps(error.to_body(correlation_id)).encode()
        head = (
            f"{self.server.protocol} {status}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n"
            f"ININ-Correlation-Id: {correlation_id}\r\n"
            "Connection: close\r\n\r\n"
        )
        self.close_connection = True
        # The client may have left in the middle of its request.
        with suppress(OSError):
            self.conn.wfile.write(head.encode("latin-1") + body)


class _Connection(server.HTTPConnection):
    """A connection that can be reset, and that the server can find when it stops."""

    RequestHandlerClass = _Request
    reset = False

    def __init__(self, web_server: WebServer, sock: socket.socket, makefile: Any) -> None:
        super().__init__(web_server, sock, makefile)
        web_server.open_connections.add(self)

    def hang_up(self) -> None:
        """Wake whoever waits for this connection; they will find it closed."""
        # It may have been closed by either side a moment ago.
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.server.open_connections.discard(self)
        # Whatever state the peer left the connection in: an exception here would end the server.
        with suppress(OSError):
            if self.reset:
                # With a linger time of zero, closing sends RST; a shutdown would send FIN first.
                linger = struct.pack("ii", 1, 0)
                self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            else:
                self.socket.shutdown(socket.SHUT_RDWR)
        for part in (self.rfile, self.wfile, self.socket):
            with suppress(OSError):
                part.close()


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
        except DropConnection as order:
            self.req.sent_headers = True
            self.req.close_connection = True
            self.req.conn.reset = order.reset


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

    def __init__(self, address: str, port: int, app: WSGIApplication) -> None:
        """Describe the server; start() binds the address.

        Args:
            address: Interface to listen at.
            port: Port to listen at, 0 for any free one.
            app: What answers requests.
        """
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
        self.open_connections: set[_Connection] = set()
        self._thread = threading.Thread(target=self.serve, name="sandbox", daemon=True)

    @property
    def port(self) -> int:
        """The port at which the server listens, once it is started."""
        port: int = self.bind_addr[1]
        return port

    def start(self) -> None:
        """Bind the address, and serve it in the background.

        Raises:
            OSError: The address cannot be bound.
        """
        address, port = self.bind_addr
        try:
            self.prepare()
        except OSError as error:
            raise OSError(f"cannot listen at {address} port {port}: {error}") from error
        self._thread.start()

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
        LOGGER.log(level, msg, exc_info=traceback)
