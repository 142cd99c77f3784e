"""Who serves the customers of an organization: its queue, its flow and its user."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5

from ..entities import user_to_wire

AGENT = "Sandbox User"
"""The name of the user; that of the sandbox's own tokens as well."""


class Staff(NamedTuple):
    """The references to them; their ids are always the same for an organization."""

    queue: dict[str, str]
    flow: dict[str, str]
    user: dict[str, str]

    @classmethod
    @lru_cache(maxsize=1000)
    def of(cls, organization_id: str) -> Staff:
        """Name those of an organization."""
        return cls(
            _reference("Sandbox Queue", "/api/v2/routing/queues", organization_id),
            _reference("Sandbox Flow", "/api/v2/flows", organization_id),
            user_to_wire(AGENT),
        )


def _reference(name: str, path: str, organization_id: str) -> dict[str, str]:
    own_id = str(uuid5(NAMESPACE_URL, f"{path} of {organization_id}"))
    return {"id": own_id, "name": name, "selfUri": f"{path}/{own_id}"}
