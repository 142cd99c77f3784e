"""The stickers that the sandbox offers: invented ones, in the shape of the real."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from flask import request

from ...errors import Problem, invalid
from ...paging import listing_to_wire, parse_page
from ...state import current_state
from ..contract import Operation, properties
from .registry import Answer, behavior

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
