"""Digests: those that a file should have, and whether it has them."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

_SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64}
"""The digests that can be checked, the strongest last, and how many bytes they have."""


def new_digest(name: str) -> Any:
    """Begin a digest, of nothing yet."""
    # Not for the sake of security, where a machine allows MD5 for nothing else.
    return hashlib.new(name, usedforsecurity=False)


class DigestCheck:
    """A digest that a file should have.

    Attributes:
        digest: What takes the bytes of the file.
    """

    def __init__(self, name: str, expected: bytes, source: str) -> None:
        """Begin before the first byte.

        Args:
            name: Its name, such as ``sha256``.
            expected: Its value.
            source: Who says so.
        """
        self._name, self._expected, self._source = name, expected, source
        self.digest: Any = new_digest(name)

    def is_right(self) -> bool:
        """Whether what has come is what should have."""
        return bool(self.digest.digest() == self._expected)

    def __str__(self) -> str:
        found, expected = self.digest.hexdigest(), self._expected.hex()
        return f"its {self._name} is {found}, and {expected} by {self._source}"


def read_checksum(text: Any) -> tuple[str, bytes]:
    """Read what the caller knows, such as ``sha256:9f86d0...``.

    Raises:
        ValueError: It is none.
    """
    if isinstance(text, str):
        name, _, value = text.partition(":")
        name = name.strip().lower().replace("-", "")
        expected = _digest(name, value.strip())
        if expected is not None:
            return name, expected
    raise ValueError(
        "give the name of a digest and its value in hexadecimal or Base64, such as "
        f"sha256:9f86d0...; known are {', '.join(_SIZES)}"
    )


def offered_digests(headers: Mapping[str, str], *, is_whole: bool) -> list[DigestCheck]:
    """What the headers say of a file, the strongest last.

    An ETag is left out: it may be an MD5, and nothing says whether it is.

    Args:
        headers: The headers.
        is_whole: Whether the whole file comes. Some speak of what comes only.
    """
    found: list[tuple[str, str, str]] = []
    fields = ["Repr-Digest", "Digest", *(["Content-Digest"] if is_whole else [])]
    for field in fields:  # RFC 9530, and RFC 3230 before it
        for entry in headers.get(field, "").split(","):
            name, _, value = entry.strip().partition("=")
            found.append((name, value.strip(":"), field))
    if is_whole:
        found.append(("md5", headers.get("Content-MD5", ""), "Content-MD5"))
    if headers.get("x-amz-checksum-type", "").upper() != "COMPOSITE":
        for name in ("sha1", "sha256"):
            found.append((name, headers.get(f"x-amz-checksum-{name}", ""), "x-amz-checksum"))
    checks: list[DigestCheck] = []
    for known in _SIZES:
        for name, value, field in found:
            if known == {"sha": "sha1"}.get(name.lower(), name.lower().replace("-", "")):
                expected = _digest(known, value)
                checks += [] if expected is None else [DigestCheck(known, expected, field)]
    return checks


def _digest(name: str, value: str) -> bytes | None:
    """Read a value; ``None`` if it is none of that kind."""
    size = _SIZES.get(name)
    if size is None:
        return None
    is_hexadecimal = len(value) == 2 * size
    try:
        found = bytes.fromhex(value) if is_hexadecimal else base64.b64decode(value, validate=True)
    except ValueError:
        return None
    return found if len(found) == size else None
