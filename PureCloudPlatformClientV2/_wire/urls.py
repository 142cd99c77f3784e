"""URLs: what is one, and its parts."""

from __future__ import annotations

import re
from typing import TypeGuard
from urllib.parse import urlsplit


def split_url(url: str) -> tuple[str, str]:
    """Give the origin of a URL, and all that follows it."""
    scheme, separator, rest = url.partition("://")
    authority = re.split("[/?#]", rest, maxsplit=1)[0]
    return f"{scheme}{separator}{authority}", rest[len(authority) :]


def is_http_url(url: object) -> TypeGuard[str]:
    """Whether something is an ``http`` or ``https`` URL that names a host."""
    if not isinstance(url, str) or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, or a port that is no number
        return False
