"""What happens if a conversation ends while somebody is about to do something in it."""

from __future__ import annotations

import pytest

from PureCloudPlatformClientV2.sandbox.conversations.participation import change_participant
from PureCloudPlatformClientV2.sandbox.conversations.records import Conversation, Participant
from PureCloudPlatformClientV2.sandbox.conversations.switchboard import Switchboard
from PureCloudPlatformClientV2.sandbox.errors import ServiceError
from PureCloudPlatformClientV2.sandbox.events import Event

from .conversing import Conversing, changes


@pytest.fixture
def switchboard(talk: Conversing) -> Switchboard:
    return Switchboard(talk.sandbox._running())  # pyright: ignore[reportPrivateUsage]


@pytest.fixture
def seen(talk: Conversing, integration_id: str, switchboard: Switchboard) -> Conversation:
    """A conversation as a request has read it, just before another one ended it."""
    own_id = talk.say(integration_id)["conversationId"]
    found = switchboard.conversation(talk.sandbox.organization_id, own_id)
    talk.sandbox.conversations.end(own_id, by="customer")
    return found


@pytest.fixture
def agent(seen: Conversation) -> Participant:
    found = seen.latest("agent")
    assert found is not None
    return found


def test_an_answer_that_comes_too_late_is_refused(
    switchboard: Switchboard, seen: Conversation, agent: Participant
) -> None:
    with pytest.raises(ServiceError, match="not connected") as refused:
        switchboard.send(seen, agent, "agent", text="Good day")

    assert refused.value.status == 409
    assert len(switchboard.records.messages(seen)) == 1


@pytest.mark.parametrize("body", [{"state": "connected"}, {"held": True}, {"state": "parked"}])
def test_an_agent_who_has_left_does_not_come_back(
    switchboard: Switchboard, seen: Conversation, agent: Participant, body: dict[str, object]
) -> None:
    with pytest.raises(ServiceError, match="not connected"):
        change_participant(switchboard, seen, agent, body)

    found = switchboard.conversation(seen.organization_id, seen.id)
    assert found.participant(agent.id).state == "disconnected"


def test_a_conversation_ends_once(
    switchboard: Switchboard, seen: Conversation, agent: Participant, told: list[Event]
) -> None:
    switchboard.end(seen, by=agent)

    found = switchboard.conversation(seen.organization_id, seen.id)
    assert changes(told) == []
    assert found.participant(agent.id).disconnect_type == "peer"
