"""Credentials: what opens an organization's data, and what the sandbox remembers of it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from uuid import UUID, uuid4, uuid5

_NAMESPACE = UUID("5f5c9b6e-3c53-4a0e-9a51-4b1d8f0a7c11")

OWN_ORGANIZATION_ID = str(uuid5(_NAMESPACE, "the sandbox's own organization"))
"""The organization that every sandbox has; always the same id, so that a file keeps its data."""


@dataclass(frozen=True)
class Token:
    """A bearer token as the sandbox remembers it: without the token."""

    id: str
    """Safe to show; derived from the token, so the same token always has the same id."""
    organization_id: str
    permissions: frozenset[str]
    owner: str
    """Name of the user or OAuth client on whose behalf the token acts."""
    expires: float | None
    """When it stops working, in seconds since the epoch; None for never."""


@dataclass(frozen=True)
class Client:
    """An OAuth client as the sandbox remembers it: without the secret."""

    id: str
    organization_id: str
    name: str


@dataclass(frozen=True)
class AuthorizationCode:
    """A code as the sandbox remembers it: without the code."""

    client_id: str
    """The only client that may trade it in."""
    redirect_uri: str
    challenge: str | None
    """The S256 challenge whose verifier must come with it; None if PKCE is not used."""
    expires: float
    """When it stops working, in seconds since the epoch."""


@dataclass(frozen=True)
class RefreshToken:
    """A refresh token as the sandbox remembers it: without the token."""

    client_id: str
    """The only client that may use it."""
    confidential: bool
    """Whether that client must show its secret, as it did for the code."""


def fingerprint(secret: str) -> str:
    """Digest a secret, so that it can be recognized but not read."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def token_id(token: str) -> str:
    """Name a token without giving it away."""
    return fingerprint(token)[:16]


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
