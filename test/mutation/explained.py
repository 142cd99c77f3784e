"""The changes that no test can notice, each with the reason; and what a room has to reach."""

from __future__ import annotations

LEAST = {
    "_auth": 0.0,
    "_transport": 0.0,
    "_transport/retry.py": 0.95,
    "_wire": 0.0,
    "open_messaging": 0.0,
}
"""The least share of changes that tests have to notice. The retry policy is counted alone, too."""

_SAID_ONLY = "the value says what the member means, and is not looked at; members stay distinct"

EXPLAINED = {
    "_transport/retry.py <module>: NOT_SENT = "
    '"the connection failed before the request was sent" -> NOT_SENT = None': _SAID_ONLY,
    "_transport/retry.py <module>: LOST = "
    '"the request was sent, or may have been, and no complete answer came" -> LOST = None': (
        _SAID_ONLY
    ),
    "_transport/retry.py <module>: HOPELESS = "
    '"another try would end the same way" -> HOPELESS = None': _SAID_ONLY,
    "_transport/retry.py back_off: pause = min(longest, first * 2.0 ** min(attempt, 100))"
    " -> pause = min(longest, first * 2.0 ** min(attempt, 101))": (
        "after a hundred doublings the pause is the longest; the bound keeps the number finite"
    ),
    "_transport/pacing.py TokenBucket.__init__: self._capacity = max(1, int(per_minute // 60))"
    " -> self._capacity = max(1, int(per_minute / 60))": (
        "a rate is positive, so that int() rounds down as // does"
    ),
    "_transport/pacing.py TokenBucket.__init__: "
    "whole = per_minute if per_minute < 1 else per_minute // 1"
    " -> whole = per_minute if per_minute <= 1 else per_minute // 1": "1 // 1 is 1",
    "_transport/pacing.py TokenBucket.__init__: "
    "self._looked_at = -math.inf # when that was last looked at"
    " -> self._looked_at = +math.inf # when that was last looked at": (
        "the first look then sets _full_at to now, which is the later of it and now anyway"
    ),
}
"""A mutant's key, and why it behaves as the code does, for all that callers can tell."""
