"""The request log, and the way back to the beginning."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Response, jsonify

from ..entities import wire_date
from ..events import Event
from ..request_log import LoggedRequest
from ..state import State, current_state
from .blueprint import control
from .bodies import camel_case, is_string, json_object, named_organization


@control.get("/sandbox/requests")
def list_requests() -> Response:
    """Read the request log."""
    return jsonify(requests=[_logged_to_wire(entry) for entry in current_state().log.entries()])


@control.delete("/sandbox/requests")
def clear_requests() -> Response:
    """Empty the request log."""
    current_state().log.clear()
    return Response(status=204)


@control.post("/sandbox/reset")
def reset() -> Response:
    """Go back to the beginning, with everything or with one organization."""
    body = json_object({"organizationId": is_string})
    if "organizationId" in body:
        current_state().reset_organization(named_organization(body))
    else:
        current_state().reset()
    return Response(status=204)


def record(state: State, entry: LoggedRequest) -> None:
    """Put a request into the log, and tell whoever watches."""
    state.log.add(entry)
    state.events.publish(Event("request", entry.organization_id, _logged_to_wire(entry)))


def _logged_to_wire(entry: LoggedRequest) -> dict[str, Any]:
    wire = {wire_name: getattr(entry, name) for name, wire_name in _WIRE_NAMES.items()}
    wire["time"] = wire_date(entry.time.timestamp())
    return wire


_WIRE_NAMES = {one.name: camel_case(one.name) for one in fields(LoggedRequest)}
