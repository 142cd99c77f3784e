"""The control API: what a test does to a sandbox that runs in another process."""

from . import (
    bot,
    channels,
    clock,
    conversations,
    credentials,
    deliveries,
    events,
    faults,
    integrations,
    organizations,
    requests,
)
from .blueprint import control

__all__ = [
    "bot",
    "channels",
    "clock",
    "control",
    "conversations",
    "credentials",
    "deliveries",
    "events",
    "faults",
    "integrations",
    "organizations",
    "requests",
]
