"""What a message may hold besides its text: attachments, quick replies, cards and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ._reading import duration_in, object_in, objects_in, text_in, time_in

__all__ = [
    "Action",
    "Attachment",
    "AvailableTime",
    "Card",
    "Carousel",
    "Content",
    "DatePicker",
    "Notification",
    "QuickReply",
]


@dataclass(frozen=True, kw_only=True)
class Content:
    """An element of a message's content; of this very class where its kind is not known here."""

    type: str | None
    """The platform's name for its kind, such as ``Attachment``."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    """The element as it came, with what has no attribute here."""


@dataclass(frozen=True, kw_only=True)
class Attachment(Content):
    """A file, by its address; also what ``inbound_message`` takes."""

    type: str | None = "Attachment"
    media_type: str | None
    """``Image``, ``Video``, ``Audio``, ``File`` or ``Link``."""
    url: str
    """Where it can be fetched: by the middleware without a token, or by the platform."""
    mime: str | None = None
    """The media type that HTTP has for it, such as ``image/jpeg``."""
    id: str | None = None
    """Its id."""
    filename: str | None = None
    """What the file is called."""
    text: str | None = None
    """A text that goes with it."""
    sha256: str | None = None
    """The SHA-256 of the file."""
    size: int | None = None
    """How many bytes it has; only of what came from the platform."""


@dataclass(frozen=True, kw_only=True)
class QuickReply(Content):
    """An answer that the customer may choose; the question is the message's text."""

    type: str | None = "QuickReply"
    text: str
    """What the customer sees."""
    payload: str | None = None
    """What is sent back when it is chosen."""
    image: str | None = None
    """The address of a picture for it."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """What the customer may do with a card."""

    type: str | None
    """``Postback``, which is answered, or ``Link``, which is opened."""
    text: str | None = None
    """What the customer sees."""
    payload: str | None = None
    """What is sent back, of a ``Postback``."""
    url: str | None = None
    """What is opened, of a ``Link``."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, hash=False)
    """The action as it came."""


@dataclass(frozen=True, kw_only=True)
class Card(Content):
    """A picture with words and things to do."""

    type: str | None = "Card"
    title: str | None = None
    """The title."""
    description: str | None = None
    """The text below the title."""
    image: str | None = None
    """The address of its picture."""
    video: str | None = None
    """The address of its video."""
    actions: tuple[Action, ...] = ()
    """The buttons below it."""
    default_action: Action | None = None
    """What happens where the card itself is chosen."""


@dataclass(frozen=True, kw_only=True)
class Carousel(Content):
    """Cards side by side."""

    type: str | None = "Carousel"
    cards: tuple[Card, ...] = ()
    """The cards, from left to right."""


@dataclass(frozen=True, kw_only=True)
class AvailableTime:
    """A time that the customer may choose."""

    time: datetime
    """When it begins."""
    duration: timedelta | None = None
    """How long it is."""


@dataclass(frozen=True, kw_only=True)
class DatePicker(Content):
    """Times that the customer may choose from."""

    type: str | None = "DatePicker"
    title: str | None = None
    """The title."""
    subtitle: str | None = None
    """The text below the title."""
    available_times: tuple[AvailableTime, ...] = ()
    """The times."""


@dataclass(frozen=True, kw_only=True)
class Notification(Content):
    """A message made from a template."""

    type: str | None = "Notification"
    header: str | None = None
    """The text above."""
    body: str | None = None
    """The text itself, filled in."""
    footer: str | None = None
    """The text below."""
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What was filled into the body, by name."""


def read_content(element: dict[str, Any]) -> Content:
    """Read an element of a message's content.

    Args:
        element: The element as it came.

    Returns:
        The element; a plain ``Content`` where its kind is not known, or what makes it one is not
        there, such as the address of an attachment.
    """
    kind = text_in(element, "contentType") or _kind_by_key(element)
    key, read = _KINDS.get(kind or "", ("", None))
    found = element.get(key)
    content = read(found, element) if read is not None and isinstance(found, dict) else None
    return content or Content(type=kind, raw=element)


def _kind_by_key(element: dict[str, Any]) -> str | None:
    """Tell the kind of an element that doesn't say it, as those on the way in."""
    return next((kind for kind, (key, _) in _KINDS.items() if key in element), None)


def _read_attachment(found: dict[str, Any], raw: dict[str, Any]) -> Content | None:
    url, size = text_in(found, "url"), found.get("contentSizeBytes")
    if not url:
        return None
    return Attachment(
        media_type=text_in(found, "mediaType"),
        url=url,
        mime=text_in(found, "mime"),
        id=text_in(found, "id"),
        filename=text_in(found, "filename"),
        text=text_in(found, "text"),
        sha256=text_in(found, "sha256"),
        size=size if isinstance(size, int) else None,
        raw=raw,
    )


def _read_quick_reply(found: dict[str, Any], raw: dict[str, Any]) -> Content | None:
    text = text_in(found, "text")
    if not text:
        return None
    return QuickReply(
        text=text, payload=text_in(found, "payload"), image=text_in(found, "image"), raw=raw
    )


def _read_card(found: dict[str, Any], raw: dict[str, Any]) -> Card:
    default = found.get("defaultAction")
    return Card(
        title=text_in(found, "title"),
        description=text_in(found, "description"),
        image=text_in(found, "image"),
        video=text_in(found, "video"),
        actions=tuple(map(_read_action, objects_in(found, "actions"))),
        default_action=_read_action(default) if isinstance(default, dict) else None,
        raw=raw,
    )


def _read_action(found: dict[str, Any]) -> Action:
    names = ("type", "text", "payload", "url")
    return Action(**{name: text_in(found, name) for name in names}, raw=found)


def _read_carousel(found: dict[str, Any], raw: dict[str, Any]) -> Carousel:
    cards = objects_in(found, "cards")
    return Carousel(cards=tuple(_read_card(card, card) for card in cards), raw=raw)


def _read_date_picker(found: dict[str, Any], raw: dict[str, Any]) -> DatePicker:
    times = [
        AvailableTime(time=time, duration=duration_in(one, "duration", timedelta(seconds=1)))
        for one in objects_in(found, "availableTimes")
        if (time := time_in(one, "dateTime")) is not None
    ]
    return DatePicker(
        title=text_in(found, "title"),
        subtitle=text_in(found, "subtitle"),
        available_times=tuple(times),
        raw=raw,
    )


def _read_notification(found: dict[str, Any], raw: dict[str, Any]) -> Notification:
    body = object_in(found, "body")
    parameters = [(text_in(o, "name"), text_in(o, "text")) for o in objects_in(body, "parameters")]
    return Notification(
        header=text_in(object_in(found, "header"), "text"),
        body=text_in(body, "text"),
        footer=text_in(object_in(found, "footer"), "text"),
        parameters={name: text for name, text in parameters if name and text is not None},
        raw=raw,
    )


_KINDS: dict[str, tuple[str, Any]] = {
    "Attachment": ("attachment", _read_attachment),
    "QuickReply": ("quickReply", _read_quick_reply),
    "Card": ("card", _read_card),
    "Carousel": ("carousel", _read_carousel),
    "DatePicker": ("datePicker", _read_date_picker),
    "Notification": ("template", _read_notification),
}
"""How each kind of content is read, and where in the element it stands."""
