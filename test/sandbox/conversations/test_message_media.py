"""Files of conversations: uploaded by agents, fetched by middlewares, kept for a while."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
import urllib3
from service import Service

from ..caller import Caller, Response
from .conversing import ANN, NOON, Conversing

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)
UPLOADS = "postConversationsMessageCommunicationMessagesMediaUploads"
FILE = "getConversationsMessageCommunicationMessagesMediaMediaId"


@pytest.fixture
def leg(talk: Conversing, integration_id: str) -> tuple[str, str]:
    """Conversation and communication of an agent."""
    own_id = talk.say(integration_id)["conversationId"]
    return own_id, talk.participant(own_id, "customer")["peer"]


def upload(
    talk: Conversing,
    leg: tuple[str, str],
    content: bytes = PNG,
    *,
    name: str = "cat.png",
    method: str = "PUT",
    **announced: Any,
) -> str:
    """Upload a file, and tell its id."""
    body = {"fileName": name, "contentLengthBytes": len(content), **announced}
    planned = talk(UPLOADS, *leg, body=body)
    assert put(talk, planned["uploadUrl"], content, planned["uploadHeaders"], method).status == 200
    return str(planned["id"])


def put(
    talk: Conversing, url: str, content: bytes, headers: dict[str, str], method: str = "PUT"
) -> Response:
    """Send bytes to where an upload wants them, with nothing but its own headers."""
    assert url.startswith(talk.sandbox.host)
    caller: Caller = talk.send
    path = url.removeprefix(talk.sandbox.host)
    return caller(method, path, data=content, headers=headers, token=None)


def status(talk: Conversing, leg: tuple[str, str], file_id: str) -> str:
    return str(talk(FILE, *leg, file_id)["status"])


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_file_is_uploaded_attached_and_fetched_by_the_middleware(
    talk: Conversing,
    service: Service,
    pool: urllib3.PoolManager,
    leg: tuple[str, str],
    method: str,
) -> None:
    body = {"fileName": "a cat/é.png", "contentLengthBytes": len(PNG)}
    planned = talk(UPLOADS, *leg, body=body)
    assert status(talk, leg, planned["id"]) == "uploading"
    put(talk, planned["uploadUrl"], PNG, planned["uploadHeaders"], method)
    assert status(talk, leg, planned["id"]) == "valid"

    body = {"textBody": "", "mediaIds": [planned["id"]]}
    sent = talk("postConversationsMessageCommunicationMessages", *leg, body=body)
    talk.sandbox.advance(0)

    posted = service.requests[-1].json
    assert posted["type"] == "Text"
    assert "text" not in posted
    (content,) = posted["content"]
    assert content["contentType"] == "Attachment"
    attachment = content["attachment"]
    assert {**attachment, "mediaType": "Image", "mime": "image/png"} == attachment
    assert attachment["contentSizeBytes"] == len(PNG)
    fetched = pool.request("GET", attachment["url"])
    assert (fetched.status, fetched.data) == (200, PNG)
    assert fetched.headers["Content-Type"] == "image/png"
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    agent = talk.participant(leg[0], "agent")
    assert agent["messages"][0]["media"][0]["url"] == attachment["url"]
    assert sent["normalizedMessage"]["content"] == posted["content"]


def test_the_older_way_begins_without_a_word(talk: Conversing, leg: tuple[str, str]) -> None:
    begun = talk("postConversationsMessageCommunicationMessagesMedia", *leg)
    assert begun["status"] == "uploading"
    put(talk, begun["uploadUrl"], PNG, {"Content-Type": "image/png"})

    found = talk(FILE, *leg, begun["id"])
    assert (found["status"], found["mediaType"]) == ("valid", "image/png")
    assert found["contentLengthBytes"] == len(PNG)


@pytest.mark.parametrize(
    ("announced", "sent", "expected"),
    [
        ({}, PNG, "valid"),
        ({"contentMd5": hashlib.md5(PNG).hexdigest()}, PNG, "valid"),
        ({"contentMd5": base64.b64encode(hashlib.md5(PNG).digest()).decode()}, PNG, "valid"),
        ({"contentMd5": hashlib.md5(b"").hexdigest()}, PNG, "invalid"),
        ({"contentLengthBytes": len(PNG) + 1}, PNG, "invalid"),
        ({"contentLengthBytes": 1}, b"", "invalid"),
    ],
)
def test_a_file_is_valid_if_it_is_what_was_announced(
    talk: Conversing,
    leg: tuple[str, str],
    announced: dict[str, Any],
    sent: bytes,
    expected: str,
) -> None:
    file_id = upload(talk, leg, sent, **announced)

    assert status(talk, leg, file_id) == expected
    if expected == "invalid":
        body = {"textBody": "", "mediaIds": [file_id]}
        talk("postConversationsMessageCommunicationMessages", *leg, body=body, status=400)


def test_an_upload_needs_its_headers_and_happens_once(
    talk: Conversing, leg: tuple[str, str]
) -> None:
    body = {"fileName": "cat.png", "contentLengthBytes": len(PNG)}
    planned = talk(UPLOADS, *leg, body=body)
    url, headers = planned["uploadUrl"], planned["uploadHeaders"]

    assert put(talk, url, PNG, {"Content-Type": "image/png"}).status == 403
    assert put(talk, url, PNG, {**headers, "X-Upload-Token": "wrong"}).status == 403
    assert put(talk, url, PNG, headers).status == 200
    assert put(talk, url, PNG, headers).status == 409
    assert put(talk, url + "0", PNG, headers).status == 404
    logged = [one.headers.get("X-Upload-Token") for one in talk.sandbox.requests]
    assert set(logged) == {None, "***"}
    assert headers["X-Upload-Token"] not in repr(talk.sandbox.requests)


def test_files_have_25_megabytes_at_most(talk: Conversing, leg: tuple[str, str]) -> None:
    most = 25 * 2**20
    for size in (0, most + 1):
        body = {"fileName": "cat.png", "contentLengthBytes": size}
        refused = talk(UPLOADS, *leg, body=body, status=400)
        assert refused["details"][0]["fieldName"] == "contentLengthBytes"

    file_id = upload(talk, leg, bytes(most))
    assert status(talk, leg, file_id) == "valid"
    planned = talk(UPLOADS, *leg, body={"fileName": "cat.png", "contentLengthBytes": most})
    too_large = bytes(most + 1)
    assert put(talk, planned["uploadUrl"], too_large, planned["uploadHeaders"]).status == 413


def test_files_are_listed_by_status(talk: Conversing, leg: tuple[str, str]) -> None:
    valid = [upload(talk, leg) for _ in range(3)]
    talk(UPLOADS, *leg, body={"fileName": "dog.png", "contentLengthBytes": 1})
    listing = "getConversationsMessageCommunicationMessagesMedia"

    assert talk(listing, *leg)["total"] == 4
    page = talk(listing, *leg, query="?status=valid&pageSize=2&pageNumber=2")
    assert [one["id"] for one in page["entities"]] == valid[2:]
    talk(listing, *leg, query="?status=lost", status=400)
    talk(FILE, *leg, "nothing", status=404)


def test_what_the_supported_content_has_not_is_refused(
    talk: Conversing, integration_id: str, leg: tuple[str, str]
) -> None:
    post = "postConversationsMessageCommunicationMessages"
    pdf = upload(talk, leg, name="paper.pdf")
    refused = talk(post, *leg, body={"textBody": "", "mediaIds": [pdf]}, status=400)
    assert refused["details"][0]["fieldName"] == "mediaIds"

    profile = {"name": "Paper", "mediaTypes": {"allow": {"outbound": [{"type": "*/*"}]}}}
    made = talk("postConversationsMessagingSupportedcontent", body=profile)
    changed = {"supportedContent": {"id": made["id"]}, "name": "Chat"}
    talk("patchConversationsMessagingIntegrationsOpenIntegrationId", integration_id, body=changed)

    talk(post, *leg, body={"textBody": "Look", "mediaIds": [pdf]})
    files = [{"attachment": {"mediaType": "Image", "url": "https://x/a.png", "mime": "image/png"}}]
    body = {"channel": {"from": ANN, "time": NOON}, "content": files}
    inbound = "postConversationsMessageInboundOpenMessage"
    refused = talk(inbound, integration_id, body=body, status=400)
    assert refused["details"][0]["fieldName"] == "content.0.attachment.mime"


def test_a_message_has_one_file_of_its_own_conversation(
    talk: Conversing, integration_id: str, leg: tuple[str, str]
) -> None:
    post, first = "postConversationsMessageCommunicationMessages", upload(talk, leg)
    other = talk.say(integration_id, who={"id": "bob", "idType": "Opaque"})["conversationId"]
    elsewhere = (other, talk.participant(other, "customer")["peer"])

    for where, ids in ((leg, [first, upload(talk, leg)]), (elsewhere, [first]), (leg, ["none"])):
        talk(post, *where, body={"textBody": "Look", "mediaIds": ids}, status=400)
    sent = talk(post, *leg, body={"textBody": "Look", "mediaIds": [first]})
    assert sent["normalizedMessage"]["text"] == "Look"


def test_what_came_with_messages_is_kept_for_a_week(
    talk: Conversing, integration_id: str, leg: tuple[str, str]
) -> None:
    url = "https://files.example.com/a.jpg"
    file = {"mediaType": "Image", "url": url, "mime": "image/jpeg", "filename": "a.jpg"}
    for _ in range(2):
        talk.say(integration_id, content=[{"attachment": file}])
    body = {"textBody": "", "mediaIds": [upload(talk, leg)]}
    talk("postConversationsMessageCommunicationMessages", *leg, body=body)
    listing = "getConversationsMessagesCachedmedia"

    assert talk(listing)["total"] == 2
    (item,) = talk(listing, query=f"?url={url}")["entities"]
    assert (item["url"], item["mediaType"]) == (url, "image/jpeg")
    assert talk("getConversationsMessagesCachedmediaCachedMediaItemId", item["id"]) == item
    talk("deleteConversationsMessagesCachedmediaCachedMediaItemId", item["id"])
    talk("getConversationsMessagesCachedmediaCachedMediaItemId", item["id"], status=404)
    assert talk(listing)["total"] == 1
    talk.sandbox.advance(7 * 24 * 3600)
    token = talk.sandbox.create_token()
    assert talk(listing, token=token)["total"] == 0


def test_a_customers_file_is_kept_as_it_was_sent(talk: Conversing, integration_id: str) -> None:
    file = {"mediaType": "File", "url": "https://x/a.bin", "mime": "application/x", "text": "A"}
    body = {"channel": {"from": ANN, "time": NOON}, "content": [{"attachment": file}]}
    taken = talk("postConversationsMessageInboundOpenMessage", integration_id, body=body)

    assert {**taken["content"][0]["attachment"], **file} == taken["content"][0]["attachment"]
    details = talk("getConversationsMessageDetails", taken["id"])
    assert details["normalizedMessage"]["content"] == taken["content"]
    agent = talk("getConversationsMessage", details["conversationId"])["participants"][0]
    kinds = [{"contentType": "Attachment", "subType": "File"}]
    assert agent["messages"][0]["messageMetadata"]["content"] == kinds
