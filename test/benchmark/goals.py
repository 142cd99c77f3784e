"""What is promised about speed and size: the rows of the page, each with its goal."""

from __future__ import annotations

from typing import NamedTuple

from .sides import TITLES


class Goal(NamedTuple):
    """What is compared with what, and how it should turn out."""

    what: str
    measure: str
    peer: str
    limit: float | None
    """The goal; without one, it is only told."""
    since_312: float | None = None
    """The goal from Python 3.12 on, where it is another."""
    at_least: bool = False
    is_amount: bool = False
    """Whether the goal is about the amount, instead of its ratio to that of the peer."""
    peer_title: str | None = None
    other: str | None = None
    """The side that is compared with the peer, if it is not this package."""

    @property
    def title(self) -> str:
        """What the peer is called."""
        return self.peer_title or TITLES[self.peer]

    def limit_for(self, python: str) -> float | None:
        """Give the goal for an interpreter.

        Args:
            python: Its version, for example "3.13".
        """
        is_new = tuple(map(int, python.split(".")[:2])) >= (3, 12)
        return self.since_312 if is_new and self.since_312 is not None else self.limit


GOALS = (
    Goal("Import, and make a `MessagingApi`", "import", "bare", 1.10, since_312=1.15),
    Goal("The same, memory", "memory", "bare", 1.05),
    Goal("The same, and load what a call needs", "loaded", "bare", None),
    Goal("A new process that lists 25 queues by `RoutingApi`", "first call", "bare", 1.35),
    Goal("The same, memory", "first memory", "bare", 1.15),
    Goal("Decode a page of 25 entities and read every field", "decode 25", "pydantic", 1.00),
    Goal("The floor of that", "decode 25", "pydantic", None, other="by-hand"),
    Goal("Decode 100 entities", "decode 100", "pydantic", 1.00),
    Goal("The floor of that", "decode 100", "pydantic", None, other="by-hand"),
    Goal("Decode 1,000 entities", "decode 1000", "pydantic", 0.85),
    Goal("The floor of that", "decode 1000", "pydantic", None, other="by-hand"),
    Goal(
        "An entity over `json.loads`, highest by lowest of 25 to 10,000 entities",
        "flat",
        "lowest",
        1.30,
        peer_title="lowest",
    ),
    Goal("Models of the catalog, 1,000 entities", "catalog", "ours", 1.05, peer_title="by hand"),
    Goal("CPU of a call on a kept-alive connection: get", "get", "bare", 0.85),
    Goal("The same, post", "post", "bare", 0.85),
    Goal("The same, a list of 25 read in full", "list", "bare", 1.05),
    Goal("Calls per second, 8 threads, 20 ms server", "threads 8", "bare", 0.97, at_least=True),
    Goal("The same, 64 threads", "threads 64", "bare", 0.95, at_least=True),
    Goal("Installed, with its bytecode", "size", "vendor269", 15e6, is_amount=True),
    Goal("Files in it, without the bytecode", "files", "vendor269", 400, is_amount=True),
    Goal(
        "Memory for a walk over 100,000 entities by `paginate`",
        "walk",
        "10000",
        None,
        peer_title="over 10,000",
    ),
    Goal(
        "Time for a walk with `prefetch=1`, the caller as slow as the server",
        "ahead",
        "plain",
        None,
        peer_title="without",
    ),
)
