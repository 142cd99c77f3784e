"""What the sandbox posts to a middleware: signed, tried again, and written down."""

from __future__ import annotations

from .delivery import Attempt, Delivery
from .webhooks import WebhookOptions, Webhooks

__all__ = ["Attempt", "Delivery", "WebhookOptions", "Webhooks"]
