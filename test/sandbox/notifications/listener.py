"""A client of notifications: a channel of the API, and its WebSocket."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from jsonschema import Draft4Validator
from platform_facts import notifications
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from ..caller import Caller, Response

CHANNELS = "/api/v2/notifications/channels"
PATIENCE = 30
"""Seconds that a message may take; one that does not come is a failure."""


class Listener:
    """A channel, and what comes by its WebSocket."""

    def __init__(self, call: Caller, *, token: str = "") -> None:
        self._call = call
        self._token = token
        self.channel: dict[str, str] = call("POST", CHANNELS, token=token).json
        self.path = f"{CHANNELS}/{self.channel['id']}"
        self._socket: ClientConnection | None = None
        self._open = ExitStack()

    @property
    def id(self) -> str:
        return self.channel["id"]

    @property
    def socket(self) -> ClientConnection:
        assert self._socket is not None
        return self._socket

    def connect(self, **options: Any) -> Listener:
        """Open the WebSocket as its URI is, without a header."""
        uri = self.channel["connectUri"]
        self._socket = self._open.enter_context(connect(uri, **options))
        return self

    def subscribe(self, *topics: str, verb: str = "POST", query: str = "") -> Response:
        body = [{"id": topic} for topic in topics]
        return self._call(verb, f"{self.path}/subscriptions{query}", body, token=self._token)

    @property
    def topics(self) -> list[str]:
        found = self._call("GET", f"{self.path}/subscriptions", token=self._token)
        return [one["id"] for one in found.json["entities"]]

    def status(self) -> int:
        return self._call("HEAD", self.path, token=self._token).status

    def send(self, message: object) -> None:
        self.socket.send(json.dumps(message))

    def receive(self) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=PATIENCE))
        return message

    def receive_before_pong(self) -> list[dict[str, Any]]:
        """Whatever has been sent so far: what comes before the answer to a ping."""
        self.send({"message": "ping"})
        found: list[dict[str, Any]] = []
        while (message := self.receive()) != PONG:
            found.append(message)
        return found

    def wait_closed(self) -> str:
        """Wait for the end, past whatever else comes: code and reason, or nothing at all."""
        try:
            while True:
                self.socket.recv(timeout=PATIENCE)
        except ConnectionClosed as closed:
            return f"{closed.rcvd.code} {closed.rcvd.reason}" if closed.rcvd else ""

    def close(self) -> None:
        self._open.close()


PONG = {"topicName": "channel.metadata", "eventBody": {"message": "pong"}}
HEARTBEAT = {"topicName": "channel.metadata", "eventBody": {"message": "WebSocket Heartbeat"}}

Listen = Callable[..., Listener]
"""Opens a channel, subscribes it and connects."""


def ids(entities: Sequence[dict[str, Any]]) -> list[str]:
    return [one["id"] for one in entities]


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


def assert_valid(definition: str, body: Any) -> None:
    """Check a body of an event by its definition."""
    document = notifications()
    schema = {"$ref": f"#/definitions/{definition}", "definitions": document["definitions"]}
    Draft4Validator(schema).validate(body)
