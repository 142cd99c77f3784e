"""The listings of the platform's contract, and how each of them is walked.

Written without a look at the package: from the document alone.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parent.parent / "contract" / "platform.swagger.json.gz"

document: dict[str, Any] = json.loads(gzip.decompress(CONTRACT.read_bytes()))

definitions: dict[str, dict[str, Any]] = document["definitions"]

CURSORS = {"cursor", "after", "nextPage", "afterSourceId"}
"""The parameters that lead to the next page, other than its number."""

SIGNS = {"cursor", "cursors", "after", "nextUri", "nextPage", "totalHits", "totalResults"}
"""The fields by which a result that has neither ``entities`` nor ``results`` is a page."""

BESIDE = {"aggregations", "schemas", "types"}
"""Lists that are about the one that was asked for."""


def snake_case(name: str) -> str:
    """Give the Python name of a wire name."""
    name = re.sub(r"\W", "_", name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])", "_", name).lower()


def _fields(schema: dict[str, Any] | None) -> dict[str, Any]:
    name = (schema or {}).get("$ref", "").rpartition("/")[2]
    fields: dict[str, Any] = definitions.get(name, {}).get("properties", {})
    return fields


@dataclass(frozen=True)
class Listing:
    """An operation whose result is a listing."""

    verb: str
    path: str
    operation: dict[str, Any]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What its method is called."""
        return snake_case(self.operation["operationId"])

    @property
    def api(self) -> str:
        """What the class of the method is called."""
        return "".join(self.operation["tags"][0].split()) + "Api"

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """What it takes."""
        found: list[dict[str, Any]] = self.operation["parameters"]
        return found

    @cached_property
    def query(self) -> set[str]:
        """The parameters of the query."""
        return {one["name"] for one in self.parameters if one["in"] == "query"}

    @cached_property
    def body(self) -> dict[str, Any]:
        """The fields of the body."""
        bodies = [one["schema"] for one in self.parameters if one["in"] == "body"]
        return _fields(bodies[0]) if bodies else {}

    @cached_property
    def result(self) -> dict[str, Any]:
        """The fields of the result."""
        return _fields(self.operation["responses"].get("200", {}).get("schema"))

    @property
    def is_untyped(self) -> bool:
        """Whether the result is declared as any JSON."""
        schema = self.operation["responses"].get("200", {}).get("schema")
        return bool(schema == {"type": "object"})

    @cached_property
    def page(self) -> dict[str, Any]:
        """The fields of the page: of the result, or of what is in its ``results``."""
        within = _fields(self.result.get("results"))
        return within if "entities" in within else self.result

    @cached_property
    def items(self) -> str | None:
        """The field of the page that has what was asked for."""
        for name in ("entities", "results"):
            if name in self.page and self.page[name].get("type") in ("array", "object"):
                return name
        lists = [name for name, field in self.page.items() if field.get("type") == "array"]
        lists = [name for name in lists if name not in BESIDE]
        return lists[0] if len(lists) == 1 and SIGNS & self.page.keys() else None

    @property
    def is_paged(self) -> bool:
        """Whether a page can be chosen, or says anything of others."""
        chosen = {"pageNumber", "pageSize", "paging", "limit", "startIndex", "q64", *CURSORS}
        return bool(chosen & (self.query | self.body.keys()) or SIGNS & self.page.keys())

    @property
    def is_listing(self) -> bool:
        """Whether there is anything to walk over."""
        if self.is_untyped:
            return "pageNumber" in self.query
        if self.items == "entities":
            return True
        return self.items is not None and self.is_paged and self.verb in ("GET", "POST")

    @property
    def style(self) -> str:
        """How it is walked."""
        if self.verb not in ("GET", "POST"):
            return "change"
        return next(self._styles())

    def _styles(self) -> Iterator[str]:
        query, body, page = self.query, self.body.keys(), self.page.keys()
        if "q64" in query and "nextPage" in page:
            yield "q64"
        if "startIndex" in query:
            yield "start index"
        if "pageNumber" in query:
            both = query & CURSORS and "nextUri" in page
            yield "page number or cursor" if both else "page number"
        for name in ("cursor", "after"):
            if name in query & page:
                yield name
            if name in body & page:
                yield f"{name} in the body"
        if "cursors" in page and query & CURSORS:
            yield "cursors"
        if "nextUri" in page and query & CURSORS:
            yield "next_uri"
        if "pageNumber" in body:
            yield "page number in the body"
        if "paging" in body:
            yield "paging in the body"
        if "nextUri" in page and (self.verb == "GET" or "pageSize" in query):
            yield "link"
        if {"limit", "pageSize"} & query or {"cursors", "nextPage"} & page or "pageSize" in body:
            yield "none"
        yield "none" if self.verb == "GET" and "pageCount" in page else "whole"


LISTINGS = sorted(
    (
        listing
        for path, item in document["paths"].items()
        for verb, operation in item.items()
        if (listing := Listing(verb.upper(), path, operation)).is_listing
    ),
    key=lambda one: one.name,
)
"""All listings there are."""
