"""Takes the steps of a walk when they are needed, or ahead of that in a thread."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from .._wire.callers import ForCaller
from .walk import Step, Walk

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor


class Steps:
    """Takes the steps of a walk when they are needed, or ahead of that in a thread."""

    def __init__(self, walk: Walk, ahead: int) -> None:
        """Begin.

        Args:
            walk: The walk.
            ahead: How many steps are taken ahead.
        """
        self._walk = walk
        self._ahead = ahead
        self._last: Step | None = walk.begin()
        self._coming: deque[Future[Step | None]] = deque()
        self._executor: ThreadPoolExecutor | None = None
        self._process = os.getpid()

    def take(self) -> Step | None:
        """Take the next step, which may have been taken ahead; ``None`` if there is none."""
        if os.getpid() != self._process:  # a forked child, in which no thread does it
            self._coming.clear()
            self._ahead = 0
        self._take_ahead()
        self._last = self._coming.popleft().result() if self._coming else self._after(self._last)
        self._take_ahead()
        return self._last

    def _after(self, step: Step | None) -> Step | None:
        return None if step is None else self._walk.take_step(step)

    def _take_ahead(self) -> None:
        """Have steps taken in a thread, one after the other, if there can be one."""
        try:
            while len(self._coming) < self._ahead and self._last is not None:
                self._coming.append(self._submit(self._coming[-1] if self._coming else None))
        except (RuntimeError, OSError):
            # The program is about to end, or no memory is left for threads, or no file descriptor
            # to load what makes them. Steps that a thread was given before are still taken.
            self._ahead = 0

    def _submit(self, before: Future[Step | None] | None) -> Future[Step | None]:
        if self._executor is None:
            # Imported here for the sake of start-up time: few walks need it.
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, thread_name_prefix="paginate")
        if before is None:
            return self._executor.submit(ForCaller(self._after), self._last)
        return self._executor.submit(ForCaller(lambda: self._after(before.result())))

    def close(self) -> None:
        """Wait for the page that is on its way, and end the thread."""
        if self._executor is not None and os.getpid() == self._process:
            self._executor.shutdown(wait=True, cancel_futures=True)
