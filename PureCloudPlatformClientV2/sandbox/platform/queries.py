"""What a query asks for: which documents, in which order, and with what besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlencode

from flask import request

from ..errors import Problem, invalid, missing
from .contract import Operation, Schema

Wire = Mapping[str, Any]

_PAGE = ("pageNumber", "pageSize")
_NO_FILTERS = (*_PAGE, "expand", "sortBy", "sortOrder", "language")


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


def filters(operation: Operation) -> dict[str, list[str]]:
    """Tell what the documents of a listing must be like."""
    return {
        name: _given(name, schema)
        for name, schema in operation.queries.items()
        if name not in _NO_FILTERS and request.args.get(name)
    }


def fits(wire: Wire, wanted: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether an object is like what is wanted."""
    return all(any(_is_like(wire, name, one) for one in values) for name, values in wanted.items())


def _is_like(wire: Wire, name: str, wanted: str) -> bool:
    value = wire.get(field_of(name))
    if name in _FILTERS:
        return value is not None and _FILTERS[name][1](value, wanted)
    if name.endswith(".id"):
        return bool(value and value.get("id") == wanted)
    return _plain("" if value is None else str(value)) == _plain(wanted)


def field_of(name: str) -> str:
    """Tell which field a filter is about."""
    return _FILTERS[name][0] if name in _FILTERS else name.removesuffix(".id")


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_")


def _is_in_area(number: str, code: str) -> bool:
    return number[2:].startswith(code) or number[3:].startswith(code)  # "+1", "+49"


def _has_number(number: str, pattern: str) -> bool:
    """Tell whether digits are anywhere in a number; an asterisk stands for any."""
    return fnmatchcase(number, pattern if "*" in pattern else f"*{pattern}*")


_FILTERS: Mapping[str, tuple[str, Callable[[Any, str], bool]]] = {
    "areaCode": ("phoneNumber", _is_in_area),
    "libraryId": (
        "libraries",
        lambda libraries, wanted: wanted in [one["id"] for one in libraries],
    ),
    "libraryPrefix": ("name", lambda name, start: name.casefold().startswith(start.casefold())),
    "messagingTemplateFilter": ("responseType", lambda kind, _: kind == "MessagingTemplate"),
    "name": ("name", lambda name, part: part.casefold() in name.casefold()),
    "pattern": ("phoneNumber", _has_number),
    "phoneNumber": ("phoneNumber", _has_number),
}
"""The filters that are of another name than the field, or do not want all of it: field, and how."""


def sorted_by(operation: Operation) -> str | None:
    """Tell by which field a listing is sorted; ``None`` for the order of creation."""
    schema = operation.queries.get("sortBy")
    return next(iter(_given("sortBy", schema)), None) if schema else None


def is_descending() -> bool:
    """Tell which way a listing is sorted."""
    return request.args.get("sortOrder", "").casefold() == "descending"


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
