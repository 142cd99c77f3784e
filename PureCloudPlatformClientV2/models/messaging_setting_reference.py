"""The settings for content and events of an integration."""

from datetime import datetime

from .base import Model
from .content_setting import ContentSetting
from .domain_entity_ref import DomainEntityRef
from .event_setting import EventSetting


class MessagingSettingReference(Model):
    """The settings for content and events of an integration."""

    id: str | None = None
    """Identifier of the settings; required."""
    name: str | None = None
    """What the settings are called."""
    self_uri: str | None = None
    """Path of the settings, relative to the API host."""
    date_created: datetime | None = None
    """When the settings were created, in UTC."""
    date_modified: datetime | None = None
    """When the settings were last changed, in UTC."""
    version: str | None = None
    """Counts the changes made to the settings."""
    created_by: DomainEntityRef | None = None
    """The user or OAuth client that created the settings."""
    updated_by: DomainEntityRef | None = None
    """The user or OAuth client that changed the settings last."""
    content: ContentSetting | None = None
    """What is said about content."""
    event: EventSetting | None = None
    """What is said about events."""
