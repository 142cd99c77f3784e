"""What happens in a sandbox, told to whoever listens: notification channels and the page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
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
