"""Organizations: told apart by access token and OAuth client."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from uuid import uuid4


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


def make_organization(
    organization_id: str,
    name: str,
    access_token: str | None,
    client_id: str | None,
    client_secret: str | None,
) -> Organization:
    """Describe an organization; credentials that are not given are random."""
    return Organization(
        id=organization_id,
        name=name,
        access_token=access_token or secrets.token_urlsafe(48),
        client_id=client_id or str(uuid4()),
        client_secret=client_secret or secrets.token_urlsafe(32),
    )
