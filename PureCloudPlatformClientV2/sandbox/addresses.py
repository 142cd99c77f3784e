"""Where a sandbox can be found: its URL, and the paths of a gateway."""

from __future__ import annotations

import re

WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared with, never bound by default
"""What stands for every interface, and where this machine finds it."""

_SEGMENT = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._~-]+")


def make_url(scheme: str, address: str, port: int) -> str:
    """Write the URL of a server on this machine, without any path."""
    address = WILDCARDS.get(address, address)
    return f"{scheme}://[{address}]:{port}" if ":" in address else f"{scheme}://{address}:{port}"


def parse_prefix(name: str, path: str | None) -> str:
    """Take a gateway's path, with or without slashes around it, and put one before it."""
    segments = (path or "").strip("/").split("/")
    if segments == [""]:
        return ""
    if not all(map(_SEGMENT.fullmatch, segments)):
        raise ValueError(f"{name} may hold letters, digits, - . _ ~, and slashes between them")
    if segments[0] in ("media", "page", "sandbox", "webhooks"):
        raise ValueError(
            f"{name} must not begin with {segments[0]}, which the sandbox needs itself"
        )
    return "/" + "/".join(segments)
