"""Where a webhook goes, and whether it may."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

_PORTS = {"http": 80, "https": 443}

Address = tuple[socket.AddressFamily, tuple[str, int]]


class UndeliverableError(Exception):
    """It would be of no use to try this again; the message says what to change."""


@dataclass(frozen=True)
class Destination:
    """Where to connect to, and what to ask for there."""

    is_https: bool
    host: str
    port: int
    authority: str
    """The value of the Host header."""
    target: str
    """Path and query."""
    is_elsewhere: bool
    """Whether it may be another machine."""

    def addresses(self) -> Iterator[Address]:
        """Look up where it is.

        Raises:
            OSError: There is nothing of this name.
        """
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except UnicodeError as error:  # a label of more than 63 characters
            raise OSError("Name or service not known") from error
        for family, _, _, _, address in found:
            host, port = str(address[0]), int(address[1])
            # Whatever the name of this machine leads to.
            if self.is_elsewhere or _is_loopback(host):
                yield family, (host, port)


def parse_destination(url: str, outbound: Sequence[str]) -> Destination:
    """Find out where a URL leads to.

    Args:
        url: The URL.
        outbound: Patterns of the hosts beside this machine that are allowed.

    Raises:
        UndeliverableError: It is no URL of HTTP, or its host is not allowed.
    """
    try:
        parts = parse_url(url)
    except LocationParseError as error:
        raise UndeliverableError("outboundNotificationWebhookUrl is no URL") from error
    if parts.scheme not in _PORTS or not parts.host:
        raise UndeliverableError(
            "outboundNotificationWebhookUrl must begin with http:// or https:// and a host"
        )
    host = parts.host.strip("[]")
    is_elsewhere = not _is_this_machine(host)
    if is_elsewhere and not any(fnmatchcase(host, pattern.lower()) for pattern in outbound):
        raise UndeliverableError(
            f"{host} is not this machine, and the sandbox posts to other hosts only if it is"
            f' started with Sandbox(outbound=["{host}"]), or --outbound {host}'
        )
    return Destination(
        is_https=parts.scheme == "https",
        host=host,
        port=parts.port or _PORTS[parts.scheme],
        authority=parts.netloc or host,
        target=parts.request_uri,
        is_elsewhere=is_elsewhere,
    )


def shown_url(url: str) -> str:
    """Leave out what is secret in a URL."""
    try:
        return parse_url(url)._replace(auth=None).url
    except LocationParseError:
        return ""


def _is_this_machine(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:  # a name
        return False
