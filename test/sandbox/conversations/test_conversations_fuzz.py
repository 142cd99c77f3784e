"""Bodies of every kind to every operation of conversations: none makes the sandbox fail."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st
from platform_facts import platform

from PureCloudPlatformClientV2.sandbox import Sandbox

from ..caller import Caller
from .conversing import ANN, NOON, OPERATIONS, Conversing, assert_valid

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)

WITH_A_BODY = [
    one
    for one in OPERATIONS.values()
    if one.path.startswith("/api/v2/conversations/messages") and one.verb in ("POST", "PATCH")
]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


def value_of(schema: Any, depth: int = 0) -> Any:
    """Values that a schema allows, mostly."""
    if "allOf" in schema:
        return value_of(schema["allOf"][0], depth)
    if "$ref" in schema:
        return body_of(schema["$ref"].rpartition("/")[2], depth + 1)
    if "enum" in schema:
        return st.sampled_from([*schema["enum"], "none of them"])
    if schema.get("type") == "array":
        return st.lists(value_of(schema["items"], depth), max_size=2)
    if schema.get("format") == "date-time":
        return st.sampled_from([NOON, "2026-01-02T12:00:00Z", "no time"])
    simple: dict[str, Any] = {
        "string": st.text(max_size=8),
        "integer": st.integers(-1, 2**31),
        "number": st.floats(allow_nan=False),
        "boolean": st.booleans(),
    }
    return simple.get(schema.get("type"), JSON)


def body_of(definition: str, depth: int = 0) -> Any:
    """Bodies of a definition: what is required, some of the rest, and sometimes anything."""
    schema = platform()["definitions"][definition]
    fields = {name: one for name, one in schema["properties"].items() if not one.get("readOnly")}
    needed = [name for name in schema.get("required", ()) if name in fields]
    shown = fields if depth < 2 else needed  # definitions contain each other, in circles
    values = {name: value_of(fields[name], depth) | JSON for name in shown}
    optional = {name: one for name, one in values.items() if name not in needed}
    return st.fixed_dictionaries({name: values[name] for name in needed}, optional=optional)


def known(talk: Conversing, operation_id: str, integration_id: str, own_id: str) -> dict[str, Any]:
    """What makes a body of an operation acceptable."""
    sender = {"from": ANN, "time": NOON}
    sent = talk.answer(own_id)["id"]
    choice = {"type": "QuickReply", "text": "Yes", "payload": "yes"}
    bodies: dict[str, dict[str, Any]] = {
        "postConversationsMessageInboundOpenMessage": {"channel": sender, "text": "Hello"},
        "postConversationsMessageInboundOpenEvent": {
            "channel": sender,
            "events": [{"eventType": "Typing"}],
        },
        "postConversationsMessageInboundOpenReceipt": {
            "id": sent,
            "channel": {"to": {"id": ANN["id"]}, "time": NOON},
            "status": "Delivered",
        },
        "postConversationsMessageInboundOpenStructuredResponse": {
            "channel": sender,
            "buttonResponse": choice,
            "originatingMessageId": sent,
        },
        "postConversationsMessagesInboundOpen": {
            "channel": {**sender, "to": {"id": integration_id}},
            "type": "Text",
            "text": "Hello",
        },
        "postConversationsMessagesAgentless": {
            "fromAddress": integration_id,
            "toAddress": "bob",
            "toAddressMessengerType": "open",
            "textBody": "Hello",
        },
        "postConversationsMessages": {
            "queueId": talk.sandbox.queue_id,
            "toAddress": sent,
            "toAddressMessengerType": "open",
        },
        "postConversationsMessageCommunicationMessages": {"textBody": "Hello"},
        "postConversationsMessageCommunicationTyping": {"typing": {"type": "On"}},
        "postConversationsMessageCommunicationMessagesMediaUploads": {
            "fileName": "a.png",
            "contentLengthBytes": 1,
        },
    }
    return bodies.get(operation_id, {})


@pytest.mark.parametrize("operation", WITH_A_BODY, ids=lambda one: one.id)
def test_any_body_is_accepted_with_a_valid_answer_or_refused_with_a_reason(
    sandbox: Sandbox, pool: urllib3.PoolManager, operation: Any
) -> None:
    sandbox.reset()
    talk, statuses = Conversing(sandbox, pool), Counter[int]()
    integration_id = talk.integrate()
    own_id = talk.say(integration_id)["conversationId"]
    agent = talk.participant(own_id, "agent")
    ids = {
        "integrationId": integration_id,
        "conversationId": own_id,
        "participantId": agent["id"],
        "communicationId": talk.participant(own_id, "customer")["peer"],
    }
    path = operation.path.format(**ids)
    helpful = known(talk, operation.id, integration_id, own_id)
    bodies = body_of(operation.body) if operation.body else JSON

    @fuzzed(50, part=0.01)
    @given(body=bodies, kept=st.sampled_from(["all", "some", "none"]), helped=st.booleans())
    def send(body: Any, kept: str, helped: bool) -> None:
        sent = body
        if isinstance(body, dict):
            few = dict(list(body.items())[: {"all": None, "some": 1, "none": 0}[kept]])
            sent = {**few, **helpful} if helped else body
        caller: Caller = talk.send
        # Not None, which the caller takes for no body at all.
        response = caller(operation.verb, path, sent if sent is not None else [None])
        statuses[response.status] += 1
        if response.status == operation.status:
            assert_valid(operation.id, response)
        else:
            assert response.status in (400, 404, 409), (response.status, response.data)
            assert response.json["message"]

    send()
    # A conflict is as good: who called a customer once cannot do so again.
    assert statuses[operation.status] + statuses[409] >= 5 or not helpful, statuses
