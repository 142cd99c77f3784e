"""How participants of a conversation change: they wait, leave, and wrap up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..clock import wire_date
from ..errors import Problem, invalid
from .records import Conversation, Participant, not_connected, not_there
from .switchboard import Switchboard

_CODES = ("Default Wrap-up Code", "Resolved", "Follow-up", "No Answer")
_STATES = ("connected", "parked", "disconnected")
"""The states that a participant can be set to."""


def find_participant(
    conversation: Conversation, participant_id: str, communication_id: str | None = None
) -> Participant:
    """Find a participant, whose communication must be the one that is named, if one is."""
    part = conversation.participant(participant_id)
    if communication_id is not None and communication_id != part.communication_id:
        raise not_there("communication of the participant", communication_id)
    return part


def change_participant(
    switchboard: Switchboard,
    conversation: Conversation,
    part: Participant,
    body: Mapping[str, Any],
) -> None:
    """Do what a MediaParticipantRequest asks for."""
    state = body.get("state", part.state)
    if state != part.state and state not in _STATES:
        message = f"The field {{fieldName}} must be one of: {', '.join(_STATES)}."
        raise invalid([Problem("state", "invalid.value", message)])

    def check(one: Participant) -> None:
        if one.state == "disconnected" and state != "disconnected":
            raise not_connected(conversation)

    check(part)
    if "wrapup" in body:
        wrap_up(switchboard, conversation, part, body["wrapup"])

    def change(one: Participant) -> str:
        check(one)  # once more: somebody may have ended the conversation in between
        if state != "disconnected":
            one.state = state
            one.resume_time = body.get("resumeTime") if state == "parked" else None
        one.held = body.get("held", one.held)
        one.wrapup_skipped = body.get("wrapupSkipped", one.wrapup_skipped)
        return "participant"

    if body.keys() - {"wrapup"} and (state != "disconnected" or "wrapupSkipped" in body):
        _change(switchboard, conversation, part, change)
    if state == "disconnected" and part.state != "disconnected":
        switchboard.end(conversation, by=part)


def set_attributes(
    switchboard: Switchboard,
    conversation: Conversation,
    part: Participant,
    attributes: Mapping[str, str],
) -> dict[str, str]:
    """Set some attributes, and tell all of them."""

    def change(one: Participant) -> str:
        one.attributes |= attributes
        return "participant"

    return _change(switchboard, conversation, part, change).attributes


def wrap_up(
    switchboard: Switchboard,
    conversation: Conversation,
    part: Participant,
    given: Mapping[str, Any],
) -> None:
    """Note what came of a conversation."""
    names = {one["id"]: one["name"] for one in wrapup_codes(conversation.organization_id)}
    if given.get("code", next(iter(names))) not in names:
        message = "The field {fieldName} must be the id of a wrap-up code of the participant."
        raise invalid([Problem("code", "invalid.value", message)])
    now = switchboard.state.clock()
    wrapup = {name: value for name, value in given.items() if name != "disableEndTimeUpdates"}
    if "code" in wrapup:
        wrapup["name"] = names[wrapup["code"]]
    wrapup.setdefault("endTime", wire_date(now))

    def change(one: Participant) -> str:
        one.wrapup = wrapup
        one.wrapped_up = None if wrapup.get("provisional") else now
        return "wrapup"

    _change(switchboard, conversation, part, change)


def wrapup_codes(organization_id: str) -> list[dict[str, Any]]:
    """Give the codes of an organization's queue."""
    base = "/api/v2/routing/wrapupcodes"
    ids = {name: str(uuid5(NAMESPACE_URL, f"{name} of {organization_id}")) for name in _CODES}
    return [{"id": one, "name": name, "selfUri": f"{base}/{one}"} for name, one in ids.items()]


def _change(
    switchboard: Switchboard,
    conversation: Conversation,
    part: Participant,
    change: Callable[[Participant], str],
) -> Participant:
    def change_one(found: Conversation) -> str:
        return change(found.participant(part.id))

    changed = switchboard.change(conversation.organization_id, conversation.id, change_one)
    return changed.participant(part.id)
