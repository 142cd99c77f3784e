"""The log of what the sandbox was asked, with every secret masked."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

MASK = "***"

_SECRET_NAME = re.compile(
    r"secret|password|assertion|verifier|accesstoken$|refreshtoken$|^code$|certificate$|^pin$"
    r"|signupcode$|uploadtoken$|^webhookheaders$"
)
_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-upload-token"})


@dataclass(frozen=True)
class LoggedRequest:
    """One request and what became of it."""

    method: str
    path: str
    """The path as it was sent, with percent-encoding and a gateway's path."""
    query: dict[str, str]
    headers: dict[str, str]
    """Headers in Title-Case; Authorization and cookies are masked."""
    json: Any
    """The JSON body with secret fields masked, None if there was none or it could not be read."""
    form: dict[str, str]
    """The fields of a form body with secrets masked."""
    status: int | None
    """The response's status; None if the connection was reset before there was one."""
    response: Any
    """The response's JSON body with secret fields masked, None if it has none or a long one."""
    correlation_id: str
    """The response's ININ-Correlation-Id."""
    time: datetime
    token_id: str | None
    """Which token the request came with: Sandbox.token_id of it. None if there was no valid one."""
    organization_id: str | None
    """Whose token it came with, or whose OAuth client it authenticated; None if of nobody."""
    processed: bool
    """Whether the service dealt with the request; False if a fault stood before it."""
    applied: bool
    """Whether the request changed something, even if the response was lost on its way."""
    fault: str | None
    """The kind of the fault that hit the request."""


class RequestLog:
    """The latest requests, in the order of their responses."""

    def __init__(self, size: int) -> None:
        """Start with an empty log."""
        self._lock = threading.Lock()
        self._entries: deque[LoggedRequest] = deque(maxlen=size)

    def add(self, entry: LoggedRequest) -> None:
        """Record a request."""
        with self._lock:
            self._entries.append(entry)

    def entries(self) -> list[LoggedRequest]:
        """Read the log, oldest request first."""
        with self._lock:
            return list(self._entries)

    def clear(self, organization_id: str | None = None) -> None:
        """Forget all requests, or those of one organization."""
        with self._lock:
            kept = [entry for entry in self._entries if entry.organization_id != organization_id]
            self._entries.clear()
            if organization_id is not None:
                self._entries.extend(kept)


@lru_cache(maxsize=1024)
def is_secret(name: str) -> bool:
    """Say whether a field's value must not be shown, by the field's name.

    Errs on the side of masking: a misspelt name may carry a real secret.
    """
    return _SECRET_NAME.search(name.lower().replace("_", "").replace("-", "")) is not None


def is_secret_in_response(name: str) -> bool:
    """Say whether a response's field must not be shown: a code is that of an error or a wrap-up."""
    return name != "code" and is_secret(name)


def mask_json(value: Any, is_masked: Callable[[str], bool] = is_secret) -> Any:
    """Copy a JSON value with secret fields masked, at any depth."""
    if isinstance(value, dict):
        fields: dict[str, Any] = value
        return {
            name: MASK if is_masked(name) and item is not None else mask_json(item, is_masked)
            for name, item in fields.items()
        }
    if isinstance(value, list):
        items: list[Any] = value
        return [mask_json(item, is_masked) for item in items]
    return value


def mask_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Copy form fields or query parameters with secrets masked."""
    return {name: MASK if is_secret(name) else value for name, value in fields.items()}


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Copy request headers with credentials masked; the authentication scheme stays."""
    return {
        name: _mask_credentials(value) if name.lower() in _SECRET_HEADERS else value
        for name, value in headers.items()
    }


def _mask_credentials(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {MASK}" if space and scheme.lower() in ("basic", "bearer") else MASK
