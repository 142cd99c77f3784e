"""The stickers that the sandbox offers: invented ones, in the shape of the real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from ...errors import Problem, invalid
from ...paging import listing_to_wire, parse_page
from ...state import current_state
from ..contract import Operation, properties
from .registry import Answer, behavior


@dataclass(frozen=True)
class _Package:
    provider_id: int
    name: str
    sticker_type: str
    version: int
    first_sticker_id: int
    stickers: str
    """Their names, with ", " between them."""


_LINE_PACKAGES = (
    _Package(
        7301,
        "Daily Greetings",
        "standard",
        3,
        910100,
        "Good morning, Good night, See you later, Welcome back, Thank you, "
        "Sorry to keep you waiting, Please, You are welcome, Have a nice day, Congratulations",
    ),
    _Package(
        7302,
        "Busy Penguin",
        "standard",
        1,
        910200,
        "Penguin typing, Penguin on the phone, Penguin thinking, Penguin nodding, "
        "Penguin cheering, Penguin asleep, Penguin with coffee, Penguin running late",
    ),
    _Package(
        8115,
        "Parcel on Its Way",
        "free",
        2,
        915500,
        "Order received, Packed with care, On the road, At your door, Signed and delivered, "
        "Sent back",
    ),
    _Package(
        8116,
        "Weather Report",
        "free",
        1,
        915600,
        "Sunny, Cloudy, Rainy, Stormy, Snowy, Rainbow",
    ),
    _Package(
        20417,
        "Tea Time with Mochi",
        "paid",
        5,
        4402800,
        "Mochi pours tea, Mochi laughs, Mochi cries, Mochi sends a kiss, Mochi is amazed, "
        "Mochi bows, Mochi shrugs, Mochi dances",
    ),
)


@behavior("getMessagingSticker")
def list_stickers(operation: Operation, messenger_type: str) -> Answer:
    """Give a page of the stickers of a messenger, in whatever case it is written."""
    messenger_type = messenger_type.lower()
    known = properties("2019.MessagingSticker")["messengerType"]["enum"]
    if messenger_type not in known:
        message = f"The parameter {{fieldName}} must be one of: {', '.join(known)}."
        raise invalid([Problem("messengerType", "invalid.value", message)])
    stickers = _LINE_STICKERS if messenger_type == "line" else []
    page = parse_page(request.args, current_state().settings.max_page_size)
    shown = stickers[page.offset : page.offset + page.size]
    path = operation.path.replace("{messengerType}", messenger_type)
    return listing_to_wire(path, page, shown, len(stickers)), 200


def _sticker(package: _Package, provider_sticker_id: int, name: str) -> dict[str, Any]:
    sticker_id = f"line-{package.provider_id}-{provider_sticker_id}"
    picture = f"{package.provider_id}/{provider_sticker_id}.png"
    return {
        "id": sticker_id,
        "name": name,
        "providerStickerId": provider_sticker_id,
        "providerPackageId": package.provider_id,
        "packageName": package.name,
        "messengerType": "line",
        "stickerType": package.sticker_type,
        "providerVersion": package.version,
        "uriLocation": f"https://stickers.example.com/line/{picture}",
        "selfUri": f"/api/v2/messaging/stickers/line/{sticker_id}",
    }


_LINE_STICKERS = [
    _sticker(package, package.first_sticker_id + position, name)
    for package in _LINE_PACKAGES
    for position, name in enumerate(package.stickers.split(", "))
]
