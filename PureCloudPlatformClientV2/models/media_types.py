"""The media that a profile of supported content allows."""

from .base import Model
from .media_type_access import MediaTypeAccess


class MediaTypes(Model):
    """The media that a profile of supported content allows."""

    allow: MediaTypeAccess | None = None
    """What may be received and sent."""
