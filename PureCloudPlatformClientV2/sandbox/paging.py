"""Pages of a listing: which one a query asks for, and the envelope around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import Problem, invalid

DEFAULT_PAGE_SIZE = 25
MAX_INTEGER = 2**31 - 1

# int() would also take signs, blanks, underscores and the digits of other scripts.
_INTEGER = re.compile(r"[0-9]{1,10}", re.ASCII)


@dataclass(frozen=True)
class Page:
    """Which page of a listing is meant."""

    size: int
    number: int

    @property
    def offset(self) -> int:
        """How many entities come before the page."""
        return (self.number - 1) * self.size


def parse_page(query: Mapping[str, str], max_page_size: int) -> Page:
    """Read pageSize and pageNumber."""
    size = _parse(query, "pageSize", DEFAULT_PAGE_SIZE, min(max_page_size, MAX_INTEGER))
    number = _parse(query, "pageNumber", 1, MAX_INTEGER)
    problems = [outcome for outcome in (size, number) if isinstance(outcome, Problem)]
    if isinstance(size, Problem) or isinstance(number, Problem):
        raise invalid(problems)
    return Page(size, number)


def listing_to_wire(
    path: str,
    page: Page,
    entities: Sequence[Mapping[str, Any]],
    total: int,
    repeated: str = "",
) -> dict[str, Any]:
    """Build the envelope around the entities of a page; every address ends with what is repeated.

    That is the rest of the query, from its "&" on.
    """

    def uri(number: int) -> str:
        return f"{path}?pageSize={page.size}&pageNumber={number}{repeated}"

    page_count = -(-total // page.size)
    last = max(page_count, 1)
    envelope: dict[str, Any] = {
        "entities": list(entities),
        "pageSize": page.size,
        "pageNumber": page.number,
        "total": total,
        "firstUri": uri(1),
        "selfUri": uri(page.number),
        "lastUri": uri(last),
        "pageCount": page_count,
    }
    if page.number < last:
        envelope["nextUri"] = uri(page.number + 1)
    if page.number > 1:
        envelope["previousUri"] = uri(min(page.number - 1, last))
    return envelope


def _parse(query: Mapping[str, str], name: str, default: int, maximum: int) -> int | Problem:
    text = query.get(name)
    if text is None:
        return min(default, maximum)
    if _INTEGER.fullmatch(text) and 1 <= int(text) <= maximum:
        return int(text)
    message = f"The parameter {{fieldName}} must be a whole number from 1 to {maximum}."
    return Problem(name, "invalid.value", message)
