"""Who works in an organization: its users with their skills, and the queues and flow they serve."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from .store import DuplicateError
from .store.documents import Document, Documents

AGENT = "Sandbox User"
"""The name of the user who answers customers, and has the tokens that are nobody else's."""

CLIENT = "Sandbox Client"
"""The name of an organization's OAuth client, on whose own behalf a token may be."""

USERS = "users"
QUEUES = "routing/queues"
SKILLS = "routing/skills"
"""The collections of them."""

_QUEUE = "Sandbox Queue"
"""The queue that customers are in who write."""

_WORKING: Mapping[str, tuple[str, Mapping[str, int], tuple[str, ...]]] = {
    AGENT: ("Agent", {"English": 5}, (_QUEUE, "Support")),
    "Ada Example": ("Agent", {"English": 4, "Spanish": 5}, ("Support", "Billing")),
    "Ben Example": ("Agent", {"English": 5, "Invoices": 3}, ("Billing",)),
    "Cleo Example": ("Supervisor", {}, ()),
}
"""The title, skills with proficiency, and queues of the users that there are at first."""

_FURNISHED = "furnished"
"""The collection of the note that an organization has got what it has at first."""

_AGE = 30 * 86400.0
"""How long an organization's first things have been there, so that everybody sees them."""


class Staff(NamedTuple):
    """The references to those of a conversation; always the same ids for an organization."""

    queue: dict[str, str]
    flow: dict[str, str]
    user: dict[str, str]

    @classmethod
    @lru_cache(maxsize=1000)
    def of(cls, organization_id: str) -> Staff:
        """Name those of an organization."""
        return cls(
            _reference(_QUEUE, QUEUES, organization_id),
            _reference("Sandbox Flow", "flows", organization_id),
            user_to_wire(AGENT),
        )


def members(queue_id: str) -> str:
    """Name the collection of a queue's members."""
    return f"{QUEUES}/{queue_id}/members"


def skills(user_id: str) -> str:
    """Name the collection of a user's skills."""
    return f"{USERS}/{user_id}/routingskills"


def furnish(documents: Documents, organization_id: str, now: float) -> None:
    """Give an organization its first users, skills and queues, unless it has had them."""
    if documents.find(organization_id, _FURNISHED, "") is not None:
        return

    def keep(collection: str, own_id: str, fields: Mapping[str, Any]) -> None:
        documents.add(organization_id, collection, _document(own_id, fields, now))

    def id_of(name: str, collection: str) -> str:
        return _reference(name, collection, organization_id)["id"]

    keep(_FURNISHED, "", {})
    for name in dict.fromkeys(name for _, known, _ in _WORKING.values() for name in known):
        keep(SKILLS, id_of(name, SKILLS), {"name": name})
    for name in dict.fromkeys(name for _, _, served in _WORKING.values() for name in served):
        keep(QUEUES, id_of(name, QUEUES), {"name": name})
    for user, (title, known, served) in _WORKING.items():
        employ(documents, organization_id, user, now, title=title)
        user_id = user_to_wire(user)["id"]
        for name, proficiency in known.items():
            keep(skills(user_id), id_of(name, SKILLS), {"proficiency": float(proficiency)})
        for name in served:
            keep(members(id_of(name, QUEUES)), user_id, {"joined": True})


def employ(
    documents: Documents, organization_id: str, name: str, now: float, **fields: str
) -> None:
    """Make a user of a name, unless there is one who is always meant by it."""
    email = f"{'.'.join(name.casefold().split())}@example.com"
    user = _document(user_to_wire(name)["id"], {"name": name, "email": email, **fields}, now)
    with suppress(DuplicateError):
        documents.add(organization_id, USERS, user)


def _document(own_id: str, fields: Mapping[str, Any], now: float) -> Document:
    created = now - _AGE
    return Document(own_id, dict(fields), created, created, AGENT, AGENT)


def _reference(name: str, collection: str, organization_id: str) -> dict[str, str]:
    path = f"/api/v2/{collection}"
    own_id = str(uuid5(NAMESPACE_URL, f"{name} of {organization_id} in {path}"))
    return {"id": own_id, "name": name, "selfUri": f"{path}/{own_id}"}


def user_to_wire(name: str) -> dict[str, str]:
    """Build the reference to a user."""
    user_id = _user_id(name)
    return {"id": user_id, "name": name, "selfUri": f"/api/v2/users/{user_id}"}


@lru_cache(maxsize=1024)
def _user_id(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"user {name}"))
