"""What a caller gives, as it goes into path, query, form and body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .callers import warn_caller
from .headers import to_text
from .json_values import format_datetime
from .names import did_you_mean, snake_case


def check_body(body: Any, body_type: Any) -> None:
    """Check that a body is what the endpoint takes.

    Args:
        body: A model, or a dict of wire names.
        body_type: The model class that it must be.

    Raises:
        ValueError: It is missing, or has attribute names for wire names.
        TypeError: It is something else.

    Warns:
        UserWarning: A name in the dict is none of the model's, but is like one of them.
    """
    if body is None:
        raise ValueError(f"body is missing: give a {body_type.__name__}, or a dict of wire names")
    if isinstance(body, body_type):
        return
    if not isinstance(body, dict):
        raise TypeError(
            f"body: give a {body_type.__name__}, or a dict of wire names, "
            f"not a value of type {type(body).__name__}"
        )
    for name, wire_name in body_type.attribute_map.items():
        if name in body and name != wire_name:
            raise ValueError(f"body: {name!r} is not a wire name; write {wire_name!r}")
    known = body_type.attribute_map.values()
    for name in body:
        # It is sent all the same: the service may have learned it since.
        suggestion = did_you_mean(str(name), known, likeness=0.8) if name not in known else ""
        if suggestion:
            warn_caller(f"body: there is no field {name!r}{suggestion}", UserWarning)


def expand_path(resource_path: str, path_params: Mapping[str, Any]) -> str:
    """Put the path parameters into the template, each as exactly one segment.

    Args:
        resource_path: The template, for example ``/api/v2/users/{userId}``.
        path_params: The values, by the names in the template.

    Raises:
        ValueError: A value is missing or cannot be a segment, or the template is no path.
        TypeError: A value is no text.
    """
    if not resource_path.startswith("/"):
        # What follows the host without a slash would be part of its name.
        raise ValueError(f"resource_path: {resource_path!r} does not begin with a slash")
    path, *rest = resource_path.split("{")
    for piece in rest:
        wire_name, brace, following = piece.partition("}")
        path += _segment(wire_name, path_params) + following if brace else "{" + piece
    return path


def _segment(wire_name: str, path_params: Mapping[str, Any]) -> str:
    value = path_params.get(wire_name)
    if value is None:
        raise ValueError(f"{snake_case(wire_name)} is missing: the path needs it")
    text = _text(wire_name, value)
    if text in ("", ".", ".."):
        raise ValueError(f"{snake_case(wire_name)}: {text!r} cannot be part of a path")
    # Quote "/" as well: an id is one path segment, and urllib's default leaves slashes alone.
    return quote(text, safe="")


def query_to_text(query_params: Mapping[str, Any]) -> dict[str, str]:
    """Write the values of a query as text, and leave out those that are ``None``.

    Raises:
        ValueError: A value is not UTF-8.
    """
    return {name: _text(name, value) for name, value in query_params.items() if value is not None}


def _text(wire_name: str, value: Any) -> str:
    """Write a value as it goes into a path or a query."""
    if isinstance(value, (str, bytes)):
        return to_text(snake_case(wire_name), value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ",".join(_text(wire_name, item) for item in value)
    return str(value)


def form_fields(post_params: Any, files: Mapping[str, str | list[str]] | None) -> Any:
    """Put the files that are sent along with the other fields of a form.

    Args:
        post_params: Form fields, a dict or pairs.
        files: Field name to path, or paths.

    Raises:
        OSError: A file cannot be read.
    """
    return [*_pairs(post_params), *_files(files)] if files else post_params


def _pairs(post_params: Any) -> Any:
    return post_params.items() if isinstance(post_params, Mapping) else post_params or ()


def _files(files: Mapping[str, str | list[str]]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    for field, paths in files.items():
        for path in [paths] if isinstance(paths, str) else paths:
            yield field, (Path(path).name, Path(path).read_bytes())
