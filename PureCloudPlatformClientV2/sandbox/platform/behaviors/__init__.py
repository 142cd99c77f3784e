"""What operations do that are of no common shape; a module for each topic registers its own."""

from . import (
    accounts,
    conversations,
    inbound_messages,
    line,
    message_media,
    messengers,
    notifications,
    recipients,
    responses,
    routing,
    sms,
)
from .line import webhooks
from .registry import BEHAVIORS, Answer, Served, behavior

__all__ = [
    "BEHAVIORS",
    "Answer",
    "Served",
    "accounts",
    "behavior",
    "conversations",
    "inbound_messages",
    "line",
    "message_media",
    "messengers",
    "notifications",
    "recipients",
    "responses",
    "routing",
    "sms",
    "webhooks",
]
