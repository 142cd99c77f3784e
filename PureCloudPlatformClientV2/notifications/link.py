"""A link: the thread that listens to one channel of the platform, and sees that there is one."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

from .._transport.client import RESTClientObject
from .._wire.redaction import Masked
from ..api_client import ApiClient
from ..exceptions import ApiConnectionException, ApiException, NotFoundException, told
from ..logger import package_logger
from .connections import Comparison, Connection, Loss, Pauses, Waiting, may_pass
from .events import (
    SUBSCRIPTIONS,
    SYSTEM,
    Buffer,
    Gap,
    Notification,
    is_of_channel,
    parse,
)
from .subscriptions import LEAVING, Subscriptions
from .websocket import WebSocket, open_websocket

if TYPE_CHECKING:
    from .. import models

_OVERLAP = 5.0
"""Seconds in which the connection before is still listened to, beside its successor."""

_RENEWED_AFTER = 0.9
"""The part of its life after which a channel is replaced."""

_ANXIOUS_AFTER = 0.75
"""The part of the time of silence after which a word is asked for."""

_AGAIN_AFTER = 5.0
"""Seconds from an attempt to prevent a gap that has failed to the next one."""

_RENEWED_AGAIN_AFTER = 300.0
"""The same for the renewal of a channel, for which there is more time."""

_CHECKED_AGAIN_AFTER = 60.0
"""Seconds between two looks at the subscriptions."""

_REPLACED_IN_A_MINUTE = 10
"""How many connections are replaced in a minute, even if each says that it will be closed."""

_NAME = "purecloud-notifications"
_PING = '{"message": "ping"}'


class Link:
    """The thread that listens to one channel of the platform."""

    LEFT_WITHIN: float = LEAVING + 1
    """Seconds in which it ends, unless it is just making a call."""

    def __init__(
        self,
        client: ApiClient,
        buffer: Buffer,
        topics: list[str],
        *,
        ignore_errors: bool,
        reconnect_for: float | None,
        silence_limit: float,
    ) -> None:
        """Make one for at most 1,000 topics; nothing is opened yet."""
        self._client = client
        self._buffer = buffer
        self._reconnect_for = math.inf if reconnect_for is None else reconnect_for
        self._silence_limit = silence_limit
        self._configuration = client.configuration
        self._transport = RESTClientObject(self._configuration)
        self._lock = threading.RLock()  # of the channel and its subscriptions
        self._channel: models.Channel | None = None
        self._is_channel_lost = False
        self._connections: list[Connection] = []  # the last one is the one that counts
        self._comparison = Comparison()
        self._renew_at = self._again_at = self._check_at = math.inf
        self._checked_at = -math.inf
        self._replaced_at: deque[float] = deque(maxlen=_REPLACED_IN_A_MINUTE)
        self._pinged_at: float | None = None
        self._pauses = Pauses()
        self._gap_ended = datetime.min.replace(tzinfo=timezone.utc)
        self._is_closing = False
        self._waiting = Waiting()
        self._thread = threading.Thread(target=self._run, name=_NAME, daemon=True)
        self.subscriptions: Subscriptions = Subscriptions(
            client, topics, ignore_errors=ignore_errors
        )
        """What it is subscribed to."""
        self.malformed: int = 0
        """How much has come that is no event."""

    # What other threads call

    def open(self) -> None:
        """Make the channel, subscribe it, connect, and listen from now on.

        Raises:
            ApiException: Something of that was refused, or failed; nothing is left open.
        """
        try:
            self._channel, websocket = self._connect(None)
            self._use(websocket)
            self._thread.start()
        except BaseException as error:
            self._leave()
            if isinstance(error, RuntimeError):
                text = f"there is no thread for the notifications: {error}"
                raise told(ApiConnectionException, text) from error
            raise

    def add(self, topics: list[str]) -> None:
        """Subscribe to more.

        Raises:
            ApiException: That was refused, or failed; nothing has changed.
        """
        with self._lock:
            if self._channel is None:  # which is about to be made
                self.subscriptions.topics = [*self.subscriptions.topics, *topics]
                return
            try:
                self.subscriptions.add(self._channel, topics)
            except NotFoundException:
                self._is_channel_lost = True
                self._waiting.wake()

    def remove(self, topics: set[str]) -> None:
        """Subscribe to the others alone.

        Raises:
            ApiException: That failed; nothing has changed.
        """
        with self._lock:
            self.subscriptions.remove(self._channel, topics)

    def close(self) -> None:
        """Have it end soon; also for signal handlers."""
        self._is_closing = True
        self._waiting.wake()

    def join(self, timeout: float) -> None:
        """Wait until it has ended."""
        if self._thread.ident is not None:
            self._thread.join(timeout)

    # The listening thread

    def _run(self) -> None:
        try:
            while not self._is_closing:
                loss = self._listen()
                if loss is not None:
                    self._reconnect(loss)
        # Whatever it is, also a mistake of ours: it is for the thread that iterates.
        except BaseException as error:
            self._buffer.fail(error)
        finally:
            self._leave()

    def _listen(self) -> Loss | None:
        """Pass on what comes, until the connection is lost or this shall end."""
        while not self._is_closing:
            self._waiting.wait(self._next_moment() - time.monotonic())
            loss: Loss | None = None
            for connection in list(self._connections):
                loss = self._pass_on(connection)  # that of the last one
                if connection is not self._connections[-1]:
                    self._end_former(connection)
            loss = loss or self._look_at(self._connections[-1])
            if loss is not None:
                return loss
            self._prevent_gaps()
        return None

    def _next_moment(self) -> float:
        connection = self._connections[-1]
        if not connection.websocket.is_drained:
            return 0.0
        part = 1.0 if self._pinged_at is not None else _ANXIOUS_AFTER
        silence = connection.silent_since() + part * self._silence_limit
        return min(silence, self._next_deed(), *(one.until for one in self._connections))

    def _next_deed(self) -> float:
        """When there is something to do that prevents a gap."""
        return min(self._renew_at, self._again_at, self._check_at)

    def _pass_on(self, connection: Connection) -> Loss | None:
        """Put the events that have come into the buffer, and see to what else has."""
        loss: Loss | None = None
        websocket = connection.websocket
        while not self._is_closing and (texts := websocket.receive()) is not None:
            events: list[Notification | Gap] = []
            for text in texts:
                if (message := self._parse(text)) is None:
                    continue
                if not is_of_channel(message):
                    if self._comparison.is_repeated(websocket, text):
                        continue
                    events.append(message)
                    if message.topic_name == SUBSCRIPTIONS:
                        self._check_soon()
                elif connection is self._connections[-1]:
                    loss = self._take_system_message(message) or loss
                elif "no_longer_subscribed" in message.topic_name:
                    connection.was_taken_over = True
            if events:
                self._pauses.note_event()
                self._buffer.put(events)
                connection.resumed_at = time.monotonic()
            if connection is self._connections[-1] and self._next_deed() <= time.monotonic():
                break  # whoever reads slowly may never have all
        return loss

    def _parse(self, text: bytes) -> Notification | None:
        try:
            return parse(text)
        except ValueError as error:
            self._count_malformed(str(error))
            return None

    def _count_malformed(self, what: str) -> None:
        self.malformed += 1
        package_logger.warning("notifications: something has come that is no event: %s", what)

    def _take_system_message(self, message: Notification) -> Loss | None:
        topic, body = message.topic_name, message.raw_body
        kind = topic.split(".")[2] if topic.startswith(SYSTEM) else ""
        reason = body.get("reason") if isinstance(body, dict) else None
        if kind == "socket_closing":
            is_often = len(self._replaced_at) == _REPLACED_IN_A_MINUTE
            due = self._replaced_at[0] + 60 if is_often else 0.0
            self._again_at = max(due, time.monotonic())
        elif kind == "subscription_changed":
            self._check_soon()
        elif kind in ("token_revoked", "no_longer_subscribed"):
            why = f"{kind}, {reason}" if isinstance(reason, str) else kind
            websocket = self._connections[-1].websocket
            return self._loss(f"the service says: {why[:100]}", websocket, is_channel_gone=True)
        elif kind:
            # Without the rest of the topic, which may be the id of the channel.
            package_logger.info("notifications: the service says %r", kind[:100])
        return None

    def _check_soon(self) -> None:
        # The check may be the reason for another message like that.
        soon = max(time.monotonic(), self._checked_at + _CHECKED_AGAIN_AFTER)
        self._check_at = min(self._check_at, soon)

    def _look_at(self, connection: Connection) -> Loss | None:
        """See whether the connection is lost, and ask for a word if there was none for long."""
        websocket, now = connection.websocket, time.monotonic()
        if self._is_channel_lost:
            return self._loss("the channel is no more", websocket, is_channel_gone=True)
        if websocket.ending is not None:
            if websocket.was_violated:
                self._count_malformed(websocket.ending)
            return self._loss(websocket.ending, websocket)
        since = connection.silent_since()
        if self._pinged_at is not None and since >= self._pinged_at:
            self._pinged_at = None
        if now - since >= self._silence_limit:
            words = f"nothing came for {now - since:.0f} seconds, not even a heartbeat"
            return self._loss(words, websocket)
        if now - since >= _ANXIOUS_AFTER * self._silence_limit and self._pinged_at is None:
            self._pinged_at = now
            websocket.send(_PING)
        return None

    def _loss(self, reason: str, websocket: WebSocket, *, is_channel_gone: bool = False) -> Loss:
        # Where reading was late, what was missed may have been before what was read last.
        elapsed = time.monotonic() - min(websocket.heard_at, websocket.drained_at)
        now = datetime.now(timezone.utc)
        # One clock stands still while the machine sleeps, the other one may be set anew.
        since = min(now - timedelta(seconds=elapsed), websocket.heard_on)
        if self._gap_ended <= now:
            since = max(since, self._gap_ended)
        return Loss(reason, since, is_channel_gone)

    # Without a gap: another connection beside the one that there is

    def _prevent_gaps(self) -> None:
        now = time.monotonic()
        if now >= self._comparison.until:
            self._comparison.end()
        if now >= self._check_at:
            self._check_at, self._checked_at = math.inf, now
            self._check_subscriptions()
        if now >= self._again_at:
            self._again_at = math.inf
            self._replace(is_channel_kept=True)
        elif now >= self._renew_at:
            self._replace(is_channel_kept=False)

    def _replace(self, *, is_channel_kept: bool) -> None:
        """Connect anew, and listen to both for a while."""
        before = self._channel
        self._replaced_at.append(time.monotonic())
        try:
            with self._lock:
                self._channel, websocket = self._connect(before if is_channel_kept else None)
        except (ApiException, ValueError) as error:
            package_logger.warning("notifications: could not connect ahead of time: %s", error)
            if is_channel_kept:
                self._again_at = time.monotonic() + _AGAIN_AFTER
            else:
                self._renew_at = time.monotonic() + _RENEWED_AGAIN_AFTER
            return
        connection = self._connections[-1]
        connection.until = time.monotonic() + _OVERLAP
        self._comparison.go_on(connection.until)
        connection.channel_left = None if is_channel_kept else before
        self._use(websocket)

    def _end_former(self, connection: Connection) -> None:
        """End a connection that has a successor, if it is over, or its time is."""
        websocket = connection.websocket
        successor = self._connections[self._connections.index(connection) + 1].websocket
        if websocket.ending is not None:
            was_there = websocket.drained_at >= successor.opened_at or connection.was_taken_over
            if not was_there:  # when the successor was
                self._tell_gap(self._loss(websocket.ending, websocket), self.subscriptions.topics)
        elif time.monotonic() < connection.until:
            return
        self._end(connection)

    def _check_subscriptions(self) -> None:
        """See that nobody has taken topics away, and subscribe to them again."""
        since = datetime.now(timezone.utc)
        try:
            with self._lock:
                lost = self.subscriptions.restore(self._channel) if self._channel else []
        except NotFoundException:
            return  # the connection will end
        except ApiException as error:
            if not may_pass(error):
                raise
            package_logger.warning("notifications: could not check the topics: %s", error)
            self._check_at = time.monotonic() + _AGAIN_AFTER
        else:
            if lost:
                self._tell_gap(Loss("somebody has changed the subscriptions", since), lost)

    # With a gap

    def _reconnect(self, loss: Loss) -> None:
        package_logger.warning("notifications: connection lost, connecting again: %s", loss.reason)
        self._pauses.note_loss(time.monotonic() - self._connections[-1].websocket.opened_at)
        for connection in list(self._connections):
            self._end(connection)
        self._comparison.end()
        self._again_at = math.inf
        if loss.is_channel_gone:
            self._forget_channel()
        failure: ApiException | None = None
        while self._pause(loss, failure):
            kept = self._channel
            try:
                with self._lock:
                    self._channel, websocket = self._connect(kept, loss)
            except ApiException as error:
                failure = self._judge(error, loss, kept)
            else:
                self._use(websocket)
                self._tell_gap(loss, self.subscriptions.topics)
                return

    def _pause(self, loss: Loss, failure: ApiException | None) -> bool:
        """Wait before another attempt; not at all before the first one after a good connection."""
        pause = self._pauses.next(failure)
        end = min(time.monotonic() + pause, self._end_of_attempts(loss))
        while not self._is_closing and (seconds := end - time.monotonic()) > 0:
            self._waiting.wait(seconds)
        return not self._is_closing

    def _judge(
        self, error: ApiException, loss: Loss, kept: models.Channel | None
    ) -> ApiException | None:
        """Raise an error that nothing can be done about; another one is for the next attempt."""
        if kept is not None and 400 <= error.status < 500 and error.status not in (408, 429):
            self._forget_channel()  # it is gone, or not to be had by this token any more
            return None
        if not may_pass(error) or time.monotonic() >= self._end_of_attempts(loss):
            since = f"{loss.since:%Y-%m-%d %H:%M:%S} UTC ({loss.reason})"
            error.advice = f"{error.advice}; " if error.advice else ""
            error.advice += f"notifications may have been missed since {since}"
            raise error
        package_logger.warning("notifications: not connected yet: %s", error)
        return error

    def _forget_channel(self) -> None:
        self._channel, self._is_channel_lost = None, False
        self._pauses.note_lost_channel()

    def _end_of_attempts(self, loss: Loss) -> float:
        return loss.noticed_at + self._reconnect_for

    def _tell_gap(self, loss: Loss, topics: list[str]) -> None:
        self._gap_ended = datetime.now(timezone.utc)
        gap = Gap(loss.since, self._gap_ended, tuple(topics), loss.reason)
        words = "notifications: %d topics may have missed events from %s to %s: %s"
        package_logger.warning(words, len(topics), gap.began, gap.ended, gap.reason)
        self._buffer.put([gap])

    # Connections

    def _follow_configuration(self) -> None:
        if self._client.configuration is not self._configuration:
            self._transport.close()
            self._configuration = self._client.configuration
            self._transport = RESTClientObject(self._configuration)

    def _connect(
        self, kept: models.Channel | None, loss: Loss | None = None
    ) -> tuple[models.Channel, WebSocket]:
        """Connect to a channel, or to a new one, which is subscribed first."""
        deadline = None
        if loss is not None and self._reconnect_for < math.inf:
            deadline = max(self._end_of_attempts(loss) - time.monotonic(), 1.0)
        if kept is not None:
            return kept, self._open_websocket(kept, deadline)
        channel = self.subscriptions.make_channel(deadline)
        try:
            lifetime = self.subscriptions.lifetime(channel)
            websocket = self._open_websocket(channel, deadline)
        except BaseException:
            self.subscriptions.leave(channel)
            raise
        self._renew_at = time.monotonic() + _RENEWED_AFTER * lifetime
        return channel, websocket

    def _open_websocket(self, channel: models.Channel, deadline: float | None) -> WebSocket:
        self._follow_configuration()
        agent = self._client.user_agent
        words = agent if isinstance(agent, str) else agent.decode("latin-1")
        return open_websocket(self._transport, Masked(str(channel.connect_uri)), words, deadline)

    def _use(self, websocket: WebSocket) -> None:
        self._pinged_at = None
        self._connections.append(Connection(websocket))
        self._waiting.add(websocket)

    def _end(self, connection: Connection) -> None:
        self._connections.remove(connection)
        self._waiting.remove(connection.websocket)
        connection.websocket.close()
        if connection.channel_left is not None:
            self.subscriptions.leave(connection.channel_left)

    def _leave(self) -> None:
        for connection in list(self._connections):
            self._end(connection)
        channel, self._channel = self._channel, None
        if channel is not None:
            self.subscriptions.leave(channel)
        self._waiting.close()
        self._transport.close()
