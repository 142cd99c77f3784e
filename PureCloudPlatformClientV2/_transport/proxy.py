"""Which proxy a request goes through: that of the configuration, or of the environment."""

from __future__ import annotations

import base64
import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .._settings.checks import checked
from .._settings.proxy_url import ProxyUrl, read_proxy_url
from .._settings.settings import Origin
from .._wire.redaction import Masked
from .._wire.urls import host_to_ascii

if TYPE_CHECKING:
    from ipaddress import IPv4Address, IPv6Address

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

    def place(self) -> str:
        """Give host and port, and nothing that is secret."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{host}:{parts.port or (443 if parts.scheme == 'https' else 80)}"

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
            goes before one of the environment, and that before one of the file; for hosts that are
            this machine, only the first of them counts.

    Returns:
        The proxy, or ``None`` if the request goes straight to its host.

    Raises:
        ValueError: What the environment names is no HTTP proxy.
    """
    target = urlsplit(url)
    origin = settings.origin("proxy")
    variable = None if origin == Origin.CODE else _named_by(target.scheme)
    if variable is None and not settings.proxy:
        return None
    host = target.hostname or ""
    if origin > Origin.CODE and is_this_machine(host):
        return None
    port = target.port or (443 if target.scheme == "https" else 80)
    if is_exempt(host, port, settings.no_proxy or ""):
        return None
    if variable is not None:
        return _with_credentials(_from_environment(variable), Origin.ENVIRONMENT, settings)
    return _with_credentials(settings.proxy or "", origin, settings)


def _with_credentials(url: str, origin: int, settings: Snapshot) -> Proxy:
    """Add the credentials of the configuration, unless they are meant for another proxy."""
    found = read_proxy_url(url)
    proxy = Proxy(str(found), found.username, found.password)
    # Those of the file are for that of the file.
    if settings.origin("proxy_username") <= origin:
        proxy.username, proxy.password = settings.proxy_username, None
    if settings.origin("proxy_password") <= origin:
        proxy.password = settings.proxy_password
    return proxy


def _named_by(scheme: str) -> str | None:
    """The variable that names the proxy of a scheme, if there is one that is not empty."""
    return next((one for one in _variables(scheme) if os.environ.get(one, "").strip()), None)


def _variables(scheme: str) -> list[str]:
    """The variables for a scheme, the lower case first, as is the custom."""
    # In a CGI program HTTP_PROXY is a header that anyone may send ("httpoxy").
    forbidden = "HTTP_PROXY" if "REQUEST_METHOD" in os.environ else ""
    return [
        variable
        for variable in ENVIRONMENT
        if variable.lower() in (f"{scheme}_proxy", "all_proxy") and variable != forbidden
    ]


def _from_environment(variable: str) -> ProxyUrl:
    """Read a proxy from the environment, where the scheme may be missing."""

    def read(name: str) -> ProxyUrl:
        value = Masked(os.environ[name].strip())
        return read_proxy_url(value.value if "://" in value.value else f"http://{value.value}")

    try:
        return checked(variable, read, variable)
    except ValueError as error:
        raise ValueError(
            f"{error}; or name the host in NO_PROXY, or set proxy on the configuration"
        ) from None


def is_this_machine(host: str) -> bool:
    """Whether a host is the machine on which the program runs, and no proxy could reach it.

    Args:
        host: Its name or address.
    """
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761, section 6.3
        return True
    address = _address(name)
    if address is None:
        return False
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


def _address(host: str) -> IPv4Address | IPv6Address | None:
    """Read an address, in whatever form the system takes; ``None`` if it is a name."""
    # Imported here for the sake of start-up time: few programs have a proxy.
    import ipaddress
    import socket

    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 127.1, for example
    except (OSError, ValueError):
        return None


def is_exempt(host: str, port: int, no_proxy: str) -> bool:
    """Whether a host is reached without the proxy.

    Args:
        host: Its name or address.
        port: The port.
        no_proxy: Names, domains with or without a dot before them, addresses or networks,
            separated by commas, each perhaps with a port or in quotation marks; ``*`` for all.
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
    address = _address(host)
    for entry in map(_as_looked_up, no_proxy.lower().replace(",", " ").split()):
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


def _as_looked_up(entry: str) -> str:
    """Write an entry as hosts are written, without quotation marks that an env file has left."""
    entry = entry.strip("\"'")
    if entry.isascii():
        return entry
    name, colon, port = entry.strip("*.").partition(":")
    try:
        return f"{host_to_ascii(name)}{colon}{port}"
    except ValueError:  # there is no such host
        return entry
