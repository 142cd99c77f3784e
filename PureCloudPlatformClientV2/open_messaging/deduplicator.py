"""Sees to it that a webhook is worked on once, however often the platform repeats it."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    import sqlite3

__all__ = ["Claim", "Deduplicator"]


class Deduplicator:
    """Remembers which webhooks are done, and which are being worked on.

    The platform repeats a webhook that it got no 2xx for, up to five times in up to 85 seconds.
    Whoever claims it first works on it; a repetition that arrives meanwhile is told so, and is to
    be answered with 503, so that the platform comes back to ask what became of the first. Where the
    work failed, or the process died in it, the repetition is the one that does it.

    >>> seen = Deduplicator()
    >>> with seen.claim(webhook.key) as claim:
    ...     if claim.is_new:
    ...         work.put(webhook)
    >>> return "", claim.answer

    Every method may be called from any thread; with a file, also from any process on the machine.
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        keep: float = 600.0,
        lease: float = 15.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Remember in memory, or in a file that several processes share.

        Args:
            path: An SQLite database, which is made if need be, on a disk of this machine. Without
                one, only this process knows, and forgets when it ends; it remembers up to
                100,000 webhooks.
            keep: How long to remember what is done, in seconds; more than the 85 in which the
                platform repeats.
            lease: After how many seconds somebody who has not said that the work is done is taken
                to be dead: longer than the work lasts, and shorter than the 25 seconds after which
                the platform has asked for the last time where it is answered at once.
            clock: Gives the time in seconds; the same for all processes. For tests.

        Raises:
            ValueError: ``keep`` or ``lease`` is not positive, or the path is that of no file.
            TypeError: ``keep`` or ``lease`` is no number, or the path is none.
            OSError, sqlite3.Error: The file cannot be used.
        """
        self._keep = _checked_seconds("keep", keep)
        self._lease = _checked_seconds("lease", lease)
        self._clock = clock
        self._store: _Store = _Memory() if path is None else _File(path)

    def claim(self, key: str) -> Claim:
        """Ask whether a webhook is still to be worked on, and claim it if so.

        Args:
            key: What tells it from others: ``Webhook.key``.

        Returns:
            The claim: a context manager, which says at the end of the block that the work is done;
            where the block ends in an exception, the claim is given up. Without ``with``, such as
            in a worker that is given the claim, call ``done`` or ``give_up``.

        Raises:
            TypeError: The key is no text.
            ValueError: The key is empty.
            sqlite3.Error: The file cannot be used; answer with 500, and the platform repeats.
        """
        if not isinstance(key, str):
            raise TypeError(f"key must be text, such as webhook.key, and not {type(key).__name__}")
        if not key:
            raise ValueError("key is empty")
        owner = os.urandom(8).hex()
        with self._store.open() as records:
            now = self._clock()  # and not before: others may have had to be waited for
            records.forget(now)
            other = records.get(key)
            if other is None or other.until <= now:
                records.put(key, _Record(owner, is_done=False, until=now + self._lease))
                return Claim(key, "new", partial(self._end, key, owner))
        return Claim(key, "done" if other.is_done else "pending")

    def _end(self, key: str, owner: str, is_done: bool) -> None:
        with self._store.open() as records:
            if is_done:
                # Even if somebody else has claimed it meanwhile: it is done, whoever has done it.
                records.put(key, _Record(owner, is_done, self._clock() + self._keep))
            elif (found := records.get(key)) is not None and found.owner == owner:
                records.remove(key)


def _checked_seconds(name: str, seconds: Any) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        kind = type(seconds).__name__
        raise TypeError(f"{name} must be a number of seconds, and not {kind}")
    if not 0 < seconds < math.inf:
        raise ValueError(f"{name} must be a positive number of seconds, and not {seconds}")
    return seconds


class Claim:
    """What a deduplicator says of a webhook.

    Attributes:
        key: The webhook's key.
        state: ``new``: it is yours to work on. ``done``: nothing is left to do. ``pending``:
            somebody else is working on it.
    """

    def __init__(
        self,
        key: str,
        state: Literal["new", "done", "pending"],
        end: Callable[[bool], None] | None = None,
    ) -> None:
        """Be made by ``Deduplicator.claim``."""
        self.key = key
        self.state = state
        self._end = end

    @property
    def is_new(self) -> bool:
        """Whether it is yours to work on."""
        return self.state == "new"

    @property
    def answer(self) -> int:
        """The status to answer the platform with: 503 where somebody else is working on it.

        The platform comes back after a 503; after a 200 it would not, and were the other to fail,
        the message would be lost.
        """
        return 503 if self.state == "pending" else 200

    def done(self) -> None:
        """Say that the work is done: repetitions need not be worked on."""
        self._end_once(is_done=True)

    def give_up(self) -> None:
        """Say that the work is not done: the next repetition is to be worked on."""
        self._end_once(is_done=False)

    def _end_once(self, is_done: bool) -> None:
        if self._end is not None:
            self._end(is_done)
            self._end = None

    def __enter__(self) -> Claim:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.done()
        else:
            self.give_up()

    def __repr__(self) -> str:
        return f"Claim({self.key!r}, {self.state!r})"


MOST_IN_MEMORY = 100_000
"""How many webhooks are remembered in memory; more, and the oldest are forgotten early."""


class _Record(NamedTuple):
    """What is known of a webhook."""

    owner: str
    is_done: bool
    until: float


class _Records(Protocol):
    """Records, while nobody else can see or change them."""

    def get(self, key: str) -> _Record | None: ...

    def put(self, key: str, record: _Record) -> None: ...

    def remove(self, key: str) -> None: ...

    def forget(self, now: float) -> None:
        """Remove what is over, as far as that is quickly found."""
        ...


class _Store(Protocol):
    def open(self) -> AbstractContextManager[_Records]:
        """Have the records to oneself: what the block does is seen all at once, or not at all."""
        ...


class _Memory:
    """Records in a dict, the one changed last at its end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._records: dict[str, _Record] = {}

    @contextmanager
    def open(self) -> Generator[_Records, None, None]:
        with self._lock:
            yield self

    def get(self, key: str) -> _Record | None:
        return self._records.get(key)

    def put(self, key: str, record: _Record) -> None:
        self._records.pop(key, None)
        self._records[key] = record

    def remove(self, key: str) -> None:
        del self._records[key]

    def forget(self, now: float) -> None:
        while self._records:
            oldest = next(iter(self._records))
            if self._records[oldest].until > now and len(self._records) < MOST_IN_MEMORY:
                break
            del self._records[oldest]


class _File:
    """Records in an SQLite database, which is opened for each use.

    A connection could not be taken along by a process that forks, as servers do, nor be closed when
    a thread ends.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        name = os.fsdecode(path)
        if name in ("", ":memory:"):
            raise ValueError("path must be that of a file: without one, leave it out")
        # Since it is opened for each use, and the program may go elsewhere meanwhile.
        self._path = os.path.abspath(name)  # noqa: PTH100  # pathlib takes time to load
        with self.open():
            pass  # so that a path that is of no use shows now

    @contextmanager
    def open(self) -> Generator[_Records, None, None]:
        # Imported here for the sake of start-up time: only a file needs it.
        import sqlite3

        connection = sqlite3.connect(self._path, timeout=_LONGEST_WAIT, isolation_level=None)
        with closing(connection):
            # One at a time from the first statement on, so that nobody can read what another is
            # about to change; whoever is too late waits. What is not committed is undone.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(_TABLE)
            connection.execute(_INDEX)
            yield _Rows(connection)
            connection.execute("COMMIT")


_LONGEST_WAIT = 5.0
"""How many seconds one waits for another; the platform waits 10 for the answer to a webhook."""

_TABLE = """
CREATE TABLE IF NOT EXISTS webhooks (
    key TEXT PRIMARY KEY, owner TEXT NOT NULL, is_done INTEGER NOT NULL, until REAL NOT NULL
) WITHOUT ROWID"""

_INDEX = "CREATE INDEX IF NOT EXISTS webhooks_until ON webhooks (until)"


class _Rows:
    """Records in the database, within a transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._execute = connection.execute

    def get(self, key: str) -> _Record | None:
        sql = "SELECT owner, is_done, until FROM webhooks WHERE key = ?"
        row = self._execute(sql, (key,)).fetchone()
        return row and _Record(row[0], bool(row[1]), row[2])

    def put(self, key: str, record: _Record) -> None:
        self._execute("REPLACE INTO webhooks VALUES (?, ?, ?, ?)", (key, *record))

    def remove(self, key: str) -> None:
        self._execute("DELETE FROM webhooks WHERE key = ?", (key,))

    def forget(self, now: float) -> None:
        self._execute("DELETE FROM webhooks WHERE until <= ?", (now,))
