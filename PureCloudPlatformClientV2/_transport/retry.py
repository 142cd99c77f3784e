"""When a request may be sent again: the retry policy, as a pure function."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from typing import NamedTuple

from .._wire.headers import parse_retry_after

IDEMPOTENT_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
"""Verbs that have the same effect however often they arrive (RFC 9110, section 9.2.2)."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


class NoAnswer(Enum):
    """Ways to end without a complete answer."""

    NOT_SENT = "the connection failed before the request was sent"
    LOST = "the request was sent, or may have been, and no complete answer came"
    HOPELESS = "another try would end the same way"


class RetrySettings(NamedTuple):
    """What of the policy can be configured.

    Attributes:
        retries: How often a request may be sent again.
        retry_after_max: A longer Retry-After, in seconds, is not waited for.
    """

    retries: int
    retry_after_max: float


def pause_before_retry(
    method: str,
    attempt: int,
    outcome: int | NoAnswer,
    headers: Mapping[str, str],
    time_left: float,
    settings: RetrySettings,
    *,
    chance: float | None = None,
) -> float | None:
    """Decide whether to send a request again, and when.

    Args:
        method: The verb.
        attempt: How often the request was sent before, 0 for the first time.
        outcome: The HTTP status, or why there is none.
        headers: The headers of the answer.
        time_left: Seconds until the deadline of the call.
        settings: What the configuration says.
        chance: A number from 0 to 1 in place of a random one, which spreads the load of many
            clients that failed together.

    Returns:
        Seconds to wait before the next try, or ``None`` to give up.
    """
    if attempt >= settings.retries or not _may_repeat(method, outcome):
        return None
    asked = parse_retry_after(headers, arrived=datetime.now(timezone.utc))
    if asked is not None and asked > settings.retry_after_max:
        return None
    pause = back_off(attempt, chance) if asked is None else asked
    return pause if pause < time_left else None


def _may_repeat(method: str, outcome: int | NoAnswer) -> bool:
    if outcome in (NoAnswer.NOT_SENT, 429):
        return True
    return outcome in (NoAnswer.LOST, 502, 503, 504) and method in IDEMPOTENT_METHODS


def back_off(
    attempt: int,
    chance: float | None = None,
    *,
    first: float = _FIRST_PAUSE,
    longest: float = _LONGEST_PAUSE,
) -> float:
    """Give the seconds before another attempt: exponential, with full jitter.

    Args:
        attempt: How many attempts have been made, from 0 up.
        chance: A number from 0 to 1 in place of a random one.
        first: As long as the first pause may be.
        longest: As long as any may be.
    """
    # No more doublings than a number can hold: somebody may try for days.
    pause = min(longest, first * 2.0 ** min(attempt, 100))
    return pause * (random.random() if chance is None else chance)  # noqa: S311  # no secret
