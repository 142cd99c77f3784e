"""What a caller gives, as it goes into path and query."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set, ValuesView
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from .headers import to_text
from .json_values import format_datetime
from .names import snake_case
from .urls import encode_query

_USUAL = frozenset({str, int, bool, bytes})

_MOST_DIGITS = 1000
"""Of a decimal number that is written without an exponent."""


class Repeated(list[Any]):
    """The values of a query parameter that goes out once for each of them: ``id=a&id=b``.

    Those of a plain list are joined with commas instead. So are these where an HTTP client of a
    caller's own knows no lists, and makes one text of them.

    >>> Repeated(["a", None, "b"]), Repeated("a"), Repeated(None)
    (['a', 'b'], ['a'], [])
    """

    def __init__(self, values: Any = None) -> None:
        """Take the values: one, or a list, tuple, set, range or iterator; ``None`` is left out."""
        if not _is_several(values):
            values = (values,)
        elif isinstance(values, Set):  # see values_to_text
            values = sorted(values, key=str)
        super().__init__(value for value in values if value is not None)

    def __str__(self) -> str:
        return ",".join(map(str, self))


def _argument(wire_name: str) -> str:
    """Give what the argument for a parameter is called, as an error message should call it."""
    return re.sub("[.-]", "_", snake_case(wire_name))


def expand_path(resource_path: Any, path_params: Mapping[str, Any]) -> str:
    """Put the path parameters into the template, each as exactly one segment.

    Args:
        resource_path: The template, for example ``/api/v2/users/{userId}``.
        path_params: The values, by the names in the template.

    Raises:
        ValueError: A value is missing or cannot be a segment, or the template is no path.
        TypeError: A value is nothing that can be an id, or the template no text.
    """
    if not isinstance(resource_path, str):
        kind = type(resource_path).__name__
        raise TypeError(f"resource_path: give text, not a value of type {kind}")
    if not resource_path.startswith("/"):
        # What follows the host without a slash would be part of its name.
        raise ValueError(f"resource_path: {resource_path!r} does not begin with a slash")
    if "#" in resource_path:
        raise ValueError("resource_path: what follows a # is never sent; write %23 for the sign")
    path: str
    path, *rest = resource_path.split("{")
    for piece in rest:
        wire_name, brace, following = piece.partition("}")
        path += _segment(wire_name, path_params) + following if brace else "{" + piece
    return path


def _segment(wire_name: str, path_params: Mapping[str, Any]) -> str:
    value = path_params.get(wire_name)
    if value is None or (isinstance(value, (list, tuple)) and not value):
        raise ValueError(f"{_argument(wire_name)} is missing: the path needs it")
    text = value_to_text(wire_name, value)
    if text in ("", ".", ".."):
        raise ValueError(f"{_argument(wire_name)}: {text!r} cannot be part of a path")
    # Quote "/" as well: an id is one path segment, and urllib's default leaves slashes alone.
    return quote(text, safe="")


def check_reserved(
    path_params: Mapping[str, Any], reserved: Mapping[str, Mapping[str, str]]
) -> None:
    """Check that no value makes the path that of another method.

    Args:
        path_params: The values, by the names in the template.
        reserved: What a value cannot be, and the method that is meant, by these names.

    Raises:
        ValueError: A value is reserved, or as ``expand_path``.
        TypeError: As ``expand_path``.
    """
    for wire_name, methods in reserved.items():
        text = _segment(wire_name, path_params)
        if text in methods:
            raise ValueError(
                f"{_argument(wire_name)}: {text!r} is no id; the method for it is {methods[text]}"
            )


def query_to_text(query_params: Mapping[str, Any]) -> dict[str, str | Repeated]:
    """Write the values of a query as text, and leave out those that are ``None``.

    A ``Repeated`` becomes one of texts, and is left out if it is empty.

    Raises:
        ValueError: A value is not UTF-8, or no finite number.
        TypeError: A value is nothing that can stand in a query.
    """
    texts: dict[str, str | Repeated] = {}
    for name, value in query_params.items():
        if value is not None:
            text = name if type(name) is str else to_text("the name of a parameter", name)
            if not isinstance(value, Repeated):
                texts[text] = values_to_text(text, value)
            elif several := _texts(text, value):
                texts[text] = Repeated(several)
    return texts


def headers_to_text(headers: Mapping[str, Any]) -> dict[str, str]:
    """Write the values of an endpoint's headers as text, and leave out those that are ``None``.

    Raises:
        ValueError: A text is not UTF-8, or a number not finite.
        TypeError: A value is nothing that can stand in a header.
    """
    return {
        # The argument of Accept-Language is accept_language.
        name: values_to_text(name.replace("-", ""), value)
        for name, value in headers.items()
        if value is not None
    }


def extend_query(path: str, query_params: Mapping[str, str | Repeated]) -> str:
    """Add parameters to a path that has a query of its own, such as a page's ``next_uri``.

    Args:
        path: The path with its query, which stays as it is.
        query_params: What is added, as text.

    Raises:
        ValueError: A parameter is in both.
    """
    _, _, query = path.partition("?")
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name in query_params:
            raise ValueError(f"{_argument(name)}: leave it out, as it is in resource_path already")
    mark = "&" if query_params and query and not query.endswith("&") else ""
    return path + mark + encode_query(query_params)


def values_to_text(wire_name: str, value: Any) -> str:
    """Write what may stand in a query or a form: one value, or several with commas between.

    Args:
        wire_name: Its name, by which an error tells the argument.
        value: A value, or a list, tuple, set, range or iterator of values; ``None`` among them is
            left out.

    Raises:
        ValueError: A text is not UTF-8, or a number not finite.
        TypeError: It is something else.
    """
    if type(value) in _USUAL:
        return value_to_text(wire_name, value)
    if not _is_several(value):
        return value_to_text(wire_name, value)
    texts = _texts(wire_name, value)
    # A set has another order in each process, and the same call should be the same request.
    return ",".join(sorted(texts) if isinstance(value, Set) else texts)


def _is_several(value: Any) -> bool:
    if isinstance(value, (str, bytes, bytearray, memoryview)):
        return False
    # An open file is an iterator as well.
    is_iterable = isinstance(value, (Sequence, Set, Iterator, ValuesView))
    return is_iterable and not hasattr(value, "read")


def _texts(wire_name: str, values: Iterable[Any]) -> list[str]:
    return [value_to_text(wire_name, value) for value in values if value is not None]


def value_to_text(wire_name: str, value: Any) -> str:
    """Write what may be an id, or one value in a query or a form.

    Args:
        wire_name: Its name, by which an error tells the argument.
        value: Text, a number, a truth value, a UUID, a date, or a member of an enumeration.

    Raises:
        ValueError: A text is not UTF-8, or a number not finite.
        TypeError: It is something else.
    """
    if type(value) not in _USUAL:
        # Imported here for the sake of start-up time: few values are of other kinds.
        from .plain_values import plain_value

        try:
            value = plain_value(value)
        except ValueError as error:
            raise ValueError(f"{_argument(wire_name)}: {error}") from None
    if isinstance(value, (str, bytes)):
        return to_text(_argument(wire_name), value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        try:
            return str(value)
        except ValueError:
            # Imported here for the sake of start-up time: few numbers have thousands of digits.
            from .plain_values import TOO_LARGE

            raise ValueError(f"{_argument(wire_name)}: {TOO_LARGE}") from None
    return _unusual_to_text(_argument(wire_name), value)


def _unusual_to_text(name: str, value: Any) -> str:
    if isinstance(value, datetime):
        try:
            return format_datetime(value)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    if isinstance(value, date):
        return value.isoformat()
    # Imported here for the sake of start-up time, as above.
    from decimal import Decimal
    from uuid import UUID

    if isinstance(value, (float, Decimal)):
        if not (value.is_finite() if isinstance(value, Decimal) else math.isfinite(value)):
            raise ValueError(f"{name}: {value} is no number that can be sent")
        # Without an exponent, unless that would be a text of thousands of zeros.
        plain = isinstance(value, Decimal) and abs(value.adjusted()) < _MOST_DIGITS
        return f"{value:f}" if plain else str(value)
    if isinstance(value, UUID):
        return str(value)
    has_id = "id" in getattr(type(value), "swagger_types", ()) and value.id is not None
    raise TypeError(
        f"{name}: give text, a number, a date, a truth value or a UUID, "
        f"not a value of type {type(value).__name__}{'; give its id' if has_id else ''}"
    )
