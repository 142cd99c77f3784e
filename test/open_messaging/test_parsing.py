"""What the platform posts becomes a message, an event or a receipt, and nothing of it is lost."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.open_messaging import (
    Action,
    Attachment,
    AvailableTime,
    Card,
    Carousel,
    Content,
    Customer,
    DatePicker,
    Event,
    Message,
    Notification,
    QuickReply,
    Reason,
    Receipt,
    Webhook,
    parse,
)

ID = "c327c2078ca056db130c55ce648d9fa2"
INTEGRATION = "a4bb8b33-8f1f-4a0c-b4f4-3f7e1f0d4d8a"
CONVERSATION = "9a7d3c5e-1b2f-4d6a-8c9e-0f1a2b3c4d5e"


def webhook(**fields: Any) -> dict[str, Any]:
    """A webhook of the platform: the envelope, and what differs by type."""
    return {
        "id": ID,
        "channel": {
            "id": INTEGRATION,
            "platform": "Open",
            "type": "Private",
            "messageId": ID,
            "to": {"id": "ann@example.com", "idType": "Email"},
            "from": {"nickname": "Support", "id": INTEGRATION, "idType": "Opaque"},
            "time": "2026-01-02T03:04:05.678Z",
        },
        "originatingEntity": "Human",
        "direction": "Outbound",
        "conversationId": CONVERSATION,
        **fields,
    }


def message(**fields: Any) -> Message:
    found = parse(json.dumps(webhook(**{"type": "Text", **fields})))
    assert isinstance(found, Message)
    return found


def test_a_text_has_all_that_a_middleware_asks_for() -> None:
    raw = webhook(type="Text", text="Héllo")
    found = parse(json.dumps(raw, ensure_ascii=False).encode())
    assert isinstance(found, Message)
    assert found.id == ID
    assert found.customer == Customer("ann@example.com", "Email")
    assert found.integration_id == INTEGRATION
    assert found.conversation_id == CONVERSATION
    assert found.time == datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=timezone.utc)
    assert found.text == "Héllo"
    assert found.originating_entity == "Human"
    assert found.content == ()
    assert found.raw == raw


def test_bytes_text_and_dict_say_the_same() -> None:
    raw = webhook(type="Text", text="Hello")
    text = json.dumps(raw)
    kinds = (text, text.encode(), bytearray(text.encode()), memoryview(text.encode()), raw)
    assert {parse(one) for one in kinds} == {parse(raw)}
    assert parse(b"\xef\xbb\xbf" + text.encode()) == parse(raw)


def test_a_webhook_stays_as_it_came() -> None:
    with pytest.raises(FrozenInstanceError):
        message().text = "another"  # type: ignore[misc] # the mistake


def test_names_of_the_customer_are_kept() -> None:
    raw = webhook(type="Text", text="Hello")
    names = {"nickname": "Ann", "firstName": "Ann", "lastName": "Lee", "email": "", "image": "x"}
    raw["channel"]["to"].update(names)
    expected = Customer(
        "ann@example.com", "Email", nickname="Ann", first_name="Ann", last_name="Lee"
    )
    assert parse(raw).customer == expected

    raw["channel"]["to"] = {"id": "lee", "email": "lee@example.com"}
    assert parse(raw).customer == Customer("lee", None, email="lee@example.com")


@pytest.mark.parametrize("type_", ["Text", "Event", "Receipt", "New"])
def test_a_webhook_shows_without_what_it_came_as(type_: str) -> None:
    shown = repr(parse(webhook(type=type_, elsewhere="not shown")))
    assert ID in shown
    assert "not shown" not in shown


ATTACHMENT = {
    "contentType": "Attachment",
    "attachment": {
        "id": "the-file",
        "mediaType": "Image",
        "mime": "image/jpeg",
        "url": "https://api-downloads.mypurecloud.com/api/v2/downloads/x",
        "filename": "a.jpg",
        "contentSizeBytes": 10240,
    },
}


def test_an_attachment_comes_without_text() -> None:
    found = message(content=[ATTACHMENT])
    assert found.text is None
    (attachment,) = found.attachments
    assert attachment == Attachment(
        id="the-file",
        media_type="Image",
        mime="image/jpeg",
        url="https://api-downloads.mypurecloud.com/api/v2/downloads/x",
        filename="a.jpg",
        size=10240,
        raw=ATTACHMENT,
    )


def test_the_kind_of_an_element_shows_even_where_it_is_not_said() -> None:
    element = {"attachment": ATTACHMENT["attachment"]}
    assert message(content=[element]).attachments[0].filename == "a.jpg"


def test_an_empty_text_is_none() -> None:
    assert message(text="").text is None


def test_quick_replies_stand_beside_their_question() -> None:
    found = message(
        type="Structured",
        text="Proceed?",
        content=[
            {
                "contentType": "QuickReply",
                "quickReply": {"text": one, "payload": one.lower(), "action": "Message"},
            }
            for one in ("Yes", "No")
        ],
    )
    assert found.text == "Proceed?"
    assert [(one.text, one.payload) for one in found.quick_replies] == [
        ("Yes", "yes"),
        ("No", "no"),
    ]
    assert found.quick_replies[0].raw["quickReply"]["action"] == "Message"


CARD = {
    "title": "T",
    "description": "D",
    "image": "https://example.com/a.jpg",
    "defaultAction": {"type": "Link", "text": "", "url": "https://example.com"},
    "actions": [
        {"type": "Postback", "text": "Buy", "payload": "buy"},
        {"type": "Link", "text": "More", "url": "https://example.com"},
    ],
}


def test_cards_are_found_alone_and_in_carousels() -> None:
    second = {"title": "T2", "description": "", "actions": []}
    found = message(
        type="Structured",
        content=[
            {"contentType": "Card", "card": CARD},
            {"contentType": "Carousel", "carousel": {"cards": [CARD, second]}},
        ],
    )
    assert [one.title for one in found.cards] == ["T", "T", "T2"]
    card, carousel = found.content
    assert isinstance(card, Card)
    assert isinstance(carousel, Carousel)
    assert (card.description, card.image, card.video) == ("D", "https://example.com/a.jpg", None)
    buy, more = card.actions
    assert buy == Action(type="Postback", text="Buy", payload="buy", raw=buy.raw)
    assert more == Action(type="Link", text="More", url="https://example.com", raw=more.raw)
    assert card.default_action is not None
    assert card.default_action.url == "https://example.com"


def test_a_date_picker_has_its_times() -> None:
    times = [{"dateTime": "2026-05-30T12:00:00.000Z", "duration": 1800}, {"dateTime": "soon"}]
    picker = {"title": "When?", "subtitle": "Pick", "availableTimes": times}
    found = message(
        type="Structured", content=[{"contentType": "DatePicker", "datePicker": picker}]
    )
    assert found.date_picker == DatePicker(
        title="When?",
        subtitle="Pick",
        available_times=(
            AvailableTime(
                time=datetime(2026, 5, 30, 12, tzinfo=timezone.utc), duration=timedelta(minutes=30)
            ),
        ),
        raw={"contentType": "DatePicker", "datePicker": picker},
    )
    assert message().date_picker is None


def test_a_notification_has_its_texts() -> None:
    template = {
        "header": {"type": "Text", "text": "Hello"},
        "body": {"text": "Hi Ann", "parameters": [{"name": "name", "text": "Ann"}]},
        "footer": {"text": "Bye"},
    }
    element = {"contentType": "Notification", "template": template}
    found = message(type="Structured", text="Hi Ann", content=[element])
    assert found.notification == Notification(
        header="Hello", body="Hi Ann", footer="Bye", parameters={"name": "Ann"}, raw=element
    )
    assert message().notification is None


@pytest.mark.parametrize(
    "element",
    [
        {"contentType": "Hologram", "hologram": {"depth": 3}},
        {"contentType": "Attachment", "attachment": {"mediaType": "Image"}},
        {"contentType": "Attachment"},
        {"contentType": "QuickReply", "quickReply": {"payload": "x"}},
        {"hologram": {}},
        {},
    ],
)
def test_an_unknown_or_incomplete_element_is_kept_as_it_came(element: dict[str, Any]) -> None:
    (found,) = message(content=[element]).content
    assert type(found) is Content
    assert found.raw == element
    assert found.type == element.get("contentType")


def test_a_typing_event_says_for_how_long() -> None:
    raw = webhook(
        type="Event", events=[{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}]
    )
    found = parse(raw)
    assert isinstance(found, Event)
    assert found.is_typing
    assert found.duration == timedelta(seconds=5)
    assert found.customer.id == "ann@example.com"


def test_an_event_of_another_kind_is_no_typing() -> None:
    found = parse(webhook(type="Event", events=[{"eventType": "Presence"}, "?"]))
    assert isinstance(found, Event)
    assert (found.kinds, found.is_typing, found.duration) == (("Presence",), False, None)


def test_a_receipt_tells_what_became_of_an_inbound_message() -> None:
    found = parse(
        webhook(type="Receipt", status="Published", isFinalReceipt=True, direction="Inbound")
    )
    assert isinstance(found, Receipt)
    assert (found.id, found.status, found.is_final, found.reasons) == (ID, "Published", True, ())


def test_a_failed_receipt_says_why() -> None:
    reasons = [{"code": "MessageExpired", "message": "too late"}]
    found = parse(webhook(type="Receipt", status="Failed", reasons=reasons))
    assert isinstance(found, Receipt)
    assert found.reasons == (Reason("MessageExpired", "too late"),)
    assert not found.is_final


@pytest.mark.parametrize("type_", ["Text", "Receipt", "Event"])
def test_the_customer_is_never_taken_for_the_integration(type_: str) -> None:
    raw = webhook(type=type_)
    channel = raw["channel"]
    channel["to"], channel["from"] = channel["from"], channel["to"]
    found = parse(raw)
    assert found.customer == Customer("ann@example.com", "Email")
    assert found.integration_id == INTEGRATION


def test_the_integration_is_known_by_the_sender_where_the_channel_has_no_id() -> None:
    raw = webhook(type="Text", text="Hello")
    del raw["channel"]["id"]
    assert parse(raw).integration_id == INTEGRATION
    assert parse(raw).customer == Customer("ann@example.com", "Email")


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "Receipt", "status": "Published", "direction": "Inbound"},
        {"type": "Receipt", "status": "Published"},
        {"type": "Text", "text": "Hello", "direction": "Inbound"},
    ],
)
def test_what_is_about_the_way_in_has_the_customer_as_its_sender(fields: dict[str, Any]) -> None:
    customer, integration = {"id": "ann@example.com", "idType": "Email"}, {"id": INTEGRATION}
    channel = {"time": "2026-01-02T03:04:05Z", "to": integration, "from": customer}
    for names in ({}, {"id": INTEGRATION}):
        found = parse({"id": ID, "channel": {**names, **channel}, **fields})
        assert found.customer == Customer("ann@example.com", "Email")
        assert found.integration_id == INTEGRATION
    found = parse({"id": ID, "channel": {"id": INTEGRATION, "from": customer}, **fields})
    assert found.customer == Customer("ann@example.com", "Email")


def test_a_receipt_that_names_the_integration_alone_has_no_customer() -> None:
    channel = {"time": "2026-01-02T03:04:05Z", "to": {"id": INTEGRATION}}
    found = parse({"id": ID, "type": "Receipt", "channel": channel})
    assert (found.customer, found.integration_id) == (None, INTEGRATION)


@pytest.mark.parametrize(
    "name", ["originatingEntity", "conversationId", "direction", "text", "content"]
)
def test_what_is_optional_may_be_absent_or_strange(name: str) -> None:
    raw = webhook(type="Text", text="Hello", content=[ATTACHMENT])
    for strange in (None, 5, {"a": 1}):
        found = parse({**raw, name: strange})
        assert isinstance(found, Message)
        assert found.raw[name] == strange
    del raw[name]
    assert isinstance(parse(raw), Message)


@pytest.mark.parametrize("time", [None, 5, "yesterday", "", "0001-01-01T00:00:00+14:00"])
def test_a_time_that_is_none_is_none(time: Any) -> None:
    raw = webhook(type="Text", text="Hello")
    raw["channel"]["time"] = time
    assert parse(raw).time is None


def test_unknown_types_and_keys_are_kept() -> None:
    raw = webhook(type="Hologram", depth=3)
    del raw["channel"]["to"]
    found = parse(raw)
    assert type(found) is Webhook
    assert (found.type, found.raw["depth"], found.customer) == ("Hologram", 3, None)


def without(*path: str) -> dict[str, Any]:
    raw = inner = webhook(type="Text", text="Hello")
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return raw


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON.* at character"),
        (b'{"id": "\xff"}', "not UTF-8.* at byte 8"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": NaN}', "not JSON"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b"{}", "no channel"),
        (webhook(), "no type"),
        (webhook(type=5), "no type"),
        (without("id"), "no id"),
        (without("channel"), "no channel"),
        (without("channel", "to"), r"no channel\.to\.id"),
        (without("channel", "to", "id"), r"no channel\.to\.id"),
        ({**without("id"), "id": ""}, "no id"),
        (
            {"id": "1", "type": "Text", "channel": {"to": {"id": "ann"}}},
            r"no channel\.from\.id, which is the integration's",
        ),
        (
            {
                "id": "1",
                "type": "Text",
                "direction": "Inbound",
                "channel": {"from": {"id": "ann"}},
            },
            r"no channel\.to\.id, which is the integration's",
        ),
    ],
)
def test_what_is_no_webhook_is_refused_with_the_reason(body: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(body)


def test_an_error_does_not_carry_what_the_customer_was_written() -> None:
    with pytest.raises(ValueError, match="not JSON") as caught:
        parse(b'{"text": "private"')
    assert "private" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("body", [None, 5, [], object()])
def test_a_body_of_another_type_is_a_mistake_of_the_caller(body: Any) -> None:
    with pytest.raises(TypeError, match="body must be bytes, text or a mapping"):
        parse(body)


def test_the_key_is_the_same_for_a_repetition_and_for_nothing_else() -> None:
    receipts = [webhook(type="Receipt", status=one) for one in ("Published", "Failed")]
    texts = [webhook(type="Text", text="Hello"), webhook(type="Text", text="Hello", id="other")]
    later = webhook(type="Text", text="Hello")
    later["channel"]["time"] = "2026-01-02T03:04:06.678Z"
    texts.append(later)
    keys = [parse(one).key for one in (*receipts, *texts)]
    assert len(set(keys)) == 5
    assert keys == [parse(json.dumps(one)).key for one in (*receipts, *texts)]


def test_a_key_that_a_file_remembers_stays_the_same_in_later_versions() -> None:
    text, receipt = webhook(type="Text"), webhook(type="Receipt", status="Published")
    del receipt["channel"]["time"]
    assert parse(text).key == f"Text {ID} 2026-01-02T03:04:05.678Z"
    assert parse(receipt).key == f"Receipt {ID} Published"


NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=9,
)
ENVELOPE = ("id", "type", "channel", "to", "from", "time", "idType", "text", "status", "reasons")
CONTENT = ("content", "contentType", "attachment", "url", "quickReply", "card", "carousel", "cards")
INSIDE = ("actions", "datePicker", "availableTimes", "dateTime", "duration", "template", "body")
NAMES = st.sampled_from([*ENVELOPE, *CONTENT, *INSIDE, "parameters", "events", "typing"])
LIKE_A_WEBHOOK = st.recursive(
    st.sampled_from(["Text", "Event", "Receipt", "Card", "2026-01-02T03:04:05Z", "", "x"])
    | NUMBERS
    | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=30,
)


@given(JSON | LIKE_A_WEBHOOK)
def test_any_json_is_read_or_is_a_value_error(value: Any) -> None:
    try:
        found = parse(json.dumps(value))
    except ValueError:
        return
    assert found.raw == value


@given(st.dictionaries(NAMES, LIKE_A_WEBHOOK), st.sampled_from(["Text", "Event", "Receipt", "New"]))
def test_whatever_is_in_the_envelope_nothing_is_lost(fields: dict[str, Any], type_: str) -> None:
    raw = webhook(**{**fields, "type": type_, "id": ID, "channel": webhook()["channel"]})
    found = parse(json.dumps(raw))
    assert found.raw == raw
    assert found.type == type_
    assert repr(found)
    assert hash(found) == hash(parse(raw))


@given(st.binary())
def test_any_bytes_are_read_or_are_a_value_error(body: bytes) -> None:
    try:
        parse(body)
    except ValueError:
        return
    assert isinstance(json.loads(body), dict)


def test_attachments_are_no_quick_replies() -> None:
    found = message(content=[ATTACHMENT])
    assert (found.quick_replies, found.cards) == ((), ())
    assert not any(isinstance(one, QuickReply) for one in found.content)
