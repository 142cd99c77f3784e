"""Reads the head of a response to its end, and in less time than ``http.client`` takes for it.

``http.client`` parses the headers as those of an e-mail, which is the most costly step of a call.
Here a head whose lines are all of the plain form is read line by line; one with anything unusual in
it, such as a folded line, goes to the standard library's parser.
"""

from __future__ import annotations

from email.parser import Parser
from http.client import (
    NO_CONTENT,
    NOT_MODIFIED,
    SWITCHING_PROTOCOLS,
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
"""More headers than these are refused, as ``http.client`` does with about as many."""

_VERSIONS = {"HTTP/1.0": 10, "HTTP/0.9": 10}


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
            lines = self._read_lines()
            if not 100 <= status < 200 or status == SWITCHING_PROTOCOLS:
                break
        response.code = response.status = status
        response.reason = reason.strip()
        response.version = _VERSIONS.get(version, 11)
        if not version.startswith(("HTTP/1.", "HTTP/0.9")):
            raise UnknownProtocol(version)
        found: dict[str, str] = {}
        response.headers = response.msg = _parse(lines, found)
        self._find_end(found)

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

    def _find_end(self, found: dict[str, str]) -> None:
        response: Any = self  # as above
        coding = found.get("transfer-encoding", "identity").lower()
        if coding not in ("chunked", "identity"):
            raise HTTPException(f"the transfer coding {coding!r} is not known")
        response.chunked = coding == "chunked"
        response.chunk_left = None
        response.will_close = response._check_close()
        response.length = None
        lengths = {length.strip() for length in found.get("content-length", "").split(",")}
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


def _parse(lines: list[bytes], found: dict[str, str]) -> HTTPMessage:
    """Make the headers of their lines, and note them by lower-case name, repeated ones in one."""
    message = HTTPMessage()
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not name.isprintable() or " " in name:  # folded, or no header at all
            text = b"".join([*lines, b"\r\n"]).decode("latin-1")
            message = Parser(_class=HTTPMessage).parsestr(text, headersonly=True)
            for name in message.keys():  # noqa: SIM118  # it is no dict
                found[name.lower()] = ", ".join(message.get_all(name, []))
            return message
        value = value.strip(" \t\r\n")
        message[name] = value
        name = name.lower()
        found[name] = f"{found[name]}, {value}" if name in found else value
    return message
