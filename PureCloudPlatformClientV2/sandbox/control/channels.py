"""Notifications: what the channels are sent, and how they fail."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Response, jsonify

from ..clock import wire_date
from ..errors import Problem, error_for_status, invalid, literal, missing
from ..notifications import Channels
from ..state import current_state
from .calls import control, is_string, json_object, named_organization


@control.get("/sandbox/channels")
def list_channels() -> Response:
    """List the channels, oldest first."""
    return jsonify(
        channels=[
            {
                "id": channel.id,
                "organizationId": channel.organization_id,
                "userId": channel.user_id,
                "topics": channel.topics,
                "connected": channel.connection is not None,
                "expires": wire_date(channel.expires),
            }
            for channel in current_state().channels
        ]
    )


@control.post("/sandbox/notifications")
def publish() -> Response:
    """Send an event to whoever is subscribed to its topic."""
    body = json_object(
        {
            "topic": is_string,
            "body": lambda value: isinstance(value, dict),
            "organizationId": is_string,
        }
    )
    if absent := [name for name in ("topic", "body") if name not in body]:
        raise invalid([missing(name) for name in absent])
    organization_id = named_organization(body)
    try:
        connections = current_state().channels.publish(
            body["topic"], body["body"], organization_id=organization_id
        )
    except ValueError as error:
        raise invalid([Problem("topic", "invalid.value", literal(str(error)))]) from error
    return jsonify(connections=connections)


def _disturb(act: Callable[[Channels, str], None], channel_id: str) -> Response:
    """Let something happen to a channel or its connection."""
    try:
        act(current_state().channels, channel_id)
    except LookupError as error:
        raise error_for_status(404) from error
    return Response(status=204)


_ACTS: dict[str, Callable[[Channels, str], None]] = {
    "drop": Channels.drop,
    "silence": Channels.silence,
    "socket-closing": Channels.socket_closing,
    "close": Channels.close,
}

for _name, _act in _ACTS.items():
    control.add_url_rule(
        f"/sandbox/channels/<string:channel_id>/{_name}",
        endpoint=f"{_name} channel",
        view_func=partial(_disturb, _act),
        methods=["POST"],
    )
