"""Typing is shown where the messaging setting has it so."""

from __future__ import annotations

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox.events import Event

from .conversing import ANN, NOON, Conversing


@pytest.mark.parametrize("enabled", [True, False])
def test_typing_is_shown_where_the_messaging_setting_has_it(
    talk: Conversing,
    service: Service,
    told: list[Event],
    enabled: bool,
) -> None:
    direction = "Enabled" if enabled else "Disabled"
    typing = {"typing": {"on": {"inbound": direction, "outbound": direction}}}
    setting = talk("postConversationsMessagingSettings", body={"name": "Typing", "event": typing})
    integration_id = talk.integrate(service.url, messagingSetting={"id": setting["id"]})
    own_id = talk.say(integration_id)["conversationId"]
    body = {"channel": {"from": ANN, "time": NOON}, "events": [{"eventType": "Typing"}]}

    answer = talk("postConversationsMessageInboundOpenEvent", integration_id, body=body)
    communication = talk.participant(own_id, "customer")["peer"]
    answering = {"typing": {"type": "On", "duration": 3000}}
    talk("postConversationsMessageCommunicationTyping", own_id, communication, body=answering)
    talk.sandbox.advance(0)

    assert answer["events"] == [{"eventType": "Typing", "typing": {"type": "On", "duration": 5000}}]
    senders = [event.body["sender"] for event in told if event.kind == "typing"]
    assert senders == (["customer", "agent"] if enabled else ["agent"])
    events = [{"eventType": "Typing", "typing": {"type": "On", "duration": 3000}}]
    assert [request.json["events"] for request in service.requests] == [events] * enabled
    if enabled:
        assert told[-1].body["normalizedMessage"]["id"] == service.requests[0].json["id"]
        assert "originatingEntity" not in service.requests[0].json


def test_typing_opens_a_conversation_where_it_is_shown(talk: Conversing) -> None:
    body = {"channel": {"from": ANN, "time": NOON}, "events": [{"eventType": "Typing"}]}
    typing = {"typing": {"on": {"inbound": "Enabled", "outbound": "Disabled"}}}
    setting = talk("postConversationsMessagingSettings", body={"name": "Typing", "event": typing})
    silent, shown = talk.integrate(), talk.integrate(messagingSetting={"id": setting["id"]})
    for integration_id in (silent, shown):
        talk("postConversationsMessageInboundOpenEvent", integration_id, body=body)

    assert [one["integrationId"] for one in talk.sandbox.conversations.all()] == [shown]
