"""What operations do that are of no common shape; a module for each topic registers its own."""

from . import (
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
    "sms",
    "stickers",
    "twitter",
    "webhooks",
    "whatsapp",
]
