"""What operations do that are of no common shape; a module for each topic registers its own."""

from . import (
    accounts,
    apps,
    conversations,
    facebook,
    google,
    inbound_messages,
    line,
    message_media,
    notifications,
    recipients,
    responses,
    routing,
    sms,
    stickers,
    twitter,
    whatsapp,
)
from .line import webhooks
from .registry import BEHAVIORS, Answer, Served, behavior

__all__ = [
    "BEHAVIORS",
    "Answer",
    "Served",
    "accounts",
    "apps",
    "behavior",
    "conversations",
    "facebook",
    "google",
    "inbound_messages",
    "line",
    "message_media",
    "notifications",
    "recipients",
    "responses",
    "routing",
    "sms",
    "stickers",
    "twitter",
    "webhooks",
    "whatsapp",
]
