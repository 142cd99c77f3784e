"""Where in a result the list is, by the fields of its model; and what leads from page to page."""

from __future__ import annotations

from collections.abc import Iterable
from types import UnionType
from typing import Any, NamedTuple, Union, get_args, get_origin

from .._paging.calls import IN_BODY
from .._paging.places import STARTS, is_cursor
from .._paging.results import list_type
from .._wire.types import model_of
from ..models.base import Model


class Listing(NamedTuple):
    """The list in a result."""

    path: tuple[str, ...] = ("entities",)
    """The wire names on the way to it."""
    model: type[Model] | None = None
    """What an item of it is, if that is a model."""

    def items(self, page: Any) -> list[Any]:
        """Give what is on a page."""
        for name in self.path:
            page = page.get(name) if isinstance(page, dict) else None
        return page if isinstance(page, list) else []

    def page(self, items: list[Any]) -> dict[str, Any]:
        """Make a page of items, with their number."""
        *outer, inner = self.path
        page: dict[str, Any] = {inner: items, "total": len(items)}
        for name in reversed(outer):
            page = {name: page}
        return page


def find_listing(model: type[Model]) -> Listing | None:
    """Find the list in a result, as ``paginate`` does.

    Args:
        model: The model of the result.

    Returns:
        The list; ``None`` if there is none, or one cannot say which of several it is.
    """
    try:
        path, item = list_type(model)
    except TypeError:
        return None
    wire_names: list[str] = []
    kind: Any = model
    for name in path:
        wire_names.append(kind.attribute_map[name])
        kind = model_of(kind._field_types[name])
    return Listing(tuple(wire_names), model_of(item))


def leads_on(
    verb: str, names: Iterable[str], body: type[Model] | None, result: type[Model] | None
) -> bool:
    """Whether a method can be called for another page than the first.

    Args:
        verb: Its verb.
        names: Its parameters.
        body: The model of its body, if it has one.
        result: The model of its result, if that is one.
    """
    names = {*names}
    fields = set[str]() if body is None else set(body.attribute_map.values())
    is_query = "page_size" in names or "pageSize" in fields or verb == "GET"
    return (
        any(name in STARTS or is_cursor(name) for name in names)
        or any(path[0] in fields for _, path in IN_BODY)
        or (is_query and result is not None and "next_uri" in result.swagger_types)
    )


def model_in(hint: Any) -> type[Model] | None:
    """Find the first model in a type such as ``list[Facebook] | None``."""
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint
    return next(filter(None, map(model_in, get_args(hint))), None)


def object_model(hint: Any) -> type[Model] | None:
    """Find the model of a JSON object: the last one if several will do; none of a list."""
    choices = get_args(hint) if get_origin(hint) in (Union, UnionType) else [hint]
    models = [one for one in choices if isinstance(one, type) and issubclass(one, Model)]
    return models[-1] if models else None
