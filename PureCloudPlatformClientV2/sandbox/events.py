"""What happens in a sandbox: who listens is told, and so are streams of server-sent events."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal[
    "conversation",
    "typing",
    "delivery",
    "integration",
    "channel",
    "request",
    "fault",
    "clock",
    "reset",
]


@dataclass(frozen=True)
class Event:
    """Something that has happened."""

    kind: Kind
    organization_id: str | None
    """Whose it is; None for what is nobody's."""
    body: Mapping[str, Any]
    """What there is to know, as JSON."""
    wire: Callable[[], Mapping[str, Any]] = dict
    """Builds what the API answers of it; for those who want it, as it grows with a conversation."""


Listener = Callable[[Event], None]


class Events:
    """Passes on what happens. Every method may be called from any thread."""

    def __init__(self) -> None:
        """Start with nobody who listens."""
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()

    def publish(self, event: Event) -> None:
        """Tell everybody, in this thread: a listener must be quick."""
        for listener in self._listeners:
            listener(event)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tell a listener whatever happens from now on, until the returned function is called."""
        with self._lock:
            self._listeners += (listener,)

        def end() -> None:
            with self._lock:
                self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end


STREAMS = 4
"""Streams at once: a browser has six connections to a host, and a stream occupies a worker."""
BACKLOG = 2000
"""Events that may wait for a slow reader."""
KEEP_ALIVE = 15.0
"""Seconds after which a stream that has nothing to tell says so: how a lost reader is noticed."""

Reason = Literal["overrun", "stopped", "superseded"]


class Stream:
    """What one reader is told from now on. May be used from any thread."""

    def __init__(self, events: Events) -> None:
        """Begin to listen."""
        self._changed = threading.Condition()
        self._waiting: deque[str] = deque()
        self._reason: Reason | None = None
        self.close: Callable[[], None] = events.listen(self._add)

    def end(self, reason: Reason) -> None:
        """Tell the reader that this was all, and why."""
        with self._changed:
            self._reason = self._reason or reason
            self._changed.notify()

    def __iter__(self) -> Iterator[str]:
        """Go through the events as they come, until the stream is ended."""
        yield ": connected\n\n"
        while True:
            with self._changed:
                self._changed.wait_for(self._has_news, KEEP_ALIVE)
                reason = self._reason
                news = "".join(self._waiting)
                self._waiting.clear()
            if reason is not None:
                yield _frame("end", {"reason": reason})
                return
            yield news or ": still here\n\n"

    def _has_news(self) -> bool:
        return bool(self._waiting) or self._reason is not None

    def _add(self, event: Event) -> None:
        text = _frame(event.kind, {"organizationId": event.organization_id, "body": event.body})
        with self._changed:
            if len(self._waiting) < BACKLOG:
                self._waiting.append(text)
            else:  # better the end, after which all is read anew, than a gap that nobody sees
                self._reason = self._reason or "overrun"
            self._changed.notify()


class Streams:
    """The open streams of one sandbox. May be used from any thread."""

    def __init__(self) -> None:
        """Start without any stream."""
        self._lock = threading.Lock()
        self._open: list[Stream] = []
        self._stopped = False

    def open(self, events: Events) -> Stream:
        """Begin a stream; where there are too many, the oldest makes room for it.

        So the page that was left, of which a server learns late, keeps nobody out.
        """
        stream = Stream(events)
        with self._lock:
            surplus, self._open = self._open[: 1 - STREAMS], [*self._open[1 - STREAMS :], stream]
            stopped = self._stopped
        for one in surplus:
            one.end("superseded")
        if stopped:
            stream.end("stopped")
        return stream

    def close(self, stream: Stream) -> None:
        """Stop listening for a reader who has left."""
        stream.close()
        with self._lock:
            self._open = [one for one in self._open if one is not stream]

    def stop(self) -> None:
        """End all streams, and those to come."""
        with self._lock:
            self._stopped = True
        for stream in self._open:
            stream.end("stopped")


def _frame(kind: str, content: object) -> str:
    return f"event: {kind}\ndata: {json.dumps(content)}\n\n"
