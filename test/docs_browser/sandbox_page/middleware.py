"""A middleware on loopback that takes webhooks and answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "a-secret-of-the-tests"


class Middleware:
    """What came, and what is answered."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.received: list[dict[str, Any]] = []
        """The bodies whose signatures are right."""
        self.forged = 0
        self.statuses: list[int] = []
        """What the next webhooks are answered; 200 after that."""

    def take(self, body: bytes, signature: str) -> int:
        """Take a webhook, and tell the status of the response."""
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        if not hmac.compare_digest(signature, "sha256=" + base64.b64encode(digest).decode()):
            self.forged += 1
            return 401
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.received.append(json.loads(body))
        return status

    @property
    def texts(self) -> list[str]:
        """The texts that came."""
        return [one["text"] for one in self.received if "text" in one]


@contextmanager
def running_middleware(port: int = 0) -> Generator[Middleware, None, None]:
    """Run one in a thread, at a free port unless one is given."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = middleware.take(body, self.headers.get("X-Hub-Signature-256", ""))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(b'{"taken": true}' if status == 200 else b"busy")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        middleware = Middleware(f"http://127.0.0.1:{server.server_port}/webhook")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield middleware
        server.shutdown()
        thread.join()
