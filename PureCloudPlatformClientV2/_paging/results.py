"""What a result says: what is on the page, and how much more there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._wire.names import camel_case, did_you_mean, snake_case
from .._wire.types import ListOf, model_of

_BESIDE = frozenset({"aggregations", "schemas"})
"""Lists that are about what was found, beside the list of it."""

_SIGNS = ("cursor", "cursors", "next_uri", "total_hits", "total_results")
"""Fields by which a result that has neither ``entities`` nor ``results`` is told to be a page."""


class Result:
    """What a method has returned.

    It may be a model, a dict of wire names, or anything else that has ``entities``.
    """

    def __init__(self, returned: Any, items: str | None) -> None:
        """Find the list of what was found.

        Args:
            returned: What the method has returned.
            items: The name of the list; ``None`` to go by what there is.

        Raises:
            TypeError: There is no list, or several.
        """
        self._returned = returned
        if items is None and not _has(returned, "entities") and _has(returned, "results"):
            within = _field(returned, "results")
            if _has(within, "entities"):
                self._returned = within
        name = list_in(self._returned) if items is None else _list_named(self._returned, items)
        found = _field(self._returned, name)
        if isinstance(found, (str, Mapping, bool, int, float)):
            kind = type(found).__name__
            raise TypeError(f"items: {name} is of type {kind} in what method returns, and no list")
        self.items: Sequence[Any] = found or ()

    def number(self, *names: str) -> int | None:
        """Give the first of some whole numbers that there is."""
        for name in names:
            found = _field(self._returned, name)
            if isinstance(found, int) and not isinstance(found, bool):
                return found
        return None

    def text(self, name: str) -> str | None:
        """Give a text, such as a cursor; ``None`` where it is absent or empty.

        Args:
            name: The field; one in another field after a dot.
        """
        found: Any = self._returned
        for part in name.split("."):
            found = _field(found, part)
        return found if isinstance(found, str) and found else None

    def leads_on(self, *, is_first: bool) -> bool:
        """Whether a page says that there is another one.

        Args:
            is_first: Whether it is the first one, for which a count can be believed.
        """
        if any(map(self.text, ("next_uri", "cursor", "after", "cursors.after"))):
            return True
        pages = self.number("page_count") or 0
        found = self.number("total_hits", "total_results") or 0
        return is_first and (pages > (self.number("page_number") or 1) or found > len(self.items))


def _has(returned: Any, name: str) -> bool:
    if isinstance(returned, Mapping):
        return name in returned or camel_case(name) in returned
    return hasattr(returned, name)


def _field(returned: Any, name: str) -> Any:
    if isinstance(returned, Mapping):
        return returned.get(name, returned.get(camel_case(name)))
    return getattr(returned, name, None)


def _list_named(returned: Any, items: str) -> str:
    """Find the list that the caller has named, by its attribute or as it is on the wire."""
    for name in (items, snake_case(items)):
        if _has(returned, name):
            return name
    lists = _lists(returned)
    if isinstance(returned, Mapping) and not lists:  # the service leaves out what is empty
        return items
    hint = did_you_mean(items, lists) or (f"; it has {', '.join(lists)}" if lists else "")
    raise TypeError(f"items: method returns a {_kind(returned)}, which has no {items!r}{hint}")


def list_in(returned: Any) -> str:
    """Find the list in a result by its name, or as there is no other."""
    for name in ("entities", "results"):
        if _has(returned, name):
            return name
    lists = [name for name in _lists(returned) if name not in _BESIDE]
    is_page = any(_has(returned, sign) for sign in _SIGNS)
    if len(lists) > 1 and is_page:
        names = ", ".join(lists)
        raise TypeError(f"items: say which list of a {_kind(returned)} you want: {names}")
    if isinstance(returned, Mapping) and (lists or is_page or _has(returned, "total")):
        return (*lists, "entities")[0]
    if lists and is_page:
        return lists[0]
    raise TypeError(f"method: it returns a {_kind(returned)}, and not a listing")


def is_page(returned: Any) -> bool:
    """Whether a result has what a page has and an entity has not."""
    return any(_has(returned, name) for name in ("entities", "results", *_SIGNS))


def list_type(kind: Any, items: str | None = None) -> tuple[tuple[str, ...], Any]:
    """Tell from the model of a result where its list is, and what that holds.

    Args:
        kind: The model.
        items: The name of the list; ``None`` to go by what there is.

    Returns:
        The attributes on the way to the list, and the type of an item.

    Raises:
        TypeError: There is no list, or several.
    """
    name = list_in(kind()) if items is None else _list_named(kind(), items)
    wanted = kind._field_types[name]
    if isinstance(wanted, ListOf):
        return (name,), wanted.item
    within = model_of(wanted)
    if within is not None and isinstance(entities := within._field_types.get("entities"), ListOf):
        return (name, "entities"), entities.item
    if wanted == "object":
        return (name,), wanted
    raise TypeError(f"method: it returns a {kind.__name__}, and not a listing")


def _lists(returned: Any) -> list[str]:
    if isinstance(returned, Mapping):
        return [name for name, value in returned.items() if isinstance(value, list)]
    types = getattr(type(returned), "swagger_types", {})
    return [name for name, kind in types.items() if kind.startswith("list[")]


def _kind(returned: Any) -> str:
    return type(returned).__name__
