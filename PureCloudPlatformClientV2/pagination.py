"""Walks any listing method page by page."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar, overload

from ._paging.ahead import Steps
from ._paging.calls import Call
from ._paging.results import list_type
from ._paging.walk import Walk

__all__ = ["paginate"]

T_co = TypeVar("T_co", covariant=True)


class Page(Protocol[T_co]):
    """What a listing method returns."""

    @property
    def entities(self) -> Sequence[T_co] | None:
        """The entities on this page."""
        ...


class _Results(Protocol[T_co]):
    @property
    def results(self) -> Sequence[T_co] | None: ...


class _Within(Protocol[T_co]):
    @property
    def results(self) -> Page[T_co] | None: ...


class _Conversations(Protocol[T_co]):
    @property
    def conversations(self) -> Sequence[T_co] | None: ...


class _UserDetails(Protocol[T_co]):
    @property
    def user_details(self) -> Sequence[T_co] | None: ...


class _Resources(Protocol[T_co]):
    @property
    def resources(self) -> Sequence[T_co] | None: ...


OtherPage = (
    _Results[T_co] | _Within[T_co] | _Conversations[T_co] | _UserDetails[T_co] | _Resources[T_co]
)
"""What the other listing methods return."""


@overload
def paginate(
    method: Callable[..., Page[T_co]],
    *args: Any,
    items: None = None,
    prefetch: int = 0,
    **kwargs: Any,
) -> Iterator[T_co]: ...


@overload
def paginate(
    method: Callable[..., OtherPage[T_co]],
    *args: Any,
    items: None = None,
    prefetch: int = 0,
    **kwargs: Any,
) -> Iterator[T_co]: ...


@overload
def paginate(
    method: Callable[..., Mapping[str, Any]],
    *args: Any,
    items: None = None,
    prefetch: int = 0,
    **kwargs: Any,
) -> Iterator[Any]: ...


@overload
def paginate(
    method: Callable[..., object], *args: Any, items: str, prefetch: int = 0, **kwargs: Any
) -> Iterator[Any]: ...


def paginate(
    method: Callable[..., Any],
    *args: Any,
    items: str | None = None,
    prefetch: int = 0,
    **kwargs: Any,
) -> Iterator[Any]:
    """Walk over all that a listing has, fetching one page at a time.

    >>> for integration in paginate(api.get_messaging_integrations_facebook, page_size=100):
    ...     print(integration.name)

    It goes from page to page as the method and its pages allow: by ``page_number``, in the query or
    in the body, by a cursor of whatever name, or by ``next_uri``.

    Only a few pages are held in memory, and those that are fetched ahead. Entities that are created
    or deleted during the walk may move others from page to page; collect with ``list`` before you
    change what you walk over.

    Args:
        method: A method that returns a page of a listing.
        *args: Positional arguments of the method, such as the body of a query; of an iterator a
            list is made. A body stays as it is: copies of it say which page is asked for.
        items: The list of a page that is walked over; ``entities`` if omitted, or ``results``, or
            the only list that there is.
        prefetch: How many pages are fetched ahead, in a thread, while the caller works on this
            one; 0 for none. A walk that ends early waits for the page that is on its way. Where no
            thread can be started, as in an exit handler, pages are fetched when they are needed.
        **kwargs: Keyword arguments of the method; ``page_number``, or a cursor, is where to start,
            which is at the beginning if omitted.

    Returns:
        An iterator over the entities. The first page is fetched when the first entity is asked for.

    Raises:
        TypeError: The method cannot be called, changes something, is to run in a thread by
            ``callback``, or, from the iterator, returns no listing, or one of several lists.
        ValueError: ``prefetch`` is no whole number, or below 0; or ``page_number``, or below 1.
        ApiException: From the iterator, when a page cannot be fetched, after the last entity of the
            page before; another page comes than was asked for; or there are more pages, and nothing
            that the method could be called with leads there.
    """
    if not callable(method):
        raise TypeError("method: give a listing method itself, without calling it")
    if kwargs.get("callback") is not None:
        raise TypeError("callback: paginate hands out entities itself, leave it out")
    if isinstance(prefetch, bool) or not isinstance(prefetch, int) or prefetch < 0:
        raise ValueError(f"prefetch: give a number of pages from 0 up, not {prefetch!r}")
    if items is not None and not isinstance(items, str):
        raise TypeError("items: give the name of a list, for example 'conversations'")
    return EntityIterator(Call(method, args, kwargs), items, prefetch)


class EntityIterator(Iterator[T_co]):
    """What ``paginate`` gives: the entities of a listing, one after the other."""

    def __init__(self, call: Call, items: str | None, prefetch: int) -> None:
        """Begin.

        Args:
            call: The method with its arguments.
            items: The list of a page that is walked over; ``None`` to go by what there is.
            prefetch: How many pages are fetched ahead.
        """
        self._call = call
        self._items = items
        self._entities: Generator[T_co, None, None] = _walk(Steps(Walk(call, items), prefetch))

    def __iter__(self) -> Iterator[T_co]:
        return self._entities  # which a loop asks for the next one in less time

    def __next__(self) -> T_co:
        return next(self._entities)

    def close(self) -> None:
        """End the walk."""
        self._entities.close()

    @property
    def method_name(self) -> str:
        """What the method is called."""
        return self._call.name

    def entity_type(self) -> Any:
        """Tell the type of the entities before there is one; ``None`` if nobody knows.

        Raises:
            TypeError: What the method returns is no listing, or has several lists.
        """
        returned = self._call.returns()
        return None if returned is None else list_type(returned, self._items)[1]


def _walk(steps: Steps) -> Generator[Any, None, None]:
    try:
        while (step := steps.take()) is not None:
            yield from step.items
    finally:
        steps.close()
