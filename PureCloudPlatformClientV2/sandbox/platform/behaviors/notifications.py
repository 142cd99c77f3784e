"""Notifications: channels, and what they are subscribed to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import request

from ...clock import wire_date
from ...errors import Problem, ServiceError, invalid, literal, missing
from ...exchange import current_token, read_json_body, require_permissions
from ...notifications import Channel, TooManyTopicsError, topics
from ...notifications.topics import Refusal
from ...staff import user_to_wire
from ...state import current_state
from .. import shapes
from ..contract import Operation
from .registry import Answer, behavior

_EXPANDABLE = (
    "description",
    "enforced",
    "schema",
    "visibility",
    "transports",
    "publicApiTemplateUriPaths",
    "requiresPermissions",
    "permissionDetails",
    "topicParameters",
)


@behavior("getNotificationsAvailabletopics")
def list_topics(_operation: Operation) -> Answer:
    """Give the topics, with whatever is asked for of each."""
    _read_flag("includePreview")  # there are none in preview
    given = ",".join(request.args.getlist("expand"))
    expand = frozenset(one for one in given.split(",") if one)
    for one in expand:
        _require_one_of("expand", one, _EXPANDABLE)
    entities = [
        topics.topic_to_wire(template, expand)
        for template in topics.templates()
        if not template.id.startswith("v2.system.")  # these come without being asked for
    ]
    return {"entities": entities}, 200


@behavior("postNotificationsChannels")
def create_channel(_operation: Operation) -> Answer:
    """Make a channel; the oldest one goes if there are too many."""
    return _channel_to_wire(current_state().channels.create(current_token())), 200


@behavior("getNotificationsChannels")
def list_channels(_operation: Operation) -> Answer:
    """Give the channels of the token, or of all tokens of its user and application."""
    which, token = request.args.get("includechannels", "token"), current_token()
    _require_one_of("includechannels", which, ("token", "oauthclient"))
    entities = [
        _channel_to_wire(channel)
        for channel in current_state().channels.of_user(token)
        if which == "oauthclient" or channel.token.id == token.id
    ]
    return {"entities": entities}, 200


@behavior("headNotificationsChannel")
def check_channel(operation: Operation, channel_id: str) -> Answer:
    """Tell whether a channel is there."""
    _own(operation, channel_id)
    return None, 200


@behavior("getNotificationsChannelSubscriptions")
def list_subscriptions(operation: Operation, channel_id: str) -> Answer:
    """Give what a channel is subscribed to."""
    channel = _own(operation, channel_id)
    return {"entities": [{"id": topic, "state": "Permitted"} for topic in channel.topics]}, 200


@behavior("postNotificationsChannelSubscriptions")
def add_subscriptions(operation: Operation, channel_id: str) -> Answer:
    """Subscribe a channel to more topics."""
    return _subscribe(_own(operation, channel_id), replace=False), 200


@behavior("putNotificationsChannelSubscriptions")
def replace_subscriptions(operation: Operation, channel_id: str) -> Answer:
    """Subscribe a channel to these topics and no others."""
    return _subscribe(_own(operation, channel_id), replace=True), 200


@behavior("deleteNotificationsChannelSubscriptions")
def remove_subscriptions(operation: Operation, channel_id: str) -> Answer:
    """Leave a channel without topics."""
    _own(operation, channel_id).unsubscribe()
    return None, operation.status


def _subscribe(channel: Channel, *, replace: bool) -> dict[str, Any]:
    wanted, token = _read_topics(), current_token()
    ignores_errors = _read_flag("ignoreErrors")
    user_id = user_to_wire(token.owner)["id"]
    refusals = {one: topics.refusal_of(one, user_id, token.permissions) for one in wanted}
    if not ignores_errors:
        _require_none(refusals)
    try:
        channel.subscribe((one for one in wanted if refusals[one] is None), replace=replace)
    except TooManyTopicsError as error:
        raise invalid([Problem("body", "limit.exceeded", str(error))]) from error
    return {"entities": [_subscription_to_wire(one, refusals[one]) for one in wanted]}


def _require_none(refusals: dict[str, Refusal | None]) -> None:
    """Refuse a request as a whole; that something is forbidden goes before other mistakes."""
    found = [(topic, refusal) for topic, refusal in refusals.items() if refusal is not None]
    for _topic, refusal in found:
        if refusal.missing_permissions:
            require_permissions((), refusal.missing_permissions)
    for topic, refusal in found:
        if refusal.is_forbidden:
            message = "Not authorized for the topic {topic}: it is another user's."
            raise ServiceError(403, "not.authorized", message, params={"topic": topic})
    if found:
        numbers = list(refusals)
        raise invalid(
            [
                Problem(f"{numbers.index(topic)}.id", "invalid.value", literal(refusal.reason))
                for topic, refusal in found
            ]
        )


def _subscription_to_wire(topic: str, refusal: Refusal | None) -> dict[str, Any]:
    if refusal is None:
        return {"id": topic, "state": "Permitted"}
    return {
        "id": topic,
        "state": "Rejected",
        "rejectionReason": refusal.reason,
        "missingPermissions": list(refusal.missing_permissions),
    }


def _read_topics() -> list[str]:
    """Read the body: a list of objects with an id."""
    body = read_json_body()
    if not isinstance(body, list):
        message = "The {fieldName} must be a JSON array, not an object."
        raise invalid([Problem("body", "invalid.type", message)])
    given: list[Any] = body
    problems: list[Problem] = []
    for number, one in enumerate(given):
        topic = one.get("id") if isinstance(one, dict) else None
        if not topic:
            problems.append(missing(f"{number}.id"))
        elif not isinstance(topic, str):
            message = "The field {fieldName} must be of type string."
            problems.append(Problem(f"{number}.id", "invalid.type", message))
    if problems:
        raise invalid(problems)
    return list(dict.fromkeys(one["id"] for one in given))


def _read_flag(name: str) -> bool:
    value = request.args.get(name, "false").lower()
    _require_one_of(name, value, ("true", "false"))
    return value == "true"


def _require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        message = f"The parameter {{fieldName}} must be one of: {', '.join(allowed)}."
        raise invalid([Problem(name, "invalid.value", message)])


def _own(operation: Operation, channel_id: str) -> Channel:
    channel = current_state().channels.find(channel_id)
    token = current_token()
    if channel is None or channel not in current_state().channels.of_user(token):
        raise shapes.not_there(channel_id, operation.path.partition("/{")[0])
    return channel


def _channel_to_wire(channel: Channel) -> dict[str, Any]:
    hostname = urlsplit(request.host_url).hostname or ""
    return {
        "connectUri": current_state().channels.connect_uri(channel, hostname),
        "id": channel.id,
        "expires": wire_date(channel.expires),
    }
