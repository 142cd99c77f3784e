"""HttpRequestOptions: the one object that goes down, from a call to its socket."""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from .._settings.checks import RequestTimeout, checked, seconds
from .._wire.headers import check_headers
from .._wire.parameters import query_to_text
from .._wire.redaction import find_query_secrets, find_secrets, mask_url
from .._wire.urls import encode_query, split_url
from .limits import Limits

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

    from .._settings.snapshot import Snapshot
    from .._wire.response import RESTResponse

__all__ = ["HttpRequestOptions"]

_split_base = lru_cache(split_url)

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})


class Transfer(ABC):
    """A file that travels with a request, piece by piece and past the memory.

    Attributes:
        is_own: Whether the request goes to the platform, and not to a storage service.
    """

    is_own: bool

    @abstractmethod
    def begin(self, request: HttpRequestOptions) -> None:
        """Prepare another try: say in the headers what is wanted, or put the content in place."""

    def follows(self, response: RESTResponse) -> bool:
        """Whether a response that is not 2xx leads on to where the file is."""
        return False

    def takes(self, response: RESTResponse) -> bool:
        """Whether the body of a response is the file, of which only the head has come."""
        return False

    def receive(
        self, incoming: BaseHTTPResponse, response: RESTResponse, request: HttpRequestOptions
    ) -> None:
        """Take that body, to its end."""
        raise NotImplementedError("what takes a body says how")

    def has_advanced(self) -> bool:
        """Whether the last try has brought so much that it does not count as one of a few."""
        return False


class HttpRequestOptions:
    """One request, on its way to an HTTP client; hooks may change any attribute.

    Attributes:
        headers: The headers, by name.
        query_params: The query, by name; a list in it, as there is where a parameter is sent once
            for each of its values, may be changed in place.
        post_params: Form fields to send, a dict or pairs.
        body: The JSON value to send, or ``None``.
        timeout: Seconds, a (connect, read) pair of seconds, or ``None`` for the configuration's.
    """

    settings: Snapshot
    """What the configuration said when the call was made; the API client adds it."""
    end: float | None = None
    """When the call must be over, on the clock of ``time.monotonic``; the API client adds it."""
    content: bytes | Iterable[bytes] | None = None
    """The body as it is sent; the transport adds it."""
    transfer: Transfer | None = None
    """The file that travels with it, if any; the API client adds it."""
    limits: Limits
    """How far the request has come, and how long it may still take; the transport adds it."""

    def __init__(
        self,
        url: str,
        method: str,
        headers: Mapping[str, str | bytes] | None = None,
        query_params: dict[str, Any] | None = None,
        post_params: Any = None,
        body: Any = None,
        timeout: RequestTimeout | None = None,
        *,
        deadline: float | None = None,
    ) -> None:
        """Describe the request; every argument is the attribute of its name.

        Raises:
            ValueError: The URL is missing, the verb is unknown, or a header cannot be sent.
            TypeError: The value of a header is no text.
        """
        self.url = url
        self.method = method
        self.headers: dict[str, str] = check_headers(headers) if headers else {}
        self.query_params: dict[str, Any] = query_params or {}
        self.post_params: Any = post_params or {}
        self.body = body
        self.timeout = timeout
        if deadline is not None:
            self.deadline = deadline

    def check(self) -> None:
        """Check again what a hook may have changed.

        Raises:
            ValueError: A header or the query cannot be sent.
            TypeError: The value of a header is no text, or one of the query of the wrong kind.
        """
        self.headers = check_headers(self.headers)
        self.query_params = query_to_text(self.query_params)

    def inherit(self, other: HttpRequestOptions) -> None:
        """Take over, from the request that this one replaces, what the API client has added."""
        if self is not other:
            self.settings = other.settings
            self.transfer = other.transfer
            self.end = other.end if self.end is None else self.end

    @property
    def url(self) -> str:
        """Where to, without the query; one that was given with a path stays with it."""
        return self._url

    @url.setter
    def url(self, url: str) -> None:
        if not url:
            raise ValueError("url is missing: give the URL of the request, without its query")
        self._url = url
        self._place: tuple[str, str] | None = None

    @property
    def method(self) -> str:
        """The verb, in capitals."""
        return self._method

    @method.setter
    def method(self, method: str) -> None:
        verb = method.upper() if isinstance(method, str) else ""
        if verb not in _METHODS:
            raise ValueError(f"method: {method!r} is not one of {', '.join(sorted(_METHODS))}")
        self._method = verb

    def append(self, path: str) -> None:
        """Add a path to a URL that is the base of an API."""
        origin, prefix = _split_base(self._url)
        self._url, self._place = self._url + path, (origin, prefix + path)

    def place(self) -> tuple[str, str]:
        """Give origin and path of the URL; only one that a hook or a caller has set is split."""
        if self._place is None:
            self._place = split_url(self._url)
        return self._place

    @property
    def deadline(self) -> float | None:
        """Seconds that are left for the whole call, or ``None`` for the configuration's."""
        if self.end is None or math.isinf(self.end):
            return None
        # Not zero, for which no time limit can be set: it passes at once all the same.
        return max(self.end - time.monotonic(), 0.001)

    @deadline.setter
    def deadline(self, left: float | None) -> None:
        self.end = None if left is None else time.monotonic() + checked("deadline", seconds, left)

    def ends(self) -> float:
        """Give the moment when the call must be over, on the clock of ``time.monotonic``.

        A file takes as long as it takes, but getting a token for it no longer than an ordinary
        call.
        """
        end = math.inf if self.end is None else self.end
        if self.transfer is not None and self.settings.deadline is not None:
            return min(end, time.monotonic() + self.settings.deadline)
        return end

    def query(self) -> str:
        """Give the query as it stands behind the URL, with its question mark or what joins it."""
        if not self.query_params:
            return ""
        # A hook may have added to what a caller has put behind the path.
        return ("&" if "?" in self._url else "?") + encode_query(self.query_params)

    def full_url(self) -> str:
        """Give the URL with its query."""
        return self._url + self.query()

    def secrets(self) -> set[str]:
        """Collect what must not be shown, should the response repeat it."""
        found = find_secrets((self.headers, self.body, self.post_params))
        return found | find_query_secrets(self.full_url())

    def sign(self, access_token: str) -> None:
        """Put an access token into the headers; an empty one takes the header away."""
        for name in [name for name in self.headers if name.lower() == "authorization"]:
            del self.headers[name]
        if access_token:
            self.headers["Authorization"] = f"Bearer {access_token}"

    def signed(self, access_token: str) -> HttpRequestOptions:
        """Make a copy with an access token, which hooks may change without changing this one."""
        twin = self.copy()
        twin.sign(access_token)
        return twin

    def copy(self) -> HttpRequestOptions:
        """Make one that may be changed without changing this one; they share body and form."""
        twin = HttpRequestOptions.__new__(HttpRequestOptions)
        vars(twin).update(
            vars(self), headers=dict(self.headers), query_params=dict(self.query_params)
        )
        return twin

    def __repr__(self) -> str:
        return f"HttpRequestOptions(method={self.method!r}, url={mask_url(self.url)!r})"
