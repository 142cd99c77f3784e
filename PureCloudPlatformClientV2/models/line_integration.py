"""A LINE channel that is connected for messaging."""

from datetime import datetime

from .base import Model
from .uri_reference import UriReference


class LineIntegration(Model):
    """A LINE channel that is connected for messaging, as the service describes it."""

    id: str | None = None
    """Identifier of the integration, assigned by the service and unique on the platform."""
    name: str | None = None
    """What the integration is called in the administration pages."""
    channel_id: str | None = None
    """LINE's number for the channel; unset until a new official account has one."""
    webhook_uri: str | None = None
    """Address to enter in the LINE console, so that LINE delivers messages to the platform."""
    status: str | None = None
    """State of the integration, for example ``Active``, ``Inactive`` or ``Error``."""
    recipient: UriReference | None = None
    """The recipient through which a message flow is attached to the integration."""
    date_created: datetime | None = None
    """When the integration was created, in UTC."""
    date_modified: datetime | None = None
    """When the integration was last changed, in UTC."""
    created_by: UriReference | None = None
    """The user or OAuth client that created the integration."""
    modified_by: UriReference | None = None
    """The user or OAuth client that changed the integration last."""
    version: int | None = None
    """Counts the changes made to the integration."""
    self_uri: str | None = None
    """Path of the integration, relative to the API host."""
