"""What those who read today's platform see: when, in which version, and with what besides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import shapes
from PureCloudPlatformClientV2.sandbox.platform import wire as wire_of
from PureCloudPlatformClientV2.sandbox.store.documents import Document

from ..agreement import assert_valid
from ..caller import Caller, Clock

BASE = "/api/v2/conversations/messaging"
OPEN = f"{BASE}/integrations/open"
BODY = {
    "name": "Chat",
    "outboundNotificationWebhookUrl": "https://middleware.example.com/",
    "outboundNotificationWebhookSignatureSecretToken": "secret",
}
JSON = {"Content-Type": "application/json"}


def create(call: Caller, path: str = OPEN, **changes: Any) -> Any:
    response = call("POST", path, {**BODY, **changes})
    assert response.status in (200, 202), response.data
    return response.json


# When


def test_a_creation_is_complete_at_a_read(pool: urllib3.PoolManager) -> None:
    with Sandbox(creation_reads=3) as sandbox:
        call = Caller(sandbox, pool)
        created = create(call)
        call("GET", OPEN)

        read = [call("GET", created["selfUri"]).json for _ in range(4)]

    told = [(one["createStatus"], one["status"]) for one in read]
    assert told == [("Initiated", "Inactive")] * 2 + [("Completed", "Active")] * 2
    assert {one["version"] for one in read if "version" in one} <= {1}


def test_a_creation_waits_for_time_and_reads(pool: urllib3.PoolManager, clock: Clock) -> None:
    with Sandbox(creation_reads=1, creation_time=30, clock=clock) as sandbox:
        call = Caller(sandbox, pool)
        created = create(call)
        assert call("GET", created["selfUri"]).json["createStatus"] == "Initiated"
        clock.advance(30)
        assert call("GET", created["selfUri"]).json["createStatus"] == "Completed"


def test_what_was_created_or_deleted_shows_later(pool: urllib3.PoolManager, clock: Clock) -> None:
    with Sandbox(consistency_delay=20, clock=clock) as sandbox:
        call = Caller(sandbox, pool)
        created = create(call)

        def seen() -> tuple[int, int, int]:
            one, listing = call("GET", created["selfUri"]), call("GET", OPEN).json
            return one.status, listing["total"], call("GET", f"{BASE}/integrations").json["total"]

        assert seen() == (404, 0, 0)
        clock.advance(19.9)
        assert seen() == (404, 0, 0)
        clock.advance(0.1)
        assert seen() == (200, 1, 1)
        assert call("DELETE", created["selfUri"]).status == 204
        assert seen() == (200, 1, 1)
        for verb, body in (("DELETE", None), ("PATCH", {"name": "Other"})):
            assert call(verb, created["selfUri"], body).status == 404, verb
        assert call("GET", created["recipient"]["selfUri"]).status == 404
        clock.advance(20)
        assert seen() == (404, 0, 0)


def test_what_nobody_sees_yet_can_be_changed_and_deleted(pool: urllib3.PoolManager) -> None:
    with Sandbox(consistency_delay=20) as sandbox:
        call = Caller(sandbox, pool)
        created = create(call)
        assert call("PATCH", created["selfUri"], {"name": "Other"}).json["name"] == "Other"
        assert call("DELETE", created["selfUri"]).status == 204
        sandbox.advance(20)
        assert call("GET", created["selfUri"]).status == 404


def test_what_was_deleted_is_gone_after_a_restart(
    pool: urllib3.PoolManager, tmp_path: Path
) -> None:
    with Sandbox(database=tmp_path / "sandbox.db", consistency_delay=20) as sandbox:
        sandbox.create_integration("open", integration_id="chat")
        assert Caller(sandbox, pool)("DELETE", f"{OPEN}/chat").status == 204
    with Sandbox(database=tmp_path / "sandbox.db") as sandbox:
        assert Caller(sandbox, pool)("GET", OPEN).json["total"] == 0
        sandbox.create_integration("open", integration_id="chat")


def test_what_was_created_after_a_reset_stays(pool: urllib3.PoolManager) -> None:
    with Sandbox(consistency_delay=20) as sandbox:
        call = Caller(sandbox, pool)
        sandbox.create_integration("open", integration_id="chat")
        assert call("DELETE", f"{OPEN}/chat").status == 204
        sandbox.reset(sandbox.organization_id)
        sandbox.create_integration("open", integration_id="chat")
        sandbox.advance(20)
        assert call("GET", f"{OPEN}/chat").status == 200


# With what besides


def test_references_are_expanded_to_what_they_refer_to(call: Caller) -> None:
    media = {"allow": {"inbound": [{"type": "image/png"}], "outbound": []}}
    content = call("POST", f"{BASE}/supportedcontent", {"name": "PNG", "mediaTypes": media}).json
    event = {"typing": {"on": {"inbound": "Enabled", "outbound": "Disabled"}}}
    setting = call("POST", f"{BASE}/settings", {"name": "Typing", "event": event}).json
    created = create(
        call, supportedContent={"id": content["id"]}, messagingSetting={"id": setting["id"]}
    )
    path = created["selfUri"]
    plain = {"id", "name", "selfUri"}
    assert created["supportedContent"].keys() == created["messagingSetting"].keys() == plain

    for query in (
        "?expand=supportedContent,messagingSetting",
        "?expand=supportedContent%2CmessagingSetting",
        "?expand=supportedcontent,MESSAGINGSETTING",
    ):
        found = call("GET", path + query).json
        assert_valid("OpenIntegration", found)
        assert found["supportedContent"]["mediaTypes"] == media
        assert found["messagingSetting"]["event"] == event
    one = call("GET", f"{path}?expand=supportedContent").json
    assert one["messagingSetting"].keys() == plain
    for listing in (
        f"{OPEN}?expand=supportedContent",
        f"{BASE}/integrations?expand=supportedContent&expand=messagingSetting",
    ):
        (entity,) = call("GET", listing).json["entities"]
        assert entity["supportedContent"]["mediaTypes"] == media
    assert entity["messagingSetting"]["event"] == event


def test_identity_resolution_is_expanded(call: Caller) -> None:
    body = {"name": "Shop", "messagesForBusinessId": "b-1"}
    created = create(call, f"{BASE}/integrations/apple", **body)
    path = f"{BASE}/identityresolution/integrations/apple/{created['id']}"
    changed = call("PUT", path, {"resolveIdentities": True}).json

    assert "identityResolution" not in call("GET", created["selfUri"]).json
    found = call("GET", f"{created['selfUri']}?expand=identityresolution").json
    assert_valid("AppleIntegration", found)
    assert found["identityResolution"] == changed


def test_what_cannot_be_expanded_is_named(call: Caller) -> None:
    refused = call("GET", f"{OPEN}?expand=supportedContent,everything")

    assert refused.status == 400
    assert refused.json["details"] == [{"errorCode": "invalid.value", "fieldName": "expand"}]
    assert "messagingSetting" in refused.json["message"]


@pytest.mark.parametrize("query", ["", "?expand=identityresolution", "?messagingSetting.id={}"])
def test_of_a_long_listing_only_the_page_is_written_out(
    call: Caller, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    """Else a program that goes through ten thousand waits for minutes."""
    created = [create(call, name=name) for name in "abcdef"]
    standard = created[0]["messagingSetting"]["id"]
    written: list[str] = []

    def noting(document: Document, *about: Any) -> Any:
        wire = wire_of.to_wire(document, *about)
        written.append(wire.get("name", "in part"))
        return wire

    monkeypatch.setattr(shapes, "to_wire", noting)
    paging = f"{'&' if query else '?'}pageSize=2&pageNumber=2"
    page = call("GET", f"{BASE}/integrations{query.format(standard)}{paging}").json

    assert (page["total"], [one["name"] for one in page["entities"]]) == (6, ["c", "d"])
    assert [one for one in written if one != "in part"] == ["c", "d"]


def test_an_order_that_nobody_declares_is_ignored(call: Caller) -> None:
    for name in ("b", "a"):
        create(call, name=name)

    page = call("GET", f"{OPEN}?sortBy=name").json

    assert [one["name"] for one in page["entities"]] == ["b", "a"]


def test_a_listing_is_filtered_by_reference_and_keeps_the_filter(call: Caller) -> None:
    content = call("POST", f"{BASE}/supportedcontent", {"name": "PNG"}).json
    for name in ("a", "b"):
        create(call, name=name, supportedContent={"id": content["id"]})
    create(call, name="default")

    page = call("GET", f"{OPEN}?supportedContent.id={content['id']}&pageSize=1").json
    following = call("GET", page["nextUri"]).json

    assert (page["total"], page["entities"][0]["name"]) == (2, "a")
    assert (following["total"], following["entities"][0]["name"]) == (2, "b")
    assert "nextUri" not in following


# Lenient where the platform is, and strict where it is


def test_some_clients_write_true_as_python_does(call: Caller, sandbox: Sandbox) -> None:
    chat = sandbox.create_integration("open", outboundNotificationWebhookUrl="http://127.0.0.1:1/")
    path = f"/api/v2/conversations/messages/{chat['id']}/inbound/open/message"
    for text, status in (("True", 200), ("false", 200), ("maybe", 400)):
        message = {
            "channel": {
                "messageId": f"m-{text}",
                "from": {"id": "c-1", "idType": "Opaque"},
                "time": "2026-11-29T04:00:00+00:00",
            },
            "text": "Hello",
        }
        response = call("POST", f"{path}?prefetchConversationId={text}", message)
        assert response.status in (status, 202 if status == 200 else status), response.data


def test_a_refusal_is_about_the_token_then_the_permission_then_the_id(
    call: Caller, sandbox: Sandbox
) -> None:
    powerless = sandbox.create_token(permissions=[])
    path = f"{OPEN}/none"

    assert call("PATCH", path, {"name": 7}, token="none").status == 401
    refused = call("PATCH", path, {"name": 7}, token=powerless)
    assert (refused.status, "messaging:integration:edit" in refused.json["message"]) == (403, True)
    assert call("PATCH", path, {"name": "x"}).status == 404
    assert call("PATCH", path, {"name": 7}).status == 400


def test_a_body_must_be_declared_as_json_and_a_verb_allowed(call: Caller) -> None:
    assert call("POST", OPEN, data=b"{}").status == 415
    wrong = call("PUT", OPEN, BODY)
    assert (wrong.status, "POST" in wrong.headers["Allow"]) == (405, True)
    assert call("DELETE", create(call)["selfUri"], data=b"null", headers=JSON).status == 204


def test_a_version_is_of_no_matter_where_only_the_service_sets_it(call: Caller) -> None:
    created = create(call, f"{BASE}/supportedcontent")
    changed = call("PATCH", created["selfUri"], {"name": "Other", "version": 99})
    assert (changed.status, changed.json["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-11-29T04:00:00.000Z", "2026-11-29T04:00:00.000Z"),
        ("2026-11-29T04:00:00+00:00", "2026-11-29T04:00:00.000Z"),
        ("2026-11-29T06:30:00.1234567+0230", "2026-11-29T04:00:00.123Z"),
        ("2026-11-29T04:00:00", None),
        ("2026-11-29", None),
        ("yesterday", None),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999Z"),
        ("9999-12-31T23:59:59-12:00", None),
        ("9999-12-31T24:00:00Z", None),
        ("0001-01-01T00:00:00+12:00", None),
    ],
)
def test_a_time_is_kept_as_the_service_writes_it(
    call: Caller, sandbox: Sandbox, sent: str, kept: str | None
) -> None:
    chat = sandbox.create_integration("open", outboundNotificationWebhookUrl="http://127.0.0.1:1/")
    channel = {"messageId": "m-1", "from": {"id": "c-1", "idType": "Opaque"}, "time": sent}
    path = f"/api/v2/conversations/messages/{chat['id']}/inbound/open/message"

    response = call("POST", path, {"channel": channel, "text": "Hello"})

    if kept is None:
        (detail,) = response.json["details"]
        assert detail == {"errorCode": "invalid.type", "fieldName": "channel.time"}
        assert response.json["code"] == "bad.request"
    else:
        assert response.json["channel"]["time"] == kept
