"""What is wrong with an argument of a builder, before the platform would say so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from .._wire.json_values import format_datetime
from .._wire.names import did_you_mean


def checked_text(name: str, value: Any) -> str:
    """Give a text back that may not be empty."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be text, and not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    return value


def given_texts(prefix: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Give the texts back that are not ``None``."""
    given = {name: value for name, value in values.items() if value is not None}
    return {name: checked_text(f"{prefix}{name}", value) for name, value in given.items()}


def checked_choice(name: str, value: Any, choices: Iterable[str]) -> str:
    """Give a value of an enumeration as the platform spells it, whatever its case."""
    by_name = {one.lower(): one for one in choices}
    text = checked_text(name, value)
    if text.lower() not in by_name:
        *most, last = by_name.values()
        hint = did_you_mean(text, by_name.values())
        raise ValueError(f"{name} must be {', '.join(most)} or {last}, and not {text!r}{hint}")
    return by_name[text.lower()]


def checked_strings(name: str, values: Any) -> dict[str, str]:
    """Give a mapping of texts to texts as a dict of its own."""
    if not isinstance(values, Mapping):
        raise TypeError(f"{name} must be a mapping of texts, and not {type(values).__name__}")
    for key, value in values.items():
        checked_text(f"a name in {name}", key)
        if not isinstance(value, str):
            raise TypeError(f"{name}[{key!r}] must be text, and not {type(value).__name__}")
    return dict(values)


def checked_time(time: Any) -> str:
    """Write a moment as the platform has it; now, where it is ``None``."""
    if time is None:
        return format_datetime(datetime.now(timezone.utc))
    if not isinstance(time, datetime):
        raise TypeError(f"time must be a datetime, and not {type(time).__name__}")
    if time.utcoffset() is None:
        raise ValueError("time has no time zone: use datetime.now(timezone.utc), or its tzinfo")
    return format_datetime(time)
