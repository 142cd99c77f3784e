"""The service of the soak, on the loopback interface, in a process of its own.

It prints its port, and stops when its standard input ends: with the process that started it,
however that one ends. Arguments: how many seconds it takes for an answer, and what it serves:
"pages" of listings and how many entities they have, "calls" by their numbers, or the same with
"troubles".

It is cheap: what it answers is made of ready bytes, in which a number or two are put. So it is the
client that is measured, and not the server.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import signal
import socket
import struct
import sys
from collections import Counter
from typing import Any

from . import listings
from .script import trouble, verb

LIFE = 20
"""Seconds that a token is good for."""

_HEAD = """\
HTTP/1.1 %d X\r
Content-Type: application/json\r
Content-Length: %d\r
ININ-Correlation-Id: 6f1d2b54-7c0e-4c55-9a43-1f0c5d9a8e21\r
Cache-Control: no-cache, no-store, must-revalidate\r
inin-ratelimit-allowed: 300\r
inin-ratelimit-count: 1\r
%b\r
""".encode("ascii")

_AT_ONCE = b"Retry-After: 0\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_BEARER = re.compile(rb"\r\nauthorization: *Bearer token-(\d+)", re.IGNORECASE)
_PLACE = re.compile(rb"[?&](?:pageNumber|after|cursor)=(\d+)")
_PLACE_IN_BODY = re.compile(rb'"(?:pageNumber|after)": ?"?(\d+)')
_NUMBER = re.compile(rb"(?:pageNumber=|/)(\d+)(?:[?&]|$)")
_NUMBER_IN_BODY = re.compile(rb'"name": ?"(\d+)"')

_ENTITY = json.dumps({**listings.BY_PATH[next(iter(listings.BY_PATH))].entity, "id": "NUMBER"})
_ENTITY_FORMAT = _ENTITY.replace('"NUMBER"', '"%d"').encode("ascii")
_QUEUE_FORMAT = b'{"id":"%d","name":"Support","memberCount":7,"acwSettings":{"timeoutMs":1000}}'
_LIST_FORMAT = b'{"entities":[%b],"pageNumber":NUMBER,"pageSize":25}' % b",".join(
    [_ENTITY.encode("ascii")] * 25
)


def _answer(status: int, content: bytes, more: bytes = b"") -> bytes:
    return _HEAD % (status, len(content), more) + content


class Service:
    """What all connections share."""

    def __init__(self, delay: float, what: str, entities: int = 0) -> None:
        self.delay = delay
        self.has_pages = what == "pages"
        self._has_troubles = what == "troubles"
        self._count = entities // listings.PAGE_SIZE
        self.open = 0
        self.counts = Counter[str]()
        self._troubled = set[int]()
        self._refused = set[int]()
        self._written = bytearray()
        self._generation = 0
        self._oldest = 1

    def stats(self) -> bytes:
        """Tell what has happened so far."""
        return json.dumps({**self.counts, "open": self.open}).encode("ascii")

    def token(self) -> bytes:
        """Give another token."""
        self._generation += 1
        self.counts["tokens"] += 1
        token = {"access_token": f"token-{self._generation}", "expires_in": LIFE}
        return _answer(200, json.dumps({**token, "token_type": "bearer"}).encode("ascii"))

    def page(self, path: bytes, target: bytes, body: bytes) -> bytes:
        """Give a page of a walk."""
        found = _PLACE_IN_BODY.search(body) if body else _PLACE.search(target)
        number = int(found[1]) if found else 1
        return _answer(200, listings.page(path.decode("ascii"), number, self._count))

    def play(self, number: int, head: bytes, *, is_zippable: bool) -> tuple[bytes, str]:
        """Answer a call by its number.

        Returns:
            The answer, and what becomes of the connection.
        """
        what, name = verb(number), trouble(number) if self._has_troubles else ""
        if self._refuses(number, head, name):
            self.counts["refused"] += 1
            return _answer(401, b'{"code":"bad.credentials"}'), ""
        if number in self._troubled:
            name = ""
        elif name in ("too many", "unavailable", "resets"):
            self._troubled.add(number)
        if name in ("not found", "bad request"):
            error = {"code": name.replace(" ", "."), "message": f"of {number}"}
            content = json.dumps(error).encode("ascii")
            return _answer(404 if name == "not found" else 400, content), ""
        if name in ("too many", "unavailable"):
            return _answer(429 if name == "too many" else 503, b"{}", _AT_ONCE), ""
        if what in ("post", "patch"):
            self._note_write(number)
        return self._good_answer(number, what, name, is_zippable=is_zippable), name

    def _refuses(self, number: int, head: bytes, name: str) -> bool:
        """Whether a token is refused: no call's twice, so that one can tell how each ends."""
        found = _BEARER.search(head)
        if number in self._refused:
            return found is None
        generation = int(found[1]) if found else 0
        if name == "expired":
            self._oldest = max(self._oldest, generation + 1)
        if generation >= self._oldest:
            return False
        self._refused.add(number)
        return True

    def _note_write(self, number: int) -> None:
        if number >= len(self._written):
            self._written.extend(bytes(number + 1_000_000 - len(self._written)))
        self.counts["written twice" if self._written[number] else "written"] += 1
        self._written[number] = 1

    @staticmethod
    def _good_answer(number: int, what: str, name: str, *, is_zippable: bool) -> bytes:
        if what == "delete":
            return _answer(204, b"")
        if what == "list":
            content = _LIST_FORMAT.replace(b"NUMBER", b"%d" % number)
        else:
            content = (_QUEUE_FORMAT if what == "get queue" else _ENTITY_FORMAT) % number
        if name == "is no JSON":
            content = content[:-20]
        if name == "zipped" and is_zippable:
            return _answer(200, gzip.compress(content, 1), b"Content-Encoding: gzip\r\n")
        more = b"Connection: close\r\n" if name == "closes and says so" else b""
        return _answer(200, content, more)


class Connection(asyncio.Protocol):
    """One connection; the client sends a request when it has read the answer before."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._received = b""
        self._transport: Any = None
        self._is_counted = False  # one that asks for the counts is not

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._service.open -= self._is_counted

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        if not end or len(body) < (int(found[1]) if found else 0):
            return
        self._received = b""
        target = head.split(b" ", 2)[1]
        answer, ending = self._answer(head, target, body)
        if self._service.delay:
            asyncio.get_running_loop().call_later(self._service.delay, self._send, answer, ending)
        else:
            self._send(answer, ending)

    def _answer(self, head: bytes, target: bytes, body: bytes) -> tuple[bytes, str]:
        service = self._service
        path = target.partition(b"?")[0]
        if path == b"/stats":
            return _answer(200, service.stats()), "closes and says so"
        service.counts["requests"] += 1
        if not self._is_counted:
            self._is_counted = True
            service.open += 1
            service.counts["connections"] += 1
            service.counts["most open"] = max(service.counts["most open"], service.open)
        if path == b"/oauth/token":
            return service.token(), ""
        if service.has_pages:
            return service.page(path, target, body), ""
        found = _NUMBER_IN_BODY.search(body) or _NUMBER.search(target)
        if found is None:
            return _answer(404, b"{}"), ""
        return service.play(int(found[1]), head, is_zippable=b"gzip" in head)

    def _send(self, answer: bytes, ending: str) -> None:
        if self._transport.is_closing():
            return
        sock = self._transport.get_extra_info("socket")
        if ending == "resets":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
            return
        if ending == "closes silently" and sys.platform == "linux":
            # The end goes along with the answer, so that no request can be under way meanwhile.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
            self._transport.write(answer)
            self._transport.write_eof()
            return
        self._transport.write(answer)
        if ending.startswith("closes"):
            self._transport.close()


async def serve(service: Service) -> None:
    """Serve until the standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, backlog=1024)
    async with server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(Service(float(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))))
