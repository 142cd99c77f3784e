"""What a channel gives: notifications, and the gaps between them; and where they wait."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any, NamedTuple

from .._transport.forking import forget_on_fork
from ..exceptions import ApiException, told
from .topics import model_of

__all__ = ["Gap", "Notification", "Rejection"]

SYSTEM = "v2.system."
"""What topics begin with that the platform uses without being asked."""

SUBSCRIPTIONS = "v2.subscription.updated"
"""The topic of those who want to know of changes of their topics."""

_LONGEST_WAIT = 1.0
"""Seconds; on Windows Ctrl-C ends no wait, so that there must be an end to each."""


class Notification:
    """An event of a topic, as it has come."""

    __slots__ = (
        "_body",
        "correlation_id",
        "raw_body",
        "received_at",
        "topic_name",
        "version",
    )

    def __init__(
        self,
        topic_name: str,
        raw_body: Any,
        *,
        version: str | None = None,
        correlation_id: str | None = None,
        received_at: datetime,
    ) -> None:
        """Take what has come."""
        self.topic_name: str = topic_name
        """The topic, with its ids: `v2.users.8f3c.presence`."""
        self.raw_body: Any = raw_body
        """What has happened, as JSON has it."""
        self.version: str | None = version
        """The version of the form of the body, if the platform has said so."""
        self.correlation_id: str | None = correlation_id
        """Leads Genesys support to what has caused it."""
        self.received_at: datetime = received_at
        """When it was received here, in UTC."""

    @property
    def body(self) -> Any:
        """What has happened: a model of the topic's definition, or a dict for an unknown topic.

        It is made when it is first asked for.

        Raises:
            ApiException: It is not of that form; ``raw_body`` has it all the same.
        """
        try:
            return self._body
        except AttributeError:
            self._body: Any = self._make_body()
            return self._body

    def _make_body(self) -> Any:
        model = model_of(self.topic_name, self.raw_body)
        if model is None:
            return self.raw_body
        try:
            return model.from_dict(self.raw_body)
        except (TypeError, ValueError) as error:
            text = f"an event of {self.topic_name} is no {model.__name__}: {error}"
            raise told(ApiException, text) from error

    def __repr__(self) -> str:
        # Without the body, which may be about people.
        return f"Notification({self.topic_name!r}, correlation_id={self.correlation_id!r})"


def parse(text: bytes) -> Notification:
    """Read a message, which may be about the channel itself.

    Raises:
        ValueError: It is none; the exception says what was wrong, and nothing of what it says.
    """
    try:
        message = json.loads(text)
    except (ValueError, RecursionError) as error:
        kind = type(error).__name__
        raise ValueError(f"{len(text)} bytes that are no JSON ({kind})") from None
    topic = message.get("topicName") if isinstance(message, dict) else None
    if not isinstance(topic, str) or "eventBody" not in message:
        raise ValueError(f"{len(text)} bytes of JSON without a topicName or an eventBody")
    version, metadata = message.get("version"), message.get("metadata")
    correlation_id = metadata.get("CorrelationId") if isinstance(metadata, dict) else None
    return Notification(
        topic,
        message["eventBody"],
        version=None if version is None else str(version),
        correlation_id=correlation_id if isinstance(correlation_id, str) else None,
        received_at=datetime.now(timezone.utc),
    )


def is_of_channel(message: Notification) -> bool:
    """Whether a message is about the channel itself, and for nobody to see."""
    return message.topic_name == "channel.metadata" or message.topic_name.startswith(SYSTEM)


class Gap(NamedTuple):
    """A time in which events may have been missed."""

    began: datetime
    """When something was last heard by the connection that was lost, in UTC."""
    ended: datetime
    """When there was a connection again, in UTC."""
    topics: tuple[str, ...]
    """What may have been missed."""
    reason: str
    """Why the connection was lost."""


class Rejection(NamedTuple):
    """A topic that the token may not have."""

    topic: str
    reason: str
    """Why, in the platform's words."""
    missing_permissions: tuple[str, ...]
    """What the token lacks for it."""

    def __str__(self) -> str:
        lacking = f" (needs {', '.join(self.missing_permissions)})"
        return self.topic + (lacking if self.missing_permissions else f" ({self.reason})")


class Buffer:
    """Where notifications and gaps wait for whoever iterates.

    What puts them in waits while it is full. What takes them out may be several threads. All but
    ``put`` and ``take`` may be called by a signal handler as well.
    """

    def __init__(self, size: int) -> None:
        """Start empty.

        Args:
            size: How many may be waiting before ``put`` does.
        """
        self._size = size
        self._waiting: deque[Notification | Gap] = deque()
        self._is_full = False
        self._changed = threading.Condition()  # with a lock that a signal handler may take again
        self._is_parents = False
        forget_on_fork(self)
        self._failure: BaseException | None = None
        self.is_closed: bool = False
        """Whether nothing more will be taken out."""

    def forget_parent(self) -> None:
        """Be of no use in a forked child, and have an open lock, as another thread may hold it."""
        self._changed = threading.Condition()
        self._is_parents = True

    def check_process(self) -> None:
        """Raise a RuntimeError in a forked child."""
        if self._is_parents:
            raise RuntimeError("a forked child cannot listen by a channel of its parent; open one")

    def put(self, items: Sequence[Notification | Gap]) -> None:
        """Put some in, perhaps a few more than there is room for; without effect if it is over."""
        with self._changed:
            while len(self._waiting) >= self._size and not self._is_over():
                self._is_full = True
                self._changed.wait()
            if self._is_over():  # so that what others put in does not hide a failure for ever
                return
            self._waiting.extend(items)
            self._changed.notify_all()

    def _is_over(self) -> bool:
        return self.is_closed or self._failure is not None

    def take(self, end: float | None) -> Notification | Gap | None:
        """Take the next one out, or raise what has ended them, when all others are out.

        Args:
            end: How long to wait, on the clock of ``time.monotonic``; ``None`` for ever.

        Returns:
            It; ``None`` if there was none in time, or there will be none, as this is closed.
        """
        if self.is_closed:
            return None
        self.check_process()
        item: Notification | Gap | None = None
        with suppress(IndexError):
            item = self._waiting.popleft()
        if item is None:  # no handler of that exception waits, or Ctrl-C would tell of it as well
            return self._take_later(end)
        if self._is_full and len(self._waiting) <= self._size // 2:
            with self._changed:
                self._tell_room()
        return item

    def _tell_room(self) -> None:
        self._is_full = False
        self._changed.notify_all()

    def _take_later(self, end: float | None) -> Notification | Gap | None:
        with self._changed:
            while not self.is_closed:
                if self._waiting:
                    return self._waiting.popleft()
                if self._is_full:  # it was noted only after the last one had been taken out
                    self._tell_room()
                if self._failure is not None:
                    raise _again(self._failure)
                left = _LONGEST_WAIT if end is None else end - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(min(left, _LONGEST_WAIT))
        return None

    def fail(self, failure: BaseException) -> None:
        """Have those that take out get an exception, after what is waiting."""
        with self._changed:
            self._failure = self._failure or failure
            self._changed.notify_all()

    def close(self) -> None:
        """Have nobody wait any more."""
        self.is_closed = True
        with self._changed:
            self._changed.notify_all()


def _again(failure: BaseException) -> BaseException:
    # With a traceback of its own each time that it is raised.
    return failure.duplicate() if isinstance(failure, ApiException) else failure
