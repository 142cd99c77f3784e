"""A storage service on loopback: serves a file by ranges, and breaks off where it is told to."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service import RawServer, Service

from PureCloudPlatformClientV2 import ApiClient, Configuration

Headers = dict[str, str]


@dataclass
class Fault:
    """What goes wrong with one response."""

    cut: int | None = None
    """After how many bytes of the body the connection is closed."""
    status: int | None = None
    """What is answered instead, without a body."""
    change: Callable[[Headers], Headers] = lambda headers: headers
    """What becomes of the headers."""
    hangs: bool = False
    """Whether nothing more is said once the body has been cut, until the client hangs up."""


@dataclass
class Storage:
    """Has one file; behaves as a server of ``RawServer``."""

    content: bytes
    etag: str | None = '"v1"'
    headers: Mapping[str, str] = field(default_factory=dict)
    ranges: bool = True
    faults: list[Fault] = field(default_factory=list)
    """Of the first responses, in their order."""
    asked: list[Headers] = field(default_factory=list)
    """The headers of the requests, by lower-case name."""
    then: Callable[[], None] | None = None
    """What is done once a response is over."""

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        head = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        asked = dict(line.lower().split(": ", 1) for line in head[1:])
        asked["target"] = head[0].split()[1]
        self.asked.append(asked)
        fault = self.faults.pop(0) if self.faults else Fault()
        status, body, headers = self._answer(asked)
        if fault.status is not None:
            status, body = fault.status, b""
        headers = fault.change({**headers, "Content-Length": str(len(body))})
        lines = [f"HTTP/1.1 {status} Reason", *(f"{name}: {one}" for name, one in headers.items())]
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
        connection.sendall(body[: fault.cut])
        if fault.hangs:
            connection.recv(1)
        if self.then is not None:
            self.then()

    def _answer(self, asked: Headers) -> tuple[int, bytes, Headers]:
        headers = dict(self.headers) | ({"ETag": self.etag} if self.etag else {})
        total = len(self.content)
        wanted = re.fullmatch(r"bytes=(\d+)-", asked.get("range", ""))
        is_same = asked.get("if-range") in (None, self.etag)
        if wanted is None or not self.ranges or not is_same:
            return 200, self.content, headers
        start = int(wanted[1])
        if start >= total:
            return 416, b"", headers | {"Content-Range": f"bytes */{total}"}
        headers["Content-Range"] = f"bytes {start}-{total - 1}/{total}"
        return 206, self.content[start:], headers

    def starts(self) -> list[str | None]:
        """Give the ranges that were asked for."""
        return [one.get("range") for one in self.asked]


def client_of(server: RawServer | Service, *, retries: int = 0, **settings: Any) -> ApiClient:
    """Make a client whose API a server is."""
    configuration = Configuration(host=server.url, access_token="the-token")
    configuration.retries = retries
    for name, value in settings.items():
        setattr(configuration, name, value)
    return ApiClient(configuration=configuration)


def names(folder: Path) -> list[str]:
    """Give the names of the files in a folder."""
    return sorted(one.name for one in folder.iterdir())


class Told:
    """Takes note of what progress is told."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int | None]] = []

    def __call__(self, done: int, total: int | None) -> None:
        self.pairs.append((done, total))
