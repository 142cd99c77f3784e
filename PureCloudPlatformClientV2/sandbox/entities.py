"""What the sandbox keeps, and how it looks on the wire."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any, Literal
from urllib.parse import quote
from uuid import UUID, uuid5

Kind = Literal["facebook", "line", "twitter"]
"""The messengers that can be integrated, as they stand in the paths."""

KINDS: tuple[Kind, ...] = ("facebook", "line", "twitter")

RESPONSE_FIELDS: dict[Kind, tuple[str, ...]] = {
    "facebook": ("name", "appId", "pageId"),
    "line": ("name", "channelId"),
    "twitter": ("name", "accessTokenKey", "consumerKey", "username", "userId", "tier", "envName"),
}
"""Wire fields that are particular to a kind of integration and come back in responses."""

_NAMESPACE = UUID("5f5c9b6e-3c53-4a0e-9a51-4b1d8f0a7c11")

OWN_ORGANIZATION_ID = str(uuid5(_NAMESPACE, "the sandbox's own organization"))
"""The organization that every sandbox has; always the same id, so that a file keeps its data."""


@dataclass(frozen=True)
class Integration:
    """One integration, with everything that outlives a request."""

    organization_id: str
    kind: Kind
    id: str
    status: str
    created: float
    modified: float
    created_by: str
    modified_by: str
    version: int = 1
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    """Fields of responses by their wire names."""
    fingerprints: Mapping[str, str] = field(default_factory=dict[str, str])
    """Fingerprints of secrets that must be recognized again, by wire name."""


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


def integration_path(kind: Kind, integration_id: str) -> str:
    """Address an integration."""
    return f"/api/v2/messaging/integrations/{kind}/{quote(integration_id, safe='')}"


def webhook_path(integration_id: str) -> str:
    """Address the webhook of a LINE integration."""
    return f"/webhooks/line/{quote(integration_id, safe='')}"


def wire_date(seconds: float) -> str:
    """Write a time as the service does: ISO 8601 in UTC with milliseconds."""
    moment = datetime.fromtimestamp(seconds, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def integration_to_wire(integration: Integration, base_url: str) -> dict[str, Any]:
    """Build the JSON object of an integration; base_url is the sandbox's own, without a slash."""
    wire: dict[str, Any] = {"id": integration.id}
    for name in RESPONSE_FIELDS[integration.kind]:
        if name in integration.fields:
            wire[name] = integration.fields[name]
    if integration.kind == "line":
        wire["webhookUri"] = base_url + webhook_path(integration.id)
    wire["status"] = integration.status
    wire["recipient"] = _recipient(integration)
    wire["dateCreated"] = wire_date(integration.created)
    wire["dateModified"] = wire_date(integration.modified)
    wire["createdBy"] = user_to_wire(integration.created_by)
    wire["modifiedBy"] = user_to_wire(integration.modified_by)
    wire["version"] = integration.version
    wire["selfUri"] = integration_path(integration.kind, integration.id)
    return wire


def _recipient(integration: Integration) -> dict[str, str]:
    recipient_id = str(uuid5(_NAMESPACE, f"recipient of {integration.kind} {integration.id}"))
    return {
        "id": recipient_id,
        "name": integration.fields.get("name", ""),
        "selfUri": f"/api/v2/routing/message/recipients/{recipient_id}",
    }


def user_to_wire(name: str) -> dict[str, str]:
    """Build the reference to a user."""
    user_id = str(uuid5(_NAMESPACE, f"user {name}"))
    return {"id": user_id, "name": name, "selfUri": f"/api/v2/users/{user_id}"}
