"""Following a link that none of a method's parameters leads to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .signatures import unwrap


def at_link(method: Any, link: str, kind: type) -> Callable[..., Any]:
    """Make of a method one that calls a link instead of its own path and query.

    All else stays as the method has it: verb, body, headers, and whether it needs a sign-in.

    Args:
        method: A method of an API class, or what was made of it.
        link: Path and query. The host stays that of the client.
        kind: What it is to return: a model, or ``object`` for JSON.
    """
    innermost = unwrap(method)
    api = copy.copy(innermost.__self__)
    api.api_client = _Detour(api.api_client, link, kind)
    bound: Callable[..., Any] = innermost.__func__.__get__(api)
    return bound


class _Detour:
    """Stands for a client, and calls a link instead of what it is told to call."""

    def __init__(self, client: Any, link: str, kind: type) -> None:
        self._client = client
        self._link = link
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def call_api(
        self,
        resource_path: str,
        method: str,
        path_params: Any = None,
        query_params: Any = None,
        *others: Any,
        **named: Any,
    ) -> Any:
        named["response_type"] = "object" if self._kind is object else self._kind
        return self._client.call_api(self._link, method, None, None, *others, **named)
