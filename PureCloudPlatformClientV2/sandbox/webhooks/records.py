"""The deliveries as documents, so that they survive a restart."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ..store import Store
from ..store.documents import Document
from .delivery import Delivery

MOST_ENDED = 1000
"""How many deliveries are kept beside those that are pending."""

_COLLECTION = "webhook deliveries"


class Records:
    """What was sent. May be used from any thread."""

    def __init__(self, store: Store) -> None:
        """Find what was written down before a restart."""
        self._store = store
        ended = [(one.organization_id, one.id) for one in self.all() if one.state != "pending"]
        self._ended = deque(ended)

    def add(self, delivery: Delivery) -> None:
        """Write down a new delivery."""
        self._store.documents.add(delivery.organization_id, _COLLECTION, _document(delivery))

    def find(self, organization_id: str, delivery_id: str) -> Delivery | None:
        """Look a delivery up."""
        found = self._store.documents.find(organization_id, _COLLECTION, delivery_id)
        return None if found is None else Delivery.from_fields(found.fields)

    def owner(self, delivery_id: str) -> str | None:
        """Tell whose a delivery is."""
        places = self._store.documents.places(delivery_id)
        return next((owner for owner, kind in places if kind == _COLLECTION), None)

    def all(self) -> list[Delivery]:
        """Read all of them, oldest first."""
        found = [
            Delivery.from_fields(document.fields)
            for organization_id in self._store.organizations.names()
            for _, document in self._store.documents.all(organization_id, _COLLECTION)
        ]
        return sorted(found, key=lambda delivery: delivery.time)

    def change(
        self, organization_id: str, delivery_id: str, change: Callable[[Delivery], None]
    ) -> Delivery | None:
        """Change a delivery, if it is still there, and drop the oldest of too many."""
        with self._store.transaction():
            delivery = self.find(organization_id, delivery_id)
            if delivery is None:
                return None
            change(delivery)
            self._store.documents.save(organization_id, _COLLECTION, _document(delivery))
            key = (organization_id, delivery_id)
            if key in self._ended:  # under way again, or the latest of those that have ended
                self._ended.remove(key)
            if delivery.state != "pending":
                self._note_end(key)
        return delivery

    def clear(self, organization_id: str | None = None) -> None:
        """Forget all deliveries, or those of one organization."""
        with self._store.transaction():
            for one in self.all():
                if organization_id in (None, one.organization_id):
                    self._store.documents.remove(one.organization_id, _COLLECTION, one.id)
            kept = [key for key in self._ended if organization_id not in (None, key[0])]
            self._ended = deque(kept)

    def _note_end(self, key: tuple[str, str]) -> None:
        self._ended.append(key)
        if len(self._ended) > MOST_ENDED:
            organization_id, delivery_id = self._ended.popleft()
            self._store.documents.remove(organization_id, _COLLECTION, delivery_id)


def _document(delivery: Delivery) -> Document:
    time, by = delivery.time, "Sandbox"
    return Document(delivery.id, delivery.to_fields(), time, time, by, by)
