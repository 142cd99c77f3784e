"""Walks any listing method page by page."""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ._wire.callers import ForCaller

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

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

    Only a few pages are held in memory, and those that are fetched ahead. Entities that are created
    or deleted during the walk may move others from page to page; collect with ``list`` before you
    change what you walk over.

    Args:
        method: A method that takes ``page_number`` and returns a listing.
        *args: Positional arguments of the method; of an iterator a list is made.
        prefetch: How many pages are fetched ahead, in a thread, while the caller works on this
            one; 0 for none. A walk that ends early waits for the page that is on its way. Where no
            thread can be started, as in an exit handler, pages are fetched when they are needed.
        **kwargs: Keyword arguments of the method; ``page_number`` is where to start, 1 if omitted.

    Returns:
        An iterator over the entities. The first page is fetched when the first entity is asked for.

    Raises:
        TypeError: The method cannot be called, is to run in a thread by ``callback``, or, from the
            iterator, returns no listing.
        ValueError: ``prefetch`` is no whole number, or below 0; or ``page_number``, or below 1.
        ApiException: From the iterator, when a page cannot be fetched, after the last entity of the
            page before, or another page comes than was asked for.
    """
    if not callable(method):
        raise TypeError("method: give a listing method itself, without calling it")
    if kwargs.get("callback") is not None:
        raise TypeError("callback: paginate hands out entities itself, leave it out")
    if isinstance(prefetch, bool) or not isinstance(prefetch, int) or prefetch < 0:
        raise ValueError(f"prefetch: give a number of pages from 0 up, not {prefetch!r}")
    number = kwargs.pop("page_number", None)
    number = 1 if number is None else number
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(f"page_number: give the number of a page from 1 up, not {number!r}")

    args = tuple(_kept(value) for value in args)
    kwargs = {name: _kept(value) for name, value in kwargs.items()}

    def fetch(page_number: int) -> Page[T_co]:
        return method(*args, page_number=page_number, **kwargs)

    return _walk(_Pages(fetch), number, prefetch)


def _kept(value: Any) -> Any:
    """Make a list of an iterator, which would be used up by the first page."""
    return list(value) if isinstance(value, Iterator) and not hasattr(value, "read") else value


def _walk(pages: _Pages[T_co], number: int, prefetch: int) -> Iterator[T_co]:
    progress = _Progress(number)
    try:
        if prefetch:
            pages.fetch_ahead([number])
        while True:
            page = pages.get(number)
            entities = _entities(page) or ()
            progress.add(page, entities, number)
            if not progress.has_next(page, number):
                yield from entities
                return
            # Without a page count, whether there is a page after the next one shows only there.
            last = max(_said(page, "page_count") or 0, number + 1)
            pages.fetch_ahead(range(number + 1, min(last, number + prefetch) + 1))
            yield from entities
            number += 1
    finally:
        pages.close()


def _said(page: Page[Any], name: str) -> int | None:
    """What a page says of the listing; one of a user's own need not have everything."""
    found = getattr(page, name, None)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _entities(page: Page[T_co]) -> Sequence[T_co] | None:
    try:
        return page.entities
    except AttributeError:
        kind = type(page).__name__
        raise TypeError(f"method: it returns a {kind}, and not a listing of entities") from None


_EMPTY_PAGES = 100
"""So many in a row are walked over before a page count that says there is more is not believed."""


class _Progress:
    """How far a walk has come, and what tells a page that comes again."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._seen: float = 0
        self._empty = 0  # in a row
        self._total: int | None = None  # as long as there is reason to believe it
        # What was on earlier pages: ids, or else entities. One page that is replaced ever more
        # rarely is enough to tell, in time, a cycle of any length.
        self._earlier: dict[str, Any] = {}

    def add(self, page: Page[Any], entities: Sequence[Any], number: int) -> None:
        """Count a page.

        Raises:
            ApiException: It is another one than was asked for.
        """
        said = _said(page, "page_number")
        if said and said != number and entities:
            raise _wrong_page(f"page {said} came where page {number} was asked for")
        if number == self._start and number > 1:  # the walk does not begin at the beginning
            self._seen = (number - 1) * (_said(page, "page_size") or math.inf)
        self._seen += len(entities)
        self._empty = 0 if entities else self._empty + 1
        total = _said(page, "total")
        if number == self._start == 1:
            self._total = total
        if total is None or total != self._total or total <= len(entities):
            self._total = None
        if entities and not said:
            self._compare(page, entities, number)

    def _compare(self, page: Page[Any], entities: Sequence[Any], number: int) -> None:
        """Tell a page that does not say which it is by what is on it."""
        ids = _ids(entities)
        found = entities if ids is None else ids
        if ids is not None or not self._is_backed(page, number):  # entities may be alike
            for which, earlier in self._earlier.items():
                if found == earlier:
                    what = f"the entities of {which.format(before=number - 1)}"
                    raise _wrong_page(f"{what} came again where page {number} was asked for")
        self._earlier["page {before}"] = found
        self._earlier.setdefault(f"page {self._start}", found)
        if number & (number - 1) == 0:  # at the powers of two
            self._earlier["an earlier page"] = found

    def _is_backed(self, page: Page[Any], number: int) -> bool:
        """Whether a page says that the listing is long enough for it to be there."""
        count, total = _said(page, "page_count"), _said(page, "total")
        return (count or 0) >= number or (total or 0) >= self._seen

    def has_next(self, page: Page[Any], number: int) -> bool:
        """Whether there may be another page.

        A page can say so in three ways, and each has been seen to be wrong. So one is enough, as
        the worst that comes of it are empty pages; and what the page itself disproves does not
        count. After an empty page, which may be one whose entities the user must not see, only the
        page count does.
        """
        count, total = _said(page, "page_count"), _said(page, "total")
        if self._empty:
            return (count or 0) > number and self._empty < _EMPTY_PAGES
        said = []
        if count is not None and count >= number:
            said.append(count > number)
        if total is not None and (total >= self._seen or total == self._total):
            said.append(total > self._seen)
        next_uri = getattr(page, "next_uri", None)
        return any(said) or not said or (isinstance(next_uri, str) and next_uri != "")


def _ids(entities: Sequence[Any]) -> Counter[str | int | None] | None:
    """Count the ids of entities, whose order may change; ``None`` unless each has one."""
    ids = Counter(_id(entity) for entity in entities)
    return None if None in ids else ids


def _id(entity: Any) -> str | int | None:
    for name, wire_name in (("id", "id"), ("self_uri", "selfUri")):
        found = entity.get(wire_name) if isinstance(entity, dict) else getattr(entity, name, None)
        if isinstance(found, (str, int)) and found != "":
            return found
    return None


def _wrong_page(problem: str) -> Exception:
    # Imported here for the sake of start-up time: few listings are wrong.
    from .exceptions import ApiException

    failure = ApiException(200, f"OK, but {problem}")
    failure.advice = (
        "perhaps a cache or gateway on the way takes requests that differ in their query for the "
        "same"
    )
    return failure


class _Pages(Generic[T_co]):
    """Fetches pages when they are needed, or ahead of that in a thread."""

    def __init__(self, fetch: Callable[[int], Page[T_co]]) -> None:
        self._fetch = fetch
        self._coming: dict[int, Future[Page[T_co]]] = {}
        self._executor: ThreadPoolExecutor | None = None
        self._process = os.getpid()
        self._in_step = False

    def get(self, number: int) -> Page[T_co]:
        """Give a page: one that was fetched ahead, or is fetched now."""
        if os.getpid() != self._process:  # a forked child, in which no thread does it
            self._coming.clear()
            self._in_step = True
        if number in self._coming:
            return self._coming.pop(number).result()
        return self._fetch(number)

    def fetch_ahead(self, numbers: Iterable[int]) -> None:
        """Have pages fetched in a thread, one after the other, if there can be one."""
        try:
            for number in numbers:
                if number not in self._coming and not self._in_step:
                    self._coming[number] = self._submit(number)
        except (RuntimeError, OSError):
            # The program is about to end, or no memory is left for threads, or no file descriptor
            # to load what makes them.
            self._in_step = True
            coming = self._coming.items()
            self._coming = {number: page for number, page in coming if not page.cancel()}

    def _submit(self, number: int) -> Future[Page[T_co]]:
        if self._executor is None:
            # Imported here for the sake of start-up time: few walks need it.
            from concurrent.futures import ThreadPoolExecutor

            self._executor = ThreadPoolExecutor(1, thread_name_prefix="paginate")
        return self._executor.submit(ForCaller(self._fetch), number)

    def close(self) -> None:
        """Wait for the page that is on its way, and end the thread."""
        if self._executor is not None and os.getpid() == self._process:
            self._executor.shutdown(wait=True, cancel_futures=True)
