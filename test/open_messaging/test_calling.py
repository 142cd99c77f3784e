"""What the builders make goes out as it is, and the answers are understood."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, ConversationsApi
from PureCloudPlatformClientV2.open_messaging import (
    Customer,
    Reason,
    ReceiptError,
    check_receipt,
    inbound_message,
    receipt,
    structured_response,
    typing_event,
)

ANN = Customer("ann@example.com", "Email")
PATH = "/api/v2/conversations/messages/the-integration/inbound/open"

CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("message", "message", inbound_message(ANN, "Hé", custom_attributes={"orderId": "42"})),
    ("event", "event", typing_event(ANN)),
    ("receipt", "receipt", receipt("m", "ann@example.com", "Delivered")),
    ("structured_response", "structured/response", structured_response(ANN, "m", "Yes", "yes")),
]


@pytest.mark.parametrize(("method", "path", "body"), CALLS)
def test_a_body_is_sent_as_it_was_built(
    api_client: ApiClient, service: Service, method: str, path: str, body: dict[str, Any]
) -> None:
    service.answer(200, {"id": "0" * 32})
    built = copy.deepcopy(body)
    api = ConversationsApi(api_client)
    call: Callable[..., Any] = getattr(api, f"post_conversations_message_inbound_open_{method}")

    answer = call("the-integration", body)

    (request,) = service.requests
    assert (request.method, request.path) == ("POST", f"{PATH}/{path}")
    assert request.json == built == body
    assert answer.id == "0" * 32


def test_a_200_does_not_say_that_the_receipt_was_of_use(
    api_client: ApiClient, service: Service
) -> None:
    reasons = [{"code": "UnknownMessage", "message": "no message m"}]
    service.answer(200, {"id": "m", "status": "Failed", "reasons": reasons})
    service.answer(200, {"id": "m", "status": "Delivered"})
    api = ConversationsApi(api_client)
    sent = receipt("m", "ann@example.com", "Delivered")

    answer = api.post_conversations_message_inbound_open_receipt("the-integration", sent)
    with pytest.raises(ReceiptError, match="UnknownMessage") as caught:
        check_receipt(answer, sent)
    assert caught.value.reasons == (Reason("UnknownMessage", "no message m"),)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.reasons) == (str(caught.value), caught.value.reasons)

    answer = api.post_conversations_message_inbound_open_receipt("the-integration", sent)
    check_receipt(answer, sent)
