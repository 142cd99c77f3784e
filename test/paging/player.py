"""Plays a listing of the platform, in the style that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from service import Answer, Request, make_answer

from .listings import Listing

PAGES = (("1", "2"), ("3", "4"), ("5",))
"""What is on the pages, unless a test says otherwise."""

TOKEN = "to=page/{}+=="
"""A cursor, with what has a meaning of its own in a URI."""


class Player:
    """Answers as the platform would if it had a listing with these pages."""

    def __init__(
        self,
        listing: Listing,
        pages: Sequence[Sequence[str]] = PAGES,
        *,
        by_cursor: bool = False,
        **said: Any,
    ) -> None:
        """Take what is to be played.

        Args:
            listing: The listing.
            pages: What is on its pages.
            by_cursor: Whether a listing that has numbers and cursors goes by the latter.
            **said: What every page says by wire name, whatever is true.
        """
        self.listing = listing
        self.pages = pages
        self.asked: list[int] = []
        self.said = said
        self.style = listing.style
        if self.style == "page number or cursor":
            self.style = "next_uri" if by_cursor else "page number"

    @property
    def is_single(self) -> bool:
        """Whether there is no way to a second page."""
        return self.style in ("whole", "none")

    @property
    def everything(self) -> list[str]:
        """What a walk comes to."""
        return [item for page in self.pages[: 1 if self.is_single else None] for item in page]

    @property
    def parameter(self) -> str:
        """What says which page is asked for, in the query or the body, by its wire name."""
        name = self.style.removesuffix(" in the body")
        if name in ("cursors", "next_uri"):
            names = ("after", "cursor", "nextPage", "afterSourceId")
            return next(one for one in names if one in self.listing.query)
        if name == "start index":
            return "startIndex"
        return name if name in ("q64", "cursor", "after") else "pageNumber"

    def __call__(self, request: Request) -> Answer:
        """Answer a request."""
        page = self._page(request)
        self.asked.append(page)
        if page > len(self.pages) + 1:
            return make_answer(400, {"message": f"there is no page {page}"})
        fields = self._fields(page, request.path)
        is_within = self.listing.page is not self.listing.result
        return make_answer(200, {"results": fields} if is_within else fields)

    def _page(self, request: Request) -> int:
        """Tell which page is asked for."""
        if self.is_single:
            return 1
        holder: Any = request.query
        if self.style.endswith("in the body"):
            holder = request.json if request.body else {}
        if self.style == "paging in the body":
            holder = holder["paging"]
            assert holder.keys() == {"pageSize", "pageNumber"}
        said: Any = holder.get(self.parameter, 1)
        if self.parameter == "pageNumber":
            return int(said)
        if self.parameter == "startIndex":
            return next(page for page in range(1, 99) if self._index(page) == int(said))
        tokens: dict[Any, int] = {TOKEN.format(page): page for page in range(2, 99)}
        # A walk by q64 begins with one of the caller's.
        return tokens.get(said, 1) if said == 1 or self.style == "q64" else tokens[said]

    def _index(self, page: int) -> int:
        return 1 + sum(map(len, self.pages[: page - 1])) + max(0, page - 1 - len(self.pages))

    def _fields(self, page: int, path: str) -> dict[str, Any]:
        """Make a page, with those fields that the contract declares."""
        items = self.pages[page - 1] if page <= len(self.pages) else ()
        total = len(self.everything)
        fields: dict[str, Any] = {
            self.listing.items or "entities": [self._item(item) for item in items],
            "pageNumber": page,
            "pageSize": len(self.pages[0]),
            "pageCount": 1 if self.is_single else len(self.pages),
            "total": total,
            "totalHits": total,
            "totalResults": total,
            "startIndex": self._index(page),
            "itemsPerPage": len(items),
        }
        if page < len(self.pages) and not self.is_single:
            token = TOKEN.format(page + 1)
            place = page + 1 if self.parameter == "pageNumber" else token
            fields |= dict.fromkeys(("cursor", "after", "nextPage"), token)
            fields["nextUri"] = f"{path}?{urlencode({self.parameter: place})}"
            fields["cursors"] = {"after": token}
        fields |= self.said
        if self.listing.is_untyped:
            return fields
        declared = self.listing.page
        return {
            name: value
            for name, value in fields.items()
            if name in declared and ("$ref" in declared[name]) == isinstance(value, dict)
        }

    def _item(self, item: str) -> Any:
        schema = self.listing.page.get(self.listing.items or "", {}).get("items", {})
        return item if schema.get("type") == "string" else {"item": item}


def sample(listing: Listing) -> list[Any]:
    """Make the arguments that a listing must have."""
    return [_value(one) for one in listing.parameters if one.get("required")]


def _value(parameter: dict[str, Any]) -> Any:
    if parameter["in"] == "body":
        return [] if parameter["schema"].get("type") == "array" else {}
    if parameter["name"] == "q64":
        return "first"
    if "enum" in parameter:
        return parameter["enum"][0]
    formats = {"date": "2026-01-01", "date-time": "2026-01-01T00:00:00Z"}
    if parameter.get("format") in formats:
        return formats[parameter["format"]]
    return {"integer": 1, "boolean": True, "array": ["x"]}.get(parameter["type"], "x")
