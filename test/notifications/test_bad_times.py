"""What a network, a clock and a service do when nobody expects it."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable

from service import Behaviour, RawServer
from websockets.frames import Close, Frame, Opcode
from websockets.utils import accept_key

from PureCloudPlatformClientV2 import ApiClient

from .fake_platform import FakePlatform
from .test_connecting_again import listening
from .test_events import PRESENCE, next_event


def test_a_goodbye_that_comes_with_the_answer_to_the_handshake_is_heard(
    platform: FakePlatform, fake_client: ApiClient, raw_server: Callable[[Behaviour], RawServer]
) -> None:
    frames = [
        Frame(Opcode.CLOSE, Close(1001, "so long").serialize()),
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
    assert found.reasons() == ["the service has closed it: 1001 so long"]
