"""What happens, as it happens."""

from __future__ import annotations

from flask import Response

from ..state import current_state
from .blueprint import control


@control.get("/sandbox/events")
def stream_events() -> Response:
    """Tell what happens from now on, as server-sent events, until either side hangs up."""
    state = current_state()
    stream = state.streams.open(state.events)
    response = Response(iter(stream), content_type="text/event-stream; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    response.call_on_close(lambda: state.streams.close(stream))
    return response
