"""A pointer to an entity that is kept elsewhere on the platform."""

from .base import Model


class UriReference(Model):
    """A pointer to an entity that is kept elsewhere on the platform, such as a user."""

    id: str | None = None
    """Identifier of the entity pointed to, unique on the platform."""
    name: str | None = None
    """The entity's name, where the service includes it."""
    self_uri: str | None = None
    """Path of the entity, relative to the API host."""
