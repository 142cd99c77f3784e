"""What comes: typed events, and what is none."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import ROOT

from PureCloudPlatformClientV2 import ApiClient, ApiException, NotificationChannel, models
from PureCloudPlatformClientV2.notifications import Gap, Notification, topics
from PureCloudPlatformClientV2.notifications.events import Buffer, parse
from PureCloudPlatformClientV2.sandbox import Sandbox

from .fake_platform import PATIENCE, FakePlatform

PRESENCE = topics.user_presence("8f3c")
STATUS = topics.user_routing_status("8f3c")
COMBINED = topics.combined(PRESENCE, STATUS)


def next_event(events: NotificationChannel) -> Notification:
    event = events.get(timeout=PATIENCE)
    assert event is not None
    return event


def test_an_event_is_typed_by_its_topic(sandbox: Sandbox, client: ApiClient) -> None:
    before = datetime.now(timezone.utc)
    with NotificationChannel(client, [PRESENCE]) as events:
        body = {"source": "PURECLOUD", "presenceDefinition": {"systemPresence": "AVAILABLE"}}
        sandbox.channels.publish(PRESENCE, body)
        event = next_event(events)

    assert isinstance(event.body, models.PresenceEventUserPresence)
    assert event.body.presence_definition is not None
    assert event.body.presence_definition.system_presence == "AVAILABLE"
    assert event.body is event.body
    assert (event.topic_name, event.raw_body, event.version) == (PRESENCE, body, "2")
    assert event.correlation_id is not None
    assert before <= event.received_at <= before + timedelta(seconds=PATIENCE)


def test_a_text_that_is_subscribed_to_may_stand_for_several_topics(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with NotificationChannel(client, [COMBINED]) as events:
        sandbox.channels.publish(PRESENCE, {"source": "PURECLOUD"})
        sandbox.channels.publish(STATUS, {"routingStatus": {"status": "IDLE"}})
        presence, status = next_event(events), next_event(events)

    assert isinstance(presence.body, models.PresenceEventUserPresence)
    assert isinstance(status.body, models.UserRoutingStatusUserRoutingStatus)


def test_a_conversation_is_told_about(sandbox: Sandbox, client: ApiClient) -> None:
    wanted = [topics.user_conversations_messages(sandbox.user_id)]
    with NotificationChannel(client, wanted) as events:
        page = sandbox.create_integration("facebook", name="Page")
        conversation = sandbox.conversations.write(page["id"], "ann", "Hello")
        event = next_event(events)

    assert type(event.body).__name__ == "ConversationMessageEventTopicMessageConversation"
    assert event.body.id == conversation["id"]


def test_an_event_of_an_unknown_topic_is_a_dict(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with NotificationChannel(fake_client, ["v2.lamps.a"]) as events:
        platform.socket().send_event("v2.lamps.a", {"isOn": True})
        event = next_event(events)

    assert (event.body, event.version, event.correlation_id) == ({"isOn": True}, None, None)


def test_an_event_of_another_form_is_an_api_exception_when_it_is_read_and_ends_nothing(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with NotificationChannel(fake_client, [PRESENCE]) as events:
        socket = platform.socket()
        socket.send_event(PRESENCE, {"presenceDefinition": "none"})
        socket.send_event(PRESENCE, {"source": "next"})
        wrong, right = next_event(events), next_event(events)

    with pytest.raises(ApiException, match=r"v2\.users\.8f3c\.presence is no Presence") as caught:
        _ = wrong.body
    assert isinstance(caught.value.__cause__, ValueError)
    assert wrong.raw_body == {"presenceDefinition": "none"}
    assert right.body.source == "next"


def test_the_text_of_an_event_shows_nothing_of_its_body(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        sandbox.channels.publish(PRESENCE, {"message": "about somebody"})
        event = next_event(events)
        shown = repr(event) + repr(events) + str(event)

    assert "about somebody" not in shown
    assert PRESENCE in shown


def test_events_come_in_the_order_in_which_they_were_sent(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        for number in range(500):
            sandbox.channels.publish(PRESENCE, {"source": str(number)})
        found = [next_event(events).body.source for _ in range(500)]

    assert found == [str(number) for number in range(500)]


def test_several_threads_share_the_events(sandbox: Sandbox, client: ApiClient) -> None:
    found: Counter[str] = Counter()
    lock = threading.Lock()

    def read(events: NotificationChannel) -> None:
        for event in events:
            with lock:
                found[event.raw_body["source"]] += 1
                if found.total() == 300:
                    events.close()

    with NotificationChannel(client, [PRESENCE], buffer_size=3) as events:
        threads = [threading.Thread(target=read, args=(events,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for number in range(300):
            sandbox.channels.publish(PRESENCE, {"source": str(number)})
        for thread in threads:
            thread.join(PATIENCE)

    assert found == {str(number): 1 for number in range(300)}


def test_waiting_has_an_end_where_it_is_given_one(sandbox: Sandbox, client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        assert events.get(timeout=0) is None
        assert events.get(timeout=0.01) is None
        with pytest.raises(ValueError, match="timeout"):
            events.get(timeout=-1)
        with pytest.raises(ValueError, match="timeout"):
            events.get(timeout="soon")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - the mistake
    assert events.get() is None


@pytest.mark.parametrize("size", [1, 2, 100])
def test_whoever_reads_slowly_gets_all_the_same(
    sandbox: Sandbox, client: ApiClient, size: int
) -> None:
    gaps: list[Gap] = []
    with NotificationChannel(client, [PRESENCE], buffer_size=size, on_gap=gaps.append) as events:
        for number in range(3000):
            sandbox.channels.publish(PRESENCE, {"source": f"{number} {'x' * 2000}"})
        found = [next_event(events).raw_body["source"] for _ in range(3000)]

    assert [one.partition(" ")[0] for one in found] == [str(number) for number in range(3000)]
    assert gaps == []


@pytest.mark.parametrize("size", [1, 3])
def test_neither_side_of_a_buffer_waits_for_the_other_for_ever(size: int) -> None:
    buffer = Buffer(size)
    now = datetime.now(timezone.utc)
    sent = [Notification(PRESENCE, number, received_at=now) for number in range(20_000)]

    def put() -> None:
        for event in sent:
            buffer.put([event])

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # so that the two meet in every way
    try:
        thread = threading.Thread(target=put)
        thread.start()
        found = [buffer.take(time.monotonic() + PATIENCE) for _ in sent]
        thread.join(PATIENCE)
    finally:
        sys.setswitchinterval(before)
    assert found == sent


def test_what_others_put_in_does_not_hide_a_failure() -> None:
    buffer = Buffer(1)
    now = datetime.now(timezone.utc)
    before, after = (Notification(PRESENCE, one, received_at=now) for one in ("before", "after"))
    buffer.put([before])
    waiting = threading.Thread(target=buffer.put, args=([after],))  # as there is no room
    waiting.start()
    buffer.fail(ApiException(reason="gone"))
    waiting.join(PATIENCE)
    buffer.put([after])
    assert buffer.take(0) is before
    with pytest.raises(ApiException, match="gone"):
        buffer.take(0)


# What is no event

_NOT_EVENTS = [
    "",
    "no JSON",
    "[]",
    '"text"',
    "{}",
    '{"topicName": 7, "eventBody": {}}',
    '{"topicName": "v2.users.8f3c.presence"}',
    '{"result": "404", "status": "failure"}',
    "[" * 100_000,
    b"\xff\xfe",
]


def test_what_is_no_event_is_counted_and_logged_and_ends_nothing(
    platform: FakePlatform, fake_client: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("PureCloudPlatformClientV2").setLevel(logging.WARNING)
    with NotificationChannel(fake_client, [PRESENCE]) as events:
        socket = platform.socket()
        for one in _NOT_EVENTS:
            socket.send(one)
        socket.send_event(PRESENCE, {"source": "after"})

        assert next_event(events).body.source == "after"
        assert events.malformed == len(_NOT_EVENTS)
        assert not platform.has_another_socket()

    told = [one for one in caplog.messages if "is no event" in one]
    assert len(told) == len(_NOT_EVENTS)
    assert "no JSON (" not in caplog.text.replace("bytes that are no JSON (", "")


def test_a_message_in_parts_or_as_bytes_is_a_message(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    text = json.dumps({"topicName": PRESENCE, "eventBody": {"source": "é"}}, ensure_ascii=False)
    with NotificationChannel(fake_client, [PRESENCE]) as events:
        socket = platform.socket()
        socket.send([text[:5], text[5:40], text[40:]])
        socket.send(text.encode())
        assert [next_event(events).body.source for _ in range(2)] == ["é", "é"]
        assert events.malformed == 0


@given(st.binary() | st.text().map(str.encode))
def test_whatever_comes_is_an_event_or_not(content: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(parse(content), Notification)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x, max_size=3)
)


@given(topic=st.text(), body=_JSON, version=_JSON, metadata=_JSON | st.just({"CorrelationId": 7}))
def test_an_event_has_what_it_needs_whatever_the_rest_is(
    topic: str, body: object, version: object, metadata: object
) -> None:
    message = {
        "topicName": topic,
        "eventBody": body,
        "version": version,
        "metadata": metadata,
    }
    event = parse(json.dumps(message).encode())
    assert (event.topic_name, event.raw_body) == (topic, body)
    assert event.body == body
    assert event.correlation_id is None
    assert event.version is None or isinstance(event.version, str)


# What it takes


def python(program: str) -> str:
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
    )
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def test_without_the_extra_the_exception_says_what_to_install() -> None:
    program = """
import sys
sys.modules["websockets"] = None
from PureCloudPlatformClientV2 import ApiClient, NotificationChannel
try:
    NotificationChannel(ApiClient(), ["v2.users.8f3c.presence"])
except ModuleNotFoundError as error:
    print(error)
"""
    assert python(program) == (
        "NotificationChannel needs websockets 13 or later: "
        "pip install 'PureCloudPlatformClientV2[notifications]'\n"
    )


def test_websockets_is_loaded_by_those_alone_who_listen() -> None:
    program = """
import sys
from PureCloudPlatformClientV2 import ApiClient, NotificationChannel, notifications
from PureCloudPlatformClientV2.notifications import Gap, Notification, Rejection, topics
print([name for name in sys.modules if name.startswith("websockets")])
"""
    assert python(program) == "[]\n"
