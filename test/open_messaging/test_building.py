"""Whatever the builders make, the platform's contract allows; the rest they refuse."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2 import (
    ConversationReason,
    OpenInboundNormalizedReceipt,
    OpenReceiptNormalizedMessage,
)
from PureCloudPlatformClientV2.open_messaging import (
    Action,
    Attachment,
    Customer,
    Message,
    QuickReply,
    Reason,
    ReceiptError,
    check_receipt,
    inbound_message,
    parse,
    receipt,
    structured_response,
    typing_event,
)

from .allowed_bodies import validator

ANN = Customer("ann@example.com", "Email", nickname="Ann", first_name="Ann", last_name="Lee")
PICTURE = Attachment(
    media_type="Image", url="https://example.com/a.jpg", mime="image/jpeg", filename="a.jpg"
)
ELSEWHERE = timezone(timedelta(hours=1))
TIME = datetime(2026, 1, 2, 4, 4, 5, 678999, tzinfo=ELSEWHERE)
WRITTEN_TIME = "2026-01-02T03:04:05.678Z"

MESSAGES = validator("OpenInboundNormalizedMessage")
EVENTS = validator("OpenInboundNormalizedEvent")
RECEIPTS = validator("OpenInboundNormalizedReceipt")
RESPONSES = validator("OpenInboundStructuredResponseMessage")


# What comes out


def test_a_message_holds_what_it_was_given() -> None:
    body = inbound_message(
        ANN,
        "Hello",
        attachment=PICTURE,
        message_id="m-1",
        custom_attributes={"orderId": "42"},
        metadata={"source": "app"},
        time=TIME,
    )
    assert body == {
        "channel": {
            "messageId": "m-1",
            "time": WRITTEN_TIME,
            "from": {
                "id": "ann@example.com",
                "idType": "Email",
                "nickname": "Ann",
                "firstName": "Ann",
                "lastName": "Lee",
            },
            "metadata": {"customAttributes": {"orderId": "42"}},
        },
        "text": "Hello",
        "content": [
            {
                "attachment": {
                    "mediaType": "Image",
                    "url": "https://example.com/a.jpg",
                    "mime": "image/jpeg",
                    "filename": "a.jpg",
                }
            }
        ],
        "metadata": {"source": "app"},
    }


def test_the_smallest_message_holds_nothing_else() -> None:
    body = inbound_message(Customer("4711", "opaque"), "Hello", time=TIME)
    assert body == {
        "channel": {"time": WRITTEN_TIME, "from": {"id": "4711", "idType": "Opaque"}},
        "text": "Hello",
    }


def test_a_typing_event_holds_who_and_when() -> None:
    assert typing_event(Customer("4711", "Opaque"), time=TIME) == {
        "channel": {"time": WRITTEN_TIME, "from": {"id": "4711", "idType": "Opaque"}},
        "events": [{"eventType": "Typing"}],
    }


def test_a_choice_names_the_message_that_had_it() -> None:
    customer = Customer("4711", "Opaque")
    body = structured_response(customer, "the-question", "Yes", "yes", message_id="m-2", time=TIME)
    assert body == {
        "channel": {
            "messageId": "m-2",
            "time": WRITTEN_TIME,
            "from": {"id": "4711", "idType": "Opaque"},
        },
        "buttonResponse": {"type": "QuickReply", "text": "Yes", "payload": "yes"},
        "originatingMessageId": "the-question",
    }


def test_a_receipt_names_message_and_customer() -> None:
    assert receipt("the-message", "4711", "delivered", is_final=False, time=TIME) == {
        "id": "the-message",
        "channel": {"time": WRITTEN_TIME, "to": {"id": "4711"}},
        "status": "Delivered",
        "isFinalReceipt": False,
    }


def test_a_time_that_is_left_out_is_now() -> None:
    before = datetime.now(timezone.utc).replace(microsecond=0)
    written = typing_event(ANN)["channel"]["time"]
    assert before <= datetime.fromisoformat(written.replace("Z", "+00:00"))
    assert written.endswith("Z")


def test_what_was_given_stays_the_callers_own() -> None:
    attributes = {"orderId": "42"}
    body = inbound_message(ANN, "Hello", custom_attributes=attributes, metadata=attributes)
    attributes["orderId"] = "43"
    assert body["channel"]["metadata"] == {"customAttributes": {"orderId": "42"}}
    assert body["metadata"] == {"orderId": "42"}


# What a message that came offers


def incoming(**fields: Any) -> Message:
    found = parse(
        {
            "id": "the-message",
            "type": "Structured",
            "channel": {
                "id": "the-integration",
                "to": {"id": "4711", "idType": "Opaque"},
                "from": {"id": "the-integration", "idType": "Opaque"},
                "time": WRITTEN_TIME,
            },
            **fields,
        }
    )
    assert isinstance(found, Message)
    return found


def test_a_message_makes_its_receipts() -> None:
    assert incoming().delivered(time=TIME) == receipt("the-message", "4711", "Delivered", time=TIME)
    assert incoming().failed("InvalidDestination", "no such number", time=TIME) == {
        "id": "the-message",
        "channel": {"time": WRITTEN_TIME, "to": {"id": "4711"}},
        "status": "Failed",
        "isFinalReceipt": True,
        "reasons": [{"code": "InvalidDestination", "message": "no such number"}],
    }


def test_a_message_makes_the_answer_to_itself() -> None:
    body = incoming().chosen(QuickReply(text="Yes", payload="y"), message_id="m-2", time=TIME)
    expected = structured_response(
        Customer("4711", "Opaque"), "the-message", "Yes", "y", message_id="m-2", time=TIME
    )
    assert body == expected
    button = Action(type="Postback", text="Buy", payload="buy")
    assert incoming().chosen(button)["buttonResponse"] == {
        "type": "Button",
        "text": "Buy",
        "payload": "buy",
    }


def test_a_quick_reply_without_payload_is_answered_with_its_text() -> None:
    assert incoming().chosen(QuickReply(text="Yes"))["buttonResponse"]["payload"] == "Yes"


CHOICES: list[tuple[Any, type[Exception], str]] = [
    (Action(type="Link", text="More", url="https://example.com"), ValueError, "a Link"),
    (Action(type="Postback", payload="x"), ValueError, "no text"),
    ("Yes", TypeError, "QuickReply or an Action"),
]


@pytest.mark.parametrize(("choice", "kind", "says"), CHOICES)
def test_what_cannot_be_chosen_is_refused(choice: Any, kind: type[Exception], says: str) -> None:
    with pytest.raises(kind, match=says):
        incoming().chosen(choice)


def test_the_customer_of_a_message_can_write_back() -> None:
    body = inbound_message(incoming().customer, "Thanks")
    assert body["channel"]["from"] == {"id": "4711", "idType": "Opaque"}


# What is refused


def message(customer: Any = ANN, text: Any = "Hello", **fields: Any) -> dict[str, Any]:
    return inbound_message(customer, text, **fields)


def attached(**fields: Any) -> dict[str, Any]:
    required: dict[str, Any] = {
        "media_type": "Image",
        "url": "https://example.com/a",
        "mime": "image/jpeg",
    }
    return message(attachment=Attachment(**{**required, **fields}))


REFUSED: list[tuple[Any, type[Exception], str]] = [
    (lambda: message("ann"), TypeError, "customer must be a Customer"),
    (lambda: message({"id": "ann"}), TypeError, "customer must be a Customer"),
    (lambda: message(Customer("", "Email")), ValueError, r"customer\.id is empty"),
    (lambda: message(Customer("ann", None)), ValueError, r"customer\.id_type is missing"),
    (
        lambda: message(Customer("ann", "Emial")),
        ValueError,
        r"customer\.id_type must be .*did you mean.*Ema",
    ),
    (lambda: message(Customer("ann", "Email", email="")), ValueError, r"customer\.email is empty"),
    (lambda: message(text=None), ValueError, "needs text or attachment"),
    (lambda: message(text=""), ValueError, "needs text or attachment"),
    (lambda: message(text=5), TypeError, "text must be text"),
    (lambda: message(message_id=""), ValueError, "message_id is empty"),
    (lambda: message(message_id=5), TypeError, "message_id must be text"),
    (lambda: message(metadata={"a": {"b": "c"}}), TypeError, r"metadata\['a'\] must be text"),
    (lambda: message(metadata={"a": None}), TypeError, r"metadata\['a'\] must be text"),
    (lambda: message(metadata={5: "a"}), TypeError, "a name in metadata"),
    (lambda: message(metadata="a"), TypeError, "metadata must be a mapping"),
    (lambda: message(custom_attributes={"a": 1}), TypeError, r"custom_attributes\['a'\]"),
    (lambda: message(custom_attributes=[]), TypeError, "custom_attributes must be a mapping"),
    (lambda: message(time=datetime(2026, 1, 2)), ValueError, "time has no time zone"),
    (lambda: message(time=WRITTEN_TIME), TypeError, "time must be a datetime"),
    (lambda: message(attachment=[PICTURE]), TypeError, "attachment must be an Attachment"),
    (lambda: attached(media_type=None), TypeError, r"attachment\.media_type must be text"),
    (
        lambda: attached(media_type="Picture"),
        ValueError,
        r"attachment\.media_type must be Image, Video, Audio, File or Link",
    ),
    (lambda: attached(url=""), ValueError, r"attachment\.url is empty"),
    (lambda: attached(url="/a.jpg"), ValueError, r"attachment\.url must be an address"),
    (lambda: attached(url="data:image/png;base64,x"), ValueError, r"attachment\.url must be an"),
    (lambda: attached(mime=None), TypeError, r"attachment\.mime must be text"),
    (lambda: attached(mime="jpeg"), ValueError, r"attachment\.mime must be a media type"),
    (lambda: attached(filename=""), ValueError, r"attachment\.filename is empty"),
    (lambda: typing_event(Customer("", "Email")), ValueError, r"customer\.id is empty"),
    (lambda: receipt("", "ann", "Delivered"), ValueError, "message_id is empty"),
    (lambda: receipt("m", "", "Delivered"), ValueError, "customer_id is empty"),
    (lambda: receipt("m", "ann", "Read"), ValueError, "status must be Delivered or Failed"),
    (lambda: receipt("m", "ann", "Sent"), ValueError, "status must be Delivered or Failed"),
    (lambda: receipt("m", "ann", "Failed"), ValueError, "reasons are given where"),
    (
        lambda: receipt("m", "ann", "Delivered", reasons=[Reason("GeneralError", "x")]),
        ValueError,
        "reasons are given where",
    ),
    (
        lambda: receipt("m", "ann", "Failed", reasons=[Reason("NoSuchUser", "x")]),
        ValueError,
        r"reasons\[0\]\.code must be MessageExpired, ",
    ),
    (
        lambda: receipt("m", "ann", "Failed", reasons=[Reason("GeneralError", "")]),
        ValueError,
        r"reasons\[0\]\.message is empty",
    ),
    (
        lambda: receipt("m", "ann", "Failed", reasons=Reason("GeneralError", "x")),  # type: ignore[arg-type] # the mistake
        TypeError,
        "reasons must be a list of Reason",
    ),
    (
        lambda: receipt("m", "ann", "Failed", reasons=["x"]),  # type: ignore[list-item] # the mistake
        TypeError,
        r"reasons\[0\] must be a Reason",
    ),
    (
        lambda: receipt("m", "ann", "Delivered", is_final="no"),  # type: ignore[arg-type] # the mistake
        TypeError,
        "is_final must be True or False",
    ),
    (lambda: structured_response(ANN, "", "a", "b"), ValueError, "originating_message_id is empty"),
    (lambda: structured_response(ANN, "m", "", "b"), ValueError, "text is empty"),
    (lambda: structured_response(ANN, "m", "a", ""), ValueError, "payload is empty"),
    (
        lambda: structured_response(ANN, "m", "a", "b", type="Card"),
        ValueError,
        "type must be Button, QuickReply or DatePicker",
    ),
]


@pytest.mark.parametrize(("make", "kind", "says"), REFUSED)
def test_what_the_platform_would_refuse_is_not_made(
    make: Any, kind: type[Exception], says: str
) -> None:
    with pytest.raises(kind, match=says):
        make()


# Whatever is given: what comes out is in the contract

SOME_TEXT = st.text(min_size=1, max_size=20)
TEXTS = st.dictionaries(SOME_TEXT, st.text(max_size=20), max_size=3)
TIMES = st.none() | st.datetimes(
    min_value=datetime(1970, 1, 1), timezones=st.sampled_from([timezone.utc, ELSEWHERE])
)
CUSTOMERS = st.builds(
    Customer,
    SOME_TEXT,
    st.sampled_from(["Email", "Phone", "Opaque", "email", "PHONE"]),
    nickname=st.none() | SOME_TEXT,
    first_name=st.none() | SOME_TEXT,
    last_name=st.none() | SOME_TEXT,
    email=st.none() | SOME_TEXT,
)
ATTACHMENTS = st.builds(
    Attachment,
    media_type=st.sampled_from(["Image", "Video", "Audio", "File", "Link", "image"]),
    url=st.sampled_from(["https://example.com/a.jpg", "http://127.0.0.1:8080/?a=b"]),
    mime=st.sampled_from(["image/jpeg", "application/pdf", "text/plain; charset=utf-8"]),
    id=st.none() | SOME_TEXT,
    filename=st.none() | SOME_TEXT,
    text=st.none() | SOME_TEXT,
    sha256=st.none() | SOME_TEXT,
    size=st.none() | st.integers(),
)
REASONS = st.lists(
    st.builds(
        Reason,
        st.sampled_from(["MessageExpired", "generalerror", "RecipientOptedOut"]),
        SOME_TEXT,
    ),
    min_size=1,
    max_size=3,
)


@given(
    CUSTOMERS,
    SOME_TEXT,
    st.none() | ATTACHMENTS,
    st.none() | SOME_TEXT,
    st.none() | TEXTS,
    st.none() | TEXTS,
    TIMES,
)
def test_any_message_is_in_the_contract(
    customer: Customer,
    text: str,
    attachment: Attachment | None,
    message_id: str | None,
    custom_attributes: dict[str, str] | None,
    metadata: dict[str, str] | None,
    time: datetime | None,
) -> None:
    MESSAGES.validate(
        inbound_message(
            customer,
            text,
            attachment=attachment,
            message_id=message_id,
            custom_attributes=custom_attributes,
            metadata=metadata,
            time=time,
        )
    )
    if attachment is not None:
        MESSAGES.validate(inbound_message(customer, attachment=attachment))


@given(CUSTOMERS, TIMES)
def test_any_event_is_in_the_contract(customer: Customer, time: datetime | None) -> None:
    EVENTS.validate(typing_event(customer, time=time))


@given(SOME_TEXT, SOME_TEXT, REASONS, st.booleans(), TIMES)
def test_any_receipt_is_in_the_contract(
    message_id: str, customer: str, reasons: list[Reason], is_final: bool, time: datetime | None
) -> None:
    RECEIPTS.validate(receipt(message_id, customer, "Delivered", is_final=is_final, time=time))
    RECEIPTS.validate(receipt(message_id, customer, "Failed", reasons=reasons, time=time))


@given(
    CUSTOMERS,
    SOME_TEXT,
    SOME_TEXT,
    SOME_TEXT,
    st.sampled_from(["Button", "QuickReply", "DatePicker", "quickreply"]),
    st.none() | SOME_TEXT,
    TIMES,
)
def test_any_choice_is_in_the_contract(
    customer: Customer,
    originating: str,
    text: str,
    payload: str,
    type_: str,
    message_id: str | None,
    time: datetime | None,
) -> None:
    RESPONSES.validate(
        structured_response(
            customer, originating, text, payload, type=type_, message_id=message_id, time=time
        )
    )


def test_the_check_against_the_contract_finds_what_is_wrong() -> None:
    body = inbound_message(ANN, "Hello")
    assert MESSAGES.is_valid(body)
    assert not MESSAGES.is_valid({**body, "type": "Text"})
    assert not MESSAGES.is_valid({**body, "metadata": {"a": {}}})
    assert not MESSAGES.is_valid({"text": "Hello"})
    image = {**body["channel"]["from"], "image": "read-only"}
    assert not MESSAGES.is_valid({**body, "channel": {**body["channel"], "from": image}})
    assert not MESSAGES.is_valid({**body, "channel": {**body["channel"], "time": "yesterday"}})


# What the platform answers to a receipt

DELIVERED = receipt("m", "ann", "Delivered")
FAILED = receipt("m", "ann", "Failed", reasons=[Reason("InvalidDestination", "no such number")])
UNKNOWN = {"code": "UnknownMessage", "message": "no message m"}


def as_model(body: dict[str, Any]) -> OpenInboundNormalizedReceipt:
    """A receipt as who has models builds it."""
    reasons = [ConversationReason(**one) for one in body.get("reasons", ())]
    return OpenInboundNormalizedReceipt(
        id=body.get("id"), status=body.get("status"), reasons=reasons or None
    )


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (DELIVERED, {"status": "Delivered"}),
        (DELIVERED, {"status": "Published", "reasons": []}),
        (FAILED, {"status": "Failed", "reasons": FAILED["reasons"]}),
        (FAILED, {"status": "Failed"}),
        ({"status": "Failed"}, {"status": "Failed"}),
        ({"status": "Failed", "reasons": None}, {"status": "Failed", "reasons": None}),
        (as_model(DELIVERED), OpenReceiptNormalizedMessage(status="Delivered")),
        (as_model(FAILED), as_model(FAILED)),
        (FAILED, as_model(FAILED)),
    ],
)
def test_a_receipt_that_was_of_use_is_fine(sent: Any, answer: Any) -> None:
    check_receipt(answer, sent)


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (DELIVERED, {"status": "Failed", "reasons": [UNKNOWN]}),
        (FAILED, {"status": "Failed", "reasons": [*FAILED["reasons"], UNKNOWN]}),
        (as_model(FAILED), {"status": "Failed", "reasons": [*FAILED["reasons"], UNKNOWN]}),
        (as_model(DELIVERED), as_model({"status": "Failed", "reasons": [UNKNOWN]})),
        ({"id": "m", "status": "Failed"}, {"status": "Failed", "reasons": [UNKNOWN]}),
    ],
)
def test_a_receipt_that_was_taken_and_of_no_use_is_an_error(sent: Any, answer: Any) -> None:
    with pytest.raises(ReceiptError, match="for m: UnknownMessage: no message m") as caught:
        check_receipt(answer, sent)
    assert caught.value.reasons == (Reason("UnknownMessage", "no message m"),)


def test_a_failure_without_reasons_is_one_all_the_same() -> None:
    with pytest.raises(ReceiptError, match="the receipt for m: no reasons given"):
        check_receipt({"status": "Failed"}, DELIVERED)
    with pytest.raises(ReceiptError, match="use the receipt: no reasons given"):
        check_receipt({"status": "Failed"}, {"status": "Delivered"})


@pytest.mark.parametrize(
    ("answer", "sent", "says"),
    [
        (None, DELIVERED, "answer must be what the call returned"),
        (SimpleNamespace(status="Failed"), DELIVERED, "answer must be what"),
        ({"status": "Failed"}, {"id": "m"}, "sent must be the body"),
        ({"status": "Failed"}, None, "sent must be the body"),
        ({"status": "Failed"}, as_model({"id": "m"}), "sent must be the body"),
        ({"status": "Failed", "reasons": 5}, DELIVERED, r"answer\.reasons must be a list"),
        ({"status": "Failed", "reasons": [None]}, DELIVERED, r"answer\.reasons\[0\] must be"),
        ({"status": "Failed"}, {"status": "Failed", "reasons": [5]}, r"sent\.reasons\[0\] must"),
    ],
)
def test_what_is_no_answer_is_a_mistake_of_the_caller(answer: Any, sent: Any, says: str) -> None:
    with pytest.raises(TypeError, match=says):
        check_receipt(answer, sent)
