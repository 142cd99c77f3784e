"""One field that an error is about."""

from .base import Model


class Detail(Model):
    """One field that an error is about; part of an ``ErrorBody``."""

    error_code: str | None = None
    """What is wrong with the field, as a code for programs to compare."""
    field_name: str | None = None
    """The field, by its wire name."""
    entity_id: str | None = None
    """Identifier of the entity concerned, if there is one."""
    entity_name: str | None = None
    """Name of the entity concerned, if there is one."""
