"""The changes that no test can notice, and why; and how many of the others a room has to reach."""

from __future__ import annotations

from pathlib import Path

import tomllib

LEAST = {
    "_auth": 0.97,
    "_transport": 0.95,
    "_transport/retry.py": 0.97,
    "_wire": 0.95,
    "open_messaging": 0.95,
}
"""The least share of changes that tests have to notice. The retry policy is counted alone, too."""

_BY_REASON = tomllib.loads(Path(__file__).with_name("explained.toml").read_text("utf-8"))

EXPLAINED: dict[str, str] = {
    change: reason for reason, changes in _BY_REASON.items() for change in changes
}
"""A mutant's key, and why it behaves as the code does, for all that callers can tell."""
