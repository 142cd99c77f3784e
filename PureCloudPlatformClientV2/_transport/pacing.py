"""Client-side pacing: no more requests in a minute than were agreed upon, nor useless attempts."""

from __future__ import annotations

import math
import random
import threading
import time

from ..exceptions import ApiException
from .forking import forget_on_fork

_LONGEST_PAUSE = 60.0
"""Seconds between two attempts to connect."""

_LONGEST_WAIT = 300.0
"""The same, where the platform asks for it."""

_STEADY = 60.0
"""Seconds after which a connection is taken for a good one, although no event has come by it."""


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
        self.per_minute = per_minute
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


class Pauses:
    """How long to wait before the next attempt to connect."""

    def __init__(self) -> None:
        """Begin as after a good connection."""
        self._failures = 0
        self._lost_channels = 0

    def note_event(self) -> None:
        """An event has come, so the connection is a good one."""
        self._failures = 0

    def note_loss(self, seconds: float) -> None:
        """A connection is lost that was there for so long."""
        if seconds >= _STEADY:
            self._failures = self._lost_channels = 0

    def note_lost_channel(self) -> None:
        """The channel is gone, too.

        Where several programs take channels from each other, events in between are no success.
        """
        self._failures = max(self._failures - 1, self._lost_channels)
        self._lost_channels += 1

    def next(self, failure: ApiException | None) -> float:
        """Give the seconds to wait, which are none after a good connection, and grow and vary.

        Args:
            failure: How the last attempt has ended.
        """
        longest = min(_LONGEST_PAUSE, 2.0 ** (self._failures - 1)) if self._failures else 0.0
        self._failures += 1
        asked = (failure.retry_after if failure is not None else None) or 0.0
        pause = random.uniform(0, longest)  # noqa: S311  # nobody gains by guessing it
        return max(pause, min(asked, _LONGEST_WAIT))
