"""What is known about the current request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from flask import g

from .entities import Token


@dataclass
class Exchange:
    """One request on its way through the application."""

    correlation_id: str
    time: float
    body: bytes = b""
    processed: bool = False
    """Whether the service itself dealt with it, as opposed to a fault."""
    token: Token | None = None
    organization_id: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    """Headers for whatever the response will be."""


def begin_exchange(exchange: Exchange) -> None:
    """Make an exchange the current one."""
    g.exchange = exchange


def current_exchange() -> Exchange:
    """Get the exchange of the current request."""
    return cast(Exchange, g.exchange)


def current_token() -> Token:
    """Get the token of a request that has passed authentication."""
    token = current_exchange().token
    if token is None:
        raise LookupError("the request was not authenticated")
    return token
