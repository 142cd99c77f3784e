"""URLs: what is one, its parts, and how its host is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import quote, urlencode, urlsplit


def split_url(url: str) -> tuple[str, str]:
    """Give the origin of a URL, and all that follows it."""
    scheme, separator, rest = url.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return f"{scheme}{separator}{authority}", rest[len(authority) :]


def encode_query(query_params: Mapping[str, Any]) -> str:
    """Write parameters as a query, without its question mark; those of a list one by one."""
    return urlencode(query_params, doseq=True, quote_via=quote)


def is_http_url(url: object) -> TypeGuard[str]:
    """Whether something is an ``http`` or ``https`` URL that names a host, in ASCII."""
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        if not parts.netloc.rpartition("@")[2].isascii():
            return False
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, or a port that is no number
        return False


def origin(url: str) -> tuple[str, str, int]:
    """Give scheme, host and port of an ``http`` or ``https`` URL, as one compares them."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    return parts.scheme, host, parts.port or (443 if parts.scheme == "https" else 80)


def host_to_ascii(host: str) -> str:
    """Write a host name as the name service has it: letters beyond ASCII as ``xn--...``.

    Raises:
        ValueError: There is no such form, or no certain one.
    """
    if host.isascii():
        return host
    # Python's own codec follows the older of two standards (RFC 3490), and is there without the
    # module idna. Where the newer one would lead to another host, or to none, neither is chosen.
    try:
        name = host.encode("idna").decode("ascii") if all(map(_has_one_form, host)) else ""
    except UnicodeError:  # a label that is empty or too long, or letters of two directions
        name = ""
    if not re.fullmatch(r"[\w.-]+", name, re.ASCII):
        raise ValueError(
            "the host has characters that a host name cannot have, or that are not written in one "
            "way alone; write it in ASCII (xn--...)"
        )
    return name


def _has_one_form(character: str) -> bool:
    # Imported here for the sake of start-up time: few hosts have letters beyond ASCII.
    import unicodedata

    if character in "\u00df\u03c2":  # sharp s and final sigma (UTS 46, section 7)
        return False
    return character in ".-_\u3002\uff0e\uff61" or unicodedata.category(character)[0] in "LMN"


def url_to_ascii(url: str) -> str:
    """Write the host of a URL in ASCII; the rest stays as it is.

    Raises:
        ValueError: As ``host_to_ascii``.
    """
    origin, rest = split_url(url)
    if origin.isascii():
        return url
    scheme, separator, authority = origin.rpartition("://")
    credentials, at, place = authority.rpartition("@")
    host, colon, port = place.partition(":")
    return f"{scheme}{separator}{credentials}{at}{host_to_ascii(host)}{colon}{port}{rest}"
