"""What a channel of the platform is subscribed to, and the calls that see to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from .._wire.redaction import Masked
from ..api_client import ApiClient
from ..apis.notifications_api import NotificationsApi
from ..exceptions import ApiException, ForbiddenException, NotFoundException, told
from ..logger import package_logger
from .events import Rejection
from .websocket import check_place

if TYPE_CHECKING:
    from .. import models

LEAVING = 5.0
"""Seconds in which a channel is left."""

_LIFETIME = 86400.0
"""Seconds that a channel lives at the most."""


class Subscriptions:
    """What one channel of the platform at a time is subscribed to."""

    def __init__(self, client: ApiClient, topics: list[str], *, ignore_errors: bool) -> None:
        """Begin without a channel.

        Args:
            client: Makes the calls.
            topics: What is wanted.
            ignore_errors: Whether to do without the topics that are not permitted.
        """
        self._client = client
        self._api = NotificationsApi(client)
        self._ignore_errors = ignore_errors
        self.topics: list[str] = topics
        """What is wanted."""
        self.rejected: tuple[Rejection, ...] = ()
        """What of that is not permitted."""
        self.refused: tuple[Rejection, ...] = ()
        """Why the last request was refused as a whole."""

    def make_channel(self, deadline: float | None) -> models.Channel:
        """Make a channel, and subscribe it.

        Raises:
            ApiException: That was refused, or failed; the channel is left without topics.
        """
        channel = self._api.post_notifications_channels(_deadline=deadline)
        try:
            if not channel.id or not channel.connect_uri:
                raise told(ApiException, "the platform has made a channel without an address")
            check_place(Masked(channel.connect_uri), self._client)
            if self.topics:
                self.rejected = self._subscribe(channel, self.topics, deadline)
        except BaseException:
            self.leave(channel)
            raise
        return channel

    def lifetime(self, channel: models.Channel) -> float:
        """Give the seconds that a channel lives that this thread has just made."""
        response = self._client.last_response
        now = datetime.now(timezone.utc)
        with suppress(TypeError, ValueError):  # there is no date, or none that one could read
            # By the clock of who says when the channel ends.
            now = parsedate_to_datetime((response and response.getheader("Date")) or "")
        if channel.expires is None or now.tzinfo is None or channel.expires <= now:
            return _LIFETIME
        return min((channel.expires - now).total_seconds(), _LIFETIME)

    def add(self, channel: models.Channel, topics: list[str]) -> None:
        """Subscribe a channel to more.

        Raises:
            ApiException: That was refused, or failed; nothing has changed.
            NotFoundException: The channel is no more; the topics are noted.
        """
        try:
            self.rejected += self._subscribe(channel, topics, None)
        except NotFoundException:
            self.topics = [*self.topics, *topics]
            raise
        except ForbiddenException:
            with suppress(NotFoundException):
                self._put(channel, self.topics)  # as those that are permitted are there now
            raise
        self.topics = [*self.topics, *topics]

    def remove(self, channel: models.Channel | None, topics: set[str]) -> None:
        """Subscribe a channel, if there is one, to the others alone.

        Raises:
            ApiException: That failed; nothing has changed.
        """
        left = [one for one in self.topics if one not in topics]
        if channel is not None and len(left) < len(self.topics):
            with suppress(NotFoundException):  # another one will have these alone
                self._put(channel, left)
        self.topics = left
        self.rejected = tuple(one for one in self.rejected if one.topic not in topics)

    def restore(self, channel: models.Channel) -> list[str]:
        """Subscribe a channel again to what was taken away from it, and give that."""
        listing = self._api.get_notifications_channel_subscriptions(str(channel.id))
        known = {one.id for one in listing.entities or ()} | {one.topic for one in self.rejected}
        lost = [one for one in self.topics if one not in known]
        if lost:
            self.rejected += self._subscribe(channel, lost, None)
        return lost

    def leave(self, channel: models.Channel) -> None:
        """Leave a channel without topics, if that can be done soon."""
        if not channel.id:
            return
        try:
            self._api.delete_notifications_channel_subscriptions(
                channel.id, _deadline=LEAVING, _request_timeout=LEAVING
            )
        except (ApiException, ValueError) as error:
            # It ends by itself; one without a connection is the first to go when there are many.
            package_logger.info("notifications: a channel could not be left: %s", error)

    def _put(self, channel: models.Channel, topics: list[str]) -> None:
        refused = {one.topic for one in self.rejected}
        body = [{"id": one} for one in topics if one not in refused]
        if body:
            self._api.put_notifications_channel_subscriptions(str(channel.id), body)
        else:
            self._api.delete_notifications_channel_subscriptions(str(channel.id))

    def _subscribe(
        self, channel: models.Channel, topics: list[str], deadline: float | None
    ) -> tuple[Rejection, ...]:
        if self._ignore_errors:
            return self._subscribe_to_some(channel, topics, deadline)
        body = [{"id": one} for one in topics]
        try:
            self._api.post_notifications_channel_subscriptions(
                str(channel.id), body, _deadline=deadline
            )
        except ForbiddenException as refusal:
            # Which one it is, and what it asks for, is told to those alone who want the others.
            self.refused = self._subscribe_to_some(channel, topics, deadline)
            refusal.advice = "not permitted: " + ", ".join(map(str, self.refused))
            raise
        return ()

    def _subscribe_to_some(
        self, channel: models.Channel, topics: list[str], deadline: float | None
    ) -> tuple[Rejection, ...]:
        body = [{"id": one} for one in topics]
        listing = self._api.post_notifications_channel_subscriptions(
            str(channel.id), body, ignore_errors=True, _deadline=deadline
        )
        return tuple(
            Rejection(
                one.id or "", one.rejection_reason or "", tuple(one.missing_permissions or ())
            )
            for one in listing.entities or ()
            if one.state == "Rejected"
        )
