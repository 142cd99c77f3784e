"""What a network, a clock and a service do when nobody expects it."""

from __future__ import annotations

import json
import logging
import re
import socket
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

import pytest
from service import Behaviour, RawServer
from websockets.frames import Close, Frame, Opcode
from websockets.utils import accept_key

from PureCloudPlatformClientV2 import ApiClient, Configuration

from .fake_platform import FakePlatform
from .test_connecting_again import listening
from .test_events import PRESENCE, next_event

if TYPE_CHECKING:
    from typing_extensions import Self


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (
            Frame(Opcode.CLOSE, Close(1001, "so long").serialize()),
            "the service has closed it: 1001 so long",
        ),
        (Frame(Opcode.TEXT, b"x" * 2000), "what came could not be read"),
    ],
)
def test_an_end_that_comes_with_the_answer_to_the_handshake_is_noticed(
    platform: FakePlatform,
    fake_client: ApiClient,
    raw_server: Callable[[Behaviour], RawServer],
    first: Frame,
    reason: str,
) -> None:
    fake_client.configuration.max_response_bytes = 1000
    frames = [
        first,
        Frame(Opcode.TEXT, json.dumps({"topicName": PRESENCE, "eventBody": {}}).encode()),
    ]

    def answer(connection: socket.socket, request: bytes) -> None:
        (key,) = re.findall(rb"(?i)sec-websocket-key: (\S+)", request)
        head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        head += f"Sec-WebSocket-Accept: {accept_key(key.decode())}\r\n\r\n"
        connection.sendall(head.encode() + frames.pop(0).serialize(mask=False))
        while connection.recv(1000):  # until the client hangs up
            pass

    platform.connect_uri = raw_server(answer).url.replace("http:", "ws:") + "/channels/channel-1"
    with listening(fake_client) as found:
        assert next_event(found.events).topic_name == PRESENCE
    assert [one[: len(reason)] for one in found.reasons()] == [reason]


@pytest.mark.parametrize("hours", [8, -8])
def test_a_gap_is_as_long_as_a_machine_has_slept_and_never_ends_before_it_began(
    platform: FakePlatform,
    fake_client: ApiClient,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(hours=hours)

    with listening(fake_client) as found:
        for source in ("before", "after"):  # of which the second one is after a gap, too
            connection = platform.socket()
            connection.send_event(PRESENCE, {"source": source})
            assert found.sources(1) == [source]
            heard = datetime.now(timezone.utc)
            if source == "after":
                # As after a sleep, or when somebody has set the clock: monotonic tells nothing.
                monkeypatch.setattr("PureCloudPlatformClientV2.notifications.link.datetime", Later)
            connection.drop()
        platform.socket().send_event(PRESENCE, {"source": "last"})
        assert found.sources(1) == ["last"]

    first, second = found.gaps
    assert first.ended - first.began < timedelta(hours=1)
    assert second.began <= second.ended
    if hours > 0:
        assert first.ended <= second.began <= heard
        assert second.ended >= heard + timedelta(hours=hours)


def test_a_service_whose_every_connection_will_be_closed_is_not_asked_without_end(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        connection = platform.socket()
        for _ in range(10):
            connection.send_system("socket_closing")
            connection = platform.socket()
        connection.send_system("socket_closing")
        for number in range(20):
            connection.send_event(PRESENCE, {"source": str(number)})
            assert found.sources(1) == [str(number)]
        assert not platform.has_another_socket()
    assert found.gaps == []


def test_whoever_reads_slowly_has_another_connection_in_time_all_the_same(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    count, read_at_the_change = 300, []
    with listening(fake_client, buffer_size=1) as found:
        connection = platform.socket()
        connection.send_event(PRESENCE, {"source": "fills the buffer"})
        connection.send_event(PRESENCE, {"source": "waits for room"})
        sources: list[str] = []
        platform.before_websocket = lambda: read_at_the_change.append(len(sources))
        connection.send_system("socket_closing")
        for number in range(count):
            connection.send_event(PRESENCE, {"source": f"{number} {'x' * 3000}"})
        for _ in range(count + 2):
            sources += found.sources(1)
        assert [one.partition(" ")[0] for one in sources[2:]] == [str(n) for n in range(count)]
    assert len(read_at_the_change) == 1
    assert read_at_the_change[0] < count / 2
    assert found.gaps == []


def test_a_message_of_the_service_that_nobody_knows_is_logged_without_the_id_of_the_channel(
    platform: FakePlatform, fake_client: ApiClient, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("PureCloudPlatformClientV2").setLevel(logging.INFO)
    with listening(fake_client) as found:
        connection = platform.socket()
        connection.send_event("v2.system.greetings.channel-1", {})
        connection.send_event(PRESENCE, {"source": "X"})
        assert found.sources(1) == ["X"]
    assert "the service says 'greetings'" in caplog.text
    assert "greetings.channel-1" not in caplog.text


def test_another_configuration_of_the_client_counts_from_the_next_connection_on(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with listening(fake_client) as found:
        connection = platform.socket()
        host = fake_client.configuration.host
        fake_client.configuration = Configuration(host=host, access_token="the-token")
        fake_client.configuration.max_response_bytes = 1000
        connection.send_event(PRESENCE, {"source": "x" * 1000})
        assert found.sources(1) == ["x" * 1000]
        connection.drop()
        platform.socket().send_event(PRESENCE, {"source": "x" * 1000})
        platform.socket().send_event(PRESENCE, {"source": "after"})
        assert found.sources(1) == ["after"]
    assert found.events.malformed == 1
