"""A platform that does with its channels what a test says, also what the real one never should."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from service import Answer, Request, Service, make_answer
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

if TYPE_CHECKING:
    from typing_extensions import Self

PATIENCE = 30
"""Seconds that something may take that must come; what does not come is a failure."""

CHANNELS = "/api/v2/notifications/channels"


class Socket:
    """The platform's end of a WebSocket."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._ended = threading.Event()
        self.heard: queue.Queue[Any] = queue.Queue()

    @property
    def headers(self) -> dict[str, str]:
        assert self._connection.request is not None
        return dict(self._connection.request.headers.raw_items())

    @property
    def path(self) -> str:
        assert self._connection.request is not None
        return self._connection.request.path

    def send(self, message: Any) -> None:
        """Send a JSON value, a text or bytes as they are, or parts of a text one by one."""
        is_raw = isinstance(message, (str, bytes, list))
        self._connection.send(message if is_raw else json.dumps(message))

    def send_event(self, topic: str, body: Any = None, **more: Any) -> None:
        self.send({"topicName": topic, "eventBody": {} if body is None else body, **more})

    def send_system(self, kind: str, **body: Any) -> None:
        self.send_event(f"v2.system.{kind}", {"systemTopicType": kind, **body})

    def drop(self) -> None:
        self._connection.close_socket()

    def close(self, code: int = 1000, reason: str = "") -> None:
        self._connection.close(code, reason)

    def wait_closed(self) -> None:
        assert self._ended.wait(PATIENCE)

    def listen(self) -> None:
        try:
            for message in self._connection:
                self.heard.put(json.loads(message))
        except ConnectionClosed:
            pass  # as the other side may do at any time
        self._ended.set()


class FakePlatform:
    """Channels whose WebSockets the test holds in its hands."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._connections: queue.Queue[Socket] = queue.Queue()
        self._made = 0
        self.lifetime = timedelta(days=1)
        self.topics: dict[str, list[str]] = {}
        """What each channel is subscribed to."""
        self.connect_uri: str | None = None
        """What to say of a channel instead of the truth."""
        self.refuse: Callable[[Request], Answer | None] = lambda _: None
        """May answer a call in another way."""
        self.refuse_websocket: tuple[int, str] | None = None
        self.before_websocket: Callable[[], None] | None = None
        """Called when a WebSocket is about to be opened."""
        self.refused: queue.Queue[str] = queue.Queue()
        """The paths of WebSockets that were refused."""
        self._server = serve(
            self._handle,
            "127.0.0.1",
            0,
            process_request=self._check,
            compression=None,
            close_timeout=1,
        )
        self._thread = threading.Thread(target=self._server.serve_forever)
        service.answer_by(self._answer)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()

    @property
    def port(self) -> int:
        port: int = self._server.socket.getsockname()[1]
        return port

    def socket(self) -> Socket:
        """The next WebSocket that was opened."""
        return self._connections.get(timeout=PATIENCE)

    def has_another_socket(self) -> bool:
        return not self._connections.empty()

    def calls(self, method: str) -> list[str]:
        """The paths that were called by a method."""
        return [one.path for one in self._service.requests if one.method == method]

    def _answer(self, request: Request) -> Answer:
        refused = self.refuse(request)
        if refused is not None:
            return refused
        if request.path == CHANNELS:
            self._made += 1
            channel_id = f"channel-{self._made}"
            self.topics[channel_id] = []
            expires = datetime.now(timezone.utc) + self.lifetime
            uri = f"ws://127.0.0.1:{self.port}/channels/{channel_id}"
            content = {
                "id": channel_id,
                "connectUri": self.connect_uri or uri,
                "expires": expires.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            }
            return make_answer(200, content)
        channel_id = request.path.split("/")[-2]
        if channel_id not in self.topics:
            return make_answer(404, {"message": "no such channel", "code": "not.found"})
        if request.method == "DELETE":
            self.topics[channel_id] = []
        elif request.method == "PUT":
            self.topics[channel_id] = [one["id"] for one in request.json]
        elif request.method == "POST":
            self.topics[channel_id] += [one["id"] for one in request.json]
        entities = [{"id": one, "state": "Permitted"} for one in self.topics[channel_id]]
        return make_answer(200, {"entities": entities})

    def _check(self, connection: ServerConnection, request: Any) -> Response | None:
        if self.before_websocket is not None:
            self.before_websocket()
        if self.refuse_websocket is not None:
            status, text = self.refuse_websocket
            self.refused.put(request.path)
            return connection.respond(HTTPStatus(status), text)
        if request.path.rpartition("/")[2] not in self.topics:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such channel")
        return None

    def _handle(self, connection: ServerConnection) -> None:
        socket = Socket(connection)
        self._connections.put(socket)
        socket.listen()
