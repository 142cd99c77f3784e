"""Notifications: channels, and the topics that they are subscribed to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from platform_facts import notifications

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.notifications import topics

from ..caller import Caller
from .listener import CHANNELS, Listen, ids, refuse, without_correlation

PRESENCE = "v2.users.8f3c.presence"
MESSAGES = "v2.users.8f3c.conversations.messages"
TYPING = "v2.users.8f3c.conversations.inbound.typing.event"


# Channels


def test_a_channel_says_where_it_is_and_how_long_it_lives(sandbox: Sandbox, call: Caller) -> None:
    channel = call("POST", CHANNELS).json

    assert set(channel) == {"connectUri", "id", "expires"}
    assert channel["connectUri"].startswith("ws://127.0.0.1:")
    assert channel["connectUri"].endswith(f"/channels/{channel['id']}")
    assert call("GET", CHANNELS).json == {"entities": [channel]}


def test_a_channel_can_be_made_by_a_post_with_a_null_for_a_body(call: Caller) -> None:
    assert call("POST", CHANNELS, data=b"null").status == 200


def test_the_channels_are_those_of_the_token_or_of_all_tokens_of_the_user(
    sandbox: Sandbox, call: Caller
) -> None:
    first, token = call("POST", CHANNELS).json, sandbox.create_token()
    second = call("POST", CHANNELS, token=token).json
    call("POST", CHANNELS, token=sandbox.create_token(owner="Ada"))

    def listed(query: str) -> list[str]:
        return ids(call("GET", CHANNELS + query, token=token).json["entities"])

    assert listed("") == listed("?includechannels=token") == [second["id"]]
    assert listed("?includechannels=oauthclient") == [first["id"], second["id"]]
    assert call("GET", CHANNELS + "?includechannels=all").json["details"] == [
        {"errorCode": "invalid.value", "fieldName": "includechannels"}
    ]


def test_a_channel_of_another_user_or_organization_is_not_there(
    sandbox: Sandbox, call: Caller
) -> None:
    path = f"{CHANNELS}/{call('POST', CHANNELS).json['id']}"
    strangers = [
        sandbox.create_token(owner="Ada"),
        sandbox.create_organization("Berlin").access_token,
    ]

    assert call("HEAD", path).status == 200
    for token in strangers:
        assert call("HEAD", path, token=token).status == 404
        assert call("GET", path + "/subscriptions", token=token).status == 404
        assert call("POST", path + "/subscriptions", [], token=token).status == 404
        assert call("DELETE", path + "/subscriptions", token=token).status == 404


def test_a_channel_ends_after_a_day(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen()

    sandbox.advance(86399)
    assert listener.status() == 200
    sandbox.advance(1)

    assert listener.status() == 404
    assert listener.wait_closed().startswith("1001 ")
    refuse(listener.channel["connectUri"])


@pytest.mark.parametrize("by_socket", [False, True])
def test_subscribing_prolongs_the_life_of_a_channel(
    sandbox: Sandbox, listen: Listen, *, by_socket: bool
) -> None:
    listener = listen()
    sandbox.advance(80000)

    if by_socket:
        listener.send({"message": "subscribe", "topics": [PRESENCE]})
        listener.receive_before_pong()
    else:
        listener.subscribe(PRESENCE)

    sandbox.advance(86399)
    assert listener.status() == 200
    sandbox.advance(1)
    assert listener.status() == 404
    assert listener.wait_closed() == "1001 the channel has expired"


def test_the_21st_channel_takes_the_place_of_the_one_used_longest_ago(
    sandbox: Sandbox, listen: Listen
) -> None:
    connected = [listen() for _ in range(2)]
    others = []
    for _ in range(18):
        sandbox.advance(1)
        others.append(listen(connected=False))
    others[0].subscribe(PRESENCE)

    listen(connected=False)
    gone = [one for one in [*connected, *others] if one.status() == 404]

    assert gone == [others[1]]


def test_a_channel_with_a_connection_is_told_that_another_takes_its_place(
    sandbox: Sandbox, listen: Listen
) -> None:
    first = listen()
    for _ in range(19):
        sandbox.advance(1)
        listen()

    listen()

    message = without_correlation(first.receive())
    assert message["topicName"] == f"v2.system.no_longer_subscribed.{first.id}"
    assert message["eventBody"]["reason"] == "another_channel_subscribed"
    assert first.wait_closed().startswith("1001 ")
    assert first.status() == 404


def test_the_channels_of_another_user_do_not_count(
    sandbox: Sandbox, call: Caller, listen: Listen
) -> None:
    first = listen(connected=False)
    token = sandbox.create_token(owner="Ada")
    for _ in range(20):
        call("POST", CHANNELS, token=token)

    assert first.status() == 200


# Subscriptions


def test_post_adds_put_replaces_and_delete_removes(call: Caller, listen: Listen) -> None:
    listener = listen(connected=False)

    added = listener.subscribe(PRESENCE, MESSAGES)
    assert added.json == {
        "entities": [
            {"id": PRESENCE, "state": "Permitted"},
            {"id": MESSAGES, "state": "Permitted"},
        ]
    }
    listener.subscribe(PRESENCE, TYPING)
    assert listener.topics == [PRESENCE, MESSAGES, TYPING]
    listener.subscribe(TYPING, verb="PUT")
    assert listener.topics == [TYPING]
    removed = call("DELETE", listener.path + "/subscriptions")
    assert (removed.status, removed.data) == (204, b"")
    assert listener.topics == []


def test_a_topic_that_does_not_exist_refuses_the_request(listen: Listen) -> None:
    listener = listen(connected=False)

    refused = listener.subscribe(PRESENCE, "v2.users.8f3c.presense")

    assert refused.status == 400
    assert refused.json["details"] == [{"errorCode": "invalid.value", "fieldName": "1.id"}]
    assert refused.json["message"] == (
        "There is no topic v2.users.8f3c.presense. Is it v2.users.8f3c.presence?"
    )
    assert listener.topics == []


@pytest.mark.parametrize(
    ("topic", "meant"),
    [
        ("v2.user.8f3c.conversation.messages", "v2.users.8f3c.conversations.messages"),
        ("v2.users..presence", "v2.users.{id}.presence"),
        ("v2.users.8f3c.routingstatus", "v2.users.8f3c.routingStatus"),
        ("v2.usrs.8f3c.x", None),
        ("v2.users.8f3c?presence", None),
        ("nonsense", None),
    ],
)
def test_a_topic_is_proposed_only_if_each_of_its_words_may_be_meant(
    topic: str, meant: str | None
) -> None:
    proposed = f" Is it {meant}?" if meant else ""

    assert topics.unknown(topic) == f"There is no topic {topic}.{proposed}"


@pytest.mark.parametrize(
    "topic", ["", "v2", "v2.users", "{}", "v2.users.{id}.x{", "v2.conversations.messages", "?&"]
)
def test_any_text_for_a_topic_gets_a_clear_answer(listen: Listen, topic: str) -> None:
    refused = listen(connected=False).subscribe(topic)

    assert refused.status == 400
    assert refused.json["details"][0]["fieldName"] == "0.id"


@pytest.mark.parametrize("body", [{}, "text", 1, [1], [[]], [{}], [{"id": None}], [{"id": 1}]])
def test_a_body_that_is_no_list_of_topics_is_refused(
    call: Caller, listen: Listen, body: object
) -> None:
    refused = call("POST", listen(connected=False).path + "/subscriptions", body)

    assert (refused.status, refused.json["code"]) == (400, "invalid.value")


def test_a_missing_permission_refuses_the_request_and_is_named(
    sandbox: Sandbox, listen: Listen
) -> None:
    token = sandbox.create_token(permissions=[], owner="Ada")
    listener = listen(token=token, connected=False)

    refused = listener.subscribe(PRESENCE, MESSAGES)

    assert (refused.status, refused.json["code"]) == (403, "missing.all.permissions")
    assert "conversation:message:view" in refused.json["message"]
    assert listener.topics == []


def test_with_ignore_errors_the_rest_is_subscribed(sandbox: Sandbox, listen: Listen) -> None:
    token = sandbox.create_token(permissions=[], owner="Ada")
    listener = listen(token=token, connected=False)

    answer = listener.subscribe(PRESENCE, MESSAGES, "v2.nothing", query="?ignoreErrors=True")

    assert [one["state"] for one in answer.json["entities"]] == [
        "Permitted",
        "Rejected",
        "Rejected",
    ]
    assert answer.json["entities"][1]["missingPermissions"] == ["conversation:message:view"]
    assert answer.json["entities"][2]["rejectionReason"].startswith("There is no topic v2.nothing.")
    assert listener.topics == [PRESENCE]


def test_a_users_own_topics_need_no_permission(
    sandbox: Sandbox, call: Caller, listen: Listen
) -> None:
    token = sandbox.create_token(permissions=[], owner="Ada")
    listener = listen(token=token, connected=False)
    user_id = call.control("GET", "/channels").json["channels"][0]["userId"]

    assert listener.subscribe(f"v2.users.{user_id}.conversations.messages").status == 200
    assert listener.subscribe(f"v2.users.{user_id}.badges.chats").status == 200
    refused = listener.subscribe("v2.users.another.badges.chats")
    assert (refused.status, refused.json["code"]) == (403, "not.authorized")


def test_a_client_is_no_user_and_needs_the_permission(
    sandbox: Sandbox, call: Caller, credentials: dict[str, str], listen: Listen
) -> None:
    form = {"grant_type": "client_credentials"}
    token = call.form(form, credentials).json["access_token"]
    listener = listen(token=token, connected=False)

    assert listener.subscribe(MESSAGES).status == 200
    assert listener.subscribe("v2.users.8f3c.badges.chats").status == 403


@given(st.text(max_size=300))
def test_no_text_for_a_topic_is_too_odd_to_be_judged(text: str) -> None:
    refusal = topics.refusal_of(text, "8f3c", frozenset())

    assert refusal is None or refusal.reason


def test_every_topic_of_the_platform_is_one_with_any_ids() -> None:
    everything = frozenset({"conversation:message:view", "conversation:webmessaging:view"})

    for template in notifications()["topics"]:
        topic = template.replace("{id}", "8f3c-4b01")
        assert topics.refusal_of(topic, "8f3c-4b01", everything) is None
        assert topics.refusal_of(topic + "..", "8f3c-4b01", everything) is not None


def test_several_topics_can_be_one_of_200_characters(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen("v2.users.8f3c?presence&routingStatus&conversations.messages")

    assert sandbox.channels.publish("v2.users.8f3c.routingStatus", {"status": "IDLE"}) == 1
    assert listener.receive()["topicName"] == "v2.users.8f3c.routingStatus"
    longest = "v2.users." + "8" * (200 - len("v2.users.?presence&station")) + "?presence&station"
    assert listener.subscribe(longest).status == 200
    assert listener.subscribe(longest.replace("8", "88", 1)).status == 400
    assert listener.subscribe("v2.users.8f3c?presence&nothing").status == 400


def test_a_channel_has_1000_topics_at_most(listen: Listen) -> None:
    listener = listen(*(f"v2.users.{number}.presence" for number in range(1000)), connected=False)

    refused = listener.subscribe("v2.users.1000.presence")

    assert (refused.status, refused.json["details"][0]["errorCode"]) == (400, "limit.exceeded")
    assert len(listener.topics) == 1000
    assert listener.subscribe("v2.users.0.presence").status == 200
    assert listener.subscribe("v2.users.1000.presence", verb="PUT").status == 200


def test_the_available_topics_are_those_of_the_catalog(call: Caller) -> None:
    entities = call("GET", "/api/v2/notifications/availabletopics").json["entities"]

    known = set(notifications()["topics"])
    assert set(ids(entities)) == {one for one in known if not one.startswith("v2.system.")}
    assert {name for one in entities for name in one} == {"id"}


def test_the_available_topics_tell_what_is_asked_for(call: Caller) -> None:
    query = "?expand=schema&expand=requiresPermissions,permissionDetails&includePreview=False"
    entities = call("GET", "/api/v2/notifications/availabletopics" + query).json["entities"]
    found = {one["id"]: one for one in entities}["v2.users.{id}.conversations.messages"]

    assert found["requiresPermissions"] == ["conversation:message:view"]
    assert found["requiresCurrentUserOrPermission"] is True
    assert found["permissionDetails"][0]["type"] == "requiresPermissions"
    assert set(found["schema"]["properties"]) >= {"id", "participants"}
    for one in entities:
        Draft4Validator.check_schema(one["schema"])
    refused = call("GET", "/api/v2/notifications/availabletopics?expand=all")
    assert refused.json["details"][0]["fieldName"] == "expand"
