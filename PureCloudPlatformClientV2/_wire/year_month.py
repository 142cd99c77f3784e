"""YearMonth: a month of a year, as plans of capacity and staff have them."""

from __future__ import annotations

import re
from datetime import date
from operator import index
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["YearMonth"]


class YearMonth:
    """A month of a year; it is sent and read as text, and can be compared and hashed.

    >>> YearMonth(2026, 11), str(YearMonth(2026, 11)), YearMonth(2026, 11) < YearMonth(2027, 1)
    (YearMonth(2026, 11), '2026-11', True)
    """

    __slots__ = ("_month", "_year")

    def __init__(self, year: int, month: int) -> None:
        """Make the month.

        Args:
            year: From 0 to 9999.
            month: From 1 to 12.

        Raises:
            ValueError: One of them is another number.
            TypeError: One of them is no whole number.
        """
        self._year = _checked("year", year, 0, 9999)
        self._month = _checked("month", month, 1, 12)

    @classmethod
    def from_date(cls, d: date) -> Self:
        """Give the month in which a date or a date-time lies."""
        return cls(d.year, d.month)

    def to_date(self) -> date:
        """Give the first day of the month.

        Raises:
            ValueError: It is in the year 0, which dates do not have.
        """
        return date(self.year, self.month, 1)

    @property
    def year(self) -> int:
        """The year."""
        return self._year

    @property
    def month(self) -> int:
        """The month, from 1 to 12."""
        return self._month

    def to_dict(self) -> dict[str, int]:
        """Give year and month by name."""
        return {"year": self.year, "month": self.month}

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.year}, {self.month})"

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.year, self.month)

    def __hash__(self) -> int:
        return hash((self.year, self.month))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, YearMonth):
            return NotImplemented
        return (self.year, self.month) == (other.year, other.month)

    def __lt__(self, other: YearMonth) -> bool:
        if not isinstance(other, YearMonth):
            return NotImplemented
        return (self.year, self.month) < (other.year, other.month)

    def __le__(self, other: YearMonth) -> bool:
        if not isinstance(other, YearMonth):
            return NotImplemented
        return (self.year, self.month) <= (other.year, other.month)


def _checked(name: str, number: Any, least: int, most: int) -> int:
    try:
        found = index(number)
    except TypeError:
        kind = type(number).__name__
        raise TypeError(f"{name}: give a whole number, not a value of type {kind}") from None
    if not least <= found <= most:
        raise ValueError(f"{name}: give a number from {least} to {most}, not {found}")
    return found


def parse_year_month(text: Any) -> YearMonth:
    """Read what the service sends for a month, for example ``2026-11``; a day in it is left out.

    Raises:
        ValueError: It is no such text.
        TypeError: It is no text.
    """
    usual = re.fullmatch(r"([0-9]{4})-([0-9]{2})", text)
    if usual:
        return YearMonth(int(usual[1]), int(usual[2]))
    if not re.match(r"[0-9]{4}", text):
        raise ValueError("there is no year in four digits")
    # Imported here for the sake of start-up time: the service's own form never comes this way.
    from dateutil.parser import isoparse

    return YearMonth.from_date(isoparse(text))
