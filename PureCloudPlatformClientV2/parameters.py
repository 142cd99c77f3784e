"""What a caller gives, as it goes into path, query, form and body."""

from __future__ import annotations

import re
import warnings
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .headers import to_text
from .models.base import Model
from .serialization import format_datetime
from .settings import did_you_mean

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def check_body(body: Any, body_type: type[Model]) -> None:
    """Check that a body is what the endpoint takes.

    Args:
        body: A model, or a dict of wire names.
        body_type: The model that it must be.

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
    _warn_of_near_misses(body, body_type.attribute_map.values())


def _warn_of_near_misses(body: dict[str, Any], known: Collection[str]) -> None:
    """Warn of names that the service would silently ignore.

    They are sent all the same: the service may have learnt them since.
    """
    for name in body:
        suggestion = did_you_mean(str(name), known, likeness=0.8) if name not in known else ""
        if suggestion:
            warnings.warn(f"body: there is no field {name!r}{suggestion}", stacklevel=5)


def expand_path(resource_path: str, path_params: Mapping[str, Any]) -> str:
    """Put the path parameters into the template, each as exactly one segment.

    Args:
        resource_path: The template, for example ``/api/v2/users/{userId}``.
        path_params: The values, by the names in the template.

    Returns:
        The path.

    Raises:
        ValueError: A value is missing or cannot be a segment, or the template is no path.
        TypeError: A value is no text.
    """
    if not resource_path.startswith("/"):
        # What follows the host without a slash would be part of its name.
        raise ValueError(f"resource_path: {resource_path!r} does not begin with a slash")
    return _PLACEHOLDER.sub(lambda found: _segment(found[1], path_params), resource_path)


def _segment(wire_name: str, path_params: Mapping[str, Any]) -> str:
    name = _argument(wire_name)
    value = path_params.get(wire_name)
    if value is None:
        raise ValueError(f"{name} is missing: the path needs it")
    text = _text(name, value)
    if text in ("", ".", ".."):
        raise ValueError(f"{name}: {text!r} cannot be part of a path")
    # Quote "/" as well: an id is one path segment, and urllib's default leaves slashes alone.
    return quote(text, safe="")


@lru_cache
def _argument(wire_name: str) -> str:
    """The name of the parameter that a caller knows by another name than the service."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", wire_name).lower()


def query_to_text(query_params: Mapping[str, Any]) -> dict[str, str]:
    """Write the values of a query as text, and leave out those that are ``None``.

    Args:
        query_params: The values, by wire name.

    Returns:
        What is sent.

    Raises:
        ValueError: A value is not UTF-8.
    """
    return {name: _text(name, value) for name, value in query_params.items() if value is not None}


def _text(name: str, value: Any) -> str:
    """Write a value as it goes into a path or a query."""
    if isinstance(value, (str, bytes)):
        return to_text(name, value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ",".join(_text(name, item) for item in value)
    return str(value)


def form_fields(post_params: Any, files: Mapping[str, str | list[str]] | None) -> Any:
    """Put the files that are sent along with the other fields of a form.

    Args:
        post_params: Form fields, a dict or pairs.
        files: Field name to path, or paths.

    Returns:
        The fields, those of the files with name and content.

    Raises:
        OSError: A file cannot be read.
    """
    if not files:
        return post_params
    fields: list[tuple[str, Any]] = list(
        post_params.items() if isinstance(post_params, Mapping) else post_params or ()
    )
    for field, paths in files.items():
        for path in [paths] if isinstance(paths, str) else paths:
            fields.append((field, (Path(path).name, Path(path).read_bytes())))
    return fields
