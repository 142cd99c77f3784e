"""The service that a client talks to: where it is, and what requests to it are sent with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .._settings.filled_in import note_use
from .._settings.region_hosts import region_of
from .._wire.redaction import Masked, is_signed, mask_url
from .._wire.urls import is_http_url, origin, split_url
from .http_client import AbstractHttpClient, DefaultHttpClient
from .request import HttpRequestOptions

if TYPE_CHECKING:
    from .._settings.gateway import GatewayConfiguration
    from .._settings.snapshot import Snapshot
    from .._wire.response import RESTResponse
    from ..configuration import Configuration


_FILE_HOSTS = ("api", "apps", "api-downloads")
"""What the hosts of a region are called that serve files to whoever has a token."""

_AUTHORITY = r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*\])(:[0-9]*)?"
"""A host as everybody reads it. Where it has a backslash, a percent sign or a bracket elsewhere,
the library that is asked which host it is and the one that connects may differ."""

_AT_APPS = ("/uploads/", "/platform/")
"""What the paths begin with that a region has at apps, and not at its API."""


class Place:
    """Where a file is, or shall go.

    Attributes:
        url: The URL, with its query.
        is_own: Whether it is the platform's, and gets the access token.
    """

    def __init__(self, url: str, *, is_own: bool) -> None:
        """Keep them together; a signed URL is out of sight here."""
        self.url = url
        self.is_own = is_own

    @classmethod
    def below(cls, base: str, path: str) -> Place:
        """Find it by its path.

        Args:
            base: Base URL of the API.
            path: Path and query.
        """
        host = origin(base)[1]
        region = region_of(host)
        if region is not None and host == origin(region.value)[1] and path.startswith(_AT_APPS):
            base = region.value.replace("://api.", "://apps.")
        return cls(base + path, is_own=True)

    @classmethod
    def at(cls, base: str, given: Masked[Any]) -> Place:
        """Find it by its URL.

        A signed URL needs no token, and a storage service accepts none beside the signature.

        Args:
            base: Base URL of the API.
            given: The URL.

        Raises:
            ValueError: It is none, or one that nothing should be sent to.
            TypeError: It is no text.
        """
        if not isinstance(given.value, str):
            kind = type(given.value).__name__
            raise TypeError(f"give a path or an https URL, not a value of type {kind}")
        if not is_http_url(given.value):
            raise ValueError("give a path that begins with a slash, or an https URL")
        authority = split_url(given.value)[0].partition("://")[2]
        if "@" in authority:
            raise ValueError("leave user name and password out")
        if not re.fullmatch(_AUTHORITY, authority):
            raise ValueError("the host has characters that a host cannot have")
        if "#" in given.value:
            raise ValueError("what follows a # is never sent; write %23 for the sign")
        there = origin(given.value)
        is_own = there in _own_origins(base) and not is_signed(given.value)
        place = cls(given.value, is_own=is_own)
        if there[0] != "https" and there != origin(base) and not place.is_this_machine():
            raise ValueError(f"{there[1]} must be reached over https, as anybody could read along")
        return place

    def is_this_machine(self) -> bool:
        """Whether it is on the machine on which the program runs."""
        # Imported here for the sake of start-up time: few programs move files.
        from .proxy import is_this_machine

        return is_this_machine(origin(self.url)[1])

    def is_for_signing_in(self) -> bool:
        """Whether it is where a region has the page on which people sign in."""
        host = origin(self.url)[1]
        return host.startswith("login.") and region_of(host) is not None

    def is_signed(self) -> bool:
        """Whether the URL is a permission in itself, which expires."""
        return is_signed(self.url)

    def with_default(self, name: str, value: str) -> Place:
        """Add a parameter to the query, unless it is there."""
        path, _, query = self.url.partition("?")
        if any(pair.partition("=")[0] == name for pair in query.split("&")):
            return self
        joined = f"{path}?{query}{'&' if query else ''}{name}={value}"
        return Place(joined, is_own=self.is_own)

    def __repr__(self) -> str:
        return f"Place({mask_url(self.url)!r}, is_own={self.is_own})"


def _own_origins(base: str) -> set[tuple[str, str, int]]:
    """The origins that get the access token: that of the API, and its region's own for files."""
    own = origin(base)
    region = region_of(own[1])
    if region is None or own != origin(region.value):
        return {own}
    return {origin(region.value.replace("://api.", f"://{one}.")) for one in _FILE_HOSTS}


class Service:
    """Where API and login service are, and what requests to them are sent with.

    Attributes:
        configuration: How to reach them.
        host: Base URL of the API; ``None`` for that of the configuration.
        gateway: Overrides that of the configuration.
        http_client: What requests are sent with.
    """

    def __init__(self, configuration: Configuration) -> None:
        """Start with what the configuration says."""
        note_use(configuration)
        self.configuration = configuration
        self.host: str | None = None
        self.gateway: GatewayConfiguration | None = None
        self.http_client: AbstractHttpClient = DefaultHttpClient(configuration=configuration)

    def copy(self) -> Service:
        """Make one that may be changed without changing this one; they share connections."""
        twin = Service.__new__(Service)
        vars(twin).update(vars(self))
        return twin

    def duplicate(self) -> Service:
        """Make one of the same settings with connections of its own."""
        twin = self.copy()
        twin.configuration = self.configuration.__copy__()
        twin.gateway = self.gateway and self.gateway.duplicate()
        twin.http_client = self._http_client_for(twin.configuration)
        return twin

    def moved(self, configuration: Configuration) -> Service:
        """Make one that is where another configuration says; the HTTP client stays, hooks and all.

        A host or a gateway that was set here stays behind: the credentials of the other
        configuration are not for it.
        """
        twin = Service(configuration)
        twin.http_client = self._http_client_for(configuration)
        return twin

    def _http_client_for(self, configuration: Configuration) -> AbstractHttpClient:
        if isinstance(self.http_client, DefaultHttpClient):
            return self.http_client.moved(self.configuration, configuration)
        return self.http_client

    def api_url(self, settings: Snapshot) -> str:
        """Give the base URL of the API."""
        gateway = self._gateway(settings)
        return gateway.api_url() if gateway else self.host or settings.host

    def login_url(self, settings: Snapshot) -> str:
        """Give the base URL of the login service."""
        gateway = self._gateway(settings)
        if gateway:
            return gateway.login_url()
        host = self.host or settings.host
        return re.sub(r"://api\.", "://login.", host, count=1, flags=re.IGNORECASE)

    def _gateway(self, settings: Snapshot) -> GatewayConfiguration | None:
        gateway = self.gateway or settings.gateway_configuration
        return gateway if gateway and gateway.host else None

    def send(self, request: HttpRequestOptions) -> RESTResponse:
        """Send a request.

        Raises:
            ApiException: The response is not 2xx, or none came.
        """
        http_client = self.http_client
        if type(http_client) is DefaultHttpClient:  # which sees to the status
            return http_client.request(request)
        return self._send_through(http_client, request)

    def _send_through(
        self, http_client: AbstractHttpClient, request: HttpRequestOptions
    ) -> RESTResponse:
        """Send with an HTTP client of the user's own, which may be one for 269."""
        # Imported here for the sake of start-up time: few programs have another HTTP client.
        from .._wire.response import RESTResponse
        from ..exceptions import ApiException
        from .failures import check_status, refusal

        try:
            response = RESTResponse.of(http_client.request(request))
        except ApiException as failure:
            failure.redact(self.secrets(request))
            if type(failure) is not ApiException or failure.status < 300:
                raise
            # One for 269 raises the same class whatever the status, and says nothing of the call.
            body = (failure.body or "").encode("utf-8")
            told = RESTResponse(failure.status, failure.reason, failure.headers or {}, body)
            refused = refusal(told, request)
            refused.outcome_unknown |= failure.outcome_unknown
            raise refused from failure
        try:
            check_status(response, request)
        except ApiException as refused:
            refused.redact(self.secrets(request))
            raise
        return response

    def secrets(self, request: HttpRequestOptions) -> set[str]:
        """Collect what must not be shown, should the response to a request repeat it."""
        # Imported here for the sake of start-up time: most calls do not fail.
        from .proxy import proxy_for

        try:
            proxy = proxy_for(request.url, request.settings)
        except ValueError:  # an HTTP client of the user's own may know this kind of proxy
            proxy = None
        return request.secrets() | (proxy.secrets() if proxy else set())
