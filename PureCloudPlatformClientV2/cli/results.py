"""What a command brings, and what ``--query`` takes from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ..models.base import Model

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult

_QUERY_ERRORS = (ValueError, TypeError, RecursionError)
"""What jmespath raises: its own errors are of the first kind, and the others slip through it."""


class Result(NamedTuple):
    """What a call brought."""

    value: Any
    model: type[Model] | None = None
    """What an entity in it is, if that is known."""
    is_page: bool = False
    """Whether it is a page of entities, with other fields around them."""

    def entities(self) -> Any:
        """Give the entities of a page, and any other value as it is."""
        return (self.value.get("entities") or []) if self.is_page else self.value


def about_page(page: dict[str, Any]) -> str:
    """Say which page of how many it is."""
    total, number, count = (page.get(name) for name in ("total", "pageNumber", "pageCount"))
    if not page.get("entities"):
        return "There is nothing on this page." if total else "There are none."
    if not isinstance(count, int) or count <= 1:
        return f"{total} in total."
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
    """Take from a result what ``--query`` asks for, which is of no known model any more."""
    if query is None:
        return result
    try:
        found = query.search(result.value)
        json.dumps(found)  # an expression by itself, such as &name, gives nothing to write
    except _QUERY_ERRORS as error:
        raise _wrong_query(error) from error
    return Result(found)


def _wrong_query(error: Exception) -> click.UsageError:
    return click.UsageError(f"--query: {' '.join(str(error).split())}", click.get_current_context())
