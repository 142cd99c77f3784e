"""Notifications: channels, subscriptions, and a WebSocket that tells what happens."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import urllib3
from jsonschema import Draft4Validator
from platform_facts import notifications
from websockets.exceptions import ConnectionClosedOK, InvalidStatus
from websockets.sync.client import connect

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import Caller, wait_until
from .listener import CHANNELS, HEARTBEAT, PONG, Listener, ids

PRESENCE = "v2.users.8f3c.presence"
MESSAGES = "v2.users.8f3c.conversations.messages"
TYPING = "v2.users.8f3c.conversations.inbound.typing.event"


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.reset()


Listen = Callable[..., Listener]


@pytest.fixture
def listen(call: Caller) -> Iterator[Listen]:
    """Opens a channel, subscribes it and connects."""
    made: list[Listener] = []

    def listen(*topics: str, token: str = "", connected: bool = True) -> Listener:
        listener = Listener(call, token=token)
        made.append(listener)
        if topics:
            assert listener.subscribe(*topics).status == 200
        return listener.connect() if connected else listener

    yield listen
    for listener in made:
        listener.close()


def without_correlation(message: dict[str, Any]) -> dict[str, Any]:
    assert message.pop("metadata").keys() == {"CorrelationId"}
    return message


def refuse(uri: str) -> None:
    """Make sure that a WebSocket is refused by a 404 with an ErrorBody."""
    with pytest.raises(InvalidStatus) as refused, connect(uri):
        pass
    response = refused.value.response
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/json"
    assert json.loads(response.body)["code"] == "not.found"


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


# The WebSocket


def test_an_event_goes_to_whoever_is_subscribed_to_its_topic(
    sandbox: Sandbox, listen: Listen
) -> None:
    first, second, other = listen(PRESENCE), listen(PRESENCE, MESSAGES), listen(MESSAGES)

    assert sandbox.channels.publish(PRESENCE, {"source": "ID", "message": "Grüße"}) == 2

    expected = {
        "topicName": PRESENCE,
        "version": "2",
        "eventBody": {"source": "ID", "message": "Grüße"},
    }
    for listener in (first, second):
        assert without_correlation(listener.receive()) == expected
    assert other.receive_before_pong() == []


def test_events_come_in_the_order_in_which_they_were_published(
    sandbox: Sandbox, listen: Listen
) -> None:
    listener = listen(PRESENCE)

    for number in range(500):
        sandbox.channels.publish(PRESENCE, {"number": number})

    assert [listener.receive()["eventBody"]["number"] for _ in range(500)] == list(range(500))


def test_an_event_of_another_organization_does_not_come(sandbox: Sandbox, listen: Listen) -> None:
    berlin = sandbox.create_organization("Berlin")
    own, theirs = listen(PRESENCE), listen(PRESENCE, token=berlin.access_token)

    assert sandbox.channels.publish(PRESENCE, {}, organization_id=berlin.id) == 1

    assert theirs.receive()["topicName"] == PRESENCE
    assert own.receive_before_pong() == []


def test_what_happens_while_nobody_is_connected_is_not_kept(
    sandbox: Sandbox, listen: Listen
) -> None:
    listener = listen(PRESENCE, connected=False)

    assert sandbox.channels.publish(PRESENCE, {"number": 1}) == 0
    listener.connect()
    assert sandbox.channels.publish(PRESENCE, {"number": 2}) == 1

    assert listener.receive()["eventBody"] == {"number": 2}


def test_a_topic_that_does_not_exist_cannot_be_published(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match=r"no topic v2.users.1.presense. Is it v2.users.1.pres"):
        sandbox.channels.publish("v2.users.1.presense", {})


def test_there_is_a_heartbeat_every_30_seconds_by_the_sandboxs_clock(
    sandbox: Sandbox, listen: Listen
) -> None:
    listener = listen()

    sandbox.advance(29)
    assert listener.receive_before_pong() == []
    sandbox.advance(61)
    assert listener.receive_before_pong() == [HEARTBEAT] * 3


def test_a_ping_is_answered(listen: Listen) -> None:
    listener = listen()
    listener.send({"message": "ping"})

    assert listener.receive() == PONG


def test_the_socket_takes_subscriptions(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen()
    listener.send({"message": "subscribe", "topics": [PRESENCE, TYPING], "correlationId": "c1"})

    assert listener.receive() == {"result": "200", "status": "subscribed", "correlationId": "c1"}
    assert listener.topics == [PRESENCE, TYPING]
    assert sandbox.channels.publish(PRESENCE, {}) == 1


@pytest.mark.parametrize(
    ("message", "status"),
    [
        ({"message": "subscribe", "topics": ["v2.nothing"]}, "failure"),
        ({"message": "subscribe", "topics": [f"v2.users.{n}.presence" for n in range(1001)]}, "f"),
        ({"message": "subscribe", "topics": "v2.nothing"}, "error"),
        ({"message": "subscribe", "topics": [1]}, "error"),
        ({"message": "subscribe"}, "error"),
        ({"message": "dance"}, "error"),
        ([], "error"),
    ],
)
def test_a_message_that_cannot_be_followed_is_answered_with_400(
    listen: Listen, message: object, status: str
) -> None:
    listener = listen()
    listener.send(message)

    answer = listener.receive()
    assert answer["result"] == "400"
    assert answer["status"].startswith(status)
    assert answer["message"]
    assert listener.topics == []


@pytest.mark.parametrize("text", ["", "no JSON", "[" * 10000, b"\xff\xfe"])
def test_a_message_that_is_no_json_is_answered_with_400(listen: Listen, text: str) -> None:
    listener = listen()
    listener.socket.send(text)

    assert listener.receive()["result"] == "400"
    assert listener.receive_before_pong() == []


def test_a_second_connection_takes_the_place_of_the_first(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen(PRESENCE)
    first = listener.socket

    with connect(listener.channel["connectUri"]) as second:
        told = json.loads(first.recv(timeout=30))
        assert told["topicName"] == f"v2.system.no_longer_subscribed.{listener.id}"
        assert listener.wait_closed().startswith("1001 ")
        assert sandbox.channels.publish(PRESENCE, {}) == 1
        assert json.loads(second.recv(timeout=30))["topicName"] == PRESENCE


def test_subscriptions_stay_when_the_connection_ends(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen(PRESENCE)
    listener.close()
    wait_until(lambda: all(one.connection is None for one in sandbox.channels))

    listener.connect()

    assert sandbox.channels.publish(PRESENCE, {"number": 1}) == 1
    assert listener.receive()["eventBody"] == {"number": 1}


def test_who_wants_to_know_is_told_of_other_subscriptions(call: Caller, listen: Listen) -> None:
    listener = listen("v2.subscription.updated")

    listener.subscribe(PRESENCE)

    message = without_correlation(listener.receive())
    assert message["topicName"] == "v2.subscription.updated"
    assert message["eventBody"]["systemTopicType"] == "subscription_changed"
    assert message["eventBody"]["channelId"] == listener.id


@pytest.mark.parametrize("how", ["expires", "is expired", "all are expired"])
def test_a_channel_ends_with_its_token(sandbox: Sandbox, listen: Listen, how: str) -> None:
    token = sandbox.create_token(expires_in=60)
    listener, other = listen(token=token), listen(connected=False)

    if how == "expires":
        sandbox.advance(60)
    elif how == "is expired":
        sandbox.expire_token(token)
    else:
        sandbox.expire_tokens()

    messages = [listener.receive()]
    if messages[-1] == HEARTBEAT:  # turned by a minute, there is one in the middle
        messages.append(listener.receive())
    message = without_correlation(messages[-1])
    assert message["topicName"] == f"v2.system.token_revoked.{listener.id}"
    definition = notifications()["topics"]["v2.system.token_revoked.{id}"]["definition"]
    validate(definition, message["eventBody"])
    assert listener.wait_closed().startswith("1001 ")
    refuse(listener.channel["connectUri"])
    left = [one.id for one in sandbox.channels]
    assert left == ([] if how == "all are expired" else [other.id])


@pytest.mark.parametrize("path", ["/", "/channels/", "/channels/nothing", "/other"])
def test_any_other_path_is_a_404(listen: Listen, path: str) -> None:
    uri = listen(connected=False).channel["connectUri"]

    refuse(uri.partition("/channels")[0] + path)


def test_a_reset_ends_the_channels(sandbox: Sandbox, listen: Listen) -> None:
    berlin = sandbox.create_organization("Berlin")
    own, theirs = listen(), listen(token=berlin.access_token)

    sandbox.reset(berlin.id)
    assert theirs.wait_closed().startswith("1001 ")
    assert own.receive_before_pong() == []
    sandbox.reset()
    assert own.wait_closed().startswith("1001 ")
    assert list(sandbox.channels) == []


def validate(definition: str, body: object) -> None:
    document = notifications()
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    Draft4Validator(schema).validate(body)


# Faults


def test_a_dropped_connection_ends_without_a_word(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen(PRESENCE)

    sandbox.channels.drop(listener.id)

    assert listener.wait_closed() == ""
    assert listener.connect().topics == [PRESENCE]


def test_a_silenced_connection_sends_nothing_until_there_is_another(
    sandbox: Sandbox, listen: Listen
) -> None:
    listener = listen(PRESENCE)
    silent = listener.socket

    sandbox.channels.silence()

    listener.send({"message": "ping"})
    sandbox.advance(60)
    sandbox.channels.publish(PRESENCE, {"number": 1})
    listener.connect()

    with pytest.raises(ConnectionClosedOK):
        silent.recv(timeout=30)  # not even that another connection was opened
    assert listener.receive_before_pong() == []
    sandbox.channels.publish(PRESENCE, {"number": 2})
    assert listener.receive()["eventBody"] == {"number": 2}


def test_a_closing_socket_is_announced_a_minute_before(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen(PRESENCE)

    sandbox.channels.socket_closing(listener.id)
    message = without_correlation(listener.receive())
    assert message["topicName"] == "v2.system.socket_closing"
    validate("SystemMessageSystemMessage", message["eventBody"])

    sandbox.advance(59)
    assert listener.receive_before_pong() == [HEARTBEAT]
    sandbox.advance(1)
    assert listener.wait_closed() == "1001 maintenance"
    assert listener.connect().topics == [PRESENCE]


def test_a_closed_channel_is_gone(sandbox: Sandbox, listen: Listen) -> None:
    listener = listen()

    sandbox.channels.close(listener.id)

    assert listener.wait_closed().startswith("1001 ")
    assert listener.status() == 404


def test_a_channel_that_is_not_there_cannot_be_disturbed(sandbox: Sandbox, call: Caller) -> None:
    channels = sandbox.channels
    for disturb in (channels.drop, channels.silence, channels.socket_closing, channels.close):
        with pytest.raises(LookupError, match="'nothing'"):
            disturb("nothing")
    assert call.control("POST", "/channels/nothing/drop").status == 404


# The control API


def test_another_process_can_list_publish_and_disturb(call: Caller, listen: Listen) -> None:
    listener = listen(PRESENCE)

    listed = call.control("GET", "/channels").json["channels"][0]
    assert listed.keys() == {"id", "organizationId", "userId", "topics", "connected", "expires"}
    assert listed["id"] == listener.id
    assert listed["organizationId"] == call.sandbox.organization_id
    assert (listed["topics"], listed["connected"]) == ([PRESENCE], True)
    sent = call.control("POST", "/notifications", {"topic": PRESENCE, "body": {"number": 1}})
    assert sent.json == {"connections": 1}
    assert listener.receive()["eventBody"] == {"number": 1}
    assert call.control("POST", f"/channels/{listener.id}/socket-closing").status == 204
    assert listener.receive()["topicName"] == "v2.system.socket_closing"
    assert call.control("POST", f"/channels/{listener.id}/silence").status == 204
    assert call.control("POST", f"/channels/{listener.id}/drop").status == 204
    assert listener.wait_closed() == ""
    assert call.control("POST", f"/channels/{listener.id}/close").status == 204
    assert call.control("GET", "/channels").json == {"channels": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "topic"),
        ({"topic": PRESENCE}, "body"),
        ({"topic": PRESENCE, "body": []}, "body"),
        ({"topic": "v2.{no", "body": {}}, "topic"),
    ],
)
def test_an_event_that_cannot_be_published_is_refused(
    call: Caller, body: object, field: str
) -> None:
    refused = call.control("POST", "/notifications", body)

    assert refused.status == 400
    assert refused.json["details"][0]["fieldName"] == field


# Start and stop


def test_a_fixed_port_is_open_from_the_start(call: Caller) -> None:
    with Sandbox() as other:
        with urllib3.PoolManager() as pool:
            uri = Caller(other, pool)("POST", CHANNELS).json["connectUri"]
        port = int(uri.split(":")[2].partition("/")[0])
        with pytest.raises(OSError, match=f"cannot listen at 127.0.0.1 port {port}: "):
            Sandbox(streaming_port=port).start()
    with Sandbox(streaming_port=port):
        refuse(f"ws://127.0.0.1:{port}/channels/nothing")


def test_no_thread_or_connection_is_left_when_the_sandbox_stops() -> None:
    before = threading.active_count()
    with Sandbox() as sandbox, urllib3.PoolManager() as pool:
        listener = Listener(Caller(sandbox, pool)).connect()
        beginner = connect_without_a_word(listener)
    with beginner:
        assert listener.wait_closed().startswith("1001 ")
        assert beginner.recv(1) == b""
    listener.close()
    assert threading.active_count() == before


def connect_without_a_word(listener: Listener) -> socket.socket:
    host, port = listener.socket.remote_address[:2]
    return socket.create_connection((host, port))
