"""The module in which the vendor's SDK has YearMonth."""

from ._wire.year_month import YearMonth as YearMonth
