"""What a command brings, and what ``--query`` takes from it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..models.base import Model
from .listings import Listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from jmespath.parser import ParsedResult

    from ..rows import Rows

_QUERY_ERRORS = (ValueError, TypeError, RecursionError)
"""What jmespath raises: its own errors are of the first kind, and the others slip through it."""


class Result(NamedTuple):
    """What a call brought."""

    value: Any
    model: type[Model] | None = None
    """What an entity in it is, if that is known."""
    listing: Listing | None = None
    """Where the entities are, if there are other fields around them."""

    def entities(self) -> Any:
        """Give the entities of a page, and any other value as it is."""
        is_page = self.listing is not None and isinstance(self.value, dict)
        return self.listing.items(self.value) if self.listing and is_page else self.value

    def has_more(self) -> bool:
        """Whether there are more pages, as far as this one says."""
        page = self.value if self.listing is not None and isinstance(self.value, dict) else {}
        count = page.get("pageCount")
        cursors = page.get("cursors")
        after = cursors.get("after") if isinstance(cursors, dict) else page.get("after")
        leads_on = bool(page.get("nextUri") or page.get("cursor") or after)
        return count > 1 if isinstance(count, int) else leads_on


def make_rows(
    values: Iterable[Any], model: type[Model] | None, columns: Sequence[str] | None = None
) -> Rows | None:
    """Make rows of JSON objects, by the names that they have on the wire.

    Args:
        values: The objects.
        model: What they are, if that is known.
        columns: The columns, if they are chosen.

    Returns:
        The rows; ``None`` where values of no known model are no objects, or there are none.
    """
    # Imported here for the sake of start-up time: JSON needs no rows.
    from ..rows import to_rows

    if model is not None:
        return to_rows(values, model=model, columns=columns, wire_names=True)
    values = list(values)
    if not values or not all(isinstance(one, dict) for one in values):
        return None
    return to_rows(values, columns=columns, depth=0, wire_names=True)


def cell_text(value: Any) -> str:
    """Write a text as it is, nothing for null, and JSON for the rest."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def about_page(result: Result) -> str:
    """Say which page of how many it is."""
    page, found = result.value, result.entities()
    total, number, count = (page.get(name) for name in ("total", "pageNumber", "pageCount"))
    if not found:
        return "There is nothing on this page." if total else "There are none."
    if not result.has_more():
        return f"{len(found) if total is None else total} in total."
    if None in (total, number, count):
        return f"{len(found)} on this page; --all brings those of all pages."
    return f"Page {number} of {count}, {total} in total; --all brings them all."


def compile_query(expression: str | None) -> ParsedResult | None:
    """Parse the expression of ``--query``."""
    if expression is None:
        return None
    # Imported here for the sake of start-up time: few commands need it.
    import jmespath

    try:
        return jmespath.compile(expression)
    except _QUERY_ERRORS as error:
        raise _wrong_query(error) from error


def search(query: ParsedResult | None, result: Result) -> Result:
    """Take from a result what ``--query`` asks for, which is of no known model any more.

    A note on standard error says if that is nothing: a table or CSV of it is empty.
    """
    if query is None:
        return result
    try:
        found = query.search(result.value)
        json.dumps(found)  # an expression by itself, such as &name, gives nothing to write
    except _QUERY_ERRORS as error:
        raise _wrong_query(error) from error
    if found is None or (found == [] and result.entities()):
        sys.stderr.write("note: --query found nothing\n")
    return Result(found)


def _wrong_query(error: Exception) -> click.UsageError:
    return click.UsageError(f"--query: {' '.join(str(error).split())}", click.get_current_context())
