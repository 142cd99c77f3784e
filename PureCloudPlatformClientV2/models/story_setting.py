"""Settings for stories of social media."""

from .base import Model
from .inbound_only_setting import InboundOnlySetting


class StorySetting(Model):
    """Settings for stories of social media."""

    mention: InboundOnlySetting | None = None
    """Whether a mention in a story arrives as a message."""
    reply: InboundOnlySetting | None = None
    """Whether a reply to a story arrives as a message."""
