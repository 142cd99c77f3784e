"""Integrations of every kind, at the paths of 2019 and at those of today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform.integrations import creations

from .caller import FACEBOOK, LINE, TWITTER, Caller

TODAY = "/api/v2/conversations/messaging/integrations"
KINDS = list(creations())
OPEN = {
    "name": "Chat",
    "outboundNotificationWebhookUrl": "https://middleware.example.com/",
    "outboundNotificationWebhookSignatureSecretToken": "secret",
}
TODAYS_TWITTER = {
    "name": "Account",
    "signupCode": "secret-code",
    "appId": "1",
    "codeChallenge": "c",
    "redirectUri": "https://app.example/",
}


def test_every_kind_of_both_eras_is_known() -> None:
    todays = ["apple", "instagram", "open", "googlebusinessprofile", "whatsapp"]
    assert sorted(KINDS) == sorted(["facebook", "line", "twitter", *todays])


# One store


def test_what_2019_creates_is_seen_today(call: Caller) -> None:
    created = call.create(FACEBOOK)

    found = call("GET", f"{TODAY}/facebook/{created['id']}").json

    assert found["createStatus"] == "Completed"
    same = ("id", "name", "appId", "pageId", "status", "dateCreated", "version", "recipient")
    assert {name: found[name] for name in same} == {name: created[name] for name in same}
    assert found["selfUri"] == f"{TODAY}/facebook/{created['id']}"
    assert [one["id"] for one in call("GET", TODAY).json["entities"]] == [created["id"]]


def test_what_today_creates_is_seen_by_2019_with_the_fields_of_then(call: Caller) -> None:
    body = {"name": "Page", "pageAccessToken": "secret-page-token"}
    created = call("POST", f"{TODAY}/facebook", body)
    assert created.status == 202

    found = call("GET", FACEBOOK).json["entities"]

    assert [one["id"] for one in found] == [created.json["id"]]
    assert found[0]["status"] == "Active"
    assert not {"createStatus", "supportedContent", "messagingSetting"} & found[0].keys()
    assert call("DELETE", found[0]["selfUri"]).status == 204
    assert call("GET", created.json["selfUri"]).status == 404


def test_an_account_of_one_era_has_no_keys_of_the_other(call: Caller) -> None:
    then, now = call.create(TWITTER), call("POST", f"{TODAY}/twitter", TODAYS_TWITTER).json

    assert "accessTokenKey" not in call("GET", f"{TODAY}/twitter/{then['id']}").json
    assert "tier" not in call("GET", f"{TWITTER}/{now['id']}").json
    assert call("GET", TWITTER).json["total"] == call("GET", f"{TODAY}/twitter").json["total"] == 2


def test_today_knows_no_line(call: Caller) -> None:
    line = call.create(LINE)

    assert call("GET", TODAY).json["total"] == 0
    assert call("GET", f"{TODAY}/line/{line['id']}").status == 404
    assert call("GET", "/api/v2/routing/message/recipients").json["total"] == 0


@pytest.mark.parametrize("path", [FACEBOOK, f"{TODAY}/facebook"])
def test_the_same_token_is_always_of_the_same_page(call: Caller, path: str) -> None:
    body = {"name": "Page", "pageAccessToken": "secret-page-token"}
    page = call.create(FACEBOOK)["pageId"]

    assert call("POST", path, body).json["pageId"] == page
    assert call("POST", path, {**body, "pageAccessToken": "other"}).json["pageId"] != page
    assert call("POST", path, {**body, "pageId": "4711"}).json["pageId"] == "4711"


def test_a_new_token_today_leads_to_its_page(call: Caller) -> None:
    body = {"name": "Page", "pageAccessToken": "first"}
    created = call("POST", f"{TODAY}/facebook", body).json
    page = call.create(FACEBOOK, pageAccessToken="second")["pageId"]

    changed = call("PATCH", created["selfUri"], {"pageAccessToken": "second"}).json
    renamed = call("PATCH", created["selfUri"], {"name": "Other"}).json

    assert changed["pageId"] == renamed["pageId"] == page != created["pageId"]


# Put in place


@pytest.mark.parametrize("kind", KINDS)
def test_an_integration_of_every_kind_is_put_in_place(
    call: Caller, sandbox: Sandbox, kind: str
) -> None:
    placed = sandbox.create_integration(kind, integration_id="mine", name="Mine")
    over_http = call.control("POST", f"/integrations/{kind}", {"name": "Other"}).json

    assert call("GET", placed["selfUri"]).json == placed
    assert (placed["id"], placed["name"], placed["status"]) == ("mine", "Mine", "Active")
    assert call("GET", over_http["selfUri"]).json == over_http
    assert placed.get("createStatus", "Completed") == "Completed"


def test_the_fields_may_be_any_json(call: Caller, sandbox: Sandbox) -> None:
    headers = {"X-Key": "key"}
    placed = sandbox.create_integration(
        "open", webhookHeaders=headers, outboundNotificationWebhookUrl="http://127.0.0.1:1/"
    )
    assert call("GET", placed["selfUri"]).json["webhookHeaders"] == headers

    body: dict[str, Any] = {"webhookHeaders": {"X-Key": 7}}
    refused = call.control("POST", "/integrations/open", body)
    assert (refused.status, refused.json["details"]) == (
        400,
        [{"errorCode": "invalid.type", "fieldName": "webhookHeaders.X-Key"}],
    )
    with pytest.raises(ValueError, match=r"webhookHeaders\.X-Key must be of type string"):
        sandbox.create_integration("open", **body)
    with pytest.raises(TypeError, match="no field 'version'"):
        sandbox.create_integration("open", version=3)


def test_an_id_is_of_one_integration_among_all_organizations(
    call: Caller, sandbox: Sandbox
) -> None:
    other = sandbox.create_organization("Other")
    sandbox.create_integration("open", integration_id="mine", organization_id=other.id)

    with pytest.raises(ValueError, match="taken"):
        sandbox.create_integration("open", integration_id="mine")
    assert call.control("POST", "/integrations/open", {"id": "mine"}).status == 409


def test_what_takes_messages_is_listed_without_secrets(call: Caller, sandbox: Sandbox) -> None:
    other = sandbox.create_organization("Other")
    url = "http://127.0.0.1:1/"
    chat = sandbox.create_integration(
        "open",
        name="Chat",
        outboundNotificationWebhookUrl=url,
        outboundNotificationWebhookSignatureSecretToken="secret",
    )
    line = sandbox.create_integration("line", organization_id=other.id, status="Inactive")

    listing = call.control("GET", "/integrations")

    first = {
        "id": chat["id"],
        "organizationId": sandbox.organization_id,
        "messengerType": "open",
        "name": "Chat",
        "status": "Active",
        "createStatus": "Completed",
        "webhookUrl": url,
    }
    second = {
        "id": line["id"],
        "organizationId": other.id,
        "messengerType": "line",
        "name": "Line integration",
        "status": "Inactive",
        "createStatus": "Completed",
    }
    assert listing.json == {"integrations": [first, second]}
    assert b"secret" not in listing.data
    assert call.control("GET", f"/integrations?organizationId={other.id}").json == {
        "integrations": [second]
    }
    assert call.control("GET", "/integrations?organizationId=none").status == 404


def test_what_becomes_of_an_integration_is_told(
    call: Caller, sandbox: Sandbox, pool: urllib3.PoolManager
) -> None:
    url, headers = sandbox.host, {"Authorization": f"Bearer {sandbox.control_token}"}
    stream = pool.request("GET", f"{url}/sandbox/events", headers=headers, preload_content=False)
    told = events_of(stream.stream(1))

    created = call("POST", f"{TODAY}/open", OPEN).json
    call("PATCH", created["selfUri"], {"name": "Other"})
    sandbox.set_status(created["id"], "Error")
    call("DELETE", created["selfUri"])
    call("POST", "/api/v2/messaging/settings", {"name": "no integration"})
    call.create(LINE)

    found = [next(told) for _ in range(5)]
    stream.close()
    assert [(one["change"], one["integration"]["messengerType"]) for one in found] == [
        ("created", "open"),
        ("changed", "open"),
        ("changed", "open"),
        ("deleted", "open"),
        ("created", "line"),
    ]
    assert [one["integration"]["name"] for one in found[:2]] == ["Chat", "Other"]
    assert found[2]["integration"]["status"] == "Error"
    assert "secret" not in str(found)


def test_the_end_of_a_creation_is_told(pool: urllib3.PoolManager) -> None:
    with Sandbox(creation_time=30) as sandbox:
        headers = {"Authorization": f"Bearer {sandbox.control_token}"}
        url = f"{sandbox.host}/sandbox/events"
        stream = pool.request("GET", url, headers=headers, preload_content=False)
        told = events_of(stream.stream(1))
        Caller(sandbox, pool)("POST", f"{TODAY}/open", OPEN)
        assert next(told)["integration"]["createStatus"] == "Initiated"
        sandbox.advance(30)
        assert next(told)["integration"]["createStatus"] == "Completed"
        stream.close()


def events_of(chunks: Iterator[bytes]) -> Iterator[Any]:
    """Read the integration events of a stream."""
    text = ""
    for chunk in chunks:
        text += chunk.decode()
        while "\n\n" in text:
            frame, _, text = text.partition("\n\n")
            if frame.startswith("event: integration\n"):
                yield json.loads(frame.partition("data: ")[2])["body"]
