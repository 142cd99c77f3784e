"""Where in a listing a call is made, and what of a page leads to the next place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from .._wire.names import snake_case
from .results import Result

COUNTED = {"page_number": "a page", "start_index": "the first entity"}
"""The parameters that count, and what they are the number of."""

STARTS = (*COUNTED, "cursor", "after", "next_page", "q64")
"""The parameters by which a caller can say where to start."""

_CURSORS = (
    ("cursor", ("cursor",)),
    ("after", ("after",)),
    ("cursors.after", ("after", "cursor")),
    ("next_page", ("q64", "next_page")),
)
"""What a page may say, and the parameters that may take it, the first that there is."""

is_cursor = re.compile(r"(after|before|cursor|next_page|previous_page|q64)(_|$)").match
"""Whether a parameter is named like one that takes a cursor."""


class Place(NamedTuple):
    """Where in a listing a call is made."""

    values: dict[str, Any]
    """Parameters, be they in the query or in the body."""
    number: int | None = None
    """Which page it is, where pages are told by their numbers."""
    link: str | None = None
    """Path and query, where no parameter of the method leads there."""


def referred_places(page: Result, takes: Callable[[str], bool]) -> Iterator[Place]:
    """Find the places that a page refers to by a cursor, the best first.

    Args:
        page: The page.
        takes: Whether the method has a parameter.
    """
    for said, names in _CURSORS:
        value = page.text(said)
        name = next(filter(takes, names), None)
        if value is not None and name is not None:
            yield Place({name: value})
    next_uri = page.text("next_uri")
    if next_uri is not None:
        found = _read_query(next_uri)
        values: dict[str, Any] = {name: value for name, value in found if takes(name)}
        number = values.get("page_number")
        if number is not None:
            values["page_number"] = int(number) if number.isdecimal() else None
        if any(map(is_cursor, values)):
            yield Place(values)
        elif number is None:
            link = re.sub(r"^\w+://[^/?#]*", "", next_uri)
            yield Place({}, link=link.replace("{", "%7B"))


def _read_query(uri: str) -> Iterator[tuple[str, str]]:
    """Read the parameters of a URI that say where in the listing it leads."""
    for pair in uri.partition("#")[0].partition("?")[2].split("&"):
        wire_name, _, value = pair.partition("=")
        name = snake_case(re.sub(r"\W", "_", unquote(wire_name)))
        if name in STARTS or is_cursor(name):
            # A plus sign stays one: cursors have it more often than a blank.
            yield name, unquote(value)
