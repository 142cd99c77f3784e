"""A media type, or several by a pattern."""

from .base import Model


class MediaType(Model):
    """A media type, or several by a pattern."""

    type: str | None = None
    """For example ``image/png``, ``image/*`` or ``*/*``."""
