"""Today's platform: what the contract says is what the sandbox does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platform_facts import platform
from sandbox_contract import texts

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    BadRequestException,
    Configuration,
    ConflictException,
    ConversationsApi,
    ForbiddenException,
    MessagingApi,
    NotFoundException,
    UnauthorizedException,
    paginate,
    wait_until,
)
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract, shapes
from PureCloudPlatformClientV2.sandbox.platform.behaviors import BEHAVIORS
from PureCloudPlatformClientV2.sandbox.platform.routes import served_by
from PureCloudPlatformClientV2.sandbox.platform.unserved import template_of

BASE = "/api/v2/conversations/messaging"
OPEN = {
    "name": "Chat",
    "outboundNotificationWebhookUrl": "https://middleware.example.com/",
    "outboundNotificationWebhookSignatureSecretToken": "a-secret-of-the-tests",
    "webhookHeaders": {"X-Key": "key"},
}


@pytest.fixture(scope="module")
def _started() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_started: Sandbox) -> Sandbox:
    _started.reset()
    return _started


def client_of(sandbox: Sandbox, token: str | None = None) -> ApiClient:
    configuration = Configuration(host=sandbox.host, access_token=token or sandbox.access_token)
    configuration.retries = 0
    return ApiClient(configuration=configuration)


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[ApiClient]:
    with client_of(sandbox) as client:
        yield client


@pytest.fixture
def api(client: ApiClient) -> ConversationsApi:
    return ConversationsApi(client)


def call(client: ApiClient, verb: str, path: str, body: Any = None) -> Any:
    return client.call_api(path, verb, body=body, response_type="object")


def assert_valid(definition: str, answer: Any) -> None:
    """Check an answer against the platform's own document, required fields included."""
    from jsonschema import Draft4Validator

    schema = {"$ref": f"#/definitions/{definition}", "definitions": platform()["definitions"]}
    errors = [error.message for error in Draft4Validator(schema).iter_errors(answer)]
    assert errors == []


# The document


def test_the_documents_are_cut_from_the_platforms_own() -> None:
    for kept, text in texts().items():
        assert kept.read_text(encoding="utf-8") == text


UNSERVED = [one for one in contract.operations() if served_by(one) is None]


def test_every_operation_of_the_family_is_there() -> None:
    eras = [one.is_of_2019 for one in contract.operations()]
    assert (eras.count(True), eras.count(False)) == (14, 155)


def test_every_behavior_is_of_an_operation() -> None:
    assert BEHAVIORS.keys() <= {one.id for one in contract.operations()}


def test_what_is_not_played_says_so(client: ApiClient) -> None:
    for operation in UNSERVED:
        path = operation.path.replace("{", "").replace("}", "")
        with pytest.raises(ApiException) as caught:
            call(client, operation.verb, path, {} if operation.body else None)
        assert caught.value.status == 501, operation
        assert operation.verb == "HEAD" or "does not play" in str(caught.value)


def test_what_the_platform_has_and_the_sandbox_does_not_is_told(sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        for verb, path, operation in (
            ("GET", "/api/v2/users/me", "GET /api/v2/users/me"),
            ("GET", "/api/v2/users/a%2Fb", "GET /api/v2/users/{userId}"),
            ("POST", "/api/v2/routing/queues", "POST /api/v2/routing/queues"),
            ("PATCH", f"{BASE}/threadingtimeline", None),
            ("GET", "/api/v2/users/a/b/c/d", None),
            ("GET", "/api/v2/users/", None),
            ("GET", "/api/v2/unheard-of", None),
        ):
            with pytest.raises(ApiException) as caught:
                call(client, verb, path, {} if verb == "POST" else None)
            assert caught.value.error
            if operation is None:
                assert caught.value.status in (404, 405), path
            else:
                assert caught.value.status == 501, path
                assert caught.value.error.message == f"The sandbox does not play {operation}."
    with client_of(sandbox, "no-such-token") as stranger, pytest.raises(UnauthorizedException):
        call(stranger, "GET", "/api/v2/users/me")


def test_what_is_not_played_is_told_behind_a_gateway() -> None:
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(api_path="api"))
        configuration = Configuration(host=sandbox.api_url, access_token=sandbox.access_token)
        configuration.retries = 0
        client = stack.enter_context(ApiClient(configuration=configuration))
        with pytest.raises(ApiException, match=r"GET /api/v2/users/me\."):
            call(client, "GET", "/api/v2/users/me")


@settings(max_examples=100)
@given(data=st.data())
def test_every_operation_of_the_platform_is_known(data: st.DataObject) -> None:
    paths = platform()["paths"]
    path = data.draw(st.sampled_from(sorted(paths)))
    verb = data.draw(st.sampled_from(sorted(paths[path]))).upper()
    found = template_of(verb, path.replace("{", "").replace("}", ""))
    assert found is not None
    assert re.sub(r"{.*?}", "{}", found) == re.sub(r"{.*?}", "{}", path)
    assert template_of(verb, path + "/x/y/z/nowhere") is None


# A life, from creation to deletion


def example(definition: str) -> dict[str, Any]:
    """A body with all that is required, and all texts besides."""
    schema = platform()["definitions"][definition]
    return {
        name: one.get("enum", [f"{name} of the test"])[0]
        for name, one in schema["properties"].items()
        if one.get("type") == "string" and not one.get("readOnly")
    }


LIVES = [
    f"{BASE}/integrations/{kind}"
    for kind in ("apple", "facebook", "instagram", "open", "twitter", "whatsapp")
] + [
    f"{family}/{one}"
    for family in (BASE, "/api/v2/messaging")
    for one in ("settings", "supportedcontent")
]


def operation_at(verb: str, path: str) -> contract.Operation:
    (found,) = [one for one in contract.operations() if (one.verb, one.path) == (verb, path)]
    return found


CREATIONS = [
    *LIVES,
    "/api/v2/routing/sms/addresses",
    "/api/v2/routing/sms/phonenumbers",
    "/api/v2/routing/sms/phonenumbers/import",
    "/api/v2/responsemanagement/libraries",
    "/api/v2/responsemanagement/responses",
]


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


# Creating takes its time


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def test_an_integration_is_complete_after_some_time() -> None:
    clock = Clock()
    with Sandbox(creation_time=30, clock=clock) as sandbox, client_of(sandbox) as client:
        api = ConversationsApi(client)
        created = api.post_conversations_messaging_integrations_open(OPEN)
        assert client.last_response
        assert (client.last_response.status, created.create_status) == (202, "Initiated")
        assert created.id
        read = partial(api.get_conversations_messaging_integrations_open_integration_id, created.id)
        assert (read().create_status, read().status) == ("Initiated", "Inactive")
        clock.now += 30
        assert wait_until(read).create_status == "Completed"


def test_its_end_can_be_said_by_hand(sandbox: Sandbox, api: ConversationsApi) -> None:
    created = api.post_conversations_messaging_integrations_open(OPEN)
    assert created.id
    read = partial(api.get_conversations_messaging_integrations_open_integration_id, created.id)
    error = {"message": "the webhook cannot be reached", "code": "bad.webhook", "status": 400}
    sandbox.set_create_status(created.id, "Error", error=error)
    with pytest.raises(ApiException, match="the webhook cannot be reached"):
        wait_until(read)
    sandbox.set_create_status(created.id, "Completed")
    assert wait_until(read).create_error is None
    with pytest.raises(LookupError):
        sandbox.set_create_status("no-such-id", "Error")
    with pytest.raises(ValueError, match="Initiated, Completed, Error"):
        sandbox.set_create_status(created.id, "Done")


def test_the_control_api_says_it_as_well(sandbox: Sandbox, api: ConversationsApi) -> None:
    created = api.post_conversations_messaging_integrations_open(OPEN)
    with client_of(sandbox, sandbox.control_token) as control:
        path = "/sandbox/create-status"
        control.call_api(path, "PUT", body={"id": created.id, "createStatus": "Initiated"})
        with pytest.raises(NotFoundException):
            control.call_api(path, "PUT", body={"id": "none", "createStatus": "Error"})
        with pytest.raises(BadRequestException):
            control.call_api(path, "PUT", body={"id": created.id})
    found = api.get_conversations_messaging_integrations_open_integration_id(created.id or "")
    assert found.create_status == "Initiated"


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


# Behaviors


def test_whatsapp_is_signed_up_and_activated(client: ApiClient) -> None:
    path = f"{BASE}/integrations/whatsapp/embeddedsignup"
    body = {"name": "Shop", "embeddedSignupAccessToken": "a-secret-of-the-tests"}
    created = call(client, "POST", path, body)
    assert_valid("WhatsAppIntegration", created)
    assert (created["createStatus"], created["status"]) == ("Initiated", "Inactive")
    assert created["selfUri"] == f"{BASE}/integrations/whatsapp/{created['id']}"
    assert call(client, "GET", f"{BASE}/integrations/whatsapp")["total"] == 1
    number = created["availablePhoneNumbers"]["entities"][1]["phoneNumber"]
    for bad in ({"pin": "12345"}, {"pin": "123456", "phoneNumber": "+1"}, {}):
        with pytest.raises(BadRequestException):
            call(client, "PATCH", f"{path}/{created['id']}", bad)
    change = {"pin": "123456", "phoneNumber": number}
    active = call(client, "PATCH", f"{path}/{created['id']}", change)
    assert_valid("WhatsAppIntegration", active)
    assert (active["status"], active["phoneNumber"]) == ("Active", number)
    assert active["activationStatusCode"] == "CodeConfirmed"
    assert "pin" not in active
    with pytest.raises(NotFoundException):
        call(client, "PATCH", f"{path}/none", {"pin": "123456"})


@pytest.mark.parametrize(
    "path",
    [
        "facebook/app",
        "facebook/permissions",
        "integrations/twitter/oauth/settings",
        "integrations/open/extensions/googlebusinessprofile/oauth/settings",
    ],
)
def test_what_a_sign_up_begins_with_is_always_the_same(client: ApiClient, path: str) -> None:
    answer = call(client, "GET", f"{BASE}/{path}")
    assert_valid(operation_at("GET", f"{BASE}/{path}").result or "", answer)
    assert answer
    assert answer == call(client, "GET", f"{BASE}/{path}")


def test_a_twitter_integration_tells_how_to_sign_in_again(client: ApiClient) -> None:
    path = f"{BASE}/integrations/twitter"
    body = example(operation_at("POST", path).body or "")
    created = call(client, "POST", path, body)
    found = call(client, "GET", f"{BASE}/integrations/{created['id']}/twitter/oauth/settings")
    assert_valid("TwitterOAuthSettings", found)
    assert found["clientId"] == call(client, "GET", f"{path}/oauth/settings")["clientId"]
    with pytest.raises(NotFoundException):
        call(client, "GET", f"{BASE}/integrations/none/twitter/oauth/settings")


def test_apples_callback_needs_no_token(sandbox: Sandbox) -> None:
    (callback,) = [one for one in contract.operations() if not one.needs_token]
    with client_of(sandbox, "no-such-token") as client:
        with pytest.raises(BadRequestException, match="code"):
            call(client, "GET", f"{callback.path}?state=s")
        found = call(client, "GET", f"{callback.path}?code=c&state=s")
        assert_valid(callback.result or "", found)
        assert "error" not in found
        refused = call(client, "GET", f"{callback.path}?code=c&state=s&error=access_denied")
        assert_valid(callback.result or "", refused)
        assert refused["error"]["code"] == "access_denied"


def test_a_google_business_profile_is_an_open_integration(client: ApiClient) -> None:
    path = f"{BASE}/integrations/open/extensions/googlebusinessprofile"
    code = {"code": "a-secret-of-the-tests", "redirectUri": "https://example.com/"}
    token = call(client, "POST", f"{path}/tokens", code)
    assert_valid("GoogleAuthToken", token)
    assert call(client, "GET", f"{path}/tokens/{token['id']}") == token
    accounts = call(client, "GET", f"{path}/tokens/{token['id']}/accounts")
    assert_valid("GoogleBusinessProfileAccountListing", accounts)
    account = {"id": accounts["entities"][0]["id"]}
    body = {"name": "Shop", "token": {"id": token["id"]}, "account": account}
    with pytest.raises(BadRequestException, match=r"token\.id"):
        call(client, "POST", path, {**body, "token": {"id": "none"}})
    created = call(client, "POST", path, body)
    assert_valid("GoogleBusinessProfileOpenIntegration", created)
    assert (created["account"], created["createStatus"]) == (account, "Initiated")
    everything = call(client, "GET", f"{BASE}/integrations")["entities"]
    kinds = [(one["messengerType"], one["openExtensionType"]) for one in everything]
    assert kinds == [("open", "GoogleBusinessProfile")]
    changed = call(client, "PATCH", created["selfUri"], {"name": "Other"})
    assert (changed["name"], changed["token"]) == ("Other", {"id": token["id"]})
    with pytest.raises(BadRequestException, match=r"token\.id"):
        call(client, "PATCH", created["selfUri"], {"token": {"id": "none"}})
    assert call(client, "GET", created["selfUri"]) == changed
    call(client, "DELETE", created["selfUri"])
    for lost in (created["selfUri"], f"{path}/tokens/none", f"{path}/tokens/none/accounts"):
        with pytest.raises(NotFoundException):
            call(client, "GET", lost)


def test_recipients_come_with_integrations_and_take_a_flow(client: ApiClient) -> None:
    path = "/api/v2/routing/message/recipients"
    assert call(client, "GET", path)["total"] == 0
    chat = call(client, "POST", f"{BASE}/integrations/open", OPEN)
    page = {"name": "Page", "pageAccessToken": "a-secret-of-the-tests"}
    call(client, "POST", f"{BASE}/integrations/facebook", page)
    listing = call(client, "GET", path)
    assert_valid("RecipientListing", listing)
    kinds = [(one["messengerType"], one["name"]) for one in listing["entities"]]
    assert kinds == [("open", "Chat"), ("facebook", "Page")]
    for query in ("messengerType=facebook", "name=pag", "pageSize=1&pageNumber=2"):
        found = call(client, "GET", f"{path}?{query}")["entities"]
        assert [one["name"] for one in found] == ["Page"], query

    one = chat["recipient"]["selfUri"]
    assert "flow" not in call(client, "GET", one)
    routed = call(client, "PUT", one, {"flow": {"id": "f-1"}})
    assert_valid("Recipient", routed)
    assert routed["flow"]["id"] == "f-1"
    assert call(client, "GET", one) == routed
    call(client, "PATCH", chat["selfUri"], {"name": "Other"})
    assert call(client, "GET", one)["flow"] == routed["flow"], "a change of the integration stays"
    assert "flow" not in call(client, "PUT", one, {})
    call(client, "DELETE", chat["selfUri"])
    for verb, body in (("GET", None), ("PUT", {})):
        with pytest.raises(NotFoundException):
            call(client, verb, one, body)


# Any body at all

json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=4,
)


@settings(max_examples=60)
@given(data=st.data())
def test_any_body_is_accepted_or_refused_as_the_contract_has_it(
    client: ApiClient, data: st.DataObject
) -> None:
    path = data.draw(st.sampled_from(CREATIONS))
    creation = operation_at("POST", path)
    assert creation.body
    names = list(contract.properties(creation.body))
    body = data.draw(st.dictionaries(st.sampled_from(names), json_values, max_size=4))
    body = {**example(creation.body), **body}
    try:
        created = call(client, "POST", path, body)
    except BadRequestException as refused:
        if not (refused.error and refused.error.details):
            raise
    except ConflictException:
        assert "phonenumbers" in path, "a number is there once"
    else:
        assert_valid(creation.result or "", created)


LISTINGS = [one for one in contract.operations() if served_by(one) is shapes.list_documents]


@settings(max_examples=100)
@given(data=st.data())
def test_any_query_is_answered_or_refused_by_name(client: ApiClient, data: st.DataObject) -> None:
    listing = data.draw(st.sampled_from(LISTINGS))
    query = {
        name: data.draw(st.sampled_from(known) if known else st.text(max_size=5))
        for name, schema in listing.queries.items()
        if data.draw(st.booleans())
        for known in [schema.get("enum") or schema.get("items", {}).get("enum")]
    }
    try:
        page = call(client, "GET", f"{listing.path}?{urlencode(query)}")
    except BadRequestException as refused:
        named = {one.field_name for one in (refused.error and refused.error.details) or ()}
        if not named or not named <= listing.queries.keys():
            raise
    else:
        if not listing.is_of_2019:
            assert_valid(listing.result or "", page)
