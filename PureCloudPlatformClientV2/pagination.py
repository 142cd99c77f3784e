"""Walks any listing method page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """What a listing method returns."""

    @property
    def entities(self) -> Sequence[T_co] | None:
        """The entities on this page."""
        ...

    @property
    def page_count(self) -> int | None:
        """How many pages there are."""
        ...


def paginate(method: Callable[..., Page[T_co]], *args: Any, **kwargs: Any) -> Iterator[T_co]:
    """Walk over all entities of a listing, fetching one page at a time.

    >>> for integration in paginate(api.get_messaging_integrations_facebook, page_size=100):
    ...     print(integration.name)

    Only one page is held in memory. Entities that are created or deleted during the walk may move
    others from page to page; collect with ``list`` before you change what you walk over.

    Args:
        method: A method that takes ``page_number`` and returns a listing.
        *args: Positional arguments of the method.
        **kwargs: Keyword arguments of the method; ``page_number`` is where to start, 1 if omitted.

    Returns:
        An iterator over the entities. The first page is fetched when the first entity is asked for.

    Raises:
        TypeError: The method cannot be called, or is to run in a thread by ``callback``.
        ApiException: From the iterator, when a page cannot be fetched.
    """
    if not callable(method):
        raise TypeError("method: give a listing method itself, without calling it")
    if kwargs.get("callback") is not None:
        raise TypeError("callback: paginate hands out entities itself, leave it out")
    return _walk(method, args, kwargs)


def _walk(
    method: Callable[..., Page[T_co]], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Iterator[T_co]:
    page_number = kwargs.pop("page_number", None) or 1
    while True:
        page = method(*args, page_number=page_number, **kwargs)
        if not page.entities:
            return
        yield from page.entities
        if page.page_count is not None and page_number >= page.page_count:
            return
        page_number += 1
