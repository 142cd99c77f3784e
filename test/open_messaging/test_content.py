"""Every attribute of an element has a home on the wire, and what nobody gave is none or empty."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from PureCloudPlatformClientV2.open_messaging import (
    Action,
    Attachment,
    AvailableTime,
    Card,
    Carousel,
    Content,
    Customer,
    DatePicker,
    Message,
    Notification,
    QuickReply,
    parse,
)

NOON = datetime(2026, 5, 30, 12, tzinfo=timezone.utc)


def content(element: dict[str, Any]) -> Content:
    """An element as a message has it."""
    message = {
        "id": "m",
        "type": "Structured",
        "channel": {"to": {"id": "ann"}, "from": {"id": "ours"}},
        "content": [element],
    }
    found = parse(message)
    assert isinstance(found, Message)
    [part] = found.content
    return part


LINK = {"type": "Link", "text": "More", "payload": "more", "url": "https://example.com"}
ATTACHMENT = {
    "contentType": "Attachment",
    "attachment": {
        "id": "the-file",
        "mediaType": "Image",
        "mime": "image/jpeg",
        "url": "https://example.com/a.jpg",
        "filename": "a.jpg",
        "text": "A picture",
        "sha256": "e3b0",
        "contentSizeBytes": 10240,
    },
}
QUICK_REPLY = {
    "contentType": "QuickReply",
    "quickReply": {"text": "Yes", "payload": "yes", "image": "https://example.com/yes.png"},
}
CARD_ALONE = {
    "title": "Title",
    "description": "Description",
    "image": "https://example.com/a.jpg",
    "video": "https://example.com/a.mp4",
    "defaultAction": LINK,
    "actions": [LINK],
}
DATE_PICKER = {
    "contentType": "DatePicker",
    "datePicker": {
        "title": "When?",
        "subtitle": "Pick",
        "availableTimes": [
            {"dateTime": "2026-05-30T12:00:00Z", "duration": 1800},
            {"dateTime": "2026-05-30T12:00:00Z"},
            {"dateTime": "2026-05-30T12:00:00Z", "duration": True},
            {"dateTime": "2026-05-30T12:00:00Z", "duration": 1e300},
            {"duration": 1800},
        ],
    },
}
PARAMETERS = [
    {"name": "first", "text": "Ann"},
    {"name": "empty", "text": ""},
    {"name": "", "text": "Lee"},
    {"name": "none"},
]
NOTIFICATION = {
    "contentType": "Notification",
    "template": {
        "header": {"text": "Hello"},
        "body": {"text": "Hi Ann", "parameters": PARAMETERS},
        "footer": {"text": "Bye"},
    },
}
ACTION = Action(type="Link", text="More", payload="more", url="https://example.com", raw=LINK)
CARD = Card(
    title="Title",
    description="Description",
    image="https://example.com/a.jpg",
    video="https://example.com/a.mp4",
    actions=(ACTION,),
    default_action=ACTION,
    raw=CARD_ALONE,
)


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (
            ATTACHMENT,
            Attachment(
                id="the-file",
                media_type="Image",
                mime="image/jpeg",
                url="https://example.com/a.jpg",
                filename="a.jpg",
                text="A picture",
                sha256="e3b0",
                size=10240,
                raw=ATTACHMENT,
            ),
        ),
        (
            QUICK_REPLY,
            QuickReply(
                text="Yes", payload="yes", image="https://example.com/yes.png", raw=QUICK_REPLY
            ),
        ),
        (
            {"contentType": "Carousel", "carousel": {"cards": [CARD_ALONE]}},
            Carousel(
                cards=(CARD,),
                raw={"contentType": "Carousel", "carousel": {"cards": [CARD_ALONE]}},
            ),
        ),
        (
            {"contentType": "Card", "card": {"title": "Title"}},
            Card(title="Title", raw={"contentType": "Card", "card": {"title": "Title"}}),
        ),
        (
            DATE_PICKER,
            DatePicker(
                title="When?",
                subtitle="Pick",
                available_times=(
                    AvailableTime(time=NOON, duration=timedelta(minutes=30)),
                    *[AvailableTime(time=NOON)] * 3,
                ),
                raw=DATE_PICKER,
            ),
        ),
        (
            NOTIFICATION,
            Notification(
                header="Hello",
                body="Hi Ann",
                footer="Bye",
                parameters={"first": "Ann", "empty": ""},
                raw=NOTIFICATION,
            ),
        ),
    ],
)
def test_an_element_is_read_whole(element: dict[str, Any], expected: Content) -> None:
    assert content(element) == expected


@pytest.mark.parametrize("kind", ["attachment", "quickReply", "card", "carousel", "template"])
def test_the_kind_of_an_element_shows_by_its_key(kind: str) -> None:
    by_kind = {"attachment": {"url": "u"}, "quickReply": {"text": "t"}}
    names = {
        "attachment": Attachment,
        "quickReply": QuickReply,
        "card": Card,
        "carousel": Carousel,
        "template": Notification,
    }

    assert type(content({kind: by_kind.get(kind, {})})) is names[kind]


@pytest.mark.parametrize(
    ("made", "attributes"),
    [
        (Content(type=None), {"type": None, "raw": {}}),
        (
            Attachment(media_type=None, url="u"),
            {
                "type": "Attachment",
                "raw": {},
                "media_type": None,
                "url": "u",
                "mime": None,
                "id": None,
                "filename": None,
                "text": None,
                "sha256": None,
                "size": None,
            },
        ),
        (
            QuickReply(text="t"),
            {"type": "QuickReply", "raw": {}, "text": "t", "payload": None, "image": None},
        ),
        (
            Action(type=None),
            {"type": None, "text": None, "payload": None, "url": None, "raw": {}},
        ),
        (
            Card(),
            {
                "type": "Card",
                "raw": {},
                "title": None,
                "description": None,
                "image": None,
                "video": None,
                "actions": (),
                "default_action": None,
            },
        ),
        (Carousel(), {"type": "Carousel", "raw": {}, "cards": ()}),
        (AvailableTime(time=NOON), {"time": NOON, "duration": None}),
        (
            DatePicker(),
            {
                "type": "DatePicker",
                "raw": {},
                "title": None,
                "subtitle": None,
                "available_times": (),
            },
        ),
        (
            Notification(),
            {
                "type": "Notification",
                "raw": {},
                "header": None,
                "body": None,
                "footer": None,
                "parameters": {},
            },
        ),
        (
            Customer("ann", "Opaque"),
            {
                "id": "ann",
                "id_type": "Opaque",
                "nickname": None,
                "first_name": None,
                "last_name": None,
                "email": None,
            },
        ),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_left_out_is_none_or_empty(made: Any, attributes: dict[str, Any]) -> None:
    assert vars(made) == attributes


@pytest.mark.parametrize(
    "element", [ATTACHMENT, QUICK_REPLY, {"card": CARD_ALONE}, NOTIFICATION, {"new": {}}]
)
def test_an_element_can_be_in_a_set_and_shows_without_what_it_came_as(
    element: dict[str, Any],
) -> None:
    found = content(element)

    assert content(element) in {found}
    assert "raw" not in repr(found)
    assert "attachment" not in repr(found)


def test_an_action_can_be_in_a_set_and_shows_without_what_it_came_as() -> None:
    assert ACTION in {Action(**vars(ACTION))}
    assert "raw" not in repr(ACTION)
