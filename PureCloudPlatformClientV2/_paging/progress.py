"""How far a walk has come, and what tells a page that comes again."""

from __future__ import annotations

import copy
import math
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from .places import Place
from .results import Result

_EMPTY_PAGES = 100
"""So many in a row are walked over before what says that there are more is not believed."""

_LATEST = 1000
"""So many of the places that pages have led to are all remembered."""

_CACHE = (
    "perhaps a cache or gateway on the way takes requests that differ in their query for the same"
)


class _Trail:
    """Where pages have led, as far as it takes to tell in time that they lead in a circle.

    A walk may be of any length and its memory may not: of what was long ago, only the places after
    1, 2, 4, 8, ... pages are remembered. A circle of any length comes by one of them.
    """

    def __init__(self, start: Place) -> None:
        self._latest = OrderedDict[int, int]()
        self._landmarks = {_key(start): 0}

    def leads_on(self, place: Place, pages: int) -> bool:
        """Note where a page leads to, and say whether that is new.

        Args:
            place: Where to.
            pages: How many pages there were until then; it may be noted again by another walk over
                the same pages.
        """
        key = _key(place)
        noted = self._latest.get(key, self._landmarks.get(key, pages))
        if noted != pages:
            return False
        self._latest[key] = pages
        if len(self._latest) > _LATEST:
            self._latest.popitem(last=False)
        if _is_power_of_two(pages):
            self._landmarks[key] = pages
        return True


class Progress:
    """How far a walk has come, and what tells a page that comes again.

    Adding a page makes another one: a forked child may have to fetch a page again.
    """

    def __init__(self, start: Place, page_size: int | None) -> None:
        """Begin.

        Args:
            start: Where the walk begins.
            page_size: How many are asked for on a page, if that was said.
        """
        self._page_size = page_size
        self._start = start.number or 1
        self._pages = 0
        self._seen: float = 0
        self._empty = 0  # in a row
        self._linked = False  # whether pages say which one is next
        self._total: int | None = None  # as long as there is reason to believe it
        # What was on earlier pages: ids, or else entities. One page that is replaced ever more
        # rarely is enough to tell, in time, a cycle of any length.
        self._earlier: dict[str, Any] = {}
        self._trail = _Trail(start)  # one for all: walks over the same pages are led the same way

    def after(self, page: Result, place: Place) -> Progress:
        """Count a page.

        Args:
            page: The page.
            place: What was asked for.

        Raises:
            ApiException: It is another one than was asked for.
        """
        progress = copy.copy(self)
        progress._earlier = self._earlier.copy()
        progress._add(page, place)
        return progress

    def _add(self, page: Result, place: Place) -> None:
        said, number = page.number("page_number"), place.number
        if said and number and said != number and page.items:
            raise wrong_page(f"page {said} came where page {number} was asked for")
        first, index = page.number("start_index"), place.values.get("start_index")
        if first and index and first != index and page.items:
            raise wrong_page(f"what begins at {first} came where {index} was asked for")
        self._pages += 1
        if self._pages == 1 and self._start > 1:  # the walk does not begin at the beginning
            size = page.number("page_size") or self._page_size or math.inf
            self._seen = (self._start - 1) * size
        self._seen += len(page.items)
        self._empty = 0 if page.items else self._empty + 1
        self._linked |= page.text("next_uri") is not None
        total = _total(page)
        if self._pages == self._start == 1:
            self._total = total
        if total is None or total != self._total or total <= len(page.items):
            self._total = None
        if page.items and not (said and number):
            self._compare(page, number)

    def _compare(self, page: Result, number: int | None) -> None:
        """Tell a page that does not say which it is by what is on it."""
        position = self._start + self._pages - 1
        ids = _ids(page.items)
        found = page.items if ids is None else ids
        # Those that nothing tells apart may well be alike.
        is_telling = ids is not None or any(map(_refers, page.items))
        if is_telling or (number is not None and not self._is_backed(page, number)):
            for which, earlier in self._earlier.items():
                if found == earlier:
                    what = f"the entities of {which.format(before=position - 1)}"
                    raise wrong_page(f"{what} came again where page {position} was asked for")
        self._earlier["page {before}"] = found
        self._earlier.setdefault(f"page {self._start}", found)
        if _is_power_of_two(position):
            self._earlier["an earlier page"] = found

    def _is_backed(self, page: Result, number: int) -> bool:
        """Whether a page says that the listing is long enough for it to be there."""
        count, total = page.number("page_count"), _total(page)
        return (count or 0) >= number or (total or 0) >= self._seen

    def has_next_number(self, page: Result, number: int) -> bool:
        """Whether there may be another page, where they have numbers.

        A page can say so in three ways, and each has been seen to be wrong. So one is enough, as
        the worst that comes of it are empty pages; and what the page itself disproves does not
        count. After an empty page, which may be one whose entities the user must not see, only the
        page count does, or the link where there is no count.
        """
        count, total = page.number("page_count"), _total(page)
        is_linked = page.text("next_uri") is not None
        if self._empty:
            says_more = is_linked if count is None else count > number
            return says_more and self._empty < _EMPTY_PAGES
        said = []
        if count is not None and count >= number:
            said.append(count > number)
        if total is not None and (total >= self._seen or total == self._total):
            said.append(total > self._seen)
        if self._linked:
            said.append(is_linked)
        return any(said) or not said

    def has_next_index(self, page: Result, index: int) -> bool:
        """Whether there may be more, where the index of the first on a page is asked for."""
        total = _total(page)
        return len(page.items) > 0 and total != index + len(page.items) - 1

    def next_referred(self, page: Result, places: Iterable[Place]) -> Place | None:
        """Choose from the places that a page refers to one that is new.

        Args:
            page: The page.
            places: The places, the best first.

        Returns:
            The place; ``None`` if there is none.

        Raises:
            ApiException: The page, which is not empty, refers only to earlier ones, or it is one of
                many that are empty.
        """
        again = False
        for place in places:
            if self._trail.leads_on(place, self._pages):
                if self._empty >= _EMPTY_PAGES:
                    raise wrong_page(f"{self._empty} pages in a row came empty, and lead on")
                return place
            again = True
        if again and page.items:
            position = self._start + self._pages - 1
            raise wrong_page(f"page {position} leads to a page that was there before")
        return None


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0


def _total(page: Result) -> int | None:
    return page.number("total", "total_hits", "total_results")


def _key(place: Place) -> int:
    return hash(repr((place.values, place.link)))


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


def _refers(entity: Any) -> bool:
    """Whether an entity has the id of something else, as an analysis of a conversation has."""
    if isinstance(entity, dict):
        return any(name.endswith("Id") and value for name, value in entity.items())
    names = getattr(type(entity), "swagger_types", ())
    return any(name.endswith("_id") and getattr(entity, name, None) for name in names)


def wrong_page(problem: str, advice: str = _CACHE) -> Exception:
    """Make what is raised where a page is not the one that was asked for."""
    # Imported here for the sake of start-up time: few listings are wrong.
    from ..exceptions import ApiException

    failure = ApiException(200, f"OK, but {problem}")
    failure.advice = advice
    return failure
