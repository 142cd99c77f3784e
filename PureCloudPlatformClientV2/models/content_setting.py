"""Settings for content."""

from .base import Model
from .story_setting import StorySetting


class ContentSetting(Model):
    """Settings for content."""

    story: StorySetting | None = None
    """What is said about stories of social media."""
