"""The current request: what is known about it, its body, and what its token allows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NoReturn, cast

from flask import g, request

from .credentials import Token
from .errors import Problem, ServiceError, error_for_status, invalid, not_json

_MOST_LEVELS = 100
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


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


def require_permissions(any_of: Collection[str], all_of: Collection[str] = ()) -> None:
    """Let only a token with one of some permissions, and all of others, through."""
    held = current_token().permissions
    if any_of and held.isdisjoint(any_of):
        raise _forbidden("any", "at least one", any_of)
    if lacking := [one for one in all_of if one not in held]:
        raise _forbidden("all", "all", lacking)


def _forbidden(which: str, words: str, permissions: Collection[str]) -> ServiceError:
    return ServiceError(
        403,
        f"missing.{which}.permissions",
        f"Unable to perform the requested action. You must have {words} of the"
        " following permissions assigned: {permissions}",
        params={"permissions": f"[{', '.join(permissions)}]"},
    )


def read_json_body() -> Any:
    """Read the JSON of the current request, if that is what it is declared to be."""
    if request.mimetype != "application/json":
        raise error_for_status(415)
    try:
        body = json.loads(request.get_data(), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise not_json() from error
    _check(body)
    return body


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is beyond all numbers")
    return number


def _check(value: Any, *place: str) -> None:
    """Refuse what can be neither kept nor passed on: too many levels, or half a character."""
    if len(place) > _MOST_LEVELS:
        raise not_json()
    if isinstance(value, dict):
        fields: dict[str, Any] = value
        for name, one in fields.items():
            _check(name, *place)
            _check(one, *place, name)
    elif isinstance(value, list):
        items: list[Any] = value
        for position, one in enumerate(items):
            _check(one, *place, str(position))
    elif isinstance(value, str) and _LONE_SURROGATE.search(value):
        message = "The field {fieldName} contains characters that no text has."
        raise invalid([Problem(".".join(place) or "body", "invalid.value", message)])
