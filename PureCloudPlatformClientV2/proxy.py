"""Which proxy a request goes through: that of the configuration, or of the environment."""

from __future__ import annotations

import base64
import ipaddress
import os
from typing import NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from .configuration import Configuration
from .region_hosts import is_http_url
from .settings import Origin

ENVIRONMENT = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
"""Variables that name a proxy: for https targets, for http targets, for both."""


class Proxy(NamedTuple):
    """A proxy, and how to sign in at it.

    Attributes:
        url: Its URL, without credentials.
        username: User name, if it asks for one.
        password: Password that goes with it.
    """

    url: str
    username: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    def credentials(self) -> str | None:
        """Give user name and password as they are sent (RFC 7617), if there are any."""
        if not self.username:
            return None
        credentials = f"{self.username}:{self.password or ''}"
        return base64.b64encode(credentials.encode()).decode("ascii")


def secrets_of(proxy: Proxy | None) -> set[str]:
    """Give what must not be shown, should an answer repeat it.

    Args:
        proxy: The proxy, if there is one.

    Returns:
        The password, and the credentials as they are sent.
    """
    found = () if proxy is None else (proxy.password, proxy.credentials())
    return {secret for secret in found if secret}


def proxy_for(url: str, configuration: Configuration) -> Proxy | None:
    """Find the proxy for a request.

    Args:
        url: Where the request goes.
        configuration: May name a proxy, and hosts that are reached without it. A proxy that code
            has set goes before one of the environment, and that before one of the file.

    Returns:
        The proxy, or ``None`` if the request goes straight to its host.

    Raises:
        ValueError: What the environment names is no HTTP proxy.
    """
    target = urlsplit(url)
    found = _proxy_of(target.scheme, configuration)
    port = target.port or (443 if target.scheme == "https" else 80)
    if found is None or is_exempt(target.hostname or "", port, configuration.no_proxy or ""):
        return None
    return found


def _proxy_of(scheme: str, configuration: Configuration) -> Proxy | None:
    if configuration.origin("proxy") > Origin.CODE:
        for variable in _variables(scheme):
            value = os.environ.get(variable)
            if value:
                found = _parse(variable, value)
                own = found.username and configuration.origin("proxy_username") > Origin.CODE
                return (
                    found
                    if own
                    else _with_credentials(found.url, Origin.ENVIRONMENT, configuration)
                )
    if not configuration.proxy:
        return None
    return _with_credentials(configuration.proxy, configuration.origin("proxy"), configuration)


def _with_credentials(url: str, origin: Origin, configuration: Configuration) -> Proxy:
    """Add the credentials of the configuration, unless they are meant for another proxy."""
    if configuration.origin("proxy_username") > origin:  # those of the file, for that of the file
        return Proxy(url, None, None)
    return Proxy(url, configuration.proxy_username, configuration.proxy_password)


def _variables(scheme: str) -> list[str]:
    """The variables for a scheme, the lower case first, as is the custom."""
    # In a CGI program HTTP_PROXY is a header that anyone may send ("httpoxy").
    forbidden = "HTTP_PROXY" if "REQUEST_METHOD" in os.environ else ""
    return [
        variable
        for variable in ENVIRONMENT
        if variable.lower() in (f"{scheme}_proxy", "all_proxy") and variable != forbidden
    ]


def _parse(variable: str, value: str) -> Proxy:
    url = value.strip() if "://" in value else f"http://{value.strip()}"
    # Never with the value, in which a password may stand.
    problem = ValueError(
        f"{variable}: not the URL of an HTTP proxy, such as http://proxy.example.com:3128; correct "
        "it, or set proxy on the configuration"
    )
    if not is_http_url(url):
        raise problem
    parts = urlsplit(url)
    if parts.path.strip("/") or parts.query or parts.fragment:  # of a password, if not encoded
        raise problem
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

    Returns:
        True if it is among them.
    """
    host = host.lower().rstrip(".")
    address = _address(host)
    for entry in no_proxy.lower().replace(",", " ").split():
        if entry == "*":
            return True
        if _contains(entry, address):
            return True
        name, _, its_port = entry.rpartition(":")
        if its_port == str(port) and (":" not in name or name.endswith("]")):
            entry = name
            if _contains(entry, address):
                return True
        name = entry.removeprefix("*").strip(".")
        if address is None and name and (host == name or host.endswith(f".{name}")):
            return True
    return False


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _contains(entry: str, address: _Address | None) -> bool:
    try:
        network = ipaddress.ip_network(entry.strip("[]"), strict=False)
    except ValueError:  # a name, which no address is in
        return False
    return address is not None and address in network
