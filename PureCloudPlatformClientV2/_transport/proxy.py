"""Which proxy a request goes through: that of the configuration, or of the environment."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit, urlunsplit

from .._settings.settings import Origin
from .._wire.urls import is_http_url

if TYPE_CHECKING:
    from .._settings.snapshot import Snapshot

ENVIRONMENT = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that name a proxy: for https targets, for http targets, for both."""


class Proxy:
    """A proxy, and how to sign in at it.

    Attributes:
        url: Its URL, without credentials.
        username: User name, if it asks for one.
        password: Password that goes with it.
    """

    __slots__ = ("password", "url", "username")

    def __init__(self, url: str, username: str | None = None, password: str | None = None) -> None:
        """Describe the proxy; every argument is the attribute of its name."""
        self.url = url
        self.username = username
        self.password = password

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Proxy) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[str | None, ...]:
        return self.url, self.username, self.password

    def headers(self) -> dict[str, str] | None:
        """Give the headers that sign in, if there are credentials."""
        credentials = self.credentials()
        return {"Proxy-Authorization": f"Basic {credentials}"} if credentials else None

    def credentials(self) -> str | None:
        """Give user name and password as they are sent (RFC 7617), if there are any."""
        if not self.username:
            return None
        return base64.b64encode(f"{self.username}:{self.password or ''}".encode()).decode("ascii")

    def secrets(self) -> set[str]:
        """Give what must not be shown, should a response repeat it."""
        return {secret for secret in (self.password, self.credentials()) if secret}


def proxy_for(url: str, settings: Snapshot) -> Proxy | None:
    """Find the proxy for a request.

    Args:
        url: Where the request goes.
        settings: May name a proxy, and hosts that are reached without it. A proxy that code has set
            goes before one of the environment, and that before one of the file.

    Returns:
        The proxy, or ``None`` if the request goes straight to its host.

    Raises:
        ValueError: What the environment names is no HTTP proxy.
    """
    target = urlsplit(url)
    found = _find(target.scheme, settings)
    if found is None:
        return None
    port = target.port or (443 if target.scheme == "https" else 80)
    return None if is_exempt(target.hostname or "", port, settings.no_proxy or "") else found


def _find(scheme: str, settings: Snapshot) -> Proxy | None:
    variable = next(filter(os.environ.get, _variables(scheme)), None)
    if settings.origin("proxy") > Origin.CODE and variable is not None:
        found = _from_environment(variable)
        if found is None:
            # Without the value, in which a password may stand.
            raise ValueError(
                f"{variable}: not the URL of an HTTP proxy, such as http://proxy.example.com:3128; "
                "correct it, or set proxy on the configuration"
            )
        if found.username and settings.origin("proxy_username") > Origin.CODE:
            return found
        return _with_credentials(found.url, Origin.ENVIRONMENT, settings)
    if not settings.proxy:
        return None
    return _with_credentials(settings.proxy, settings.origin("proxy"), settings)


def _with_credentials(url: str, origin: int, settings: Snapshot) -> Proxy:
    """Add the credentials of the configuration, unless they are meant for another proxy."""
    if settings.origin("proxy_username") > origin:  # those of the file, for that of the file
        return Proxy(url)
    return Proxy(url, settings.proxy_username, settings.proxy_password)


def _variables(scheme: str) -> list[str]:
    """The variables for a scheme, the lower case first, as is the custom."""
    # In a CGI program HTTP_PROXY is a header that anyone may send ("httpoxy").
    forbidden = "HTTP_PROXY" if "REQUEST_METHOD" in os.environ else ""
    return [
        variable
        for variable in ENVIRONMENT
        if variable.lower() in (f"{scheme}_proxy", "all_proxy") and variable != forbidden
    ]


def _from_environment(variable: str) -> Proxy | None:
    """Read a proxy from the environment; ``None`` if what stands there is no HTTP proxy."""
    value = os.environ[variable].strip()
    url = value if "://" in value else f"http://{value}"
    if not is_http_url(url):
        return None
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or parts.fragment:  # of a password, if not encoded
        return None
    credentials, _, place = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    url = urlunsplit((parts.scheme, place, "", "", ""))
    return Proxy(url, unquote(username) or None, unquote(password) or None)


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Whether a host is reached without the proxy.

    Args:
        host: Its name or address.
        port: The port.
        no_proxy: Names, domains with or without a dot before them, addresses or networks,
            separated by commas, each perhaps with a port; ``*`` for all.
    """
    # Imported here for the sake of start-up time: few programs have a proxy.
    import ipaddress

    def contains(entry: str) -> bool:
        try:
            network = ipaddress.ip_network(entry.strip("[]"), strict=False)
        except ValueError:  # a name, which no address is in
            return False
        return address is not None and address in network

    host = host.lower().rstrip(".")
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        address = None
    for entry in no_proxy.lower().replace(",", " ").split():
        if entry == "*":
            return True
        if contains(entry):
            return True
        name, _, its_port = entry.rpartition(":")
        if its_port == str(port) and (":" not in name or name.endswith("]")):
            entry = name
            if contains(entry):
                return True
        name = entry.removeprefix("*").strip(".")
        if address is None and name and (host == name or host.endswith(f".{name}")):
            return True
    return False
