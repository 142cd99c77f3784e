"""JSON values as rows and columns, for tables and CSV."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, get_type_hints

from ..models.base import Model
from .listings import model_in

Column = tuple[str, ...]
"""Where a cell is: the names on the way to it, from the outside in."""


def model_columns(model: type[Model]) -> list[Column]:
    """List the columns of a model, those of the models in it included.

    What is in those again is written as JSON: there are models with thousands of fields in all.
    """
    columns: list[Column] = []
    hints = get_type_hints(model)
    for field, wire_name in model.attribute_map.items():
        inner = model_in(hints[field])
        # An array of models has no fixed number of columns, and one of the same kind has no end.
        if inner is None or inner is model or inner.__name__ != model.swagger_types[field]:
            columns.append((wire_name,))
        else:
            columns += [(wire_name, name) for name in inner.attribute_map.values()]
    return columns


def row_columns(rows: Iterable[Mapping[str, Any]]) -> list[Column]:
    """List the keys of rows of no known model, in the order in which they first come up."""
    return list(dict.fromkeys((key,) for row in rows for key in row))


def cell(row: Mapping[str, Any], column: Column) -> Any:
    """Find the value of a cell; ``None`` if there is none."""
    value: Any = row
    for name in column:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def heading(column: Column) -> str:
    """Name a column as ``--query`` does, with dots."""
    return ".".join(column)


def as_rows(value: Any) -> list[dict[str, Any]] | None:
    """Give a JSON value if it is an array of objects and not empty."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return value
    return None


def cell_text(value: Any) -> str:
    """Write a text as it is, nothing for null, and JSON for the rest."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def printable(text: str) -> str:
    """Put a space for every control character, which a terminal would obey."""
    return "".join(one if one.isprintable() else " " for one in text)


def filled(columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Leave out the columns that are empty."""
    return [one for one in columns if any(cell(row, one) is not None for row in rows)]
