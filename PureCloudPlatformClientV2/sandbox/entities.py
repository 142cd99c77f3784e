"""What the sandbox keeps of credentials, and how times and users look on the wire."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from uuid import UUID, uuid5

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


def digits(seed: str) -> str:
    """Derive a number such as the messengers give to pages and accounts."""
    return str(10**14 + int(fingerprint("number of " + seed)[:12], 16) % 10**14)


def wire_date(seconds: float) -> str:
    """Write a time as the service does: ISO 8601 in UTC with milliseconds."""
    return wire_moment(datetime.fromtimestamp(seconds, timezone.utc))


def wire_moment(moment: datetime) -> str:
    """Write a moment in UTC in the same way."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def user_to_wire(name: str) -> dict[str, str]:
    """Build the reference to a user."""
    user_id = _user_id(name)
    return {"id": user_id, "name": name, "selfUri": f"/api/v2/users/{user_id}"}


@lru_cache(maxsize=1024)
def _user_id(name: str) -> str:
    return str(uuid5(_NAMESPACE, f"user {name}"))
