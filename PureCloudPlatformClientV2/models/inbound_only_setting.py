"""A setting for what customers send."""

from typing import Literal

from .base import Model


class InboundOnlySetting(Model):
    """A setting for what customers send."""

    inbound: Literal["Enabled", "Disabled"] | str | None = None
    """Whether it is received."""
