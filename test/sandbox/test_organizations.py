"""Many organizations in one sandbox, told apart by token and OAuth client."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
import urllib3
from contract_facts import Operation

from PureCloudPlatformClientV2.sandbox import (
    Organization,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
)
from PureCloudPlatformClientV2.sandbox.store import StoreError

from .caller import FACEBOOK, ID_CALLS, LINE, Caller, body_for, path_to
from .token_requests import SAML, assert_refused, basic


@pytest.fixture
def berlin(sandbox: Sandbox) -> Organization:
    return sandbox.create_organization("Berlin")


def names(call: Caller, token: str, listing: str = LINE) -> list[str]:
    response = call("GET", listing, token=token)
    assert response.status == 200
    return [entity["name"] for entity in response.json["entities"]]


def test_every_organization_sees_its_own_integrations(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    tokyo = sandbox.create_organization("Tokyo")
    tokens = {"own": sandbox.access_token, "b": berlin.access_token, "t": tokyo.access_token}
    for name, token in tokens.items():
        for _ in range(2):
            assert call("POST", LINE, {"name": name}, token=token).status == 200

    for name, token in tokens.items():
        page = call("GET", LINE + "?pageSize=1&pageNumber=2", token=token).json
        assert (page["total"], page["pageCount"]) == (2, 2)
        assert [entity["name"] for entity in page["entities"]] == [name]


@pytest.mark.parametrize("operation", ID_CALLS, ids=str)
def test_an_integration_of_another_organization_is_not_there(
    call: Caller, berlin: Organization, operation: Operation
) -> None:
    made = call.create(operation.path.removesuffix("/{integrationId}"), name="before")

    response, nowhere = (
        call(operation.verb, path, body_for(operation), token=berlin.access_token)
        for path in (path_to(operation, made["id"]), path_to(operation))
    )

    assert (response.status, response.json["code"]) == (404, nowhere.json["code"])
    assert call("GET", made["selfUri"]).json == made


def test_the_webhook_of_line_finds_the_integration_of_any_organization(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    body = {"name": "A", "channelId": "1", "channelSecret": "secret"}
    made = call("POST", LINE, body, token=berlin.access_token).json

    assert call("POST", made["webhookUri"].removeprefix(sandbox.host), {}, token=None).status == 200
    assert call("GET", made["selfUri"], token=berlin.access_token).json["status"] == "Active"


def test_a_client_signs_in_to_its_organization(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    sandbox.create_integration("line", organization_id=berlin.id, name="of Berlin")

    tokens = call.form(
        {"grant_type": "client_credentials"}, basic(berlin.client_id, berlin.client_secret)
    ).json

    assert names(call, tokens["access_token"]) == ["of Berlin"]
    signed_in, listed = sandbox.requests
    assert signed_in.organization_id == listed.organization_id == berlin.id


def test_an_assertion_must_be_addressed_to_the_organization_of_the_client(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    form = {"grant_type": SAML, "assertion": "PHhtbC8+"}
    credentials = basic(berlin.client_id, berlin.client_secret)

    refused = call.form(form | {"orgName": sandbox.organization}, credentials)
    granted = call.form(form | {"orgName": "Berlin"}, credentials)

    assert_refused(refused, 400, "invalid_grant")
    call("POST", LINE, {"name": "by a user"}, token=granted.json["access_token"])
    assert names(call, berlin.access_token) == ["by a user"]


def test_codes_and_refresh_tokens_lead_to_the_organization_of_their_client(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    sandbox.create_integration("line", organization_id=berlin.id, name="of Berlin")
    uri = "https://app.example/cb"
    query = f"response_type=code&client_id={berlin.client_id}&redirect_uri={uri}"
    sent = call.pool.request("GET", f"{sandbox.host}/oauth/authorize?{query}", redirect=False)
    code = sent.headers["Location"].partition("code=")[2]
    credentials = basic(berlin.client_id, berlin.client_secret)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": uri}
    first = call.form(form, credentials).json
    form = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    second = call.form(form, credentials).json

    for tokens in (first, second):
        assert names(call, tokens["access_token"]) == ["of Berlin"]


def test_a_token_has_its_permissions_in_its_organization_alone(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    view = ["messaging:integration:view"]
    token = sandbox.create_token(permissions=view, organization_id=berlin.id)

    assert call("POST", LINE, {"name": "A"}, token=token).status == 403
    assert call("POST", LINE, {"name": "A"}, token=berlin.access_token).status == 200
    assert names(call, token) == ["A"]
    assert names(call, sandbox.access_token) == []


def test_one_organization_does_not_use_up_the_rate_limit_of_another() -> None:
    with (
        Sandbox(rate_limit=2, clock=lambda: 0.0) as sandbox,
        urllib3.PoolManager(retries=False) as pool,
    ):
        call, berlin = Caller(sandbox, pool), sandbox.create_organization("Berlin")
        tokens = [sandbox.access_token] * 3 + [berlin.access_token] * 3

        statuses = [call("GET", LINE, token=token).status for token in tokens]

        assert statuses == [200, 200, 429] * 2
        sandbox.reset(berlin.id)
        assert call("GET", LINE, token=berlin.access_token).status == 200
        assert call("GET", LINE).status == 429


def test_the_log_says_whose_requests_they_were(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    ended = sandbox.create_token(organization_id=berlin.id)
    sandbox.expire_token(ended)
    sandbox.faults.add(StatusFault(503, after=3))
    for token in (sandbox.access_token, berlin.access_token, ended, berlin.access_token, "other"):
        call("GET", LINE, token=token)
    call("GET", LINE, token=None)

    assert [(entry.status, entry.organization_id) for entry in sandbox.requests] == [
        (200, sandbox.organization_id),
        (200, berlin.id),
        (401, berlin.id),
        (503, berlin.id),
        (401, None),
        (401, None),
    ]


def test_a_fault_may_be_meant_for_one_organization(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    sandbox.faults.add(StatusFault(503, organization_id=berlin.id, times=2))

    tokens = [sandbox.access_token, berlin.access_token] * 3
    statuses = [call("GET", LINE, token=token).status for token in tokens]

    assert statuses == [200, 503, 200, 503, 200, 200]


def test_a_reset_of_one_organization_leaves_the_others(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    mine, theirs = (
        sandbox.create_token(organization_id=organization_id)
        for organization_id in (None, berlin.id)
    )
    sandbox.expire_token(berlin.access_token)
    own = ResetBeforeFault(method="PATCH")
    sandbox.faults.add(own, StatusFault(503, method="PATCH", organization_id=berlin.id))
    for token in (mine, theirs):
        assert call("POST", LINE, {"name": "A"}, token=token).status == 200

    sandbox.reset(berlin.id)

    assert [entry.organization_id for entry in sandbox.requests] == [sandbox.organization_id]
    assert list(sandbox.faults) == [own]
    assert names(call, berlin.access_token) == []
    assert names(call, mine) == ["A"]
    assert call("GET", LINE, token=theirs).status == 401


def test_a_reset_of_one_organization_ends_its_codes_and_refresh_tokens(
    call: Caller, sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    sandbox.create_organization("Berlin")
    uri = "https://app.example/cb"
    codes = [sandbox.create_authorization_code(redirect_uri=uri) for _ in range(2)]
    forms = [
        {"grant_type": "authorization_code", "code": code, "redirect_uri": uri} for code in codes
    ]
    tokens = call.form(forms[0], credentials).json

    sandbox.reset(sandbox.organization_id)

    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert_refused(call.form(forms[1], credentials), 400, "invalid_grant")
    assert_refused(call.form(refresh, credentials), 400, "invalid_grant")


def test_a_full_reset_ends_the_other_organizations(
    call: Caller, sandbox: Sandbox, berlin: Organization
) -> None:
    sandbox.reset()

    assert call("GET", LINE, token=berlin.access_token).status == 401
    assert call("GET", LINE).status == 200
    with pytest.raises(LookupError, match="no organization with the id"):
        sandbox.reset(berlin.id)


def test_an_organization_that_does_not_exist_is_told(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="no organization with the id 'nowhere'"):
        sandbox.create_token(organization_id="nowhere")
    with pytest.raises(LookupError, match="no organization with the id 'nowhere'"):
        sandbox.create_integration("line", organization_id="nowhere")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": ""}, "name must not be empty"),
        ({"name": "sandbox"}, "another organization called 'sandbox'"),
        ({"name": "Berlin"}, "another organization called 'Berlin'"),
        ({"access_token": "token-of-berlin"}, "access_token is that of another"),
        ({"client_id": "client-of-berlin"}, "client_id is that of another"),
    ],
)
def test_what_is_another_organizations_is_refused(
    call: Caller, sandbox: Sandbox, options: dict[str, str], message: str
) -> None:
    sandbox.create_organization(
        "Berlin", access_token="token-of-berlin", client_id="client-of-berlin", client_secret="s"
    )

    with pytest.raises(ValueError, match=message) as caught:
        sandbox.create_organization(**{"name": "Tokyo", **options})

    assert "token-of-berlin" not in str(caught.value)
    assert len(call.control("GET", "/organizations").json["organizations"]) == 2
    assert names(call, "token-of-berlin") == []


def test_an_organization_shows_no_secret_when_it_is_printed(berlin: Organization) -> None:
    assert "Berlin" in repr(berlin)
    assert berlin.access_token not in repr(berlin)
    assert berlin.client_secret not in repr(berlin)


def test_organizations_are_made_listed_and_reset_over_http(call: Caller, sandbox: Sandbox) -> None:
    body = {"name": "Berlin", "accessToken": "t", "clientId": "c", "clientSecret": "s"}

    made = call.control("POST", "/organizations", body).json
    seeded = call.control("POST", "/integrations/line", {"organizationId": made["id"]}).json
    issued = call.control("POST", "/tokens", {"organizationId": made["id"]}).json

    assert made == {"id": made["id"], **body}
    assert call.control("GET", "/organizations").json == {
        "organizations": [
            {"id": sandbox.organization_id, "name": "sandbox"},
            {"id": made["id"], "name": "Berlin"},
        ]
    }
    assert call("GET", seeded["selfUri"], token=issued["accessToken"]).status == 200
    assert call("GET", seeded["selfUri"]).status == 404
    assert call.control("POST", "/reset", {"organizationId": made["id"]}).status == 204
    assert call("GET", seeded["selfUri"], token="t").status == 404


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/organizations", {}, 400),
        ("/organizations", {"name": ""}, 400),
        ("/organizations", {"name": "A", "accessToken": "a\nb"}, 400),
        ("/organizations", {"name": "sandbox"}, 409),
        ("/reset", {"organizationId": "nowhere"}, 404),
        ("/reset", {"organizationId": 1}, 400),
        ("/tokens", {"organizationId": "nowhere"}, 404),
        ("/integrations/line", {"organizationId": "nowhere"}, 404),
    ],
)
def test_an_impossible_order_over_http_is_refused(
    call: Caller, path: str, body: Any, status: int
) -> None:
    call.create(FACEBOOK)

    assert call.control("POST", path, body).status == status
    assert call("GET", FACEBOOK).json["total"] == 1


def test_a_file_keeps_the_organizations(tmp_path: Path, pool: urllib3.PoolManager) -> None:
    database = tmp_path / "sandbox.sqlite3"
    with Sandbox(database=database) as first:
        berlin = first.create_organization("Berlin")
        first.create_integration("line", organization_id=berlin.id, name="of Berlin")

    with Sandbox(database=database) as second:
        call = Caller(second, pool)
        assert names(call, berlin.access_token) == ["of Berlin"]
        assert names(call, second.access_token) == []
        second.reset(berlin.id)
        assert names(call, berlin.access_token) == []

    with pytest.raises(StoreError, match="another organization called 'Berlin'"):
        Sandbox(database=database, organization="Berlin").start()


def test_two_hundred_organizations_are_found_by_indexes(tmp_path: Path) -> None:
    database = tmp_path / "sandbox.sqlite3"
    with Sandbox(database=database) as sandbox:
        for number in range(200):
            sandbox.create_organization(f"Organization {number}")
        connection = sqlite3.connect(database)
        plans = [
            str(connection.execute("EXPLAIN QUERY PLAN " + query, ["x"]).fetchall())
            for query in (
                "SELECT count(*) FROM documents WHERE collection = 'x' AND organization_id = ?",
                "SELECT * FROM documents"
                " WHERE organization_id = ? AND collection = 'x' AND id = 'y'",
                "SELECT organization_id, collection FROM documents WHERE id = ?",
                "SELECT * FROM tokens WHERE fingerprint = ?",
                "SELECT * FROM tokens WHERE organization_id = ?",
                "SELECT * FROM organizations WHERE id = ?",
            )
        ]
        connection.close()

    assert [plan for plan in plans if "SCAN" in plan or "USING" not in plan] == []
