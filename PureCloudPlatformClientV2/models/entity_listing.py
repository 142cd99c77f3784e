"""What the listings of all entities have in common."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, overload

from .base import Model

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    # The platform has listings of no entities in particular.
    T = TypeVar("T", default=Any)
else:
    from typing import TypeVar

    T = TypeVar("T")


class Entities(Model, Generic[T]):
    """What has entities: iterate over it, take one by its index, or ask for its ``len()``.

    ``paginate`` walks all the pages.
    """

    if TYPE_CHECKING:  # each has its own
        entities: list[T] | None = None

    def _repr_html_(self) -> str:
        """Give the table that a notebook shows: one row an entity, secrets masked."""
        from ._html import listing_table  # only notebooks need it

        return listing_table(self)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> list[T]: ...

    def __getitem__(self, index: int | slice) -> T | list[T]:
        return (self.entities or [])[index]

    def __iter__(self) -> Iterator[T]:
        return iter(self.entities or ())

    def __len__(self) -> int:
        return len(self.entities or ())

    def __bool__(self) -> bool:
        # A page that arrived is a page, even if nothing is on it: "if listing" asks for the former.
        return True


class EntityListing(Entities[T]):
    """One page of entities, as nearly all listings are."""

    entities: list[T] | None = None
    """The entities on this page."""
    page_size: int | None = None
    """How many entities a full page holds."""
    page_number: int | None = None
    """Which page this is, counting from 1."""
    total: int | None = None
    """How many entities there are on all pages together."""
    first_uri: str | None = None
    """Path and query of the first page."""
    self_uri: str | None = None
    """Path and query of this page."""
    next_uri: str | None = None
    """Path and query of the next page; unset on the last one."""
    previous_uri: str | None = None
    """Path and query of the page before; unset on the first one."""
    last_uri: str | None = None
    """Path and query of the last page."""
    page_count: int | None = None
    """How many pages there are."""
