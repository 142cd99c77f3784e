"""A pointer to settings for content and events, as a request has it."""

from .base import Model


class MessagingSettingRequestReference(Model):
    """A pointer to settings for content and events, as a request has it."""

    id: str | None = None
    """Identifier of the settings; required."""
