"""Client-side pacing: no more requests in a minute than were agreed upon."""

from __future__ import annotations

import math
import threading
import time

from .forking import forget_on_fork


class TokenBucket:
    """Lets requests through at a rate, with short bursts.

    The bucket holds as many tokens as there are requests in a second at the rate, and fills so fast
    that no minute ever sees more requests than the rate, bursts included.
    """

    def __init__(self, per_minute: float) -> None:
        """Start with a full bucket.

        Args:
            per_minute: How many requests may be sent in any minute.
        """
        self._capacity = max(1, int(per_minute // 60))
        # Of a rate of one and a half a minute, a minute may still see one only.
        whole = per_minute if per_minute < 1 else per_minute // 1
        self._seconds_per_token = 60 / (whole - (self._capacity - 1))
        self._full_at = -math.inf  # when the bucket would be full again, on the clock of monotonic
        self._looked_at = -math.inf  # when that was last looked at
        self.forget_parent()

    def forget_parent(self) -> None:
        """Have an open lock, as new or in a forked child."""
        self._lock = threading.Lock()
        forget_on_fork(self)

    def take(self, longest: float, now: float | None = None) -> float | None:
        """Take a token, perhaps one that is still to come.

        Args:
            longest: Seconds that one can wait for it.
            now: The present moment on the clock of ``time.monotonic``; that itself if omitted.

        Returns:
            Seconds to wait before the request may be sent, or ``None`` if that would take too long;
            no token is taken then.
        """
        with self._lock:
            now = time.monotonic() if now is None else now
            if now < self._looked_at:  # as when a test stops to freeze time: it means nothing now
                self._full_at = now
            self._looked_at = now
            full_at = max(self._full_at, now) + self._seconds_per_token
            pause = max(0.0, full_at - now - self._capacity * self._seconds_per_token)
            if pause > longest:
                return None
            self._full_at = full_at
            return pause
