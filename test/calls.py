"""Calls of each kind, for tests that do not care which; and the classes behind them."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from contract_facts import Operation, operations, snake_case
from house import PACKAGE

from PureCloudPlatformClientV2 import ApiClient, MessagingApi, models
from PureCloudPlatformClientV2.apis import Api
from PureCloudPlatformClientV2.models import Model

Call = Callable[..., Any]


def api_classes() -> Iterator[tuple[str, type[Api]]]:
    """Every API class that ``apis/`` has, by name."""
    for path in sorted((PACKAGE / "apis").glob("[!_]*.py")):
        module = importlib.import_module(f"{PACKAGE.name}.apis.{path.stem}")
        for name, found in vars(module).items():
            is_api = isinstance(found, type) and issubclass(found, Api) and found is not Api
            if is_api and found.__module__ == module.__name__:
                yield name, found


API_CLASSES = dict(api_classes())


def model_class(name: str) -> type[Model]:
    found: type[Model] | None = getattr(models, name, None)
    assert found, (
        f"there is no model {name}: write it in models/{snake_case(name)}.py,"
        " and import it for type checkers in models/__init__.py"
    )
    return found


def method_of(operation: Operation, api_client: ApiClient | None = None) -> Any:
    """The method of an operation: that of an API object if there is a client, or of its class."""
    owner = API_CLASSES.get(operation.api)
    file = f"apis/{snake_case(operation.api)}.py"
    assert owner, f"there is no class {operation.api}: write it in {file}"
    found = getattr(owner if api_client is None else owner(api_client), operation.name, None)
    assert found, (
        f"{operation.api} has no method {operation.name}: write it in {file},"
        f" for {operation.verb} {operation.path}"
    )
    return found


def connect(api: MessagingApi, url: str) -> MessagingApi:
    """Have an API talk to another host."""
    api.api_client.host = url
    return api


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
    return method_of(operation, api.api_client)(**required_arguments(operation), **options)


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
