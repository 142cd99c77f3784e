"""Reads the head of a response to its end, and in less time than ``http.client`` takes for it.

``http.client`` parses the headers as those of an e-mail, which is the most costly step of a call.
Here a head whose lines are all of the plain form is taken apart by one regular expression; one with
anything unusual in it, such as a folded line, goes to the standard library's parser.
"""

from __future__ import annotations

import re
from email.parser import Parser
from http.client import (
    NO_CONTENT,
    NOT_MODIFIED,
    SWITCHING_PROTOCOLS,
    HTTPException,
    HTTPResponse,
    LineTooLong,
    RemoteDisconnected,
    UnknownProtocol,
)
from typing import Any

from urllib3 import HTTPHeaderDict

_LONGEST_LINE = 65536
_MOST_LINES = 100
"""More headers than these are refused, as ``http.client`` does with about as many."""

_VERSIONS = {"HTTP/1.0": 10, "HTTP/0.9": 10}

_HEADER = re.compile(r"^([\w!#$%&'*+.^`|~-]+):([^\n]*)\n", re.ASCII | re.MULTILINE)
"""A line of the plain form: name and value (RFC 9112, section 5)."""

_Fields = dict[str, list[str]]
"""Lower-case name to the name as it came first, and the values."""


class StrictResponse(HTTPResponse):
    """A response whose head must be complete, and that passes over interim responses (1xx).

    The base class passes over 100 alone. Taken for the answer proper, another one would leave that
    on the connection, for the next request. And it would take a head that breaks off for the whole,
    and a body without a length for empty.
    """

    def begin(self) -> None:
        """Read the head, and find out how the body ends (RFC 9112, section 6.3)."""
        response: Any = self  # the stubs leave this out, and have other ideas of some attributes
        while True:
            version, status, reason = response._read_status()
            head = self._read_head()
            if not 100 <= status < 200 or status == SWITCHING_PROTOCOLS:
                break
        response.code = response.status = status
        response.reason = reason.strip()
        response.version = _VERSIONS.get(version, 11)
        if not version.startswith(("HTTP/1.", "HTTP/0.9")):
            raise UnknownProtocol(version)
        fields = _parse(head)
        response.headers = response.msg = _as_headers(fields)
        self._find_end(fields)

    def _read_head(self) -> bytes:
        """Read up to the empty line, and leave that out."""
        response: Any = self  # as above
        buffered: bytes = response.fp.peek()
        # Most often all of it has come with the status line. An empty line may end with LF alone.
        end = buffered.find(b"\n\r\n") + 1
        head = buffered[:end]
        usual = end and b"\n\n" not in head and not head.startswith((b"\r", b"\n"))
        if not usual or head.count(b"\n") > _MOST_LINES:
            return b"".join(self._read_lines())
        response.fp.read(end + 2)
        return head

    def _read_lines(self) -> list[bytes]:
        lines: list[bytes] = []
        readline = self.fp.readline
        while True:
            line = readline(_LONGEST_LINE + 1)
            if line in (b"\r\n", b"\n"):
                return lines
            if not line:
                raise RemoteDisconnected("the connection was closed before the end of the headers")
            if len(line) > _LONGEST_LINE:
                raise LineTooLong("header line")
            lines.append(line)
            if len(lines) > _MOST_LINES:
                raise HTTPException(f"got more than {_MOST_LINES} headers")

    def _find_end(self, fields: _Fields) -> None:
        response: Any = self  # as above
        coding = _value(fields, "transfer-encoding", "identity").lower()
        if coding not in ("chunked", "identity"):
            raise HTTPException(f"the transfer coding {coding!r} is not known")
        response.chunked = coding == "chunked"
        response.chunk_left = None
        response.will_close = _closes(response.version, fields)
        response.length = None
        lengths = {length.strip() for length in _value(fields, "content-length").split(",")}
        if len(lengths) > 1:
            raise HTTPException("the response has several lengths")
        (length,) = lengths
        if not response.chunked and length.isascii() and length.isdecimal() and len(length) < 20:
            response.length = int(length)
        if (
            self.status in (NO_CONTENT, NOT_MODIFIED, SWITCHING_PROTOCOLS)
            or response._method == "HEAD"
        ):
            response.length = 0
        if not response.chunked and response.length is None:
            response.will_close = True


def _parse(head: bytes) -> _Fields:
    """Take a head apart."""
    text = head.decode("latin-1")
    lines = _HEADER.findall(text)
    if len(lines) < text.count("\n"):  # one is folded, or no header at all
        message = Parser().parsestr(f"{text}\r\n", headersonly=True)
        lines = [(name, re.sub(r"\r?\n[ \t]*", " ", value)) for name, value in message.raw_items()]
    fields: _Fields = {}
    for name, value in lines:
        fields.setdefault(name.lower(), [name]).append(value.strip(" \t\r"))
    return fields


def _as_headers(fields: _Fields) -> Any:
    """Make headers that are already as urllib3 keeps them, which it would do one by one."""
    headers: Any = HTTPHeaderDict()
    headers._container = fields
    return headers


def _value(fields: _Fields, name: str, default: str = "") -> str:
    """Give the value of a header, repeated ones in one."""
    return ", ".join(fields[name][1:]) if name in fields else default


def _closes(version: int, fields: _Fields) -> bool:
    """Whether the server closes the connection after the response (RFC 9112, section 9.3)."""
    connection = _value(fields, "connection").lower()
    if version == 11:
        return "close" in connection
    persists = _value(fields, "keep-alive") or "keep-alive" in connection
    return not (persists or "keep-alive" in _value(fields, "proxy-connection").lower())
