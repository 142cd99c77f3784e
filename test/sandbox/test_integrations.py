"""Creating, reading and deleting integrations of every kind."""

from __future__ import annotations

import pytest
from contract_facts import Operation

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import (
    BODIES,
    FACEBOOK,
    ID_CALLS,
    LINE,
    LISTINGS,
    TWITTER,
    Caller,
    Clock,
    body_for,
    path_to,
)

every_kind = pytest.mark.parametrize("listing", LISTINGS)


@every_kind
def test_a_created_integration_can_be_read_listed_and_deleted(call: Caller, listing: str) -> None:
    created = call.create(listing)

    uri = created["selfUri"]
    assert uri == f"{listing}/{created['id']}"
    assert call("GET", uri).json == created
    assert call("GET", listing).json["entities"] == [created]
    deleted = call("DELETE", uri)
    assert (deleted.status, deleted.data) == (204, b"")
    assert call("GET", uri).status == 404
    assert call("GET", listing).json["total"] == 0


@every_kind
def test_a_new_integration_is_version_1_and_tells_who_made_it_and_when(
    call: Caller, listing: str
) -> None:
    created = call.create(listing)

    assert created["version"] == 1
    assert created["dateCreated"] == created["dateModified"] == "2019-08-14T09:30:00.000Z"
    assert created["createdBy"] == created["modifiedBy"]
    assert created["createdBy"]["selfUri"] == f"/api/v2/users/{created['createdBy']['id']}"
    assert created["recipient"]["id"] in created["recipient"]["selfUri"]


@every_kind
def test_no_response_contains_a_secret(call: Caller, listing: str) -> None:
    created = call("POST", listing, BODIES[listing])
    responses = [created, call("GET", listing), call("GET", created.json["selfUri"])]

    assert all(b"secret" not in response.data.lower() for response in responses)


@every_kind
def test_an_id_sent_by_the_caller_is_ignored(call: Caller, listing: str) -> None:
    created = call.create(listing, id="mine", selfUri="/mine", unknownField=[1, 2])

    assert created["id"] != "mine"
    assert created["selfUri"].endswith(created["id"])
    assert "unknownField" not in created


@pytest.mark.parametrize("operation", ID_CALLS, ids=str)
def test_an_unknown_id_is_not_found(call: Caller, operation: Operation) -> None:
    other = next(listing for listing in LISTINGS if not operation.path.startswith(listing))
    of_another_kind = call.create(other)["id"]

    for unknown in ("nowhere", of_another_kind, "a%2Fb", "%00", "%ff", "%F0%9F%A6%84"):
        response = call(operation.verb, path_to(operation, unknown), body_for(operation))
        assert (response.status, response.json["code"]) == (404, "not.found")
    assert call("GET", other).json["total"] == 1


@pytest.mark.parametrize("integration_id", ["a/b", "a%2Fb", "a?b#c d", "é\u2028", "a+b"])
def test_an_id_is_one_path_segment_whatever_is_in_it(
    call: Caller, sandbox: Sandbox, integration_id: str
) -> None:
    seeded = sandbox.create_integration("line", integration_id=integration_id)

    assert seeded["selfUri"].count("/") == LINE.count("/") + 1
    assert call("GET", seeded["selfUri"]).json["id"] == integration_id
    assert call("GET", LINE).json["entities"][0]["id"] == integration_id


def test_a_facebook_integration_is_active_and_shows_its_page_and_app(call: Caller) -> None:
    by_page = call.create(FACEBOOK)
    again = call.create(FACEBOOK)
    by_user = call(
        "POST", FACEBOOK, {"name": "Page", "userAccessToken": "secret", "pageId": "90210"}
    ).json

    assert (by_page["status"], by_page["appId"]) == ("Active", "4711")
    assert by_page["pageId"].isdigit()
    assert by_page["pageId"] == again["pageId"]
    assert by_user["pageId"] == "90210"
    assert "appId" not in by_user


def test_a_twitter_integration_is_active_and_shows_its_account(call: Caller) -> None:
    created = call.create(TWITTER)
    other = call.create(TWITTER, accessTokenKey="18-key", tier="enterprise", envName=None)

    shown = {name: created[name] for name in ("accessTokenKey", "consumerKey", "tier", "envName")}
    assert shown == {name: BODIES[TWITTER][name] for name in shown}
    assert created["status"] == "Active"
    assert created["userId"].isdigit()
    assert created["username"] != other["username"]
    assert "envName" not in other


def test_a_line_integration_waits_for_its_webhook(call: Caller, sandbox: Sandbox) -> None:
    created = call.create(LINE)

    assert created["status"] == "Inactive"
    assert created["webhookUri"].startswith(sandbox.host + "/")
    webhook = created["webhookUri"].removeprefix(sandbox.host)
    assert call("POST", webhook, {"events": []}, token=None).status == 200
    assert call("GET", created["selfUri"]).json["status"] == "Active"


def test_a_line_integration_without_a_channel_stays_inactive(
    call: Caller, sandbox: Sandbox
) -> None:
    created = call("POST", LINE, {"name": "A brand-new official account"}).json

    webhook = created["webhookUri"].removeprefix(sandbox.host)
    assert call("POST", webhook, {}, token=None).status == 200
    assert call("GET", created["selfUri"]).json["status"] == "Inactive"
    assert "channelId" not in created


def test_the_webhook_of_an_unknown_integration_is_not_found(call: Caller) -> None:
    assert call("POST", "/webhooks/line/nowhere", {}, token=None).status == 404


def test_the_webhook_uri_names_the_host_that_the_caller_used(
    call: Caller, sandbox: Sandbox
) -> None:
    host = f"localhost:{sandbox.port}"

    created = call("POST", LINE, BODIES[LINE], headers={"Host": host}).json

    assert created["webhookUri"].startswith(f"http://{host}/")


def test_dates_are_those_of_the_clock(call: Caller, clock: Clock) -> None:
    clock.advance(0.25)

    assert call.create(FACEBOOK)["dateCreated"] == "2019-08-14T09:30:00.250Z"
