"""RESTResponse: what the service answered."""

from __future__ import annotations

from collections.abc import Mapping

import urllib3


class RESTResponse:
    """A response of the service.

    Attributes:
        status: The HTTP status.
        reason: The words that go with it.
        headers: The headers; names are found in any case.
        content: The body as it came, after decompression.
    """

    def __init__(
        self, status: int, reason: str | None, headers: Mapping[str, str], content: bytes
    ) -> None:
        """Hold a response; an HTTP client of your own makes these."""
        self.status = status
        self.reason = reason
        self.headers: urllib3.HTTPHeaderDict = (
            headers
            if isinstance(headers, urllib3.HTTPHeaderDict)
            else urllib3.HTTPHeaderDict(headers)
        )
        self.content = content

    @property
    def data(self) -> str:
        """The body as text; what is not UTF-8 shows as U+FFFD."""
        return self.content.decode("utf-8", errors="replace")

    def getheaders(self) -> urllib3.HTTPHeaderDict:
        """Give all headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Give one header, whose name may be in any case."""
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"RESTResponse(status={self.status}, {len(self.content)} bytes)"
