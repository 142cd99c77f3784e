"""What a method asks of the service, learned by calling it with a client that sends nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from .._settings.platform import OF_2019, Platform
from ..api_client import ApiClient

Place = Literal["path", "query", "header", "body"]


class Call(NamedTuple):
    """The call that a method makes."""

    verb: str
    path: str
    places: dict[str, tuple[Place, str]]
    """Where each parameter goes, and its wire name there, by its name in Python."""
    signs_in: bool = True
    """Whether the access token is sent."""


_CALL_API = inspect.signature(ApiClient.call_api)


class _Marker(str):
    """Stands for an argument, and is told from an equal text by its identity."""


class _Recorder(ApiClient):
    """Takes note of calls, and makes none."""

    def __init__(self) -> None:
        # Not that of ApiClient, which looks for a configuration and so for credentials.
        self.calls: list[dict[str, Any]] = []

    @property
    def platform(self) -> Platform:
        return OF_2019  # its methods then go where their docstrings say

    def call_api(self, *arguments: Any, **options: Any) -> Any:
        bound = _CALL_API.bind(self, *arguments, **options)
        self.calls.append(bound.arguments)


def record_call(api_class: type[Any], method_name: str) -> Call:
    """Call a method with markers for arguments, and see where they end up."""
    parameters = own_parameters(getattr(api_class, method_name))
    markers = {one.name: _marker(one) for one in parameters}
    recorder = _Recorder()
    getattr(api_class(recorder), method_name)(**markers)
    if len(recorder.calls) != 1:
        raise TypeError(f"{method_name} makes {len(recorder.calls)} calls instead of one")
    (call,) = recorder.calls
    sent: dict[Place, dict[str, Any]] = {
        "path": call.get("path_params") or {},
        "query": call.get("query_params") or {},
        "header": call.get("header_params") or {},
        "body": {"body": call.get("body")},
    }
    places: dict[str, tuple[Place, str]] = {
        name: (place, wire_name)
        for name, marker in markers.items()
        for place, values in sent.items()
        for wire_name, value in values.items()
        # A header has been made a text on its way.
        if _is(value, marker) or (place == "header" and value == marker)
    }
    signs_in = call.get("auth_settings") != []
    return Call(call["method"], call["resource_path"], places, signs_in)


def _marker(parameter: inspect.Parameter) -> Any:
    """Make what a method takes for the argument that it asks for, as bodies are looked at."""
    kind, text = str(parameter.annotation), _Marker(parameter.name)
    if kind.startswith(("Sequence[", "list[")):
        return [] if "dict[" in kind else [text]
    is_object = "dict[" in kind or (parameter.name == "body" and not kind.startswith("str"))
    return {} if is_object else text


def _is(value: Any, marker: Any) -> bool:
    """Whether a value is a marker, or a copy of a list with one."""
    if isinstance(value, list) and isinstance(marker, list) and marker:
        return len(value) == 1 and value[0] is marker[0]
    return value is marker


def own_parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    """List the parameters of a method without ``self`` and the options that every call accepts."""
    _, *parameters = inspect.signature(method).parameters.values()
    return [one for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD]
