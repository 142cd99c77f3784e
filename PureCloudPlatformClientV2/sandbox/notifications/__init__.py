"""Notifications: channels, their subscriptions, and the WebSockets that events go out by."""

from .channel import Channel, TooManyTopicsError
from .channels import Channels, Endpoint

__all__ = ["Channel", "Channels", "Endpoint", "TooManyTopicsError"]
