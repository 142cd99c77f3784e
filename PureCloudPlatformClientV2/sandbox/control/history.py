"""What has happened, as it happens; the clock, and the way back to the beginning."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Response, jsonify

from ..clock import wire_date
from ..errors import invalid, missing
from ..events import Event
from ..request_log import LoggedRequest
from ..state import State, current_state
from .calls import camel_case, control, is_duration, is_string, json_object, named_organization


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


@control.get("/sandbox/events")
def stream_events() -> Response:
    """Tell what happens from now on, as server-sent events, until either side hangs up."""
    state = current_state()
    stream = state.streams.open(state.events)
    response = Response(iter(stream), content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(lambda: state.streams.close(stream))
    return response


@control.get("/sandbox/clock")
def read_clock() -> Response:
    """Tell the time."""
    return jsonify(time=wire_date(current_state().clock()))


@control.post("/sandbox/clock")
def advance_clock() -> Response:
    """Turn the clock forward, and wait until all is done that falls due on the way."""
    body = json_object({"seconds": is_duration})
    if "seconds" not in body:
        raise invalid([missing("seconds")])
    state = current_state()
    state.advance(body["seconds"])
    return jsonify(time=wire_date(state.clock()))
