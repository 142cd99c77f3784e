"""Counts what came of the mutants, room by room."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

KILLED, TIMED_OUT, EXPLAINED, UNREACHED, SURVIVED = (
    "killed",
    "timed out",
    "explained",
    "not reached",
    "survived",
)


def is_chosen(key: str, share: float) -> bool:
    """Whether a mutant is in a sample: always the same ones, about as many of every module."""
    digest = hashlib.sha256(key.encode()).digest()
    return int.from_bytes(digest[:4], "big") < share * 2**32


@dataclass
class Room:
    """What came of the mutants of a room."""

    name: str
    least: float
    counts: Counter[str] = field(default_factory=Counter[str])

    @property
    def score(self) -> float:
        """The share of changes that tests noticed, of those that can be noticed."""
        noticed = self.counts[KILLED] + self.counts[TIMED_OUT]
        return noticed / (self.counts.total() - self.counts[EXPLAINED] or 1)

    @property
    def falls_short(self) -> bool:
        return self.counts.total() > 0 and self.score < self.least

    def __str__(self) -> str:
        """A line of a table in Markdown."""
        counts = [self.counts[verdict] for verdict in (KILLED, TIMED_OUT, EXPLAINED, UNREACHED)]
        columns = [f"`{self.name}`", self.counts.total(), *counts, f"{self.score:.1%}"]
        return f"| {' | '.join(map(str, columns))} | {self.counts[SURVIVED]} |"


HEAD = """\
| room | mutants | killed | timed out | explained | not reached | score | survived |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def count(verdicts: Mapping[str, str], least: Mapping[str, float]) -> list[Room]:
    """Count the verdicts, by key of the mutant, for every room."""
    rooms = [Room(name, share) for name, share in least.items()]
    for key, verdict in verdicts.items():
        for room in rooms:
            if key.startswith((f"{room.name}/", f"{room.name} ")):
                room.counts[verdict] += 1
    return rooms


def judge(verdicts: Mapping[str, str], explained: Iterable[str]) -> dict[str, str]:
    """Give what no test noticed, and is explained, its own verdict."""
    known = frozenset(explained)
    return {
        key: EXPLAINED if key in known and verdict in (SURVIVED, UNREACHED) else verdict
        for key, verdict in verdicts.items()
    }


def stale(
    explained: Iterable[str], verdicts: Mapping[str, str], existing: Iterable[str]
) -> list[str]:
    """Explanations of what is no mutant any more, or what a test has noticed."""
    there = frozenset(existing)
    return [
        key for key in explained if key not in there or verdicts.get(key) in (KILLED, TIMED_OUT)
    ]
