"""Models as HTML tables, as notebooks show them; loaded when one does."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any

from .._wire.json_values import ApiNullValue, field_value
from .._wire.redaction import MASK, mask_secrets
from .._wire.types import is_model

if TYPE_CHECKING:
    from .base import Model
    from .entity_listing import Entities

_REFERENCE_FIELDS = {"id", "name", "self_uri"}
"""The fields of a model that only points to an entity, and is shown by the name of that."""

_MOST_ROWS = 100
"""How many entities of a listing are shown; a notebook is no place for ten thousand."""


def model_table(model: Model) -> str:
    """Write a model as an HTML table, one row a field that is set; secrets are masked."""
    return _table(type(model).__name__, [], [list(cell) for cell in _cells(model).items()])


def listing_table(listing: Entities[Any]) -> str:
    """Write a listing as an HTML table, one row an entity, one column a field that any has set."""
    entities: list[Model] = list(listing)[:_MOST_ROWS]
    if not all(is_model(type(entity)) for entity in entities):
        return model_table(listing)
    rows = [_cells(entity) for entity in entities]
    names = dict.fromkeys(name for entity in entities for name in entity.swagger_types)
    names.update(dict.fromkeys(name for row in rows for name in row))
    columns = [name for name in names if any(name in row for row in rows)]
    return _table(
        _caption(listing, len(rows)),
        ["", *columns],
        [
            [str(number), *(row.get(name, "") for name in columns)]
            for number, row in enumerate(rows, start=1)
        ],
    )


def _caption(listing: Entities[Any], shown: int) -> str:
    count = f"{len(listing)}" if shown == len(listing) else f"the first {shown} of {len(listing)}"
    parts = [f"{type(listing).__name__}: {count}"]
    # Not all listings have these.
    number, last, total = (
        field_value(listing, one) for one in ("page_number", "page_count", "total")
    )
    if number is not None:
        parts.append(f"page {number}" if last is None else f"page {number} of {last}")
    if total is not None:
        parts.append(f"{total} in all")
    return ", ".join(parts)


def _cells(model: Model) -> dict[str, str]:
    """What is set, and what came besides, by name."""
    fields = {name: field_value(model, name) for name in model.swagger_types}
    cells = {
        name: MASK
        if name in model.secret_fields and not isinstance(value, ApiNullValue)
        else _text(mask_secrets(value))
        for name, value in fields.items()
        if value is not None
    }
    # Some models have a field that is called additional_properties.
    unknown: dict[str, Any] = getattr(model, "_unknown", None) or {}
    for name, value in mask_secrets(unknown).items():
        cells.setdefault(name, _text(value))
    return cells


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if set(getattr(value, "swagger_types", ())) == _REFERENCE_FIELDS:
        reference: Any = value
        return str(reference.name or reference.id or reference)
    return repr(value)


def _table(caption: str, head: list[str], rows: list[list[str]]) -> str:
    lines = [f"<table><caption>{escape(caption)}</caption>"]
    if head:
        cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
        lines.append(f"<thead><tr>{cells}</tr></thead>")
    lines.append("<tbody>")
    for first, *others in rows:
        cells = "".join(f"<td>{escape(text)}</td>" for text in others)
        lines.append(f'<tr><th scope="row">{escape(first)}</th>{cells}</tr>')
    return "\n".join([*lines, "</tbody></table>"])
