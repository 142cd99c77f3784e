"""What a method asks of the service, learned by calling it with a client that sends nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from ..api_client import ApiClient

Place = Literal["path", "query", "body"]


class Call(NamedTuple):
    """The call that a method makes."""

    verb: str
    path: str
    places: dict[str, tuple[Place, str]]
    """Where each parameter goes, and its wire name there, by its name in Python."""


_CALL_API = inspect.signature(ApiClient.call_api)


class _Marker(str):
    """Stands for an argument, and is told from an equal text by its identity."""


class _Recorder(ApiClient):
    """Takes note of calls, and makes none."""

    def __init__(self) -> None:
        # Not that of ApiClient, which looks for a configuration and so for credentials.
        self.calls: list[dict[str, Any]] = []

    def call_api(self, *arguments: Any, **options: Any) -> Any:
        bound = _CALL_API.bind(self, *arguments, **options)
        self.calls.append(bound.arguments)


def record_call(api_class: type[Any], method_name: str) -> Call:
    """Call a method with markers for arguments, and see where they end up."""
    # A body may be looked at on the way, and one without fields is a body of any model.
    markers: dict[str, Any] = {
        one.name: {} if one.name == "body" else _Marker(one.name)
        for one in own_parameters(getattr(api_class, method_name))
    }
    recorder = _Recorder()
    getattr(api_class(recorder), method_name)(**markers)
    if len(recorder.calls) != 1:
        raise TypeError(f"{method_name} makes {len(recorder.calls)} calls instead of one")
    (call,) = recorder.calls
    sent: dict[Place, dict[str, Any]] = {
        "path": call.get("path_params") or {},
        "query": call.get("query_params") or {},
        "body": {"body": call.get("body")},
    }
    places: dict[str, tuple[Place, str]] = {
        name: (place, wire_name)
        for name, marker in markers.items()
        for place, values in sent.items()
        for wire_name, value in values.items()
        if value is marker
    }
    return Call(call["method"], call["resource_path"], places)


def own_parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    """List the parameters of a method without ``self`` and the options that every call accepts."""
    _, *parameters = inspect.signature(method).parameters.values()
    return [one for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD]
