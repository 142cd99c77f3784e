"""LINE, as it was in 2019: a channel, active once LINE has called the webhook; and its stickers."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request

from ...errors import Problem, ServiceError, invalid, missing
from ...state import current_state
from ...store.documents import Document
from .. import shapes
from ..contract import Operation, Schema, properties
from ..integrations import fingerprints, set_status
from ..queries import listing_to_wire, parse_page
from ..wire import Place
from .registry import Answer, behavior

webhooks: Blueprint = Blueprint("webhooks", __name__)

_CHANNEL = ("channelId", "channelSecret")


@behavior("postMessagingIntegrationsLine")
def create_line_integration(operation: Operation) -> Answer:
    """Make an integration that waits for LINE to call."""
    body = shapes.body_of(operation)
    _require_whole_channel(body)
    return shapes.create_document(operation, status="Inactive", hidden=fingerprints(body))


@behavior("putMessagingIntegrationsLineIntegrationId")
def change_line_integration(operation: Operation, integration_id: str) -> Answer:
    """Change the fields that are sent, and clear those that are null."""
    sent = shapes.sent_with(operation)
    with current_state().store.transaction():
        current = shapes.own(Place.of(operation.path), integration_id)
        shown = {key: one for key, one in current.fields.items() if key in ("name", "channelId")}
        body = shapes.without_null({**shown, **sent})
        shapes.check(operation, body)
        prints = current.hidden if "channelSecret" not in sent else fingerprints(body)
        _require_allowed_change(current, {**body, **prints})
        return shapes.change_document(
            operation, integration_id, body=body, hidden=prints, status=current.fields["status"]
        )


@webhooks.post("/webhooks/line/<segment:integration_id>")
def receive_line_webhook(integration_id: str) -> Response:
    """Take LINE's first call, which makes an integration with a channel active."""
    state = current_state()
    # LINE brings no token: the address alone says whose integration it is.
    for organization_id, collection in state.store.documents.places(integration_id):
        found = state.store.documents.find(organization_id, collection, integration_id)
        if collection == "integrations/line" and found is not None:
            if found.fields["status"] == "Inactive" and "channelId" in found.fields:
                set_status(state, integration_id, "Active")
            return jsonify({})
    raise shapes.not_there(integration_id, "/webhooks/line")


def _require_allowed_change(current: Document, after: dict[str, Any]) -> None:
    before = {**current.fields, **current.hidden}
    changes = [name for name in _CHANNEL if before.get(name) != after.get(name)]
    if changes and current.fields["status"] == "Active":
        raise ServiceError(
            409,
            "general.conflict",
            "The field {fieldName} may change only while the integration is inactive.",
            params={"fieldName": changes[0]},
            problems=[Problem(changes[0], "conflict", "")],
            entity_id=current.id,
        )
    if changes:
        _require_whole_channel(after)


def _require_whole_channel(fields: Schema) -> None:
    absent = [name for name in _CHANNEL if name not in fields]
    if len(absent) == 1:
        (other,) = set(_CHANNEL) - set(absent)
        raise invalid([missing(absent[0], f"together with {other}")])


_PACKAGES = Path(__file__).parents[1] / "line_stickers.json"


@behavior("getMessagingSticker")
def list_stickers(operation: Operation, messenger_type: str) -> Answer:
    """Give a page of the stickers of a messenger, in whatever case it is written."""
    messenger_type = messenger_type.lower()
    known = properties("2019.MessagingSticker")["messengerType"]["enum"]
    if messenger_type not in known:
        message = f"The parameter {{fieldName}} must be one of: {', '.join(known)}."
        raise invalid([Problem("messengerType", "invalid.value", message)])
    stickers = _line_stickers() if messenger_type == "line" else []
    page = parse_page(request.args, current_state().settings.max_page_size)
    shown = stickers[page.offset : page.offset + page.size]
    path = operation.path.replace("{messengerType}", messenger_type)
    return listing_to_wire(path, page, shown, len(stickers)), 200


@cache
def _line_stickers() -> list[dict[str, Any]]:
    packages = json.loads(_PACKAGES.read_text(encoding="utf-8"))
    return [
        _sticker(package, package["first"] + position, name)
        for package in packages
        for position, name in enumerate(package["stickers"])
    ]


def _sticker(package: dict[str, Any], number: int, name: str) -> dict[str, Any]:
    sticker_id = f"line-{package['id']}-{number}"
    return {
        "id": sticker_id,
        "name": name,
        "providerStickerId": number,
        "providerPackageId": package["id"],
        "packageName": package["name"],
        "messengerType": "line",
        "stickerType": package["type"],
        "providerVersion": package["version"],
        "uriLocation": f"https://stickers.example.com/line/{package['id']}/{number}.png",
        "selfUri": f"/api/v2/messaging/stickers/line/{sticker_id}",
    }
