"""Calls of each kind, for tests that do not care which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from contract_facts import Operation, operations

from PureCloudPlatformClientV2 import ApiClient, MessagingApi, apis, models

Call = Callable[..., Any]


def connect(api: MessagingApi, url: str) -> MessagingApi:
    """Have an API talk to another host."""
    api.api_client.host = url
    return api


def method_of(api_client: ApiClient, operation: Operation) -> Callable[..., Any]:
    """The method of an operation, ready to be called."""
    method: Callable[..., Any] = getattr(getattr(apis, operation.api)(api_client), operation.name)
    return method


def required_arguments(operation: Operation) -> dict[str, Any]:
    """What the method of an operation cannot do without, by name."""
    arguments: dict[str, Any] = dict.fromkeys(operation.required, "int-1")
    if operation.body_type:
        arguments["body"] = getattr(models, operation.body_type).from_dict({"name": "A"})
    return arguments


_PATH = next(one.path for one in operations if one.verb == "PUT")
_OPERATIONS = {
    one.verb: one
    for one in operations
    if one.path == _PATH or (one.verb, one.path) == ("POST", _PATH.rpartition("/")[0])
}
"""What can be done with the first kind of entity that can be updated, by verb."""


def _call(verb: str, api: MessagingApi, options: dict[str, Any]) -> Any:
    operation = _OPERATIONS[verb]
    return method_of(api.api_client, operation)(**required_arguments(operation), **options)


def read(api: MessagingApi, **options: Any) -> object:
    return _call("GET", api, options)


def create(api: MessagingApi, **options: Any) -> object:
    return _call("POST", api, options)


def update(api: MessagingApi, **options: Any) -> object:
    return _call("PUT", api, options)


def delete(api: MessagingApi, **options: Any) -> object:
    return _call("DELETE", api, options)


def patch(api: MessagingApi, **options: Any) -> object:
    return api.api_client.call_api("/api/v2/x", "PATCH", body={}, response_type="object", **options)


WRITES = [create, update, delete, patch]


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


every_call = pytest.mark.parametrize("call", [read, *WRITES], ids=name_of)
