"""A pointer to a profile of supported content, and what that allows."""

from .base import Model
from .media_types import MediaTypes


class SupportedContentReference(Model):
    """A pointer to a profile of supported content, and what that allows."""

    id: str | None = None
    """Identifier of the profile; required."""
    name: str | None = None
    """What the profile is called."""
    self_uri: str | None = None
    """Path of the profile, relative to the API host."""
    media_types: MediaTypes | None = None
    """The media that the profile allows."""
