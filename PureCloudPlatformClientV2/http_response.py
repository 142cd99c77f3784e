"""Reads the head of an answer to its end, and in less time than ``http.client`` takes for it.

``http.client`` parses the headers as those of an e-mail, which is the most costly step of a call.
Here a head whose lines are all of the plain form is read line by line; one with anything unusual in
it, such as a folded line, goes to the standard library's parser.
"""

from __future__ import annotations

from email.parser import Parser
from http.client import (
    NO_CONTENT,
    NOT_MODIFIED,
    HTTPException,
    HTTPMessage,
    HTTPResponse,
    LineTooLong,
    RemoteDisconnected,
    UnknownProtocol,
)
from typing import Any

_LONGEST_LINE = 65536
_MOST_LINES = 100
"""More headers than these are refused, as ``http.client`` does."""

_VERSIONS = {"HTTP/1.0": 10, "HTTP/0.9": 10}


class StrictResponse(HTTPResponse):
    """An answer whose head must be complete, and that passes over interim answers (1xx).

    The base class passes over 100 alone. Taken for the answer proper, another one would leave that
    on the connection, for the next request. And it would take a head that breaks off for the whole,
    and a body without a length for empty.
    """

    def begin(self) -> None:
        """Read the head, and find out how the body ends (RFC 9112, section 6.3)."""
        while True:
            # The stubs of the standard library leave this method out.
            version, status, reason = self._read_status()  # type: ignore[attr-defined]
            lines = self._read_lines()
            if not 100 <= status < 200:
                break
        self.code = self.status = status
        self.reason = reason.strip()
        self.version = _VERSIONS.get(version, 11)
        if not version.startswith(("HTTP/1.", "HTTP/0.9")):
            raise UnknownProtocol(version)
        self.headers = self.msg = _parse(lines)
        self._find_end()

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

    def _find_end(self) -> None:
        message: Any = self  # the stubs know neither chunk_left nor will_close as settable
        coding = self.headers.get("Transfer-Encoding")
        message.chunked = coding is not None and coding.lower() == "chunked"
        message.chunk_left = None
        message.will_close = message._check_close()
        message.length = None
        length = self.headers.get("Content-Length")
        if length and not message.chunked:
            try:
                message.length = int(length)
            except ValueError:
                message.length = None
            if message.length is not None and message.length < 0:
                message.length = None
        if self.status in (NO_CONTENT, NOT_MODIFIED) or message._method == "HEAD":
            message.length = 0
        if not message.chunked and message.length is None:
            message.will_close = True


def _parse(lines: list[bytes]) -> HTTPMessage:
    message = HTTPMessage()
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name.isprintable() or " " in name:  # folded, or no header at all
            text = b"".join([*lines, b"\r\n"]).decode("latin-1")
            return Parser(_class=HTTPMessage).parsestr(text)
        message[name] = value.strip(" \t\r\n")
    return message
