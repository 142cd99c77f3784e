"""A sandbox that runs: what is opened when it starts, and closed when it stops."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .app import create_app
from .bot import Bot
from .clock import Clock
from .conversations import Switchboard
from .events import Events
from .fault_injection import FaultInjector
from .faults import Faults
from .notifications import Channels, Endpoint
from .rate_limit import RateLimiter
from .request_log import RequestLog
from .state import Settings, State
from .store import NameTakenError, Store, StoreError
from .webhooks import WebhookOptions, Webhooks
from .wsgi_server import WebServer


@dataclass(frozen=True)
class Parts:
    """What a sandbox consists of, whether it runs or not."""

    settings: Settings
    address: str
    port: int
    streaming_port: int
    database: str | Path | None
    clock: Callable[[], float]
    log: RequestLog
    limiter: RateLimiter | None
    faults: Faults
    bot: Bot
    webhooks: WebhookOptions


class Running:
    """The state of a sandbox that runs, and the server that serves it."""

    def __init__(self, parts: Parts, tls: ssl.SSLContext | None) -> None:
        """Open the database and accept requests, in background threads."""
        self._stopping = threading.Event()
        store, clock, events = Store(parts.database), Clock(parts.clock), Events()
        endpoint = Endpoint(parts.address, parts.streaming_port, tls)
        channels = Channels(clock, events, store.organizations, endpoint)
        try:
            webhooks = Webhooks(store, clock, events, parts.webhooks)
            self.state: State = State(
                *(parts.settings, clock, store, parts.log, parts.limiter, webhooks, channels),
                *(parts.faults, parts.bot, events),
            )
            try:
                self.state.admit(parts.settings.organization)
            except NameTakenError as error:
                raise StoreError(f"cannot use the database {parts.database}: {error}") from error
            find_organization = store.tokens.organization_id
            app = FaultInjector(
                create_app(self.state), parts.faults, find_organization, self._stopping
            )
            self.server: WebServer = WebServer(parts.address, parts.port, app, tls)
            if parts.streaming_port:
                channels.listen()
            self.server.start()
        except BaseException:
            channels.stop()
            clock.stop()
            store.close()
            raise
        switchboard = Switchboard(self.state)
        events.listen(switchboard.note_delivery)
        switchboard.resume()
        webhooks.resume()

    def stop(self) -> None:
        """Close every connection, end every thread and close the database."""
        self._stopping.set()
        self.state.streams.stop()
        # Before the server, since a request that turns the clock waits for what is under way.
        self.state.webhooks.stop()
        self.server.shut_down()
        self.state.channels.stop()
        self.state.clock.stop()
        self.state.store.close()
