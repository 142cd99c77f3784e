"""A limit of the platform that a request has met."""

from .base import Model


class Limit(Model):
    """A limit of the platform that a request has met."""

    key: str | None = None
    """Which limit it is."""
    namespace: str | None = None
    """The part of the platform that has the limit, for example ``messaging``."""
    value: int | None = None
    """How much is allowed."""
