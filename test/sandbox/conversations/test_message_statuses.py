"""What becomes of a message: by its webhook, by receipts, by the clock."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import urllib3
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2.sandbox import BotRule, Sandbox
from PureCloudPlatformClientV2.sandbox.events import Event

from ..caller import Clock
from .conversing import ANN, NOON, Conversing, changes, statuses


def test_a_webhook_that_is_refused_fails_its_message(
    talk: Conversing, service: Service, integration_id: str, told: list[Event]
) -> None:
    service.answer_always(400)
    own_id = talk.say(integration_id)["conversationId"]
    sent = talk.answer(own_id)
    talk.sandbox.advance(0)

    agent = talk.participant(own_id, "agent")
    assert agent["messages"][0]["messageStatus"] == "failed"
    assert "400" in agent["messages"][0]["errorInfo"]["message"]
    assert agent["errorInfo"]["code"] == "webhook.delivery.failed"
    assert changes(told)[-1] == "status"
    assert told[-1].body["message"]["id"] == sent["id"]
    assert told[-1].body["message"]["errorInfo"] == agent["errorInfo"]


def test_a_webhook_that_is_sent_once_more_makes_up_for_the_failure(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    service.answer(400)
    own_id = talk.say(integration_id)["conversationId"]
    talk.answer(own_id)
    talk.sandbox.advance(0)
    assert statuses(talk, own_id)[-1] == "failed"

    talk.sandbox.webhooks.retry(talk.sandbox.webhooks.deliveries[-1].id)
    talk.sandbox.advance(0)

    assert statuses(talk, own_id)[-1] == "sent"
    assert "errorInfo" not in talk.participant(own_id, "agent")


def test_a_message_waits_until_its_webhook_is_taken(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    service.answer(503)
    own_id = talk.say(integration_id)["conversationId"]
    talk.answer(own_id)

    talk.sandbox.advance(4)
    assert statuses(talk, own_id)[-1] == "queued"
    talk.sandbox.advance(85)
    assert statuses(talk, own_id)[-1] == "sent"
    assert len({request.json["id"] for request in service.requests}) == 1


def test_a_receipt_that_overtakes_the_answer_to_the_webhook_stays(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    own_id = talk.say(integration_id)["conversationId"]

    def confirm(request: Request) -> Answer:
        channel = {"to": {"id": ANN["id"]}, "time": NOON}
        body = {"id": request.json["id"], "channel": channel, "status": "Delivered"}
        talk("postConversationsMessageInboundOpenReceipt", integration_id, body=body)
        return make_answer(200)

    service.answer_by(confirm)
    talk.answer(own_id)
    talk.sandbox.advance(0)

    assert statuses(talk, own_id)[-1] == "delivery-success"


def test_a_receipt_says_what_became_of_a_message(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    first, second = talk.answer(own_id)["id"], talk.answer(own_id)["id"]
    talk.sandbox.advance(0)
    reason = {"code": "RecipientOptedOut", "message": "She does not want to."}

    def receipt(message_id: str, status: str, **more: Any) -> Any:
        channel = {"to": {"id": ANN["id"]}, "time": NOON}
        body = {"id": message_id, "channel": channel, "status": status, **more}
        return talk("postConversationsMessageInboundOpenReceipt", integration_id, body=body)

    assert receipt(first, "Delivered")["status"] == "Delivered"
    assert receipt(second, "Failed", reasons=[reason])["reasons"] == [reason]

    assert statuses(talk, own_id) == ["received", "delivery-success", "delivery-failed"]
    details = talk("getConversationsMessageDetails", second)
    assert details["normalizedReceipts"][0]["reasons"] == [reason]
    agent = talk.participant(own_id, "agent")
    assert agent["messages"][1]["errorInfo"] == reason == agent["errorInfo"]


def test_a_receipt_that_is_of_no_use_is_answered_with_a_failure(
    talk: Conversing, integration_id: str
) -> None:
    taken = talk.say(integration_id)
    sent, other = talk.answer(taken["conversationId"])["id"], talk.integrate()

    def why(message_id: str, status: str = "Delivered", who: str = ANN["id"], at: str = "") -> Any:
        channel = {"to": {"id": who}, "time": NOON}
        body = {"id": message_id, "channel": channel, "status": status}
        answer = talk("postConversationsMessageInboundOpenReceipt", at or integration_id, body=body)
        assert answer["status"] == "Failed"
        return answer["reasons"][0]["code"]

    assert why("m-1") == why(taken["id"]) == "UnknownMessage"
    assert why(sent, who="bob") == why(sent, at=other) == "InvalidDestination"
    assert {why(sent, status) for status in ("Sent", "Published", "Removed")} == {
        "UnsupportedMessage"
    }
    assert talk("getConversationsMessageDetails", sent)["normalizedReceipts"] == []


def test_the_older_path_takes_messages_and_receipts(talk: Conversing, integration_id: str) -> None:
    channel = {"to": {"id": integration_id}, "from": ANN, "time": NOON, "messageId": "m-1"}
    text = {"channel": channel, "type": "Text", "text": "Hello", "direction": "Inbound"}
    taken = talk("postConversationsMessagesInboundOpen", body=text)
    (conversation,) = talk.sandbox.conversations.all()
    sent = talk.answer(conversation["id"])["id"]
    receipt = {"id": sent, "channel": channel, "type": "Receipt", "status": "Read"}
    talk("postConversationsMessagesInboundOpen", body=receipt)

    assert conversation["messages"][0]["id"] == taken["id"]
    assert statuses(talk, conversation["id"]) == ["received", "read"]
    without_id = {"channel": channel, "type": "Receipt", "status": "Read"}
    talk("postConversationsMessagesInboundOpen", body=without_id, status=400)


def test_a_choice_belongs_to_what_was_asked(talk: Conversing, integration_id: str) -> None:
    talk.sandbox.bot.add(BotRule(text="Hello", reply="Tea?", quick_replies=["Yes", "No"]))
    own_id = talk.say(integration_id)["conversationId"]
    asked = talk.sandbox.conversations.get(own_id)["messages"][-1]
    chosen = {"type": "QuickReply", "text": "Yes", "payload": "yes"}
    body = {
        "channel": {"from": ANN, "time": NOON, "messageId": "m-2"},
        "buttonResponse": chosen,
        "originatingMessageId": asked["id"],
    }
    post = "postConversationsMessageInboundOpenStructuredResponse"

    taken = talk(post, integration_id, body=body)

    assert taken["content"] == [{"contentType": "ButtonResponse", "buttonResponse": chosen}]
    last = talk.sandbox.conversations.get(own_id)["messages"][-1]
    assert (last["type"], last["text"], last["sender"]) == ("Structured", "Yes", "customer")
    response = last["content"][0]["buttonResponse"]
    assert response == {"originatingMessageId": asked["id"], **chosen}
    for wrong in ("nothing", taken["id"]):
        talk(post, integration_id, body={**body, "originatingMessageId": wrong}, status=400)


def test_a_middleware_is_told_of_what_has_arrived_if_that_is_wanted(
    pool: urllib3.PoolManager, service: Service
) -> None:
    service.answer_always(200)
    with Sandbox(published_receipts=True) as sandbox:
        talk = Conversing(sandbox, pool)
        taken = talk.say(talk.integrate(service.url))
        sandbox.advance(0)

    (receipt,) = [request.json for request in service.requests]
    assert receipt["id"] == taken["id"]
    assert receipt["channel"]["to"]["id"] == ANN["id"]
    assert {**receipt, "type": "Receipt", "status": "Published", "direction": "Inbound"} == receipt
    assert receipt["isFinalReceipt"] is True


def test_other_messengers_deliver_by_the_clock(talk: Conversing) -> None:
    page = {"name": "Page", "pageAccessToken": "page-token", "appId": "4711", "appSecret": "s"}
    made = talk("postConversationsMessagingIntegrationsFacebook", body=page)
    written = talk.sandbox.conversations.write(made["id"], "psid-1", "Hello", name="Bob")
    own_id = written["id"]

    assert written["messengerType"] == "facebook"
    assert written["customer"]["name"] == "Bob"
    sent = talk.answer(own_id)
    assert sent["normalizedMessage"]["channel"]["platform"] == "Facebook"
    talk.sandbox.advance(0)
    assert statuses(talk, own_id)[-1] == "sent"
    talk.sandbox.advance(1)
    assert statuses(talk, own_id)[-1] == "delivery-success"
    assert talk.sandbox.webhooks.deliveries == []


def test_other_messengers_go_on_delivering_after_a_restart(
    pool: urllib3.PoolManager, tmp_path: Path, clock: Clock
) -> None:
    with Sandbox(database=tmp_path / "sandbox.db", clock=clock) as sandbox:
        page = sandbox.create_integration("facebook")
        own_id = sandbox.conversations.write(page["id"], "psid-1", "Hello")["id"]
        sandbox.conversations.answer(own_id, "Good day")
        sandbox.advance(0)
        assert statuses(Conversing(sandbox, pool), own_id)[-1] == "sent"
    with Sandbox(database=tmp_path / "sandbox.db", clock=clock) as sandbox:
        sandbox.advance(1)
        assert statuses(Conversing(sandbox, pool), own_id) == ["received", "delivery-success"]


@pytest.mark.parametrize("kind", ["facebook", "line", "twitter"])
def test_integrations_of_2019_have_conversations_as_well(talk: Conversing, kind: Any) -> None:
    made = talk.sandbox.create_integration(kind)
    own_id = talk.sandbox.conversations.write(made["id"], "bob", "Hello")["id"]

    sent = talk.answer(own_id)
    assert sent["normalizedMessage"]["channel"]["platform"] == kind.title()
    assert talk("getConversationsMessageDetails", sent["id"])["toAddress"] == "bob"
