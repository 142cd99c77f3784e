"""Conversations with a sandbox: requests whose answers must be what the contract says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import urllib3
from platform_facts import platform

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.events import Event
from PureCloudPlatformClientV2.sandbox.platform import contract

from ..caller import Caller, Response

NOON = "2026-01-02T12:00:00.000Z"
SECRET = "0123456789abcdef"
ANN = {"id": "ann@example.com", "idType": "Email", "nickname": "Ann"}

OPERATIONS = {one.id: one for one in contract.operations()}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_OPEN = {"ConversationChannelMetadata"}
"""What has fields that no contract names: the attributes of a customer."""


class Conversing:
    """Somebody who talks to a sandbox by way of its API."""

    def __init__(self, sandbox: Sandbox, pool: urllib3.PoolManager) -> None:
        self.sandbox = sandbox
        self.send = Caller(sandbox, pool)

    def __call__(
        self,
        operation_id: str,
        *ids: str,
        body: Any = None,
        query: str = "",
        status: int | None = None,
        token: str = "",
    ) -> Any:
        """Perform an operation; the answer must be valid, or have the status that is named."""
        operation = OPERATIONS[operation_id]
        names = re.findall(r"\{\w+\}", operation.path)
        path = operation.path
        for name, one in zip(names, ids, strict=True):
            path = path.replace(name, one, 1)
        response = self.send(operation.verb, path + query, body, token=token)
        assert response.status == (operation.status if status is None else status), response.data
        if status is None:
            assert_valid(operation_id, response)
        return response.json if response.data else None

    def integrate(self, url: str = "http://127.0.0.1:9/", **changes: Any) -> str:
        """Set an open integration up."""
        body = {
            "name": "Chat",
            "outboundNotificationWebhookUrl": url,
            "outboundNotificationWebhookSignatureSecretToken": SECRET,
            **changes,
        }
        made = self("postConversationsMessagingIntegrationsOpen", body=body)
        return str(made["id"])

    def say(
        self, integration_id: str, text: str = "Hello", who: Mapping[str, str] = ANN, **more: Any
    ) -> Any:
        """Let a customer write by way of a middleware; the answer has the conversation's id."""
        channel = {"from": dict(who), "time": NOON, **more.pop("channel", {})}
        body = {"channel": channel, "text": text, **more}
        return self(
            "postConversationsMessageInboundOpenMessage",
            integration_id,
            body=body,
            query="?prefetchConversationId=true",
        )

    def participant(self, conversation_id: str, purpose: str) -> Any:
        """The latest participant of a purpose."""
        found = self("getConversationsMessage", conversation_id)
        return [one for one in found["participants"] if one["purpose"] == purpose][-1]

    def answer(self, conversation_id: str, text: str = "Good day", **more: Any) -> Any:
        """Let the agent answer, by the communication at the other end of the customer's."""
        communication = self.participant(conversation_id, "customer")["peer"]
        return self(
            "postConversationsMessageCommunicationMessages",
            conversation_id,
            communication,
            body={"textBody": text, **more},
        )


def assert_valid(operation_id: str, response: Response) -> None:
    """Check an answer against the platform's own document; it may have no other fields."""
    schema = _results()[operation_id]
    if schema is None:
        assert response.data == b""
        return
    found = [
        f"{list(error.path)}: {error.message}"
        for error in _validator(operation_id).iter_errors(response.json)
    ]
    assert not found, found


@cache
def _results() -> dict[str, Any]:
    return {
        one["operationId"]: next(
            (
                answer["schema"]
                for status, answer in one["responses"].items()
                if status.startswith("2") and "schema" in answer
            ),
            None,
        )
        for verbs in platform()["paths"].values()
        for one in verbs.values()
    }


def _is_time(value: object) -> bool:
    return _TIME.fullmatch(str(value)) is not None


@cache
def _validator(operation_id: str) -> Any:
    from jsonschema import Draft4Validator, FormatChecker

    checker = FormatChecker(formats=())
    checker.checks("date-time")(_is_time)
    schema = {**_results()[operation_id], "definitions": _closed_definitions()}
    return Draft4Validator(schema, format_checker=checker)


@cache
def _closed_definitions() -> dict[str, Any]:
    return {
        name: one
        if name in _OPEN or "properties" not in one
        else {"additionalProperties": False, **one}
        for name, one in platform()["definitions"].items()
    }


def changes(told: list[Event]) -> list[str]:
    """What has changed in conversations, by the events of it."""
    return [event.body["change"] for event in told if event.kind == "conversation"]


def statuses(talk: Conversing, conversation_id: str) -> list[str]:
    """How far the messages of a conversation are."""
    return [one["status"] for one in talk.sandbox.conversations.get(conversation_id)["messages"]]
