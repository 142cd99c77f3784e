"""What shall go wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from typing import Any

from flask import Response, jsonify

from ..errors import Problem, invalid, missing
from ..events import Event
from ..faults import FAULT_KINDS, Fault
from ..state import State, current_state
from .calls import (
    camel_case,
    control,
    is_count,
    is_duration,
    is_header_map,
    is_header_value,
    is_string,
    json_object,
)


@control.get("/sandbox/faults")
def list_faults() -> Response:
    """List the faults that may still hit a request."""
    return jsonify(_planned(current_state()))


@control.post("/sandbox/faults")
def add_fault() -> Response:
    """Plan a fault."""
    fault = _parse_fault()
    current_state().faults.add(fault)
    return jsonify(_fault_to_wire(fault))


@control.delete("/sandbox/faults")
def clear_faults() -> Response:
    """Call all faults off."""
    current_state().faults.clear()
    return Response(status=204)


def publish_faults(state: State) -> None:
    """Tell whoever watches which faults may still hit a request."""
    state.events.publish(Event("fault", None, _planned(state)))


def _planned(state: State) -> dict[str, Any]:
    return {"faults": [_fault_to_wire(fault) for fault in state.faults]}


def _parse_fault() -> Fault:
    body = json_object({"kind": _is_fault_kind, **_FAULT_FIELDS})
    kind = FAULT_KINDS.get(body.pop("kind", ""))
    if kind is None:
        raise invalid([missing("kind")])
    wire_names = {camel_case(item.name): item for item in fields(kind)}
    needless = [name for name in body if name not in wire_names]
    absent = [
        name
        for name, item in wire_names.items()
        if item.default is MISSING and item.default_factory is MISSING and name not in body
    ]
    problems = [
        *(Problem(name, "invalid.value", "This fault has no {fieldName}.") for name in needless),
        *map(missing, absent),
    ]
    if problems:
        raise invalid(problems)
    return kind(**{wire_names[name].name: value for name, value in body.items()})


def _fault_to_wire(fault: Fault) -> dict[str, Any]:
    return {"kind": fault.kind} | {camel_case(name): value for name, value in asdict(fault).items()}


def _is_fault_kind(value: object) -> bool:
    return isinstance(value, str) and value in FAULT_KINDS


_FAULT_FIELDS: dict[str, Callable[[Any], bool]] = {
    "method": is_string,
    "path": is_string,
    "times": lambda value: value is None or is_count(value),
    "after": is_count,
    "organizationId": lambda value: value is None or is_string(value),
    "status": lambda value: is_count(value) and 200 <= value <= 599,
    "retryAfter": lambda value: is_count(value) or is_header_value(value),
    "headers": is_header_map,
    "body": is_string,
    "seconds": is_duration,
    "interval": is_duration,
    "limit": is_duration,
}
