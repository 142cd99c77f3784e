"""NotificationChannel: events of topics, one after another, for as long as one likes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING

from .._settings.checks import checked, optional, seconds, seconds_or_zero, whole_number
from ..api_client import ApiClient
from ..exceptions import ApiConnectionException, ForbiddenException, told
from .events import Buffer, Gap, Notification, Rejection
from .topics import MAX_TOPICS, check_topics

if TYPE_CHECKING:
    from typing_extensions import Self

    from .link import Link

__all__ = ["NotificationChannel"]

MAX_CHANNELS = 20
"""Channels of a user in an app."""


class NotificationChannel:
    """Events of topics, as they happen.

    >>> with NotificationChannel(client, [topics.user_presence(user_id)]) as events:
    ...     for event in events:
    ...         print(event.body.presence_definition.system_presence)

    It connects anew when the connection is lost, for as long as it takes, and says which events may
    have been missed. Several threads may iterate: each event goes to one of them.
    """

    def __init__(
        self,
        client: ApiClient,
        topics: Iterable[str],
        *,
        ignore_errors: bool = False,
        on_gap: Callable[[Gap], object] | None = None,
        reconnect_for: float | None = None,
        silence_limit: float = 45,
        buffer_size: int = 1000,
    ) -> None:
        """Prepare to listen; ``with`` opens what it takes.

        Args:
            client: Whose configuration and token count, for the WebSockets too.
            topics: Up to 20,000: from ``notifications.topics``, or written out; several of one
                prefix may be one, as ``v2.users.{id}?presence&routingStatus``.
            ignore_errors: Whether to do without the topics that the token may not have, instead of
                raising an exception; ``rejected`` has them.
            on_gap: Called with each time in which events may have been missed, by the thread that
                iterates, before it gets the first event after that. It may read what it needs by
                calls. What it raises comes out of the iteration.
            reconnect_for: Seconds for which it tries to connect after a loss, before the reason
                comes out of the iteration; for ever if omitted.
            silence_limit: Seconds without a word, although the platform is asked for one, after
                which a connection is taken for lost.
            buffer_size: How many events may wait to be read before no more are received; the
                platform keeps them then, until it ends the connection, which is a gap.

        Raises:
            TypeError: An argument is of the wrong kind; one text is no list of topics.
            ValueError: A topic cannot be one, or there are too many, or none.
            ModuleNotFoundError: The extra ``notifications`` is not installed.
        """
        if not isinstance(client, ApiClient):
            raise TypeError(f"client: give an ApiClient, not {type(client).__name__}")
        if on_gap is not None and not callable(on_gap):
            raise TypeError(f"on_gap: give a function, not {type(on_gap).__name__}")
        self._client = client
        self._wanted = check_topics(topics)
        if not self._wanted:
            raise ValueError("topics: give at least one")
        _check_count(len(self._wanted))
        self._link_class = _load()
        self._ignore_errors = bool(ignore_errors)
        self._on_gap = on_gap
        self._reconnect_for = checked("reconnect_for", optional(seconds), reconnect_for)
        self._silence_limit: float = checked("silence_limit", seconds, silence_limit)
        self._buffer = Buffer(checked("buffer_size", whole_number(1), buffer_size))
        self._links: list[Link] = []
        self._refused: tuple[Rejection, ...] = ()
        self._changing = threading.Lock()
        self._is_open = False

    def __repr__(self) -> str:
        count = len(self.topics)
        return f"NotificationChannel({self._client!r}, {count} topic{'s' * (count != 1)})"

    def __enter__(self) -> Self:
        """Make the channels, subscribe them and connect.

        Raises:
            ApiException: A topic is not permitted, which the exception names, or the platform
                cannot be reached; nothing is left open.
            RuntimeError: It was open before.
        """
        if self._is_open:
            raise RuntimeError("a NotificationChannel can be opened once; make another one")
        self._is_open = True
        try:
            self._open_links(self._wanted)
            if not self.topics:
                text = f"none of the topics is permitted: {', '.join(map(str, self.rejected))}"
                raise told(ForbiddenException, text)
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def __iter__(self) -> Iterator[Notification]:
        return self

    def __next__(self) -> Notification:
        event = self.get()
        if event is None:
            raise StopIteration
        return event

    def get(self, timeout: float | None = None) -> Notification | None:
        """Give the next event.

        Args:
            timeout: Seconds to wait for one; for ever if omitted.

        Returns:
            The event; ``None`` if none came in time, or this is closed.

        Raises:
            ApiException: The connection was lost, and there is no way to another one.
            RuntimeError: It is not open.
        """
        if not self._is_open:
            raise RuntimeError("open it first: with NotificationChannel(...) as events")
        left = checked("timeout", optional(seconds_or_zero), timeout)
        end = None if left is None else time.monotonic() + left
        while True:
            item = self._buffer.take(end)
            if not isinstance(item, Gap):
                return item
            if self._on_gap is not None:
                self._on_gap(item)

    @property
    def topics(self) -> tuple[str, ...]:
        """What it is subscribed to, without what was rejected."""
        rejected = {one.topic for one in self.rejected}
        wanted = [one for link in self._links for one in link.subscriptions.topics] or self._wanted
        return tuple(one for one in wanted if one not in rejected)

    @property
    def rejected(self) -> tuple[Rejection, ...]:
        """The topics that the token may not have, and why."""
        found = [one for link in self._links for one in link.subscriptions.rejected]
        return tuple(dict.fromkeys([*found, *self._refused]))

    @property
    def malformed(self) -> int:
        """How many messages have come that were no events; the log says what was wrong."""
        return sum(link.malformed for link in self._links)

    @property
    def is_closed(self) -> bool:
        """Whether there will be no more events."""
        return self._buffer.is_closed

    def add(self, topics: Iterable[str]) -> None:
        """Subscribe to more topics.

        Raises:
            ApiException: A topic is not permitted, or the platform cannot be reached; nothing has
                changed.
            RuntimeError: It is not open.
            TypeError: It is one text, or has something that is none.
            ValueError: A topic cannot be one, or there are too many.
        """
        wanted = check_topics(topics)
        self._check_open()
        with self._changing:
            known = {one for link in self._links for one in link.subscriptions.topics}
            new = [one for one in wanted if one not in known]
            _check_count(len(known) + len(new))
            done: list[tuple[Link, list[str]]] = []
            try:
                for link in self._links:
                    room = MAX_TOPICS - len(link.subscriptions.topics)
                    part, new = new[:room], new[room:]
                    if part:
                        self._refused = ()
                        self._noting_refusal(link, partial(link.add, part))
                        done.append((link, part))
                self._open_links(new)
            except BaseException:
                for link, part in done:
                    link.remove(set(part))
                raise

    def remove(self, topics: Iterable[str]) -> None:
        """Take topics away; what is not among those that there are does not matter.

        Raises:
            ApiException: The platform cannot be reached.
            RuntimeError: It is not open.
            TypeError: It is one text, or has something that is none.
            ValueError: A topic cannot be one.
        """
        unwanted = set(check_topics(topics))
        self._check_open()
        with self._changing:
            for link in self._links:
                link.remove(unwanted)

    def close(self) -> None:
        """Have every iteration end, also one that waits, without what was not read.

        It returns at once and may be called by any thread and by a signal handler; ``with`` sees to
        the rest when it is left.
        """
        self._buffer.close()
        for link in list(self._links):
            link.close()

    def _end(self) -> None:
        self.close()
        _end(self._links)

    def _check_open(self) -> None:
        self._buffer.check_process()
        if not self._is_open or self._buffer.is_closed:
            raise RuntimeError("the NotificationChannel is not open")

    def _open_links(self, topics: list[str]) -> None:
        opened: list[Link] = []
        try:
            for start in range(0, len(topics), MAX_TOPICS):
                opened.append(self._make_link(topics[start : start + MAX_TOPICS]))
                self._noting_refusal(opened[-1], opened[-1].open)
        except BaseException:
            _end(opened)
            raise
        self._links = [*self._links, *opened]
        if self._buffer.is_closed:  # meanwhile
            _end(opened)

    def _make_link(self, topics: list[str]) -> Link:
        try:
            return self._link_class(
                self._client,
                self._buffer,
                topics,
                ignore_errors=self._ignore_errors,
                reconnect_for=self._reconnect_for,
                silence_limit=self._silence_limit,
            )
        except OSError as error:  # which means that there is no descriptor left
            text = f"{type(error).__name__}: {error}"
            raise told(ApiConnectionException, text) from error

    def _noting_refusal(self, link: Link, ask: Callable[[], None]) -> None:
        try:
            ask()
        except ForbiddenException:
            self._refused = link.subscriptions.refused
            raise


def _check_count(count: int) -> None:
    most = MAX_CHANNELS * MAX_TOPICS
    if count > most:
        raise ValueError(
            f"topics: give {most:,} at most, not {count:,}, as a user has {MAX_CHANNELS} channels "
            "in an app; several topics of one prefix may be one"
        )


def _end(links: list[Link]) -> None:
    for link in links:
        link.close()
    now = time.monotonic()
    for link in links:
        link.join(max(now + link.LEFT_WITHIN - time.monotonic(), 0))


def _load() -> type[Link]:
    try:
        # Imported here for the sake of start-up time, and as its extra may be missing.
        from .link import Link
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith("websockets"):
            raise
        words = "NotificationChannel needs websockets 13 or later"
        how = "pip install 'PureCloudPlatformClientV2[notifications]'"
        raise ModuleNotFoundError(f"{words}: {how}", name=error.name) from error
    return Link
