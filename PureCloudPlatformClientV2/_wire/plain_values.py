"""Values of a caller's own kinds, such as members of enumerations, as Python's own."""

from __future__ import annotations

from enum import Enum
from numbers import Integral, Real
from typing import Any

from .year_month import YearMonth

TOO_LARGE = "the number is too large to be sent"
"""What to say of one that Python does not write."""


def plain_value(value: Any) -> Any:
    """Give the text or number that a value stands for.

    Args:
        value: A member of an enumeration, a month, a number or truth value of NumPy and the like,
            text or a number of a class of its own; anything else comes back as it is.

    Raises:
        ValueError: A number is too large.
    """
    if isinstance(value, Enum):
        return plain_value(value.value)
    if isinstance(value, str):
        return str.__str__(value)  # and not what its class makes of it
    if isinstance(value, bool):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        try:
            return float(value)
        except OverflowError:
            raise ValueError(TOO_LARGE) from None
    if isinstance(value, YearMonth):
        return str(value)
    # NumPy's truth values, under both their names, are the only scalars of it that are no numbers.
    if (type(value).__module__, type(value).__name__.rstrip("_")) == ("numpy", "bool"):
        return bool(value)
    return value
