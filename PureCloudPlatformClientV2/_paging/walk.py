"""A walk over a listing, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .calls import Call
from .places import Place, referred_places
from .progress import Progress, wrong_page
from .results import Result


class Step(NamedTuple):
    """Where a walk is after a page, or before the first: all that the next step needs."""

    place: Place
    progress: Progress
    page: Result | None = None
    """What came for the place; ``None`` before the walk."""

    @property
    def items(self) -> Sequence[Any]:
        """What was found."""
        return () if self.page is None else self.page.items


class Walk:
    """A walk over a listing, which does not itself know where it is."""

    def __init__(self, call: Call, items: str | None) -> None:
        """Make a walk.

        Args:
            call: What is called for each page.
            items: The list of a page that is walked over; ``None`` to go by what there is.
        """
        self._call = call
        self._items = items

    def begin(self) -> Step:
        """Say where the walk begins.

        Raises:
            ValueError: There is no such first page.
        """
        place = self._call.first_place()
        return Step(place, Progress(place, self._call.page_size))

    def take_step(self, before: Step) -> Step | None:
        """Find out where the next page is, and fetch it.

        Args:
            before: The step before.

        Returns:
            The step; ``None`` at the end.

        Raises:
            TypeError: What was fetched is no page.
            ApiException: It cannot be fetched, or is another one than was asked for.
        """
        place = self._next_place(before)
        if place is None:
            return None
        page = Result(self._call.fetch(place), self._items)
        return Step(place, before.progress.after(page, place), page)

    def _next_place(self, step: Step) -> Place | None:
        place, progress, page = step
        if page is None:
            return place
        referred: list[Place] = []
        if place.number is None or self._call.takes_cursors:
            referred = [
                one
                for one in referred_places(page, self._call.takes)
                if one.link is None or (place.number is None and self._call.can_follow(one.link))
            ]
            found = progress.next_referred(page, referred)
            if found is not None:
                return found
        if place.number is not None:
            number = place.number + 1
            more = progress.has_next_number(page, place.number)
            return Place({"page_number": number}, number) if more else None
        index = place.values.get("start_index")
        if index is not None:
            more = progress.has_next_index(page, index)
            return Place({"start_index": index + len(page.items)}) if more else None
        if not referred and page.leads_on(is_first=not place.values and place.link is None):
            raise wrong_page(
                f"there are more pages than {self._call.name} can be called for",
                "none of its parameters leads there; perhaps another method has one that does",
            )
        return None
