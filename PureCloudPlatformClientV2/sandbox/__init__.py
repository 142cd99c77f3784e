"""A local stand-in for Genesys Cloud, for trying things out and for tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bot import BotReply, BotRule
from .faults import (
    DelayFault,
    Fault,
    Faults,
    LateFault,
    ResetAfterFault,
    ResetBeforeFault,
    SlowFault,
    StatusFault,
    TruncateFault,
)
from .request_log import LoggedRequest

if TYPE_CHECKING:
    from .credentials import Organization
    from .server import Sandbox
    from .webhooks import Attempt, Delivery

__all__ = [
    "Attempt",
    "BotReply",
    "BotRule",
    "DelayFault",
    "Delivery",
    "Fault",
    "Faults",
    "LateFault",
    "LoggedRequest",
    "Organization",
    "ResetAfterFault",
    "ResetBeforeFault",
    "Sandbox",
    "SlowFault",
    "StatusFault",
    "TruncateFault",
]


def __getattr__(name: str) -> object:
    # Start-up cost: pytest imports this package for its plugin in every run, and Flask, cheroot
    # and sqlite3 are for those who start a sandbox.
    if name in ("Attempt", "Delivery"):
        from . import webhooks

        return getattr(webhooks, name)
    if name not in ("Organization", "Sandbox"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import server

    return getattr(server, name)
