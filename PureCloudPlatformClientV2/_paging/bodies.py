"""Bodies that say where in a listing a query is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

PAGE_SIZE = 25
"""What the service takes where a body says nothing; ``paging`` must not be without."""


def kept(value: Any) -> Any:
    """Make a list of an iterator, which would be used up by the first page."""
    return list(value) if isinstance(value, Iterator) and not hasattr(value, "read") else value


def keep_body(body: Any) -> Any:
    """Copy a body, so that it stays what it was when the walk was begun."""
    if isinstance(body, dict):
        return {name: keep_body(value) for name, value in body.items()}
    if isinstance(body, (list, tuple)):
        return [keep_body(value) for value in body]
    if is_model(type(body)):
        copied = copy.copy(body)
        for name in body.attribute_map:
            value = getattr(body, name, None)
            if value is not None:
                setattr(copied, name, keep_body(value))
        return copied
    return kept(body)


def is_model(kind: Any) -> bool:
    """Whether a type is that of models; this room does not load what a model is."""
    return hasattr(kind, "attribute_map")


def read_field(body: Any, *path: str) -> Any:
    """Read what stands in a body.

    Args:
        body: A model or a dict.
        *path: Wire names, from the outside in.

    Returns:
        The value; ``None`` where there is none.
    """
    for wire_name in path:
        if isinstance(body, dict):
            body = body.get(wire_name)
        else:
            body = getattr(body, _attribute(body, wire_name), None)
    return body


def put_field(body: Any, value: Any, *path: str) -> Any:
    """Copy a body with another value in a field.

    Args:
        body: A model or a dict; ``None`` for an empty one.
        value: What is put.
        *path: Wire names, from the outside in.
    """
    wire_name, *inner = path
    if inner:
        within = read_field(body, wire_name)
        value = put_field({"pageSize": PAGE_SIZE} if within is None else within, value, *inner)
    if body is None or isinstance(body, dict):
        return {**(body or {}), wire_name: value}
    copied = copy.copy(body)
    setattr(copied, _attribute(body, wire_name), value)
    return copied


def _attribute(model: Any, wire_name: str) -> str:
    names = getattr(type(model), "attribute_map", {})
    return next((name for name, known in names.items() if known == wire_name), wire_name)
