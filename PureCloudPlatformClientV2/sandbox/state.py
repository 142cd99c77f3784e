"""Everything that the parts of one sandbox share."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast
from uuid import uuid4

from flask import current_app

from . import staff
from .bot import Bot
from .clock import Clock, wire_date
from .credentials import OWN_ORGANIZATION_ID, Organization, make_organization, token_id
from .events import Event, Events, Streams
from .faults import Faults
from .notifications import Channels
from .platform import contract
from .rate_limit import RateLimiter
from .request_log import RequestLog
from .store import Store
from .webhooks import Webhooks

PERMISSIONS = contract.permissions()
"""Every permission that an operation may require."""

CREATE_STATUSES = ("Initiated", "Completed", "Error")
"""How far the creation of an integration of today's platform may be."""

EXTENSION = "purecloud_sandbox"


@dataclass(frozen=True)
class Settings:
    """The numbers and credentials of one sandbox."""

    organization: Organization
    """The sandbox's own."""
    control_token: str = field(repr=False)
    token_lifetime: float
    rate_limit_headers: bool
    max_page_size: int
    creation_time: float
    """Seconds until an integration of today's platform is complete."""
    published_receipts: bool
    """Whether a middleware is told that what it sent has arrived."""
    creation_reads: int
    """How often it must have been read for that."""
    consistency_delay: float
    """Seconds until those who read notice what was created or deleted."""
    login_path: str
    """What a gateway puts before the paths of the sign-in, with its slash; may be empty."""
    api_path: str
    """What a gateway puts before the paths of the API, with its slash; may be empty."""
    hosts: frozenset[str]
    """By which names, besides those of loopback, the page and the control API may be called."""


@dataclass(frozen=True)
class State:
    """The store, the rules' numbers, and what is only kept in memory."""

    settings: Settings
    clock: Clock
    store: Store
    log: RequestLog
    limiter: RateLimiter | None
    webhooks: Webhooks
    channels: Channels
    faults: Faults = field(default_factory=Faults)
    bot: Bot = field(default_factory=Bot)
    events: Events = field(default_factory=Events)
    streams: Streams = field(default_factory=Streams)

    def issue_token(
        self,
        *,
        organization_id: str,
        owner: str,
        permissions: frozenset[str],
        lifetime: float | None = None,
    ) -> str:
        """Make a token that the sandbox accepts; its owner is a user, or the OAuth client."""
        token = secrets.token_urlsafe(48)
        if owner != staff.CLIENT:
            staff.employ(self.store.documents, organization_id, owner, self.clock())
        seconds = self.settings.token_lifetime if lifetime is None else lifetime
        self.store.tokens.add(
            token,
            organization_id=organization_id,
            permissions=permissions,
            owner=owner,
            expires=self.clock() + seconds,
        )
        return token

    def create_organization(
        self,
        name: str,
        *,
        access_token: str | None,
        client_id: str | None,
        client_secret: str | None,
    ) -> Organization:
        """Make an organization without any data, unless a ValueError says what is another's."""
        if not name:
            raise ValueError("name must not be empty")
        made = make_organization(str(uuid4()), name, access_token, client_id, client_secret)
        with self.store.transaction():
            if self.store.tokens.find(made.access_token) is not None:
                raise ValueError("access_token is that of another organization")
            if self.store.clients.find(made.client_id) is not None:
                raise ValueError("client_id is that of another organization")
            self.admit(made)
        return made

    def admit(self, organization: Organization) -> None:
        """Accept an organization's access token and OAuth client."""
        with self.store.transaction():
            self.store.organizations.save(organization.id, organization.name)
            staff.furnish(self.store.documents, organization.id, self.clock())
            # It never expires by itself: whoever runs the sandbox all day keeps using it.
            self.store.tokens.add(
                organization.access_token,
                organization_id=organization.id,
                permissions=PERMISSIONS,
                owner=staff.AGENT,
                expires=None,
            )
            self.store.clients.save(
                organization.client_id,
                organization.client_secret,
                organization_id=organization.id,
                name=staff.CLIENT,
            )

    def expire_token(self, token: str) -> bool:
        """Let a token end now, and its channels; False if there is no such token."""
        is_known = self.store.tokens.expire(token, self.clock())
        if is_known:
            self.channels.revoke(token_id(token))
        return is_known

    def expire_tokens(self) -> None:
        """Let every token end now, and every channel."""
        self.store.tokens.expire_all(self.clock())
        self.channels.revoke()

    def organization_id(self, organization_id: str | None) -> str:
        """Check the id of an organization; None means the sandbox's own."""
        if organization_id is None:
            return OWN_ORGANIZATION_ID
        if self.store.organizations.name(organization_id) is None:
            raise LookupError(f"there is no organization with the id {organization_id!r}")
        return organization_id

    def advance(self, seconds: float) -> None:
        """Turn the clock forward, and wait until all is done that falls due on the way."""
        self.clock.advance(seconds)
        self.events.publish(Event("clock", None, {"time": wire_date(self.clock())}))

    def reset(self) -> None:
        """Go back to the beginning: the own organization and its credentials alone."""
        with self.store.transaction():
            self.store.clear()
            self.admit(self.settings.organization)
        self.channels.clear()
        self.clock.reset()
        self.webhooks.reset()
        self.bot.clear()
        self.log.clear()
        self.faults.clear()
        if self.limiter is not None:
            self.limiter.clear()
        self.events.publish(Event("reset", None, {}))

    def reset_organization(self, organization_id: str) -> None:
        """Leave nothing of an organization but itself and its credentials."""
        organization_id = self.organization_id(organization_id)
        with self.store.transaction():
            if self.limiter is not None:
                self.limiter.forget(self.store.tokens.ids(organization_id))
            self.store.reset(organization_id)
            staff.furnish(self.store.documents, organization_id, self.clock())
        self.webhooks.reset(organization_id)
        self.bot.clear(organization_id)
        self.channels.clear(organization_id)
        self.log.clear(organization_id)
        self.faults.clear(organization_id)
        self.events.publish(Event("reset", organization_id, {}))


def check_permissions(permissions: Iterable[str]) -> frozenset[str]:
    """Take a list of permissions, if each of them is one."""
    if isinstance(permissions, str):
        raise TypeError("permissions must be a list of names, not a string")
    wanted = frozenset(permissions)
    unknown = [name for name in wanted if name not in PERMISSIONS]
    if unknown:
        known = ", ".join(sorted(PERMISSIONS))
        raise ValueError(f"there is no permission {min(unknown)!r}; permissions are {known}")
    return wanted


def current_state() -> State:
    """Get the state of the sandbox that serves the current request."""
    return cast(State, current_app.extensions[EXTENSION])
