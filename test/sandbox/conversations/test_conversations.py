"""Conversations: opened by customers, carried on by whoever answers, and ended."""

from __future__ import annotations

import re
import threading
from functools import partial
from typing import Any

import pytest
import urllib3
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, ConversationsApi
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.events import Event

from .conversing import ANN, NOON, Conversing, changes

HOUR = 3600.0
BOB = {"id": "bob", "idType": "Opaque"}


# From end to end, as a program sees it


def test_a_customer_is_answered_by_way_of_the_webhook(
    sandbox: Sandbox, service: Service, integration_id: str
) -> None:
    configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
    with ApiClient(configuration=configuration) as client:
        api: Any = ConversationsApi(client)  # whose answers have everything, if all is well
        channel = {"from": ANN, "time": NOON, "messageId": "m-1"}
        taken = api.post_conversations_message_inbound_open_message(
            integration_id, {"channel": channel, "text": "Hé"}, prefetch_conversation_id=True
        )
        conversation = api.get_conversations_message(taken.conversation_id)
        customer = next(one for one in conversation.participants if one.purpose == "customer")
        sent = api.post_conversations_message_communication_messages(
            conversation.id, customer.peer, {"textBody": "Hello, Ann"}
        )
        sandbox.advance(0)
        details = api.get_conversations_message_details(sent.id)

    assert re.fullmatch("[0-9a-f]{32}", taken.id)
    assert taken.channel.message_id == "m-1"
    assert customer.messages[0].message_id == taken.id
    assert (sent.status, details.status) == ("queued", "sent")
    assert details.normalized_message.text == "Hello, Ann"
    assert service.requests[-1].json == {
        "id": sent.id,
        "channel": {
            "id": integration_id,
            "platform": "Open",
            "type": "Private",
            "messageId": sent.id,
            "to": {"id": "ann@example.com", "idType": "Email", "nickname": "Ann"},
            "from": {"nickname": "Chat", "id": integration_id, "idType": "Opaque"},
            "time": details.normalized_message.channel.time.isoformat(
                timespec="milliseconds"
            ).replace("+00:00", "Z"),
        },
        "type": "Text",
        "text": "Hello, Ann",
        "originatingEntity": "Human",
        "direction": "Outbound",
        "conversationId": conversation.id,
    }
    assert list(service.requests[-1].json)[:3] == ["id", "channel", "type"]


def test_the_participants_are_those_that_the_platform_has(
    talk: Conversing, integration_id: str
) -> None:
    channel = {"metadata": {"customAttributes": {"order": "42"}}}
    taken = talk.say(integration_id, channel=channel)
    found = talk("getConversationsMessage", taken["conversationId"])

    assert taken["channel"]["metadata"] == channel["metadata"]
    assert [(one["purpose"], one["state"]) for one in found["participants"]] == [
        ("customer", "connected"),
        ("workflow", "disconnected"),
        ("acd", "disconnected"),
        ("agent", "connected"),
    ]
    customer, _, queue, agent = found["participants"]
    assert customer["attributes"] == {"order": "42"}
    assert customer["fromAddress"]["addressNormalized"] == "ann@example.com"
    assert queue["queue"]["id"] == talk.sandbox.queue_id
    assert agent["user"]["id"] == talk.sandbox.user_id
    assert customer["messages"][0]["messageURI"].endswith(f"/messages/{taken['id']}")


def test_the_conversation_of_all_media_tells_the_communications(
    talk: Conversing, integration_id: str
) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    found = {one["purpose"]: one for one in talk("getConversation", own_id)["participants"]}

    summary = talk.sandbox.conversations.get(own_id)
    agent = found["agent"]
    assert agent["id"] == summary["agentParticipantId"]
    assert agent["messages"][0]["id"] == summary["agentCommunicationId"]
    assert found["customer"]["messages"][0]["peerId"] == agent["messages"][0]["id"]
    assert (agent["userId"], agent["queueId"]) == (summary["userId"], summary["queueId"])


def test_a_customer_has_one_conversation_at_each_integration(
    talk: Conversing, integration_id: str
) -> None:
    other = talk.integrate()
    first = talk.say(integration_id)["conversationId"]

    assert talk.say(integration_id)["conversationId"] == first
    assert talk.say(integration_id, who=BOB)["conversationId"] != first
    assert talk.say(other)["conversationId"] != first
    assert "conversationId" not in talk(
        "postConversationsMessageInboundOpenMessage",
        integration_id,
        body={"channel": {"from": ANN, "time": NOON}, "text": "Hello"},
    )


@pytest.mark.parametrize(
    "time",
    ["2026-01-02T12:00:00Z", "2026-01-02T13:30:00.0000+01:30", "2026-01-02T12:00:00.000+00:00"],
)
def test_times_are_taken_in_any_form_and_told_in_one(
    talk: Conversing, integration_id: str, time: str
) -> None:
    taken = talk.say(integration_id, channel={"time": time})

    assert taken["channel"]["time"] == NOON


@pytest.mark.parametrize("spelling", ["email", "EMAIL", "Email"])
def test_the_type_of_an_id_is_taken_in_any_case(
    talk: Conversing, integration_id: str, spelling: str
) -> None:
    taken = talk.say(integration_id, who={**ANN, "idType": spelling})

    assert taken["channel"]["from"]["idType"] == "Email"


# How a conversation ends, and when it goes on


@pytest.mark.parametrize(
    ("minutes", "hours", "goes_on"),
    [(None, 71, True), (None, 72, False), (0, 0, False), (90, 1, True)],
)
def test_a_conversation_goes_on_within_the_threading_window(
    talk: Conversing, integration_id: str, minutes: int | None, hours: int, goes_on: bool
) -> None:
    if minutes is not None:
        setting = {"messengerType": "open", "timeoutInMinutes": minutes}
        talk("putConversationsMessagingThreadingtimeline", body={"settings": [setting]})
    first = talk.say(integration_id)["conversationId"]
    talk("patchConversationsMessage", first, body={"state": "disconnected"})
    talk.sandbox.advance(hours * HOUR)

    second = talk.say(integration_id)["conversationId"]

    assert (second == first) is goes_on
    assert talk.participant(second, "agent")["state"] == "connected"
    assert talk.participant(second, "customer")["state"] == "connected"


def test_a_customer_who_leaves_ends_the_conversation(
    talk: Conversing, integration_id: str, told: list[Event]
) -> None:
    own_id = talk.say(integration_id)["conversationId"]

    ended = talk("patchConversationsMessage", own_id, body={"state": "disconnected"})

    assert {
        one["purpose"]: one["messages"][0]["disconnectType"] for one in ended["participants"]
    } == {
        "customer": "client",
        "workflow": "transfer",
        "acd": "transfer",
        "agent": "peer",
    }
    assert ended["endTime"]
    assert changes(told) == ["opened", "message", "ended"]
    assert talk("getConversationsMessages")["total"] == 0
    talk("patchConversationsMessage", own_id, body={"state": "disconnected"})
    assert changes(told)[-1:] == ["ended"], "nothing ends twice"
    assert changes(told).count("ended") == 1
    talk("patchConversationsMessage", own_id, body={"state": "connected"}, status=400)


def test_an_agent_who_leaves_ends_the_conversation_and_wraps_up(
    talk: Conversing, integration_id: str, told: list[Event]
) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    agent = talk.participant(own_id, "agent")
    communication = talk.participant(own_id, "customer")["peer"]
    code = talk("getConversationsMessageParticipantWrapupcodes", own_id, agent["id"])[1]
    leg = (own_id, agent["id"], communication)

    talk("getConversationsMessageParticipantWrapup", own_id, agent["id"], status=404)
    talk(
        "patchConversationsMessageParticipant", own_id, agent["id"], body={"state": "disconnected"}
    )
    wrapup = {"code": code["id"], "notes": "All well", "durationSeconds": 5}
    talk("postConversationsMessageParticipantCommunicationWrapup", *leg, body=wrapup)

    found = talk("getConversationsMessageParticipantCommunicationWrapup", *leg)
    assert found == talk("getConversationsMessageParticipantWrapup", own_id, agent["id"])
    assert {**found, **wrapup} == found
    left = talk.participant(own_id, "agent")
    assert (left["state"], left["disconnectType"]) == ("disconnected", "client")
    assert left["wrapup"]["name"] == code["name"]
    assert left["startAcwTime"] == left["endTime"] <= left["endAcwTime"]
    assert changes(told)[-2:] == ["ended", "wrapup"]
    talk(
        "getConversationsMessageParticipantWrapup",
        own_id,
        agent["id"],
        query="?provisional=true",
        status=404,
    )


def test_who_has_left_says_nothing_more(talk: Conversing, integration_id: str) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    agent, customer = talk.participant(own_id, "agent"), talk.participant(own_id, "customer")
    talk.sandbox.conversations.end(own_id)
    leg = (own_id, customer["peer"])

    talk("postConversationsMessageCommunicationMessages", *leg, body={"textBody": "?"}, status=409)
    typing = {"typing": {"type": "On"}}
    talk("postConversationsMessageCommunicationTyping", *leg, body=typing, status=409)
    back = {"state": "connected"}
    talk("patchConversationsMessageParticipant", own_id, agent["id"], body=back, status=409)
    with pytest.raises(ValueError, match="not connected"):
        talk.sandbox.conversations.answer(own_id, "?")


def test_a_participant_waits_and_has_attributes(talk: Conversing, integration_id: str) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    agent, customer = talk.participant(own_id, "agent"), talk.participant(own_id, "customer")

    body, ids = {"attributes": {"mood": "good"}}, (own_id, customer["id"])
    for _ in range(2):
        assert talk("patchConversationsMessageParticipantAttributes", *ids, body=body) == body
    body = {"attributes": {"tier": "gold"}}
    merged = talk("patchConversationsMessageParticipantAttributes", *ids, body=body)
    leg = (own_id, agent["id"], customer["peer"])
    talk("patchConversationsMessageParticipantCommunication", *leg, body={"held": True})

    assert merged == {"attributes": {"mood": "good", "tier": "gold"}}
    assert talk.participant(own_id, "agent")["held"] is True
    parked = {"state": "parked", "resumeTime": NOON}
    talk("patchConversationsMessageParticipantCommunication", *leg, body=parked)
    assert talk.participant(own_id, "agent")["resumeTime"] == NOON
    wrong = {"state": "dialing"}
    talk("patchConversationsMessageParticipant", own_id, agent["id"], body=wrong, status=400)


# Reading


def test_messages_are_read_by_their_ids(talk: Conversing, integration_id: str) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    ids = [talk.say(integration_id, str(number))["id"] for number in range(3)]
    elsewhere = talk.say(integration_id, who=BOB)

    every = talk("postConversationsMessageMessagesBulk", own_id)["entities"]
    some = talk("postConversationsMessageMessagesBulk", own_id, body=[ids[2], "nothing", ids[0]])
    assert len(every) == 4
    assert [one["id"] for one in some["entities"]] == [ids[0], ids[2]]
    talk("postConversationsMessageMessagesBulk", own_id, body={"ids": ids}, status=400)

    one = talk("getConversationsMessageMessage", own_id, ids[0])
    assert one == talk("getConversationsMessageDetails", ids[0])
    talk("getConversationsMessageMessage", elsewhere["conversationId"], ids[0], status=404)
    listing = talk("getConversationsMessages")
    assert {one["id"] for one in listing["entities"]} == {own_id, elsewhere["conversationId"]}


def test_nothing_is_seen_of_another_organization(talk: Conversing, integration_id: str) -> None:
    other = talk.sandbox.create_organization("Berlin")
    taken = talk.say(integration_id)
    missed = partial(talk, status=404, token=other.access_token)

    missed("getConversationsMessage", taken["conversationId"])
    missed("getConversationsMessageDetails", taken["id"])
    body = {"channel": {"from": ANN, "time": NOON}, "text": "Hello"}
    missed("postConversationsMessageInboundOpenMessage", integration_id, body=body)
    assert talk.sandbox.conversations.all(other.id) == []


# What is refused


def test_an_inbound_message_is_refused_in_the_platforms_words(
    talk: Conversing, integration_id: str
) -> None:
    def refused(*, channel: Any = None, **body: Any) -> tuple[str, str]:
        sent = {"channel": channel or {"from": ANN, "time": NOON}, **body}
        post = "postConversationsMessageInboundOpenMessage"
        answer = talk(post, integration_id, body=sent, status=400)
        return answer["code"], answer["message"]

    assert refused()[1] == "data should have required property 'text'"
    code, message = refused(text="Hi", metadata={"nested": {"a": 1}})
    assert (code, "malformed syntax" in message) == ("bad.request", True)
    code, message = refused(text="Hi", channel={"from": {"id": "a", "idType": "Fax"}, "time": NOON})
    assert code == "invalid.value"
    assert message == (
        "Value [Fax] is not valid for field type [idType]."
        " Allowable values are: Email, Phone, Opaque"
    )
    assert refused(text="Hi", channel={"from": ANN})[0] == "invalid.value"
    assert refused(text="Hi", channel={"from": ANN, "time": "noon"})[0] == "bad.request"
    wrong = {"from": ANN, "time": NOON, "metadata": {"customAttributes": ["a"]}}
    assert refused(text="Hi", channel=wrong)[0] == "bad.request"
    assert talk.sandbox.conversations.all() == []


def test_what_is_not_there_is_a_404(talk: Conversing, integration_id: str) -> None:
    taken = talk.say(integration_id)
    own_id = taken["conversationId"]
    agent = talk.participant(own_id, "agent")
    body = {"channel": {"from": ANN, "time": NOON}, "text": "Hello"}

    talk("postConversationsMessageInboundOpenMessage", "nowhere", body=body, status=404)
    talk("getConversationsMessage", taken["id"], status=404)
    talk("getConversationsMessageDetails", own_id, status=404)
    message = {"textBody": "Hello"}
    for communication in ("nothing", agent["id"], agent["peer"]):
        ids = (own_id, communication)
        talk("postConversationsMessageCommunicationMessages", *ids, body=message, status=404)
    talk("getConversationsMessageParticipantWrapupcodes", own_id, "nobody", status=404)
    leg = (own_id, agent["id"], agent["peer"])
    talk("getConversationsMessageParticipantCommunicationWrapup", *leg, status=404)


def test_an_answer_that_is_too_long_or_empty_is_refused(
    talk: Conversing, integration_id: str
) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    ids = (own_id, talk.participant(own_id, "customer")["peer"])
    post = "postConversationsMessageCommunicationMessages"

    talk(post, *ids, body={"textBody": "x" * 2000})
    for text in ("x" * 2001, ""):
        refused = talk(post, *ids, body={"textBody": text}, status=400)
        assert refused["details"][0]["fieldName"] == "textBody"


# At the same time


def test_many_write_at_once_and_nothing_is_lost(
    sandbox: Sandbox, talk: Conversing, integration_id: str
) -> None:
    def write(customer: int) -> None:
        for number in range(10):
            sandbox.conversations.write(integration_id, f"c-{customer % 4}", str(number))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = sandbox.conversations.all()
    assert sorted(one["customer"]["id"] for one in found) == ["c-0", "c-1", "c-2", "c-3"]
    assert [len(one["messages"]) for one in found] == [20] * 4


def test_a_listener_may_ask_the_sandbox(sandbox: Sandbox, talk: Conversing) -> None:
    integration_id, seen = talk.integrate(), list[int]()

    def look(event: Event) -> None:
        if event.kind == "conversation":
            # From another thread, as a lock that the first one held would let it in again.
            asking = threading.Thread(target=lambda: seen.append(len(sandbox.conversations.all())))
            asking.start()
            asking.join()

    end = sandbox._running().events.listen(look)  # pyright: ignore[reportPrivateUsage]
    talk.say(integration_id)
    end()

    assert seen == [1, 1]


def test_conversations_survive_a_restart_with_a_file(
    tmp_path: Any, pool: urllib3.PoolManager
) -> None:
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        talk = Conversing(sandbox, pool)
        integration_id = talk.integrate()
        before = sandbox.conversations.write(integration_id, "ann", "Hello")
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        assert sandbox.conversations.all() == [before]
        after = sandbox.conversations.write(integration_id, "ann", "Hello again")
        sandbox.reset()
        assert sandbox.conversations.all() == []

    assert after["id"] == before["id"]
    assert len(after["messages"]) == 2


def test_an_event_is_no_larger_in_a_long_conversation(
    talk: Conversing, integration_id: str, told: list[Event]
) -> None:
    own_id = talk.say(integration_id)["conversationId"]
    for _ in range(10):
        talk.say(integration_id)

    _, first, *_, last = (event for event in told if event.body["conversation"]["id"] == own_id)
    assert len(str(last.body)) == len(str(first.body))
    agents = [event.wire()["participants"][0]["messages"] for event in (first, last)]
    assert len(agents[0]) == len(agents[1]) == 11, "whoever wants them gets all messages"
