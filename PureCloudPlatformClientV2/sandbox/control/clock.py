"""The clock."""

from __future__ import annotations

from flask import Response, jsonify

from ..entities import wire_date
from ..errors import invalid, missing
from ..state import current_state
from .blueprint import control
from .bodies import is_duration, json_object


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
