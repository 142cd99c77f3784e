"""Faults on demand: what goes wrong, for which requests, and how often."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import count
from operator import attrgetter
from typing import ClassVar


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What all faults have in common: which requests they hit. Use one of the subclasses."""

    kind: ClassVar[str] = ""
    """The fault's name in the request log and in the control API."""

    method: str = "*"
    """HTTP method to hit, or ``"*"``."""
    path: str = "*"
    """Pattern for the path as it was sent, a gateway's path included and the query left out; ``*``
    also matches slashes."""
    times: int | None = 1
    """How many requests are hit; None for every one until the faults are cleared."""
    after: int = 0
    """How many matching requests pass unharmed before the first is hit."""
    organization_id: str | None = None
    """Whose requests are hit, by their bearer token; None for everybody's."""

    def matches(self, method: str, path: str, organization_id: str | None = None) -> bool:
        """Say whether the fault is meant for a request."""
        return (
            self.organization_id in (None, organization_id)
            and self.method.upper() in ("*", method)
            and fnmatchcase(path, self.path)
        )


@dataclass(frozen=True)
class StatusFault(Fault):
    """The request is not processed; the response has this status."""

    kind: ClassVar[str] = "status"

    status: int
    retry_after: int | str | None = field(default=None, kw_only=True)
    """Value of a Retry-After header: seconds, or a date."""
    headers: Mapping[str, str] = field(default_factory=dict[str, str], kw_only=True)
    """Further response headers."""
    body: str | None = field(default=None, kw_only=True)
    """Body to send instead of an ErrorBody, as HTML unless the headers say otherwise."""


@dataclass(frozen=True)
class DelayFault(Fault):
    """The request is processed at once; the response is held back for some seconds."""

    kind: ClassVar[str] = "delay"

    seconds: float


@dataclass(frozen=True)
class LateFault(Fault):
    """The request waits before it is processed, even if nobody waits any more."""

    kind: ClassVar[str] = "late"

    seconds: float


@dataclass(frozen=True)
class ResetBeforeFault(Fault):
    """The connection is reset; the request is not processed."""

    kind: ClassVar[str] = "reset_before"


@dataclass(frozen=True)
class ResetAfterFault(Fault):
    """The request is processed; then the connection is reset instead of a response."""

    kind: ClassVar[str] = "reset_after"


@dataclass(frozen=True)
class TruncateFault(Fault):
    """The request is processed; the connection closes after half of the response's body.

    A response without a body is lost as a whole.
    """

    kind: ClassVar[str] = "truncate"


@dataclass(frozen=True)
class SlowFault(Fault):
    """The request is processed; the response's body comes one byte at a time."""

    kind: ClassVar[str] = "slow"

    interval: float
    """Seconds between two bytes."""
    limit: float = field(default=30.0, kw_only=True)
    """Seconds after which the rest of the body comes at once."""


FAULT_KINDS: dict[str, type[Fault]] = {
    fault.kind: fault
    for fault in (
        StatusFault,
        DelayFault,
        LateFault,
        ResetBeforeFault,
        ResetAfterFault,
        TruncateFault,
        SlowFault,
    )
}


@dataclass
class _Planned:
    number: int
    """In which order the faults were planned."""
    fault: Fault
    matched: int = 0

    def hits(self) -> bool:
        self.matched += 1
        past = self.matched - self.fault.after
        return past > 0 and (self.fault.times is None or past <= self.fault.times)

    def is_spent(self) -> bool:
        times = self.fault.times
        return times is not None and self.matched >= self.fault.after + times


class Faults:
    """The faults that are still to come. May be used from any thread."""

    def __init__(self) -> None:
        """Start without any fault."""
        self._lock = threading.Lock()
        self._count = count()
        # By organization, as a program for many of them may plan thousands of faults.
        self._planned: dict[str | None, list[_Planned]] = {}
        self.changed: Callable[[], None] = lambda: None
        """What is called when there are others than before."""

    def add(self, *faults: Fault) -> None:
        """Plan faults; a request is hit by the first planned fault that is due.

        Args:
            *faults: What shall go wrong, in this order.

        Raises:
            TypeError: One of them is no fault.
            ValueError: The status of one of them is none of HTTP.
        """
        for fault in faults:
            _check(fault)
        with self._lock:
            for fault in faults:
                planned = _Planned(next(self._count), fault)
                self._planned.setdefault(fault.organization_id, []).append(planned)
        self.changed()

    def clear(self, organization_id: str | None = None) -> None:
        """Call all faults off, or those that are meant for one organization alone."""
        with self._lock:
            if organization_id is None:
                self._planned.clear()
            else:
                self._planned.pop(organization_id, None)
        self.changed()

    def take(self, method: str, path: str, organization_id: str | None = None) -> Fault | None:
        """Find out what shall happen to a request, and count it."""
        with self._lock:
            due = self._in_order({None, organization_id})
            hit = next(
                (
                    planned.fault
                    for planned in due
                    if planned.fault.matches(method, path, organization_id) and planned.hits()
                ),
                None,
            )
            for spent in filter(_Planned.is_spent, due):
                self._forget(spent)
        if hit is not None:
            self.changed()
        return hit

    def _in_order(self, organizations: Iterable[str | None]) -> list[_Planned]:
        found = [planned for one in organizations for planned in self._planned.get(one, ())]
        return sorted(found, key=attrgetter("number"))

    def _forget(self, spent: _Planned) -> None:
        left = self._planned[spent.fault.organization_id]
        left.remove(spent)
        if not left:
            del self._planned[spent.fault.organization_id]

    def __iter__(self) -> Iterator[Fault]:
        """Go through the faults that may still hit a request."""
        with self._lock:
            return iter([planned.fault for planned in self._in_order(self._planned)])

    def __len__(self) -> int:
        """Count the faults that may still hit a request."""
        with self._lock:
            return sum(map(len, self._planned.values()))


def _check(fault: object) -> None:
    if not isinstance(fault, Fault):
        raise TypeError(f"faults: give faults such as StatusFault(503), not {fault!r}")
    if isinstance(fault, StatusFault) and fault.status not in range(200, 600):
        raise ValueError(f"status: give a number from 200 to 599, not {fault.status!r}")
