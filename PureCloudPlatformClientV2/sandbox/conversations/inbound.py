"""What a middleware of open messaging tells the platform: messages, events and receipts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

from ..errors import Problem, ServiceError, invalid, missing
from .integrations import Integration, refused_media
from .normalized import ID_TYPES, attachment, make_message, receipt_channel
from .records import Conversation, Message
from .switchboard import Said, Switchboard

_OUTCOMES = {"Delivered": "delivery-success", "Failed": "delivery-failed", "Read": "read"}
"""The status of a message after a receipt; the platform has no use for other receipts."""

MALFORMED = "The request could not be understood by the server due to malformed syntax."


_CUSTOMER = ("nickname", "id", "idType", "firstName", "lastName", "email")


def with_usual_spelling(body: Mapping[str, Any]) -> dict[str, Any]:
    """Write the types of ids as the contract has them: the platform takes "email" for "Email"."""
    usual = {one.lower(): one for one in ID_TYPES}

    def spelled(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            fields = cast("dict[str, Any]", value)
            return {key: spelled(one, key) for key, one in fields.items()}
        is_type = name == "idType" and isinstance(value, str)
        return usual.get(value.lower(), value) if is_type else value

    changed: dict[str, Any] = spelled(dict(body))
    return changed


def refusal(problems: Sequence[Problem], body: Mapping[str, Any]) -> ServiceError:
    """Make the 400 for a body that the contract does not allow."""
    first = problems[0]
    if first.code == "invalid.type":
        return ServiceError(400, "bad.request", MALFORMED, problems=problems)
    place = first.field.split(".")
    value: Any = body
    for step in place:
        value = value.get(step) if isinstance(value, Mapping) else None
    if not isinstance(value, str):
        return invalid(problems)
    allowed = first.message.rpartition(": ")[2].rstrip(".")
    return ServiceError(
        400,
        "invalid.value",
        "Value [{value}] is not valid for field type [{fieldName}]."
        " Allowable values are: {allowed}",
        params={"value": value, "fieldName": place[-1], "allowed": allowed},
        problems=problems,
    )


def receive_message(
    switchboard: Switchboard, integration: Integration, body: Mapping[str, Any]
) -> tuple[Conversation, dict[str, Any]]:
    """Take a message in.

    Returns:
        The conversation that it belongs to, and the message as it was taken.
    """
    files = [dict(one["attachment"]) for one in body.get("content", ()) if "attachment" in one]
    if not files and "text" not in body:
        raise ServiceError(400, "bad.request", "data should have required property 'text'")
    types = [one.get("mime", "") for one in files]
    for refused in refused_media(switchboard.state, integration, "inbound", types):
        field = f"content.{types.index(refused)}.attachment.mime"
        why = "The field {fieldName} is not in the supported content of the integration."
        raise invalid([Problem(field, "invalid.value", why)])
    channel = body["channel"]
    said = Said(
        channel["time"],
        text=body.get("text"),
        content=[_attachment(one) for one in files],
        metadata=body.get("metadata"),
        sent_id=channel.get("messageId"),
        attributes=_attributes(channel),
    )
    conversation, message = switchboard.receive(integration, _customer(channel["from"]), said)
    return conversation, _shown(message.normalized, channel, "direction")


def receive_event(
    switchboard: Switchboard, integration: Integration, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Take in that a customer is typing."""
    channel = body["channel"]
    customer = _customer(channel["from"])
    event = switchboard.receive_typing(integration, customer, channel["time"])
    events = event["events"] * len(body["events"])
    return _shown({**event, "events": events}, channel, "direction")


def receive_structured_response(
    switchboard: Switchboard, integration: Integration, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Take in what a customer has chosen of what was sent."""
    channel, chosen, origin = body["channel"], body["buttonResponse"], body["originatingMessageId"]
    asked = switchboard.records.find_message(integration.organization_id, origin)
    customer = _customer(channel["from"])
    if asked is None or not _is_for(switchboard, asked, integration, customer["id"]):
        why = "The field {fieldName} names no message that was sent to the customer."
        raise invalid([Problem("originatingMessageId", "invalid.value", why)])
    response = {
        "originatingMessageId": origin,
        **{name: chosen[name] for name in ("type", "text", "payload")},
    }
    said = Said(
        channel["time"],
        "Structured",
        text=chosen["text"],
        content=[{"contentType": "ButtonResponse", "buttonResponse": response}],
        sent_id=channel.get("messageId"),
        attributes=_attributes(channel),
    )
    _, message = switchboard.receive(integration, customer, said)
    content = [{"contentType": "ButtonResponse", "buttonResponse": chosen}]
    return _shown({**message.normalized, "content": content}, channel, "text")


def receive_receipt(
    switchboard: Switchboard,
    integration: Integration,
    body: Mapping[str, Any],
    customer_id: str,
    outcomes: Sequence[str] = ("Delivered", "Failed"),
) -> dict[str, Any]:
    """Note what became of a message to a customer.

    Returns:
        The receipt as it was taken. One that is of no use has the status Failed, and says why.
    """
    owner, status = integration.organization_id, body["status"]
    message = switchboard.records.find_message(owner, body["id"])
    why = None
    if message is None or message.direction == "inbound":
        why = _reason("UnknownMessage", "There is no message to a customer with this id.")
    elif not _is_for(switchboard, message, integration, customer_id):
        why = _reason("InvalidDestination", "The message was sent to somebody else.")
    elif status not in outcomes:
        why = _reason("UnsupportedMessage", f"Only {' and '.join(outcomes)} are supported.")
    if why is not None or message is None:
        return _receipt(_receipt_channel(integration, body, customer_id), body, "Failed", [why])
    reasons = list(body.get("reasons", ()))
    if status == "Failed" and not reasons:
        reasons = [_reason("GeneralError", "The message could not be delivered.")]
    conversation = switchboard.conversation(owner, message.conversation_id)
    channel = receipt_channel(conversation, message.id, body["channel"]["time"])
    receipt = _receipt(channel, body, status, reasons)
    error = None
    if status == "Failed":
        first = reasons[0]
        error = {"code": first.get("code", "GeneralError"), "message": first["message"]}
    switchboard.set_status(owner, message.id, _OUTCOMES[status], error=error, receipt=receipt)
    return receipt


def receive_older_receipt(
    switchboard: Switchboard, integration: Integration, body: Mapping[str, Any]
) -> dict[str, Any]:
    """Note a receipt by the older path, where a customer also can have read the message."""
    if absent := [name for name in ("id", "status") if name not in body]:
        raise invalid([missing(name, "for a receipt") for name in absent])
    customer_id = body["channel"]["from"]["id"]
    outcomes = ("Delivered", "Read", "Failed")
    return receive_receipt(switchboard, integration, body, customer_id, outcomes)


def _is_for(
    switchboard: Switchboard, message: Message, integration: Integration, customer_id: str
) -> bool:
    conversation = switchboard.conversation(integration.organization_id, message.conversation_id)
    ends = (message.direction, conversation.integration_id, conversation.customer["id"])
    return ends == ("outbound", integration.id, customer_id)


def _receipt(
    channel: Mapping[str, Any],
    body: Mapping[str, Any],
    status: str,
    reasons: Sequence[Mapping[str, str] | None],
) -> dict[str, Any]:
    return make_message(
        "Receipt",
        channel,
        "inbound",
        own_id=body["id"],
        status=status,
        reasons=list(reasons) or None,
        isFinalReceipt=body.get("isFinalReceipt", True),
    )


def _receipt_channel(
    integration: Integration, body: Mapping[str, Any], customer_id: str
) -> dict[str, Any]:
    """Make the channel of a receipt that belongs to no message."""
    return {
        "id": integration.id,
        "platform": "Open",
        "type": "Private",
        "messageId": body["id"],
        "to": {"id": customer_id},
        "from": {**integration.address, "idType": "Opaque"},
        "time": body["channel"]["time"],
    }


def _reason(code: str, message: str) -> dict[str, str]:
    return {"code": code, "message": message}


def _customer(sender: Mapping[str, Any]) -> dict[str, str]:
    return {name: sender[name] for name in _CUSTOMER if name in sender}


def _attributes(channel: Mapping[str, Any]) -> dict[str, str]:
    given = channel.get("metadata", {}).get("customAttributes", {})
    if not isinstance(given, dict):
        raise ServiceError(400, "bad.request", MALFORMED)
    attributes = cast("dict[str, object]", given)
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in attributes.items()
    }


def _attachment(given: Mapping[str, Any]) -> dict[str, Any]:
    made = attachment(
        given.get("id") or str(uuid4()),
        url=given["url"],
        media_type=given["mime"],
        name=given.get("filename"),
    )
    said = {name: given[name] for name in ("mediaType", "text", "sha256") if name in given}
    return {**made, "attachment": {**made["attachment"], **said}}


def _shown(
    normalized: Mapping[str, Any], channel: Mapping[str, Any], hidden: str
) -> dict[str, Any]:
    """Build the answer: what was taken, with the metadata of the channel as they were sent."""
    shown = {name: value for name, value in normalized.items() if name != hidden}
    if "metadata" in channel:
        shown["channel"] = {**shown["channel"], "metadata": channel["metadata"]}
    return shown
