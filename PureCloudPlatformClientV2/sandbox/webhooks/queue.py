"""Who is next: some deliveries at once, and those of an integration in order at first."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from ..clock import WORKERS, Clock

AT_ONCE = WORKERS // 2
"""Tries under way at once; the clock has threads for other things besides."""


class Ticket(NamedTuple):
    """A try that is due."""

    organization_id: str
    delivery_id: str
    number: int
    """How many tries there were before; if there are more by then, it has come too late."""


class Queue:
    """Tries that are due now. Every method may be called from any thread.

    They go through the clock's threads, so that whoever turns the clock waits for them.
    """

    def __init__(self, clock: Clock, attempt: Callable[[Ticket], None]) -> None:
        """Have tries made."""
        self._clock = clock
        self._attempt = attempt
        self._lock = threading.Lock()
        self._ready: deque[tuple[Ticket, str | None]] = deque()
        self._lanes: dict[str, deque[Ticket]] = {}
        self._under_way = 0

    def put(self, ticket: Ticket, lane: str | None = None) -> None:
        """Make a try as soon as there is room, and after those before it in its lane."""
        with self._lock:
            if lane is not None and lane in self._lanes:
                self._lanes[lane].append(ticket)
                return
            if lane is not None:
                self._lanes[lane] = deque()
            self._ready.append((ticket, lane))
        self._call()

    def clear(self) -> None:
        """Forget what has not begun."""
        with self._lock:
            self._ready.clear()
            self._lanes.clear()

    def _call(self) -> None:
        """Have a thread of the clock look here; no harm is done if the clock forgets it."""
        self._clock.call_at(self._clock(), self._do_next)

    def _do_next(self) -> None:
        with self._lock:
            if not self._ready or self._under_way == AT_ONCE:
                return
            self._under_way += 1
            ticket, lane = self._ready.popleft()
        try:
            self._attempt(ticket)
        finally:
            with self._lock:
                self._under_way -= 1
                if lane is not None:
                    self._leave(lane)
            self._call()

    def _leave(self, lane: str) -> None:
        waiting = self._lanes.get(lane)
        if waiting:
            self._ready.append((waiting.popleft(), lane))
        else:
            self._lanes.pop(lane, None)
