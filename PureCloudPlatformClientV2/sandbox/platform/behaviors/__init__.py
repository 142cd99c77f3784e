"""What operations do that are of no common shape; a module for each topic registers its own."""

from . import apps, facebook, google, line, recipients, stickers, twitter, whatsapp
from .line import webhooks
from .registry import BEHAVIORS, Answer, Served, behavior

__all__ = [
    "BEHAVIORS",
    "Answer",
    "Served",
    "apps",
    "behavior",
    "facebook",
    "google",
    "line",
    "recipients",
    "stickers",
    "twitter",
    "webhooks",
    "whatsapp",
]
