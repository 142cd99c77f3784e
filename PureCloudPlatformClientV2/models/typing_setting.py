"""Settings for typing indicators."""

from .base import Model
from .setting_direction import SettingDirection


class TypingSetting(Model):
    """Settings for typing indicators."""

    on: SettingDirection | None = None
    """Whether "is typing" is shown."""
