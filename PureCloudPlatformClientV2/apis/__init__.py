"""The API classes, one method per endpoint."""

from .messaging_api import MessagingApi

__all__ = ["MessagingApi"]
