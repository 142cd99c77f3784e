"""Notifications of the platform: events as they happen, by WebSocket.

>>> from PureCloudPlatformClientV2.notifications import NotificationChannel, topics
>>> with NotificationChannel(client, [topics.queue_conversations_messages(queue_id)]) as events:
...     for event in events:
...         print(event.topic_name, event.body.id)
"""

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from . import topics as topics
    from .channel import *
    from .events import *
else:  # as in the package above
    __getattr__, __dir__ = lazy_names(__name__, "channel", "events")
