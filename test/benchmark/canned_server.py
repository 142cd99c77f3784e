"""A server with ready answers, on the loopback interface, in a process of its own.

It prints its port, and stops when its standard input ends: with the process that started it,
however that one ends. Arguments: how many seconds it takes for an answer, and how many entities it
has.
"""

from __future__ import annotations

import asyncio
import re
import signal
import sys
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from . import queue_page
from .facebook_page import PATH, entity_json, listing_json

# What the service sends along; reading it is a part of every call.
_HEAD = """\
HTTP/1.1 {status}\r
Date: Wed, 14 Aug 2019 09:30:00 GMT\r
Content-Type: application/json\r
Content-Length: {length}\r
Connection: keep-alive\r
Cache-Control: no-cache, no-store, must-revalidate\r
Expires: 0\r
Pragma: no-cache\r
ININ-Correlation-Id: 6f1d2b54-7c0e-4c55-9a43-1f0c5d9a8e21\r
inin-ratelimit-allowed: 300\r
inin-ratelimit-count: 1\r
inin-ratelimit-reset: 60\r
Strict-Transport-Security: max-age=600; includeSubDomains\r
\r
"""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def _content(method: str, target: str, entities: int) -> bytes | None:
    parts = urlsplit(target)
    # Today's release of the vendor has the same endpoints under another path.
    path = parts.path.replace("/conversations/", "/", 1)
    if method == "POST" or path.startswith(f"{PATH}/"):
        return entity_json()
    if path == queue_page.PATH:
        return queue_page.queues_json()
    if path != PATH:
        return None
    query = parse_qs(parts.query)
    page_size, page_number = (
        int(query.get(name, [default])[0])
        for name, default in (("pageSize", "25"), ("pageNumber", "1"))
    )
    return listing_json(page_size, page_number, max(1, entities // page_size))


@lru_cache(maxsize=8)
def _answer(method: str, target: str, entities: int) -> bytes:
    content = _content(method, target, entities)
    status = "404 Not Found" if content is None else "200 OK"
    content = content or b"{}"
    return _HEAD.format(status=status, length=len(content)).encode("ascii") + content


class _Connection(asyncio.Protocol):
    def __init__(self, delay: float, entities: int) -> None:
        self._delay = delay
        self._entities = entities
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, rest = self._received.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        length = int(found[1]) if found else 0
        if not end or len(rest) < length:
            return
        self._received = rest[length:]
        method, target, _ = head.split(b"\r\n", 1)[0].decode("ascii").split(" ")
        answer = _answer(method, target, self._entities)
        if self._delay:
            asyncio.get_running_loop().call_later(self._delay, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


async def serve(delay: float, entities: int) -> None:
    """Serve until the standard input ends.

    Args:
        delay: How many seconds an answer takes.
        entities: How many entities there are on all pages together.
    """
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(delay, entities), "127.0.0.1", 0)
    async with server:
        sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asyncio.run(serve(float(sys.argv[1]), int(sys.argv[2])))
