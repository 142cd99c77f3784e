"""How many requests a token may make in a window of time."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import ServiceError


@dataclass(frozen=True)
class Allowance:
    """What a token has used of its limit."""

    count: int
    limit: int
    seconds_left: int
    """Whole seconds until the window is over, at least 1."""

    def to_headers(self) -> dict[str, str]:
        """Write the headers that the service sent in 2019."""
        return {
            "inin-ratelimit-count": str(self.count),
            "inin-ratelimit-allowed": str(self.limit),
            "inin-ratelimit-reset": str(self.seconds_left),
        }

    def require(self) -> None:
        """Refuse the request if it is one too many."""
        if self.count > self.limit:
            raise ServiceError(
                429,
                "too.many.requests",
                "Rate limit exceeded the maximum. Retry the request in [{seconds}] seconds",
                params={"seconds": str(self.seconds_left)},
                headers={"Retry-After": str(self.seconds_left)},
            )


class RateLimiter:
    """Counts the requests of every token. May be used from any thread."""

    def __init__(self, limit: int, length: float) -> None:
        """Start with nothing counted."""
        self._limit = limit
        self._length = length
        self._lock = threading.Lock()
        self._windows: dict[str, tuple[float, int]] = {}
        """When each token's window opened, and how many requests it has seen."""

    def count(self, token_id: str, now: float) -> Allowance:
        """Count a request."""
        with self._lock:
            opened, count = self._windows.get(token_id, (now, 0))
            # A clock that was set back would otherwise leave the window open for long.
            if not opened <= now < opened + self._length:
                opened, count = now, 0
            count += 1
            self._windows[token_id] = opened, count
        seconds_left = max(1, math.ceil(opened + self._length - now))
        return Allowance(count, self._limit, seconds_left)

    def forget(self, token_ids: Iterable[str]) -> None:
        """Forget what was counted of some tokens."""
        with self._lock:
            for token_id in token_ids:
                self._windows.pop(token_id, None)

    def clear(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._windows.clear()
