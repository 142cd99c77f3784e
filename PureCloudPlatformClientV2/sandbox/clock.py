"""The time of a sandbox, which can be turned forward, what is due by it, and how it is written."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timezone

LOGGER = logging.getLogger("purecloud_sandbox")

WORKERS = 16
"""Actions that can be under way at once; one that waits for a slow server occupies one."""
_LOOK = 0.02
"""Seconds after which a clock that somebody else turns is looked at again."""

Action = Callable[[], None]


class Clock:
    """Tells the time in seconds since the epoch, and does what is due in threads of its own.

    It runs like the clock that it is given, ahead of it by what it was turned. Every method may be
    called from any thread.
    """

    def __init__(self, base: Callable[[], float]) -> None:
        """Follow a clock; a thread is started when the first action is planned."""
        self._base = base
        self._ahead = 0.0
        self._changed = threading.Condition()
        self._planned: list[tuple[float, int, Action]] = []
        self._numbers = itertools.count()
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._running = 0
        self._stopped = False

    def __call__(self) -> float:
        """Tell the time."""
        return self._base() + self._ahead

    def call_at(self, due: float, action: Action) -> None:
        """Do something as soon as it is time; what is due now is done now, in the background."""
        with self._changed:
            if self._stopped:
                return
            heapq.heappush(self._planned, (due, next(self._numbers), action))
            if self._idle < len(self._planned) and len(self._threads) < WORKERS:
                thread = threading.Thread(target=self._work, name="sandbox-clock", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        """Turn the clock forward, and wait until all is done that falls due on the way.

        What is under way is waited for first. Then one thing happens after the other, as if the
        time had passed: what an action on the way plans happens as well if its time comes.
        """
        if not seconds >= 0:
            raise ValueError("seconds must not be negative: the clock only turns forward")
        with self._changed:
            self._await_what_is_due()
            end = self() + seconds
            while not self._stopped and self._planned and self._planned[0][0] <= end:
                self._turn_to(self._planned[0][0])
                self._await_what_is_due()
            self._turn_to(end)

    def settle(self) -> None:
        """Wait until everything is done that is due by now."""
        with self._changed:
            self._await_what_is_due()

    def reset(self) -> None:
        """Forget what is planned, and tell the time of the clock below again."""
        with self._changed:
            self._planned.clear()
            self._ahead = 0.0

    def stop(self) -> None:
        """Forget what is planned, and end the threads once their actions have ended."""
        with self._changed:
            self._stopped = True
            self._planned.clear()
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _await_what_is_due(self) -> None:
        while not self._stopped and (self._running or self._is_due()):
            self._changed.wait(_LOOK)

    def _is_due(self) -> bool:
        return bool(self._planned) and self._planned[0][0] <= self()

    def _turn_to(self, moment: float) -> None:
        self._ahead += max(0.0, moment - self())
        self._changed.notify_all()

    def _work(self) -> None:
        while (action := self._next()) is not None:
            try:
                action()
            # Of whatever kind it is, it is logged: what fails must not end the thread that does
            # the rest.
            except Exception:
                LOGGER.exception("what was due in the sandbox failed")
            finally:
                with self._changed:
                    self._running -= 1
                    self._changed.notify_all()

    def _next(self) -> Action | None:
        with self._changed:
            self._idle += 1
            try:
                while not self._stopped and not self._is_due():
                    self._changed.wait(self._patience())
            finally:
                self._idle -= 1
            if self._stopped:
                return None
            self._running += 1
            return heapq.heappop(self._planned)[2]

    def _patience(self) -> float | None:
        if not self._planned:
            return None
        # Another clock than the system's may be turned without our notice.
        remaining = max(0.0, self._planned[0][0] - self())
        return min(remaining, 3600) if self._base is time.time else _LOOK


def wire_date(seconds: float) -> str:
    """Write a time as the service does: ISO 8601 in UTC with milliseconds."""
    return wire_moment(datetime.fromtimestamp(seconds, timezone.utc))


def wire_moment(moment: datetime) -> str:
    """Write a moment in UTC in the same way."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
