"""Conversations by the control API, and in Python: the same objects, the same refusals."""

from __future__ import annotations

from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from ..caller import Caller
from .conversing import Conversing


def test_a_person_plays_customer_and_agent(
    sandbox: Sandbox, call: Caller, talk: Conversing
) -> None:
    integration_id = talk.integrate()
    body = {"integrationId": integration_id, "from": "ann", "name": "Ann", "text": "Hello"}
    opened = call.control("POST", "/customer-messages", body).json
    place = f"/conversations/{opened['id']}"
    answered = call.control("POST", f"{place}/agent-messages", {"text": "Good day"}).json
    typed = call.control("POST", f"{place}/typing", {"sender": "customer"})
    ended = call.control("POST", f"{place}/disconnect", {}).json

    assert opened["customer"] == {"id": "ann", "idType": "Opaque", "name": "Ann"}
    assert (opened["organizationId"], opened["messengerType"]) == (sandbox.organization_id, "open")
    assert [one["sender"] for one in answered["messages"]] == ["customer", "agent"]
    assert typed.status == 204
    assert (ended["state"], "endTime" in ended) == ("disconnected", True)
    found = call.control("GET", place).json
    assert found == sandbox.conversations.get(opened["id"])
    assert call.control("GET", "/conversations").json == {"conversations": [found]}
    assert call.control("POST", f"{place}/agent-messages", {"text": "?"}).status == 400


def test_a_customer_sends_more_than_text(talk: Conversing, call: Caller) -> None:
    url = "https://files.example.com/a.jpg"
    file = {"mediaType": "Image", "url": url, "mime": "image/jpeg"}
    body = {
        "integrationId": talk.integrate(),
        "from": "ann",
        "content": [{"contentType": "Attachment", "attachment": file}],
    }
    written = call.control("POST", "/customer-messages", body).json
    (message,) = written["messages"]

    assert (message["type"], message["content"]) == ("Text", body["content"])
    details = talk("getConversationsMessageDetails", message["id"])
    assert details["normalizedMessage"]["content"] == body["content"]


def test_every_organization_has_conversations_of_its_own(
    sandbox: Sandbox, call: Caller, talk: Conversing
) -> None:
    sandbox.conversations.write(talk.integrate(), "ann", "Hello")
    berlin = sandbox.create_organization("Berlin")
    made = talk(
        "postConversationsMessagingIntegrationsFacebook",
        body={"name": "Page", "pageAccessToken": "token"},
        token=berlin.access_token,
    )
    written = sandbox.conversations.write(made["id"], "bob", "Hallo", organization_id=berlin.id)

    theirs = call.control("GET", f"/conversations?organizationId={berlin.id}").json
    assert theirs == {"conversations": [written]}
    assert len(call.control("GET", "/conversations").json["conversations"]) == 2
    assert written["queueId"] != sandbox.queue_id
    with pytest.raises(LookupError, match="integration"):
        sandbox.conversations.write(made["id"], "bob", "Hallo")
    sandbox.reset(berlin.id)
    assert len(sandbox.conversations.all()) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/conversations/nowhere", None, 404),
        ("GET", "/conversations?organizationId=nowhere", None, 404),
        ("POST", "/conversations/nowhere/agent-messages", {"text": "Hello"}, 404),
        ("POST", "/conversations/nowhere/agent-messages", {"text": 1}, 400),
        ("POST", "/conversations/nowhere/typing", {"sender": "bot"}, 400),
        ("POST", "/conversations/nowhere/disconnect", {"by": "nobody"}, 400),
        ("POST", "/customer-messages", {"from": "ann", "text": "Hello"}, 400),
        ("POST", "/customer-messages", {"integrationId": "nowhere", "from": "a", "text": "b"}, 404),
        ("POST", "/customer-messages", {"integrationId": "nowhere", "from": "a"}, 400),
        ("POST", "/customer-messages", {"integrationId": "a", "from": "a", "content": ["b"]}, 400),
    ],
)
def test_what_cannot_be_done_is_refused(
    sandbox: Sandbox, call: Caller, method: str, path: str, body: Any, status: int
) -> None:
    response = call.control(method, path, body)

    assert response.status == status, response.data
    assert sandbox.conversations.all() == []


def test_python_hears_what_is_wrong(sandbox: Sandbox, talk: Conversing) -> None:
    conversations, integration_id = sandbox.conversations, talk.integrate()
    own_id = conversations.write(integration_id, "ann", "Hello")["id"]

    with pytest.raises(ValueError, match="customer"):
        conversations.write(integration_id, "", "Hello")
    with pytest.raises(ValueError, match="text or a content"):
        conversations.write(integration_id, "ann")
    with pytest.raises(ValueError, match="contentType"):
        conversations.write(integration_id, "ann", content=[{"contentType": "Smell"}])
    with pytest.raises(ValueError, match="2000"):
        conversations.answer(own_id, "x" * 2001)
    with pytest.raises(ValueError, match="mediaIds"):
        conversations.answer(own_id, "Look", media_ids=["nothing"])
    with pytest.raises(ValueError, match="sender"):
        conversations.type(own_id, "bot")  # type: ignore[arg-type]  # what it refuses
    with pytest.raises(ValueError, match="by must be"):
        conversations.end(own_id, by="bot")  # type: ignore[arg-type]  # what it refuses
    for act in (conversations.get, conversations.end):
        with pytest.raises(LookupError, match="nowhere"):
            act("nowhere")
    with pytest.raises(LookupError, match="organization"):
        conversations.all("nowhere")
