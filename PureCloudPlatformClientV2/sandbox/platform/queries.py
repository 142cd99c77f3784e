"""What a query asks for: which documents, in which order, which page, and with what besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request

from ..errors import Problem, invalid, missing
from .contract import Operation, Schema

Wire = Mapping[str, Any]

DEFAULT_PAGE_SIZE = 25
MAX_INTEGER = 2**31 - 1

# int() would also take signs, blanks, underscores and the digits of other scripts.
_INTEGER = re.compile(r"[0-9]{1,10}", re.ASCII)

_PAGE = ("pageNumber", "pageSize")
_NO_FILTERS = (
    *(*_PAGE, "expand", "sortBy", "sortOrder", "language"),
    *("nextPage", "previousPage", "objectCount"),
    *("integrationPresenceSource", "userCustomAttributeSchemaIds"),
)


def check_query(operation: Operation) -> None:
    """Refuse a query that lacks what it must have, or has what the contract does not list."""
    problems = [
        problem
        for name, schema in operation.queries.items()
        if (problem := _problem(name, schema)) is not None
    ]
    if problems:
        raise invalid(problems)


def _problem(name: str, schema: Schema) -> Problem | None:
    given = _given(name, schema)
    if schema.get("required") and not any(given):
        return missing(name)
    allowed = _allowed(schema)
    if allowed and not {*given} <= {*allowed}:
        message = f"The parameter {{fieldName}} must be one of: {', '.join(allowed)}."
        return Problem(name, "invalid.value", message)
    return None


def _given(name: str, schema: Schema) -> list[str]:
    """Read a parameter: a list is repeated, or has commas in it; so may any that is to expand.

    Values of the contract are spelled as there, in whatever case they are written.
    """
    texts = request.args.getlist(name)
    if schema["type"] == "array" or name == "expand":
        texts = [part for text in texts for part in text.split(",")]
    usual = {one.casefold(): one for one in _allowed(schema)}
    return [usual.get(text.casefold(), text) for text in texts]


def _allowed(schema: Schema) -> Sequence[str]:
    """Tell which values a parameter may have; nothing for any."""
    if schema["type"] == "boolean":
        return ("true", "false")
    found: Sequence[str] = schema.get("enum") or schema.get("items", {}).get("enum") or ()
    return found


def expanded(operation: Operation) -> frozenset[str]:
    """Tell what shall be there in full."""
    schema = operation.queries.get("expand")
    return frozenset(_given("expand", schema) if schema else ())


def left_out(operation: Operation) -> frozenset[str]:
    """Tell what is there only if it is asked for."""
    schema = operation.queries.get("expand", {})
    return frozenset(schema.get("enum", ())) - expanded(operation)


class Filter(NamedTuple):
    """What the objects of a listing must be like."""

    field: str
    is_like: Callable[[Any, str], bool]
    values: list[str]


def filters(operation: Operation) -> list[Filter]:
    """Tell what the objects of a listing must be like."""
    return [
        Filter(*_comparison(operation, name), _given(name, schema))
        for name, schema in operation.queries.items()
        if name not in _NO_FILTERS and request.args.get(name)
    ]


def fits(wire: Wire, wanted: Sequence[Filter]) -> bool:
    """Tell whether an object is like what is wanted."""
    return all(
        any(one.is_like(wire.get(one.field), value) for value in one.values) for one in wanted
    )


def _comparison(operation: Operation, name: str) -> tuple[str, Callable[[Any, str], bool]]:
    """Tell which field a filter is about, and how it is compared."""
    special = _FILTERS_OF_PATHS.get((operation.path, name)) or _FILTERS.get(name)
    if special is not None:
        return special
    return name.removesuffix(".id"), _has_id if name.endswith(".id") else _is_same


def _has_id(reference: Wire | None, wanted: str) -> bool:
    return reference is not None and reference.get("id") == wanted


def _is_same(value: Any, wanted: str) -> bool:
    return _plain("" if value is None else str(value)) == _plain(wanted)


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_")


def _is_in_area(number: str | None, code: str) -> bool:
    digits = number or ""
    return digits[2:].startswith(code) or digits[3:].startswith(code)  # +1, +49


def _has_number(number: str | None, pattern: str) -> bool:
    """Tell whether digits are anywhere in a number; an asterisk stands for any."""
    return fnmatchcase(number or "", pattern if "*" in pattern else f"*{pattern}*")


def _has_part(text: str | None, part: str) -> bool:
    return part.casefold() in (text or "").casefold()


def _begins(text: str | None, start: str) -> bool:
    return (text or "").casefold().startswith(start.casefold())


def _is_called(text: str | None, pattern: str) -> bool:
    """Tell whether this is the name; an asterisk stands for anything."""
    parts = map(re.escape, pattern.casefold().split("*"))
    return re.fullmatch(".*".join(parts), (text or "").casefold(), re.DOTALL) is not None


def _system_presence(presence: Wire) -> str:
    name: str = presence["presenceDefinition"]["systemPresence"]
    return name


_FILTERS: Mapping[str, tuple[str, Callable[[Any, str], bool]]] = {
    "areaCode": ("phoneNumber", _is_in_area),
    "divisionId": ("division", _has_id),
    "libraryId": (
        "libraries",
        lambda libraries, wanted: wanted in [one["id"] for one in libraries or ()],
    ),
    "libraryPrefix": ("name", _begins),
    "messagingTemplateFilter": ("responseType", lambda kind, _: kind == "MessagingTemplate"),
    "name": ("name", _has_part),
    "pattern": ("phoneNumber", _has_number),
    "phoneNumber": ("phoneNumber", _has_number),
    "presence": ("presence", lambda one, wanted: _is_same(_system_presence(one), wanted)),
    "routingStatus": ("routingStatus", lambda one, wanted: _is_same(one["status"], wanted)),
    "skills": (
        "skills",
        lambda skills, wanted: any(wanted in (one["id"], one["name"]) for one in skills or ()),
    ),
    "state": ("state", lambda state, wanted: wanted == "any" or _is_same(state, wanted)),
}
"""The filters that are of another name than the field, or do not want all of it: field, and how."""

_FILTERS_OF_PATHS: Mapping[tuple[str, str], tuple[str, Callable[[Any, str], bool]]] = {
    ("/api/v2/routing/queues", "name"): ("name", _is_called),
    ("/api/v2/routing/skills", "name"): ("name", _begins),
}
"""Those that are of another kind on one path."""


def sorted_by(operation: Operation) -> str | None:
    """Tell by which field a listing is sorted; ``None`` for the order of creation.

    What has an order, and nothing to choose, is in that of the names.
    """
    schema = operation.queries.get("sortBy")
    if schema is not None:
        return next(iter(_given("sortBy", schema)), None)
    order = operation.queries.get("sortOrder", {})
    return "name" if "default" in order or "sortOrder" in request.args else None


def is_descending() -> bool:
    """Tell which way a listing is sorted."""
    return request.args.get("sortOrder", "").casefold().startswith("desc")


def repeated() -> str:
    """Write down what the addresses of other pages must have as well."""
    pairs = [(name, one) for name, one in request.args.items(multi=True) if name not in _PAGE]
    return f"&{urlencode(pairs)}" if pairs else ""


def compares(operator: str, actual: Sequence[str], wanted: Sequence[str]) -> bool:
    """Compare what a field has with what a filter names."""
    if operator == "NOTEQUALS":
        return not compares("IN", actual, wanted)
    compare = _OPERATORS[operator]
    return any(compare(one.casefold(), other.casefold()) for one in actual for other in wanted)


_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "IN": str.__eq__,
    "EQUALS": str.__eq__,
    "BEGINS_WITH": str.startswith,
    "ENDS_WITH": str.endswith,
    "CONTAINS": str.__contains__,
}


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
