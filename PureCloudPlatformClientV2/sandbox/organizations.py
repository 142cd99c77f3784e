"""Organizations: further ones beside the sandbox's own, told apart by token and OAuth client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from uuid import uuid4

from .state import State


@dataclass(frozen=True)
class Organization:
    """An organization, and what opens its data."""

    id: str
    name: str
    """Also the orgName of a SAML grant."""
    access_token: str = field(repr=False)
    """A bearer token with every permission, which doesn't expire by itself."""
    client_id: str
    """Id of its OAuth client."""
    client_secret: str = field(repr=False)
    """Secret of its OAuth client."""


def create_organization(
    state: State,
    *,
    name: str,
    access_token: str | None,
    client_id: str | None,
    client_secret: str | None,
) -> Organization:
    """Make an organization without any data."""
    if not name:
        raise ValueError("name must not be empty")
    organization = Organization(
        id=str(uuid4()),
        name=name,
        access_token=access_token or secrets.token_urlsafe(48),
        client_id=client_id or str(uuid4()),
        client_secret=client_secret or secrets.token_urlsafe(32),
    )
    store = state.store
    with store.transaction():
        if store.tokens.find(organization.access_token) is not None:
            raise ValueError("access_token is that of another organization")
        if store.clients.find(organization.client_id) is not None:
            raise ValueError("client_id is that of another organization")
        state.admit(
            organization.id,
            name,
            access_token=organization.access_token,
            client_id=organization.client_id,
            client_secret=organization.client_secret,
        )
    return organization
