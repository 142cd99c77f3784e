"""The webhooks that were posted, and how they are signed."""

from __future__ import annotations

from flask import Response, jsonify

from ..errors import error_for_status, invalid, missing
from ..state import current_state
from ..webhooks.signature import MODES
from .calls import control, is_count, json_object


@control.get("/sandbox/deliveries")
def list_deliveries() -> Response:
    """List the deliveries."""
    return jsonify(deliveries=[one.to_wire() for one in current_state().webhooks.deliveries])


@control.delete("/sandbox/deliveries")
def clear_deliveries() -> Response:
    """Forget the deliveries; what is pending is not tried again."""
    current_state().webhooks.clear()
    return Response(status=204)


@control.post("/sandbox/deliveries/<string:delivery_id>/retry")
def retry_delivery(delivery_id: str) -> Response:
    """Send something again, now."""
    json_object({})
    try:
        return jsonify(current_state().webhooks.retry(delivery_id).to_wire())
    except LookupError as error:
        raise error_for_status(404) from error


@control.get("/sandbox/signatures")
def read_signatures() -> Response:
    """Tell how webhooks are signed."""
    mode, times = current_state().webhooks.signatures
    return jsonify(mode=mode, times=times)


@control.put("/sandbox/signatures")
def set_signatures() -> Response:
    """Say how webhooks are signed from now on."""
    body = json_object(
        {
            "mode": lambda value: value in MODES,
            "times": lambda value: value is None or (is_count(value) and value > 0),
        }
    )
    if "mode" not in body:
        raise invalid([missing("mode")])
    current_state().webhooks.sign(body["mode"], body.get("times"))
    return read_signatures()
