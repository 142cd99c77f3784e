"""Conversations with customers: opened, carried on, answered and ended.

The switchboard connects customers with bots and agents; what comes in by open messaging and what
goes out are read and checked around it. All of it is kept in the store.
"""

from __future__ import annotations

from .conversations import Conversations
from .switchboard import Switchboard

__all__ = ["Conversations", "Switchboard"]
