"""What the calls of the soak are, and what the server does to them: both sides go by the number."""

from __future__ import annotations

from typing import NamedTuple

VERBS = ("get", "get", "get", "get", "list", "get queue", "post", "patch", "delete", "put")
"""What a call does, by the last digit of its number."""

REPEATED = frozenset({"get", "list", "get queue", "delete", "put"})
"""The calls that the client may make again where nobody knows what became of them."""

_CYCLE = 1000
"""After so many tens of calls the troubles begin anew."""

_STRIDE = 617
"""Spreads them evenly over the cycle; has no divisor in common with it."""

_TROUBLES = {
    "not found": 10,
    "bad request": 10,
    "too many": 5,
    "unavailable": 3,
    "closes and says so": 10,
    "closes silently": 10,
    "resets": 1,
    "is no JSON": 1,
    "expired": 3,
    "zipped": 10,
}
"""What the server does, and to how many of a thousand calls of each kind."""

_BY_NUMBER = [name for name, count in _TROUBLES.items() for _ in range(count)]


class Outcome(NamedTuple):
    """How a call ends."""

    status: int
    """That of the exception; 0 where no response came; 200 for none, unless it cannot be used."""
    fails: bool
    repeats: int
    """How many further requests it takes; those after a 401 are for the server to count."""
    writes: bool
    """Whether a POST or a PATCH has been carried out."""


def verb(number: int) -> str:
    """Tell what a call does."""
    return VERBS[number % 10]


def trouble(number: int) -> str:
    """Tell what the server does to a call the first time that it comes; empty for nothing."""
    place = number // 10 * _STRIDE % _CYCLE
    return _BY_NUMBER[place] if place < len(_BY_NUMBER) else ""


def outcome(number: int) -> Outcome:
    """Tell how a call ends, by what is promised."""
    what, name = verb(number), trouble(number)
    is_write = what in ("post", "patch")
    if name in ("not found", "bad request"):
        return Outcome(404 if name == "not found" else 400, True, 0, False)
    if name == "too many":
        return Outcome(200, False, 1, is_write)
    if name in ("unavailable", "resets"):
        if what in REPEATED:
            return Outcome(200, False, 1, False)
        # Before it resets, the server carries a request out.
        return Outcome(503 if name == "unavailable" else 0, True, 0, name == "resets")
    if name == "is no JSON" and what != "delete":
        return Outcome(200, True, 0, is_write)
    return Outcome(200, False, 0, is_write)
