"""The control API: what a test does to a sandbox that runs in another process."""

from . import (
    bot,
    channels,
    conversations,
    deliveries,
    faults,
    history,
    integrations,
    organizations,
)
from .calls import control

__all__ = [
    "bot",
    "channels",
    "control",
    "conversations",
    "deliveries",
    "faults",
    "history",
    "integrations",
    "organizations",
]
