"""Reads what is optional in a webhook: what is absent, or of another type, is ``None``.

A webhook that has one field in a new form must still reach the customer; the form that came is kept
in ``raw``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from .._wire.json_values import WrongShapeError
from .._wire.types import decode_datetime


def text_in(found: Any, name: str) -> str | None:
    """Give a text of an object."""
    value = object_from(found).get(name)
    return value if isinstance(value, str) else None


def object_in(found: Any, name: str) -> dict[str, Any]:
    """Give an object of an object; empty where there is none."""
    return object_from(object_from(found).get(name))


def objects_in(found: Any, name: str) -> list[dict[str, Any]]:
    """Give the objects in a list of an object."""
    items = object_from(found).get(name)
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []


def time_in(found: Any, name: str) -> datetime | None:
    """Give a moment of an object."""
    try:
        return decode_datetime(object_from(found).get(name))
    except WrongShapeError:
        return None


def duration_in(found: Any, name: str, unit: timedelta) -> timedelta | None:
    """Give a duration of an object."""
    value = object_from(found).get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return value * unit
    except (OverflowError, ValueError):
        return None


def object_from(found: Any) -> dict[str, Any]:
    """Give an object as it is, and for anything else an empty one."""
    return found if isinstance(found, dict) else {}
