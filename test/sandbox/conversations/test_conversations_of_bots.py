"""Who has a conversation: the bot, until it hands over."""

from __future__ import annotations

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox import BotRule
from PureCloudPlatformClientV2.sandbox.events import Event

from .conversing import Conversing


def test_a_bot_answers_until_it_hands_over(
    talk: Conversing, service: Service, integration_id: str
) -> None:
    card = {"title": "Tea", "actions": [{"type": "Postback", "text": "Buy", "payload": "buy"}]}
    talk.sandbox.bot.add(
        BotRule(text="menu", card=card),
        BotRule(text="help", reply="Somebody comes.", hand_over=True),
    )
    own_id = talk.say(integration_id, "menu")["conversationId"]
    found = talk("getConversationsMessage", own_id)
    assert [one["purpose"] for one in found["participants"]] == ["customer", "workflow"]
    with pytest.raises(ValueError, match="not connected"):
        talk.sandbox.conversations.answer(own_id, "I am not there yet")

    talk.say(integration_id, "what?")
    talk.say(integration_id, "help")
    talk.answer(own_id, "Here I am")
    talk.say(integration_id, "help")
    talk.sandbox.advance(0)

    posted = [request.json for request in service.requests]
    assert [(one["type"], one["originatingEntity"], one.get("text")) for one in posted] == [
        ("Structured", "Bot", None),
        ("Text", "Bot", "Somebody comes."),
        ("Text", "Human", "Here I am"),
    ]
    assert posted[0]["content"] == [{"contentType": "Card", "card": card}]
    workflow = talk.participant(own_id, "workflow")
    assert (workflow["disconnectType"], len(workflow["messages"])) == ("transfer", 2)


def test_a_bot_has_the_conversation_again_when_it_goes_on(
    talk: Conversing, integration_id: str
) -> None:
    conversations = talk.sandbox.conversations
    first = conversations.write(integration_id, "ann", "Hello")
    ended = conversations.end(first["id"])
    talk.sandbox.bot.add(BotRule(text="agent", hand_over=True))
    again = conversations.write(integration_id, "ann", "Hello again")
    handed = conversations.write(integration_id, "ann", "agent")

    assert ended["agentParticipantId"] == first["agentParticipantId"]
    assert again["id"] == first["id"]
    assert "agentParticipantId" not in again
    assert handed["agentParticipantId"] != first["agentParticipantId"]
    assert conversations.answer(handed["id"], "Here I am")["messages"][-1]["sender"] == "agent"


def test_a_bot_says_nothing_once_somebody_has_ended_the_conversation(
    talk: Conversing, integration_id: str
) -> None:
    talk.sandbox.bot.add(BotRule(text="Hello", reply="Somebody comes.", hand_over=True))
    state = talk.sandbox._running()  # pyright: ignore[reportPrivateUsage]

    def leave(event: Event) -> None:
        if event.kind == "conversation" and event.body["change"] == "message":
            talk.sandbox.conversations.end(event.body["conversation"]["id"], by="customer")

    stop = state.events.listen(leave)
    own_id = talk.say(integration_id)["conversationId"]
    stop()

    found = talk.sandbox.conversations.get(own_id)
    assert found["state"] == "disconnected"
    assert [one["sender"] for one in found["messages"]] == ["customer"]
    assert "agentParticipantId" not in found


def test_a_bot_that_serves_nobody_here_takes_no_conversation(
    talk: Conversing, integration_id: str
) -> None:
    talk.sandbox.bot.add(
        BotRule(reply="Elsewhere", integration_id="another"),
        BotRule(reply="Elsewhere", organization_id="another"),
    )
    own_id = talk.say(integration_id)["conversationId"]

    assert talk.answer(own_id)["status"] == "queued"
