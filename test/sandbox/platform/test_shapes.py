"""What the shapes do: lists, creates, reads, changes, deletes, and sets what there is one of."""

from __future__ import annotations

from typing import Any

import pytest

from PureCloudPlatformClientV2 import (
    ApiClient,
    BadRequestException,
    ConflictException,
    ConversationsApi,
    ForbiddenException,
    MessagingApi,
    NotFoundException,
    paginate,
)
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract

from .calls import BASE, LIVES, OPEN, assert_valid, call, client_of, example, operation_at

# A life, from creation to deletion


@pytest.mark.parametrize("path", LIVES)
def test_a_life_from_creation_to_deletion(client: ApiClient, path: str) -> None:
    creation = operation_at("POST", path)
    listing = operation_at("GET", path)
    items = {one.verb: one for one in contract.operations() if one.path.startswith(path + "/{")}
    assert creation.body
    assert creation.result
    body = example(creation.body)

    created = call(client, "POST", path, body)
    assert_valid(creation.result, created)
    assert created["selfUri"] == f"{path}/{created['id']}"
    one = created["selfUri"]

    read = call(client, "GET", one)
    assert_valid(creation.result, read)
    assert {**created, **{key: read[key] for key in created if key == "createStatus"}} == read
    shown = contract.properties(creation.result)
    assert {name: read[name] for name in body if name in shown} == {
        name: value for name, value in body.items() if name in shown
    }
    assert not (body.keys() - shown.keys()) & read.keys(), "secrets came back"

    page = call(client, "GET", path)
    assert_valid(listing.result or "", page)
    assert read in page["entities"]

    change = items["PATCH"]
    changed = call(client, "PATCH", one, {**example(change.body or ""), "name": "Other"})
    assert_valid(change.result or "", changed)
    assert changed["name"] == "Other"
    if "version" in shown:
        assert int(changed["version"]) == int(read["version"]) + 1

    assert call(client, "DELETE", one) is None
    for verb in ("GET", "DELETE"):
        with pytest.raises(NotFoundException):
            call(client, verb, one)


def test_all_kinds_are_listed_together(client: ApiClient, api: ConversationsApi) -> None:
    for kind in ("open", "facebook"):
        body = {**OPEN, "name": kind}
        call(client, "POST", f"{BASE}/integrations/{kind}", body)
    call(client, "POST", f"{BASE}/settings", {"name": "no integration"})
    page = call(client, "GET", f"{BASE}/integrations")
    assert_valid("MessagingIntegrationEntityListing", page)
    found = list(paginate(api.get_conversations_messaging_integrations, page_size=1))
    assert [(one.messenger_type, one.name) for one in found] == [
        ("open", "open"),
        ("facebook", "facebook"),
    ]


# Permissions, bodies, references


def test_a_missing_permission_is_named(sandbox: Sandbox) -> None:
    token = sandbox.create_token(permissions=["messaging:integration:view"])
    with client_of(sandbox, token) as client:
        assert call(client, "GET", f"{BASE}/integrations/open")["total"] == 0
        with pytest.raises(ForbiddenException, match="messaging:integration:add"):
            call(client, "POST", f"{BASE}/integrations/open", OPEN)
        with pytest.raises(ForbiddenException, match="messaging:integration:delete"):
            call(client, "DELETE", f"{BASE}/integrations/open/none")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"name": None}, "name", "missing.value"),
        ({"name": 7}, "name", "invalid.type"),
        ({"webhookHeaders": {"X-Key": 7}}, "webhookHeaders.X-Key", "invalid.type"),
        ({"supportedContent": {}}, "supportedContent.id", "missing.value"),
        ({"supportedContent": {"id": "none"}}, "supportedContent.id", "invalid.value"),
    ],
)
def test_a_bad_body_is_told_by_field(
    client: ApiClient, change: dict[str, Any], field: str, code: str
) -> None:
    with pytest.raises(BadRequestException) as caught:
        call(client, "POST", f"{BASE}/integrations/open", {**OPEN, **change})
    assert caught.value.error
    assert [(d.field_name, d.error_code) for d in caught.value.error.details or []] == [
        (field, code)
    ]
    assert call(client, "GET", f"{BASE}/integrations/open")["total"] == 0


def test_what_only_the_service_sets_is_ignored(client: ApiClient) -> None:
    body = {**OPEN, "id": "mine", "selfUri": "/mine", "status": "Inactive", "unknown": [1]}
    created = call(client, "POST", f"{BASE}/integrations/open", body)
    assert created["id"] != "mine"
    assert "unknown" not in created


def test_an_integration_has_the_profiles_that_it_was_given(client: ApiClient) -> None:
    setting = call(client, "POST", f"{BASE}/settings", {"name": "Typing"})
    content = call(client, "POST", f"{BASE}/supportedcontent", {"name": "Pictures"})
    chosen = {"messagingSetting": {"id": setting["id"]}, "supportedContent": {"id": content["id"]}}
    plain = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    assert plain["supportedContent"]["name"] == "Default"
    path = f"{BASE}/integrations/open/{plain['id']}"
    changed = call(client, "PATCH", path, {"name": "Chat", **chosen})
    assert changed["messagingSetting"]["name"] == "Typing"
    other = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    standard = other["supportedContent"]["id"]
    for query, expected in (
        (f"?supportedContent.id={content['id']}", [plain["id"]]),
        (f"?supportedContent.id={standard}", [other["id"]]),
        ("?messagingSetting.id=none", []),
        ("", [plain["id"], other["id"]]),
    ):
        page = call(client, "GET", f"{BASE}/integrations/open{query}")
        assert [one["id"] for one in page["entities"]] == expected


def test_defaults_can_be_chosen(client: ApiClient) -> None:
    for one, key in (("settings", "settingId"), ("supportedcontent", "id")):
        path = f"{BASE}/{one}/default"
        first = call(client, "GET", path)
        assert first["name"] == "Default"
        other = call(client, "POST", f"{BASE}/{one}", {"name": "Other"})
        assert call(client, "PUT", path, {key: other["id"]})["id"] == other["id"]
        assert call(client, "GET", path)["id"] == other["id"]
        with pytest.raises(NotFoundException):
            call(client, "PUT", path, {key: "none"})
        with pytest.raises(ConflictException):
            call(client, "DELETE", f"{BASE}/{one}/{other['id']}")
        call(client, "PUT", path, {key: first["id"]})
        assert call(client, "DELETE", f"{BASE}/{one}/{other['id']}") is None
        assert call(client, "GET", path)["id"] == first["id"]
    call(client, "DELETE", f"{BASE}/settings/default")
    with pytest.raises(NotFoundException):
        call(client, "GET", f"{BASE}/settings/default")


def test_a_new_organization_has_its_defaults(client: ApiClient) -> None:
    for one in ("settings", "supportedcontent"):
        assert [item["name"] for item in call(client, "GET", f"{BASE}/{one}")["entities"]] == [
            "Default"
        ]


def test_a_null_is_a_field_that_was_not_sent(client: ApiClient) -> None:
    body = {"name": "One", "content": {"story": None}}
    assert call(client, "POST", f"{BASE}/settings", body)["content"] == {}


def test_what_only_the_service_sets_is_ignored_at_any_depth(client: ApiClient) -> None:
    division = {"id": "d-1", "selfUri": 7}
    window = {"resolveIdentities": True, "division": division}
    created = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    path = f"{BASE}/identityresolution/integrations/open/{created['id']}"
    assert call(client, "PUT", path, window)["division"] == {"id": "d-1"}


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("open", "webhookHeaders"),
        ("open", "outboundNotificationWebhookSignatureSecretToken"),
        ("facebook", "pageAccessToken"),
        ("twitter", "signupCode"),
        ("whatsapp", "wabaCertificate"),
    ],
)
def test_the_log_does_not_show_secrets(
    sandbox: Sandbox, client: ApiClient, kind: str, field: str
) -> None:
    definition = operation_at("POST", f"{BASE}/integrations/{kind}").body or ""
    value: Any = {"X-Key": "hunter2"} if field == "webhookHeaders" else "hunter2"
    call(client, "POST", f"{BASE}/integrations/{kind}", {**example(definition), field: value})
    assert "hunter2" not in repr(sandbox.requests[-1])


def test_both_paths_lead_to_the_same_settings(client: ApiClient) -> None:
    created = call(client, "POST", "/api/v2/messaging/settings", {"name": "One"})
    assert created["selfUri"] == f"/api/v2/messaging/settings/{created['id']}"
    found = call(client, "GET", f"{BASE}/settings/{created['id']}")
    assert (found["name"], found["selfUri"]) == ("One", f"{BASE}/settings/{created['id']}")


def test_organizations_do_not_see_each_others(sandbox: Sandbox, client: ApiClient) -> None:
    created = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    other = sandbox.create_organization("other")
    with client_of(sandbox, other.access_token) as stranger:
        assert call(stranger, "GET", f"{BASE}/integrations/open")["total"] == 0
        with pytest.raises(NotFoundException):
            call(stranger, "GET", created["selfUri"])


def test_what_was_kept_is_there_after_a_restart(tmp_path: Any) -> None:
    file, token = tmp_path / "sandbox.db", "the-token-of-the-test"
    with Sandbox(database=file, access_token=token) as sandbox, client_of(sandbox) as client:
        call(client, "POST", f"{BASE}/integrations/open", OPEN)
    with Sandbox(database=file, access_token=token) as sandbox, client_of(sandbox) as client:
        assert call(client, "GET", f"{BASE}/integrations/open")["total"] == 1


def test_a_script_of_2019_creates_what_today_has(client: ApiClient) -> None:
    client.configuration.platform = "today"
    api = MessagingApi(client)
    created = api.post_messaging_integrations_facebook(
        {"name": "Page", "pageAccessToken": "secret"}
    )
    assert created.create_status == "Completed"
    assert [one.name for one in api.get_messaging_integrations_facebook()] == ["Page"]
    assert created.id
    api.delete_messaging_integrations_facebook_integration_id(created.id)
    assert call(client, "GET", f"{BASE}/integrations/facebook")["total"] == 0


# What there is one of


@pytest.mark.parametrize("kind", ["apple", "facebook", "instagram", "open", "twitter", "whatsapp"])
def test_identity_resolution_is_there_as_long_as_its_integration(
    client: ApiClient, kind: str
) -> None:
    path = f"{BASE}/identityresolution/integrations/{kind}"
    definition = operation_at("GET", f"{path}/{{integrationId}}").result or ""
    creation = operation_at("POST", f"{BASE}/integrations/{kind}")
    created = call(client, "POST", creation.path, example(creation.body or ""))
    one = f"{path}/{created['id']}"
    first = call(client, "GET", one)
    assert_valid(definition, first)
    assert (first["resolveIdentities"], first["selfUri"]) == (False, one)
    changed = call(client, "PUT", one, {"resolveIdentities": True, "division": {"id": "d-1"}})
    assert changed == call(client, "GET", one)
    assert changed["division"] == {"id": "d-1"}
    assert "division" not in call(client, "PUT", one, {"resolveIdentities": True}), "replaced"
    with pytest.raises(BadRequestException):
        call(client, "PUT", one, {})
    call(client, "DELETE", created["selfUri"])
    for verb, body in (("GET", None), ("PUT", {"resolveIdentities": True})):
        with pytest.raises(NotFoundException):
            call(client, verb, one, body)


def test_the_threading_timeline_is_set(client: ApiClient) -> None:
    path = f"{BASE}/threadingtimeline"
    first = call(client, "GET", path)
    assert_valid("ConversationThreadingWindow", first)
    assert (first["settings"], first["defaultTimeoutMinutes"]) == ([], 72 * 60)
    body = {"settings": [{"messengerType": "open", "timeoutInMinutes": 60}]}
    changed = call(client, "PUT", path, {**body, "defaultTimeoutMinutes": 1})
    assert changed == {"id": first["id"], **body, "defaultTimeoutMinutes": 72 * 60}
    assert changed == call(client, "GET", path)
    unknown = {"settings": [{"messengerType": "pigeon", "timeoutInMinutes": 60}]}
    with pytest.raises(BadRequestException, match=r"settings\.0\.messengerType"):
        call(client, "PUT", path, unknown)
