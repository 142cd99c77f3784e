"""How many requests a token may make in a window of time."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from .errors import ServiceError


@dataclass(frozen=True)
class Window:
    """The requests of one token since its window opened."""

    opened: float
    count: int


def count_request(window: Window | None, now: float, length: float) -> Window:
    """Count a request, in a new window if the old one is over."""
    # A clock that was set back would otherwise leave the window open for long.
    if window is None or not window.opened <= now < window.opened + length:
        return Window(now, 1)
    return Window(window.opened, window.count + 1)


@dataclass(frozen=True)
class Allowance:
    """What a token has used of its limit."""

    count: int
    limit: int
    seconds_left: int
    """Whole seconds until the window is over, at least 1."""

    def to_headers(self) -> dict[str, str]:
        """Write the headers by which the service told it in 2019."""
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
        self._windows: dict[str, Window] = {}

    def count(self, token_id: str, now: float) -> Allowance:
        """Count a request."""
        with self._lock:
            window = count_request(self._windows.get(token_id), now, self._length)
            self._windows[token_id] = window
        seconds_left = max(1, math.ceil(window.opened + self._length - now))
        return Allowance(window.count, self._limit, seconds_left)

    def forget(self, token_ids: Iterable[str]) -> None:
        """Forget what was counted of some tokens."""
        with self._lock:
            for token_id in token_ids:
                self._windows.pop(token_id, None)

    def clear(self) -> None:
        """Forget what was counted."""
        with self._lock:
            self._windows.clear()
