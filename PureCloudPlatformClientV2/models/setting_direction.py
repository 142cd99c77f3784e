"""A setting for each direction."""

from typing import Literal

from .base import Model


class SettingDirection(Model):
    """A setting for each direction."""

    inbound: Literal["Enabled", "Disabled"] | str | None = None
    """From the customer."""
    outbound: Literal["Enabled", "Disabled"] | str | None = None
    """To the customer."""
