"""GET /api/v2/messaging/stickers/{messengerType}."""

from __future__ import annotations

import pytest
from contract_facts import definitions_of_2019 as definitions

from .caller import STICKERS, Caller

STICKER_ROOT = STICKERS.removesuffix("line")

FIELDS = definitions["MessagingSticker"]["properties"]
OTHER_MESSENGERS = [name for name in FIELDS["messengerType"]["enum"] if name != "line"]


def test_line_has_stickers_of_every_type(call: Caller) -> None:
    listing = call("GET", STICKERS + "?pageSize=100").json

    stickers = listing["entities"]
    assert len(stickers) == listing["total"] >= 24
    assert {sticker["stickerType"] for sticker in stickers} == set(FIELDS["stickerType"]["enum"])
    assert {sticker["messengerType"] for sticker in stickers} == {"line"}
    assert len({sticker["providerPackageId"] for sticker in stickers}) >= 3
    assert len({sticker["providerStickerId"] for sticker in stickers}) == len(stickers)


@pytest.mark.parametrize("messenger", ["LINE", "Line"])
def test_the_messenger_may_be_written_in_any_case(call: Caller, messenger: str) -> None:
    listing = call("GET", STICKER_ROOT + messenger).json

    assert listing["total"] > 0
    assert listing["selfUri"].startswith(STICKERS + "?")


@pytest.mark.parametrize("messenger", OTHER_MESSENGERS)
def test_other_messengers_have_none(call: Caller, messenger: str) -> None:
    response = call("GET", STICKER_ROOT + messenger)

    assert (response.status, response.json["entities"]) == (200, [])


@pytest.mark.parametrize("messenger", ["telegram", "line2", "%00", "l%C4%B1ne", "a%2Fb"])
def test_an_unknown_messenger_is_refused(call: Caller, messenger: str) -> None:
    response = call("GET", STICKER_ROOT + messenger)

    assert response.status == 400
    assert response.json["details"] == [
        {"errorCode": "invalid.value", "fieldName": "messengerType"}
    ]
