"""What is refused because of how a conversation is."""

from __future__ import annotations

from ..errors import ServiceError
from .records import Conversation


def not_there(what: str, own_id: str) -> ServiceError:
    """Make the 404 for something of a conversation."""
    return ServiceError(
        404,
        "not.found",
        f"There is no {what} with the id {{id}}.",
        params={"id": own_id},
        entity_id=own_id,
    )


def not_connected(conversation: Conversation) -> ServiceError:
    """Make the 409 for what only a connected conversation can do."""
    return ServiceError(
        409,
        "conflict",
        "The conversation {id} is not connected.",
        params={"id": conversation.id},
        entity_id=conversation.id,
    )
