"""RESTResponse: what the service answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, overload

import urllib3

from .json_values import BYTE_ORDER_MARK


class RESTResponse:
    """A response of the service.

    Attributes:
        status: The HTTP status.
        reason: The words that go with it.
        headers: The headers; names are found in any case.
        content: The body as it came, after decompression.
    """

    status: int
    reason: str | None
    headers: urllib3.HTTPHeaderDict
    content: bytes
    _given_data: Any = None

    @overload
    def __init__(self, status: Any, /) -> None: ...

    @overload
    def __init__(
        self, status: int, reason: str | None, headers: Mapping[str, str], content: bytes
    ) -> None: ...

    def __init__(
        self,
        status: Any,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> None:
        """Hold a response; an HTTP client of your own makes these.

        Args:
            status: The HTTP status; or, alone, a response of urllib3, or anything else with
                ``status``, ``reason``, ``data`` (text or bytes) and ``getheaders()``.
            reason: The words that go with the status.
            headers: The headers.
            content: The body.

        Raises:
            TypeError: What was given is not such a response.
        """
        if content is None:
            found = status
            status, reason = _status_of(found), getattr(found, "reason", None)
            headers, content = headers_of(found), content_of(found)
            self._given_data = getattr(found, "data", None)
        self.status = status
        self.reason = reason
        self.headers = (
            headers
            if isinstance(headers, urllib3.HTTPHeaderDict)
            else urllib3.HTTPHeaderDict(headers)
        )
        self.content = content

    @classmethod
    def of(cls, found: Any) -> RESTResponse:
        """Take a response of any kind, as HTTP clients for 269 give it.

        Raises:
            TypeError: It is no response.
        """
        response = found if isinstance(found, RESTResponse) else cls(found)
        if response._given_data is not None:
            response.data = response._given_data
        return response

    @property
    def data(self) -> str:
        """The body as text, without a byte order mark; what is not UTF-8 shows as U+FFFD.

        If it was made of a response of urllib3, that one's bytes, until the ApiClient has it: HTTP
        clients for 269 decode them.
        """
        text: str | None = self._given_data
        if text is None:
            text = self.content.decode("utf-8", errors="replace").removeprefix(BYTE_ORDER_MARK)
        return text

    @data.setter
    def data(self, data: str | bytes) -> None:
        self.content, self._given_data = _to_bytes(data), None

    @property
    def urllib3_response(self) -> urllib3.HTTPResponse:
        """The same as a response of urllib3, for scripts that look there."""
        # It decodes nothing: what is there at once is what it is.
        return urllib3.HTTPResponse(self.content, self.headers, self.status, reason=self.reason)

    def getheaders(self) -> urllib3.HTTPHeaderDict:
        """Give all headers."""
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        """Give one header, whose name may be in any case."""
        return self.headers.get(name, default)

    def __repr__(self) -> str:
        return f"RESTResponse(status={self.status}, {len(self.content)} bytes)"


def content_of(found: Any) -> bytes:
    """Find the body of a response of any kind: ``data``, text or bytes, or else ``content``.

    Raises:
        TypeError: It has none.
    """
    for name in ("data", "content"):
        if hasattr(found, name):
            return _to_bytes(getattr(found, name))
    raise TypeError(
        f"a value of type {type(found).__name__} is no response: give a RESTResponse, "
        "or something with status, reason, data and getheaders()"
    )


def headers_of(found: Any) -> Mapping[str, str]:
    """Find the headers of a response of any kind: ``headers``, or what ``getheaders()`` gives."""
    headers = getattr(found, "headers", None)
    if not isinstance(headers, Mapping) and hasattr(found, "getheaders"):
        headers = found.getheaders()
    if isinstance(headers, Mapping):
        return headers
    try:
        return dict(headers or ())  # the standard library's responses give pairs
    except (TypeError, ValueError):  # and what stands in for one in a test may give anything
        return {}


def _status_of(found: Any) -> int:
    status = getattr(found, "status", None)
    if isinstance(status, int):
        return status
    raise TypeError(
        f"a value of type {type(found).__name__} is no response: it has no status; "
        "give a RESTResponse, or something with status, reason, data and getheaders()"
    )


def _to_bytes(data: Any) -> bytes:
    if isinstance(data, str):
        return data.encode("utf-8", errors="replace")
    if data is None:
        return b""
    if isinstance(data, (bytes, bytearray, memoryview)):
        return bytes(data)
    raise TypeError(f"data: give text or bytes, not a value of type {type(data).__name__}")


def is_passing(status: int) -> bool:
    """Whether a service that answers so is likely to answer otherwise soon.

    By 501 and 505 it says that it cannot do what it was asked for, whenever that may be.
    """
    return status == 429 or (status >= 500 and status not in (501, 505))
