"""What happens in a conversation is told to the topics, each event by its definition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft4Validator, FormatChecker
from platform_facts import notifications

from PureCloudPlatformClientV2.sandbox import Sandbox

from ..caller import Caller
from .listener import Listener

OPEN = "/api/v2/conversations/messaging/integrations/open"
SETTINGS = "/api/v2/conversations/messaging/settings"
DETAILS = "v2.detail.events.conversation."


class Watching:
    """A chat with a customer, and somebody who listens to its topics."""

    def __init__(self, call: Caller) -> None:
        self.call = call
        self.listener = Listener(call).connect()
        body = {
            "name": "Chat",
            "outboundNotificationWebhookUrl": "http://127.0.0.1:9/",
            "outboundNotificationWebhookSignatureSecretToken": "0123456789abcdef",
        }
        self.integration_id = call("POST", OPEN, body).json["id"]

    def let_typing_through(self) -> None:
        typing = {"typing": {"on": {"inbound": "Enabled", "outbound": "Enabled"}}}
        setting = self.call("POST", SETTINGS, {"name": "Typing", "event": typing}).json
        path = f"{OPEN}/{self.integration_id}"
        body = {"name": "Chat", "messagingSetting": {"id": setting["id"]}}
        changed = self.call("PATCH", path, body)
        assert changed.status == 200, changed.data

    def say(self, text: str = "Hello") -> Any:
        sent = {"integrationId": self.integration_id, "from": "ann@example.com", "text": text}
        answer = self.call.control("POST", "/customer-messages", sent)
        assert answer.status == 200, answer.data
        return answer.json

    def hear(self, *topics: str) -> None:
        assert self.listener.subscribe(*topics).status == 200

    def told(self) -> list[dict[str, Any]]:
        """What has been told by now; every event is valid by the definition of its topic."""
        found = self.listener.receive_before_pong()
        for one in found:
            validate(one["topicName"], one["eventBody"])
        return found


@pytest.fixture
def watching(sandbox: Sandbox, call: Caller) -> Iterator[Watching]:
    watching = Watching(call)
    yield watching
    watching.listener.close()


def validate(topic: str, body: Any) -> None:
    errors = validator(definition_of(topic)).iter_errors(body)
    assert [f"{list(error.path)}: {error.message}" for error in errors] == []


def definition_of(topic: str) -> str:
    return next(
        str(one["definition"])
        for name, one in notifications()["topics"].items()
        if re.fullmatch(re.escape(name).replace(r"\{id\}", "[^.]+"), topic)
    )


@cache
def validator(definition: str) -> Draft4Validator:
    """Takes no field that the definition has not."""
    definitions = {
        name: {"additionalProperties": False, **one} if "properties" in one else one
        for name, one in notifications()["definitions"].items()
    }
    schema = {"$ref": f"#/definitions/{definition}", "definitions": definitions}
    return Draft4Validator(schema, format_checker=FormatChecker())


def topics_of(events: list[dict[str, Any]]) -> list[str]:
    return [one["topicName"].removeprefix(DETAILS).partition(".")[2] for one in events]


@pytest.mark.parametrize("ending", ["conversations.messages", "conversations"])
@pytest.mark.parametrize("kind", ["users", "routing.queues"])
def test_a_message_of_a_customer_is_told_to_the_user_and_the_queue(
    watching: Watching, kind: str, ending: str
) -> None:
    conversation = watching.say("The first, which is not heard")
    whose = conversation["userId" if kind == "users" else "queueId"]
    watching.hear(f"v2.{kind}.{whose}.{ending}")

    watching.say("Is anybody there?")

    told = watching.told()
    assert {one["topicName"] for one in told} == {f"v2.{kind}.{whose}.{ending}"}
    assert {one["eventBody"]["id"] for one in told} == {conversation["id"]}
    assert "Is anybody there?" not in str(told)


def test_an_event_of_messages_names_them_as_they_can_be_fetched(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(f"v2.users.{conversation['userId']}.conversations.messages")
    watching.say("Is anybody there?")

    participants = watching.told()[-1]["eventBody"]["participants"]

    customer = next(one for one in participants if one["purpose"] == "customer")
    ids = [one["message"]["id"] for one in customer["messages"]]
    assert len(ids) == 2
    path = f"/api/v2/conversations/messages/{conversation['id']}/messages/{ids[1]}"
    assert watching.call("GET", path).json["normalizedMessage"]["text"] == "Is anybody there?"


def test_an_answer_of_the_agent_is_told_with_its_status(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(f"v2.users.{conversation['userId']}.conversations.messages")

    path = f"/conversations/{conversation['id']}/agent-messages"
    assert watching.call.control("POST", path, {"text": "Good day"}).status == 200

    agent = next(
        one for one in watching.told()[-1]["eventBody"]["participants"] if one["purpose"] == "agent"
    )
    assert agent["user"]["id"] == conversation["userId"]
    assert agent["messages"][0]["messageStatus"] in ("queued", "sent", "delivery-failed")


def test_a_leg_of_a_whole_conversation_has_the_id_that_the_api_knows(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(f"v2.users.{conversation['userId']}.conversations")
    watching.say()

    found = watching.call("GET", f"/api/v2/conversations/{conversation['id']}").json
    by_api = {one["id"]: one["messages"][0]["id"] for one in found["participants"]}
    told = {
        one["id"]: one["messages"][0]["id"]
        for one in watching.told()[-1]["eventBody"]["participants"]
        if one["purpose"] in ("customer", "agent")
    }
    assert len(told) == 2
    assert told.items() <= by_api.items()


def test_a_customer_who_types_is_told_to_the_user(watching: Watching) -> None:
    watching.let_typing_through()
    conversation = watching.say()
    topic = f"v2.users.{conversation['userId']}.conversations.inbound.typing.event"
    watching.hear(topic)
    path = f"/conversations/{conversation['id']}/typing"

    for sender in ("agent", "customer"):
        assert watching.call.control("POST", path, {"sender": sender}).status == 204

    (told,) = watching.told()
    assert told["topicName"] == topic
    assert told["eventBody"]["conversationId"] == conversation["id"]
    assert told["eventBody"]["normalizedMessage"]["direction"] == "Inbound"


def detail_topics(conversation_id: str) -> list[str]:
    prefix = f"{DETAILS}{conversation_id}."
    return [
        one.replace(f"{DETAILS}{{id}}.", prefix)
        for one in notifications()["topics"]
        if one.startswith(DETAILS)
    ]


def test_the_end_of_a_conversation_is_told_for_each_participant_once(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(*detail_topics(conversation["id"]))
    watching.say()
    path = f"/conversations/{conversation['id']}/disconnect"

    assert watching.call.control("POST", path, {"by": "customer"}).status in (200, 204)

    told = watching.told()
    assert sorted(topics_of(told)) == ["customer.end", "user.end"]
    customer = next(one["eventBody"] for one in told if one["topicName"].endswith("customer.end"))
    assert customer["conversationId"] == conversation["id"]
    assert (customer["mediaType"], customer["messageType"]) == ("MESSAGE", "OPEN")
    assert customer["disconnectType"] == "CLIENT"
    assert customer["eventTime"] > 1_500_000_000_000
    user = next(one["eventBody"] for one in told if one["topicName"].endswith("user.end"))
    assert user["userId"] == conversation["userId"]
    assert user["sessionId"] == conversation["agentCommunicationId"]


def test_a_wrapup_and_attributes_are_told(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(*detail_topics(conversation["id"]))
    base = f"/api/v2/conversations/messages/{conversation['id']}"
    agent = f"{base}/participants/{conversation['agentParticipantId']}"
    codes = watching.call("GET", f"{agent}/wrapupcodes").json

    changed = watching.call("PATCH", f"{agent}/attributes", {"attributes": {"order": "42"}})
    assert changed.status < 300, changed.data
    watching.call.control("POST", f"/conversations/{conversation['id']}/disconnect", {})
    communication = f"{agent}/communications/{conversation['agentCommunicationId']}"
    wrapped = watching.call("POST", f"{communication}/wrapup", {"code": codes[0]["id"]})
    assert wrapped.status < 300, wrapped.data

    told = watching.told()
    assert topics_of(told) == ["attributes", *topics_of(told)[1:-2], "wrapup", "acw"]
    assert told[0]["eventBody"]["attributes"] == {"order": "42"}
    assert told[-2]["eventBody"]["wrapupCode"] == codes[0]["id"]
    assert told[-1]["eventBody"]["userId"] == conversation["userId"]


def test_who_comes_back_begins_and_leaves_once_more(watching: Watching) -> None:
    conversation = watching.say()
    watching.hear(*detail_topics(conversation["id"]))
    path = f"/conversations/{conversation['id']}/disconnect"
    watching.call.control("POST", path, {"by": "customer"})
    assert sorted(topics_of(watching.told())) == ["customer.end", "user.end"]

    assert watching.say("One more thing")["id"] == conversation["id"]
    assert topics_of(watching.told()) == [
        "flow.start",
        "flow.end",
        "acd.start",
        "acd.end",
        "user.start",
    ]
    watching.call.control("POST", path, {"by": "customer"})
    assert sorted(topics_of(watching.told())) == ["customer.end", "user.end"]


def test_nothing_is_told_to_another_organization(watching: Watching, sandbox: Sandbox) -> None:
    conversation = watching.say()
    berlin = sandbox.create_organization("Berlin")
    stranger = Listener(watching.call, token=berlin.access_token).connect()
    try:
        topic = f"v2.users.{conversation['userId']}.conversations.messages"
        assert stranger.subscribe(topic).status == 200

        watching.say()

        assert stranger.receive_before_pong() == []
    finally:
        stranger.close()


def test_the_reset_of_an_organization_leaves_the_conversations_of_others(
    watching: Watching, sandbox: Sandbox
) -> None:
    conversation = watching.say()
    watching.hear(*detail_topics(conversation["id"]))

    sandbox.reset(sandbox.create_organization("Berlin").id)
    watching.call.control("POST", f"/conversations/{conversation['id']}/disconnect", {})

    assert sorted(topics_of(watching.told())) == ["customer.end", "user.end"]
