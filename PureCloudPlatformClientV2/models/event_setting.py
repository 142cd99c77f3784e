"""Settings for events."""

from .base import Model
from .typing_setting import TypingSetting


class EventSetting(Model):
    """Settings for events."""

    typing: TypingSetting | None = None
    """What is said about typing indicators."""
