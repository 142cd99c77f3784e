"""Code verifier and code challenge of PKCE (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import string
from secrets import choice

_VERIFIER_CHARACTERS = string.ascii_letters + string.digits + "-._~"


def generate_code_verifier(length: int) -> str:
    """Make a code verifier from the system's source of secrets (section 4.1).

    Args:
        length: How many characters it has, from 43 to 128.

    Raises:
        ValueError: The length is out of range.
    """
    if isinstance(length, bool) or not isinstance(length, int) or not 43 <= length <= 128:
        raise ValueError(f"length: give a number of characters from 43 to 128, not {length!r}")
    return "".join(choice(_VERIFIER_CHARACTERS) for _ in range(length))


def compute_code_challenge(code: str) -> str:
    """Compute the code challenge by the method S256, in base64url without padding (section 4.2).

    Raises:
        ValueError: The code is no code verifier.
    """
    if not 43 <= len(code) <= 128 or not set(code) <= set(_VERIFIER_CHARACTERS):
        # Without the value, which is a secret.
        raise ValueError("code: give a code verifier, 43 to 128 letters, digits and -._~")
    digest = hashlib.sha256(code.encode("ascii")).digest()
    return base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=")
