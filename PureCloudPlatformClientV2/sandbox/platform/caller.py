"""On whose behalf the engine works."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import request

from ..exchange import current_token
from ..state import State, current_state
from ..store.documents import Document


@dataclass(frozen=True)
class Caller:
    """Somebody of an organization, who has reached the sandbox at an address."""

    state: State
    organization_id: str
    owner: str
    """The name of the user."""
    host: str
    """The address, without a slash at its end."""
    defaults: dict[str, Document | None] = field(default_factory=dict[str, "Document | None"])
    """The defaults of the organization by collection, as far as they were looked up."""


def current_caller() -> Caller:
    """Get the one who sent the current request."""
    token = current_token()
    host = request.host_url.rstrip("/")
    return Caller(current_state(), token.organization_id, token.owner, host)
