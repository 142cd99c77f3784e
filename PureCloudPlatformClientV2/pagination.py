"""Walks any listing method page by page."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from ._wire.callers import ForCaller

__all__ = ["paginate"]

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


def paginate(
    method: Callable[..., Page[T_co]], *args: Any, prefetch: int = 0, **kwargs: Any
) -> Iterator[T_co]:
    """Walk over all entities of a listing, fetching one page at a time.

    >>> for integration in paginate(api.get_messaging_integrations_facebook, page_size=100):
    ...     print(integration.name)

    Only one page is held in memory, and those that are fetched ahead. Entities that are created or
    deleted during the walk may move others from page to page; collect with ``list`` before you
    change what you walk over.

    Args:
        method: A method that takes ``page_number`` and returns a listing.
        *args: Positional arguments of the method.
        prefetch: How many pages are fetched ahead, in a thread, while the caller works on this
            one; 0 for none. A walk that ends early waits for the page that is on its way.
        **kwargs: Keyword arguments of the method; ``page_number`` is where to start, 1 if omitted.

    Returns:
        An iterator over the entities. The first page is fetched when the first entity is asked for.

    Raises:
        TypeError: The method cannot be called, or is to run in a thread by ``callback``.
        ValueError: ``prefetch`` is no whole number, or below 0.
        ApiException: From the iterator, when a page cannot be fetched, after the last entity of the
            page before.
    """
    if not callable(method):
        raise TypeError("method: give a listing method itself, without calling it")
    if kwargs.get("callback") is not None:
        raise TypeError("callback: paginate hands out entities itself, leave it out")
    if isinstance(prefetch, bool) or not isinstance(prefetch, int) or prefetch < 0:
        raise ValueError(f"prefetch: give a number of pages from 0 up, not {prefetch!r}")
    number = kwargs.pop("page_number", None) or 1

    def fetch(page_number: int) -> Page[T_co]:
        return method(*args, page_number=page_number, **kwargs)

    return _walk_ahead(fetch, number, prefetch) if prefetch else _walk(fetch, number)


def _walk(fetch: Callable[[int], Page[T_co]], number: int) -> Iterator[T_co]:
    while True:
        page = fetch(number)
        if not page.entities:
            return
        yield from page.entities
        if page.page_count is not None and number >= page.page_count:
            return
        number += 1


def _walk_ahead(fetch: Callable[[int], Page[T_co]], number: int, prefetch: int) -> Iterator[T_co]:
    # Imported here for the sake of start-up time: few walks need it.
    from concurrent.futures import ThreadPoolExecutor

    executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="paginate")
    process = os.getpid()
    try:
        coming = deque([executor.submit(ForCaller(fetch), number)])
        while coming:
            page = coming.popleft().result()
            if not page.entities:
                return
            # Without a page count, whether there is a page after the next one shows only there.
            last = number + 1 if page.page_count is None else page.page_count
            for ahead in range(number + len(coming) + 1, min(last, number + prefetch) + 1):
                coming.append(executor.submit(ForCaller(fetch), ahead))
            yield from page.entities
            number += 1
            if os.getpid() != process:  # a forked child, in which nobody fetches ahead
                if coming:
                    yield from _walk(fetch, number)
                return
    finally:
        if os.getpid() == process:
            executor.shutdown(wait=True, cancel_futures=True)
