"""What is sent by a WebSocket."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

METADATA = "channel.metadata"


def event(topic: str, body: Mapping[str, Any]) -> str:
    """Write an event of a topic."""
    message = {
        "topicName": topic,
        "version": "2",
        "eventBody": body,
        "metadata": {"CorrelationId": str(uuid4())},
    }
    return json.dumps(message)


def metadata(message: str) -> str:
    """Write a message about the connection itself."""
    return json.dumps({"topicName": METADATA, "eventBody": {"message": message}})


def answer(result: str, status: str, correlation_id: object, **more: Any) -> str:
    """Write what a request by the WebSocket is answered with."""
    answered = {"result": result, "status": status, **more}
    if isinstance(correlation_id, str):
        answered["correlationId"] = correlation_id
    return json.dumps(answered)
