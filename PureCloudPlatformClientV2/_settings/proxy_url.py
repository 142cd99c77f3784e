"""ProxyUrl: the URL of a proxy, with user name and password out of sight."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from .._wire.headers import LEFT_AROUND, is_bare
from .._wire.urls import is_http_url, url_to_ascii
from .checks import string

_WHAT_TO_GIVE = (
    "give the URL of an HTTP proxy, such as http://proxy.example.com:3128, with user name and "
    "password percent-encoded before the host, or in proxy_username and proxy_password"
)


class ProxyUrl(str):
    """The URL of a proxy, as text without user name and password.

    Attributes:
        username: The user name that stood in the URL, if any.
        password: The password that stood in it.
    """

    __slots__ = ("password", "username")

    username: str | None
    password: str | None

    def __new__(
        cls, url: str, username: str | None = None, password: str | None = None
    ) -> ProxyUrl:
        """Take the URL apart from what must not be shown."""
        self = super().__new__(cls, url)
        self.username = username
        self.password = password
        return self

    def __eq__(self, other: object) -> bool:
        if isinstance(other, ProxyUrl) and self._credentials() != other._credentials():
            return False
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:  # or str's own would be asked
        return not self == other

    __hash__ = str.__hash__

    def _credentials(self) -> tuple[str | None, str | None]:
        return self.username, self.password

    def without_password(self) -> ProxyUrl:
        """Make a copy for a place where no secret belongs."""
        return ProxyUrl(self, self.username)


def read_proxy_url(value: Any) -> ProxyUrl:
    """Check that a value is the URL of an HTTP proxy.

    Raises:
        ValueError: It is none; the message does not show it, as there may be a password in it.
        TypeError: It is no text.
    """
    if isinstance(value, ProxyUrl):
        return value
    found = _take_apart(string(value))
    if found is not None:
        return found
    problem = _what_is_wrong(value)
    value = None  # there are tools that show local variables
    raise ValueError(problem)


def _take_apart(text: str) -> ProxyUrl | None:
    try:
        url = url_to_ascii(text)
        parts = urlsplit(url)
        credentials, _, place = parts.netloc.rpartition("@")
        username, _, password = (
            unquote(one, errors="strict") for one in credentials.partition(":")
        )
    except ValueError:
        return None
    # What follows the host is the rest of a password, if that is not encoded.
    if not is_http_url(url) or parts.path.strip("/") or set("?#") & set(url):
        return None
    return ProxyUrl(f"{parts.scheme}://{place}", username or None, password or None)


def _what_is_wrong(text: str) -> str:
    if not is_bare(text):
        return LEFT_AROUND
    kind = re.match("([a-z][a-z0-9]*)://", text.lower())
    if kind and kind[1] not in ("http", "https"):
        return f"a proxy of the kind {kind[1]} cannot be used; {_WHAT_TO_GIVE}"
    host = text.partition("://")[2].rpartition("@")[2]
    try:
        url_to_ascii(f"//{host}")
    except ValueError as error:
        return f"{error}; {_WHAT_TO_GIVE}"
    return _WHAT_TO_GIVE
