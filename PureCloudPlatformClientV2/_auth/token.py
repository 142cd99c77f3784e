"""Token: what calls are made with."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any


class Token:
    """What the login service gave, or what a program brought.

    Attributes:
        access_token: The access token; empty for none.
        refresh_token: The refresh token; empty for none.
        renew_at: When to renew it, on the clock of ``time.monotonic``.
        expires_at: When it is of no use any more.
        response: All that the login service said.
    """

    __slots__ = ("access_token", "expires_at", "refresh_token", "renew_at", "response")

    def __init__(
        self,
        access_token: str,
        refresh_token: str = "",
        renew_at: float = math.inf,
        expires_at: float = math.inf,
        response: Mapping[str, Any] | None = None,
    ) -> None:
        """Hold a token; every argument is the attribute of its name."""
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.renew_at = renew_at
        self.expires_at = expires_at
        self.response = response or {}

    def lasting(self, renew_at: float, expires_at: float) -> Token:
        """Make another one of the same content that is renewed at another time."""
        return Token(self.access_token, self.refresh_token, renew_at, expires_at, self.response)

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


NO_TOKEN = Token("", renew_at=-math.inf, expires_at=-math.inf)
"""Makes credentials sign in when they are first needed."""
