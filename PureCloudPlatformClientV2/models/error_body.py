"""What the service answers when it refuses a request."""

from .base import Model
from .detail import Detail
from .limit import Limit


class ErrorBody(Model):
    """What the service answers when it refuses a request; found at ``ApiException.error``."""

    status: int | None = None
    """The HTTP status once more."""
    code: str | None = None
    """What went wrong, as a code for programs to compare, for example ``not.found``."""
    entity_id: str | None = None
    """Identifier of the entity concerned, if there is one."""
    entity_name: str | None = None
    """Name of the entity concerned, if there is one."""
    message: str | None = None
    """What went wrong, as a sentence for people."""
    message_with_params: str | None = None
    """The sentence with ``{placeholders}`` where ``message_params`` belong."""
    message_params: dict[str, str | None] | None = None
    """What to put for the placeholders of ``message_with_params``, by their names."""
    context_id: str | None = None
    """Leads Genesys support to the request in the service's logs; quote it in a ticket."""
    details: list[Detail] | None = None
    """The fields that the service objected to."""
    errors: "list[ErrorBody] | None" = None
    """Further errors behind this one."""
    limit: Limit | None = None
    """The limit that the request has met, if that is what was wrong; today's platform only."""
