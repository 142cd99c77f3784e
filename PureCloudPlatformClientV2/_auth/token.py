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
        noted_at: When the two moments below were noted, on the clock of ``time.monotonic``.
        renew_at: When to renew it.
        expires_at: When it is of no use any more.
        response: All that the login service said.
    """

    __slots__ = (
        "access_token",
        "expires_at",
        "noted_at",
        "refresh_token",
        "renew_at",
        "response",
    )

    def __init__(
        self,
        access_token: str,
        refresh_token: str = "",
        noted_at: float = -math.inf,
        renew_at: float = math.inf,
        expires_at: float = math.inf,
        response: Mapping[str, Any] | None = None,
    ) -> None:
        """Hold a token; every argument is the attribute of its name."""
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.noted_at = noted_at
        self.renew_at = renew_at
        self.expires_at = expires_at
        self.response = response or {}

    def lasting(self, noted_at: float, renew_at: float, expires_at: float) -> Token:
        """Make another one of the same content that is renewed at another time."""
        times = (noted_at, renew_at, expires_at)
        return Token(self.access_token, self.refresh_token, *times, self.response)

    def has_expired(self, now: float) -> bool:
        """Whether it is of no use any more, as far as one can tell."""
        return now >= self.expires_at

    def postponed(self, now: float) -> Token:
        """Make another one of the same content, whose renewal is to be tried again in a while."""
        left = self.expires_at - max(now, self.noted_at)
        return self.lasting(now, now + min(max(left / 10, 1.0), left), now + left)

    def __repr__(self) -> str:
        return f"Token(expires_at={self.expires_at})"


NO_TOKEN = Token("", renew_at=-math.inf, expires_at=-math.inf)
"""Makes credentials sign in when they are first needed."""
