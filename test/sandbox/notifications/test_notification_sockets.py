"""The WebSockets of notifications: what comes by them, and how they end."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from pathlib import Path

import pytest
import trustme
import urllib3
from platform_facts import notifications
from websockets.exceptions import ConnectionClosedOK
from websockets.sync.client import connect

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.clock import Clock as SandboxClock
from PureCloudPlatformClientV2.sandbox.credentials import Token
from PureCloudPlatformClientV2.sandbox.notifications import Channel
from PureCloudPlatformClientV2.sandbox.notifications.streaming import Connection

from ..caller import Caller, Clock, wait_until
from .listener import (
    CHANNELS,
    HEARTBEAT,
    PONG,
    Listen,
    Listener,
    assert_valid,
    refuse,
    without_correlation,
)

PRESENCE = "v2.users.8f3c.presence"
MESSAGES = "v2.users.8f3c.conversations.messages"
TYPING = "v2.users.8f3c.conversations.inbound.typing.event"


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


def test_nothing_can_be_published_for_an_organization_that_there_is_not(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="no organization with the id 'nowhere'"):
        sandbox.channels.publish(PRESENCE, {}, organization_id="nowhere")


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


class Recorder(Connection):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, text: str) -> None:
        self.sent.append(text)

    def close(self, reason: str) -> None:
        self.sent.append(reason)


def test_a_connection_that_comes_too_late_is_closed() -> None:
    clock, connection = SandboxClock(Clock()), Recorder()
    token = Token("1", "organization", frozenset(), "Ada", expires=None)
    channel = Channel(token, clock, lambda: None, lambda _: None)

    channel.end(None, "the channel was closed")
    channel.connected(connection)
    clock.stop()

    assert connection.sent == ["the channel was closed"]


def test_a_channel_that_has_ended_takes_no_subscription_though_nobody_has_noticed() -> None:
    base, connection = Clock(), Recorder()
    clock = SandboxClock(base)
    token = Token("1", "organization", frozenset(), "Ada", expires=None)
    channel = Channel(token, clock, lambda: None, lambda _: None)
    base.advance(86400)

    channel.received(connection, json.dumps({"message": "subscribe", "topics": [PRESENCE]}))
    clock.stop()

    assert json.loads(connection.sent[0]) == {"result": "404", "status": "failure"}
    assert channel.topics == []


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
    assert_valid(definition, message["eventBody"])
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
    assert_valid("SystemMessageSystemMessage", message["eventBody"])

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


def test_with_a_certificate_the_socket_speaks_tls(tmp_path: Path, authority: trustme.CA) -> None:
    issued = authority.issue_cert("127.0.0.1")
    certificate = tmp_path / "certificate.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(certificate))
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    before = threading.active_count()

    with Sandbox(certificate=certificate) as sandbox:
        with urllib3.PoolManager(ssl_context=trusting) as pool:
            listener = Listener(Caller(sandbox, pool))
            assert listener.channel["connectUri"].startswith("wss://127.0.0.1:")
            assert listener.subscribe(PRESENCE).status == 200
        listener.connect(ssl=trusting)
        assert sandbox.channels.publish(PRESENCE, {"number": 1}) == 1
        assert listener.receive()["eventBody"] == {"number": 1}
        beginner = connect_without_a_word(listener)
    with beginner:
        assert listener.wait_closed().startswith("1001 ")
        assert beginner.recv(1) == b""
    listener.close()
    assert threading.active_count() == before


def test_a_client_that_does_not_read_is_dropped(
    sandbox: Sandbox, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    # It has no room for the goodbye that it would wait for.
    listener = listen(PRESENCE, connected=False).connect(close_timeout=0.1)
    (channel,) = sandbox.channels
    text = "x" * 2**19

    with caplog.at_level(logging.WARNING, logger="purecloud_sandbox"):
        for _ in range(128):
            sandbox.channels.publish(PRESENCE, {"message": text})
        wait_until(lambda: channel.connection is None)

    assert "dropped a client that doesn't read" in caplog.text
    assert listener.status() == 200


def test_a_port_that_is_scanned_says_nothing(
    listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listener = listen()
    with caplog.at_level(logging.WARNING), connect_without_a_word(listener) as scanner:
        scanner.sendall(b"\0\1\2\r\n\r\n")
        while scanner.recv(4096):
            pass

    assert caplog.text == ""
    assert listener.receive_before_pong() == []
