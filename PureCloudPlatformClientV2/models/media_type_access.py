"""The media that may be received and sent."""

from .base import Model
from .media_type import MediaType


class MediaTypeAccess(Model):
    """The media that may be received and sent."""

    inbound: list[MediaType] | None = None
    """What customers may send."""
    outbound: list[MediaType] | None = None
    """What agents and bots may send."""
