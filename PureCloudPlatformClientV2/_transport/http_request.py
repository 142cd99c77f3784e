"""Writes the head of a request in one piece, in less time than ``http.client`` takes for it.

``http.client`` checks and keeps each line by itself. Here the headers have been checked when the
request was made, and what is left to see is that the head has as many lines as it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from urllib3.util import SKIP_HEADER

_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
"""Requests that say so if they have none (RFC 9110, section 8.6)."""


def encode_head(
    method: str,
    target: str,
    host: str,
    headers: Mapping[str, str],
    body: bytes | Iterable[bytes] | None,
) -> bytes:
    """Write the request line and the headers (RFC 9112, sections 3 and 5).

    Args:
        method: The verb.
        target: What comes behind it: path and query, or the URL where a proxy passes it on.
        host: The host that is meant, for where the headers do not say it.
        headers: Whose names and values ``check_headers`` has let pass. One whose value is urllib3's
            ``SKIP_HEADER`` is left out, even if it would otherwise be added here.
        body: What follows; of one in pieces, the headers say where it ends.

    Raises:
        ValueError: There is a line break in something that is to be one line, or a transfer coding,
            which the body does not have.
    """
    given = set(map(str.lower, headers))
    if "transfer-encoding" in given:
        raise ValueError("header Transfer-Encoding: leave it out, as Content-Length is sent")
    lines = [f"{method} {target} HTTP/1.1"]
    if "host" not in given:
        lines.append(f"Host: {host}")
    if "accept-encoding" not in given:
        lines.append("Accept-Encoding: identity")
    content = b"" if body is None and method in _WITH_BODY else body
    if isinstance(content, bytes) and "content-length" not in given:
        lines.append(f"Content-Length: {len(content)}")
    lines += [f"{name}: {value}" for name, value in headers.items() if value != SKIP_HEADER]
    head = "\r\n".join(lines)
    if head.count("\n") >= len(lines) or head.count("\r") >= len(lines):
        raise ValueError("a line of the request's head has a line break in it")
    return f"{head}\r\n\r\n".encode("latin-1")
