"""Whose a token is, as programs ask that want to know where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.state import PERMISSIONS

from ..caller import Caller
from ..token_requests import basic
from .calls import assert_valid

CLIENT_CREDENTIALS = {"grant_type": "client_credentials"}


def client_token(call: Caller) -> str:
    """A token that an OAuth client has on its own behalf."""
    credentials = basic(call.sandbox.client_id, call.sandbox.client_secret)
    return str(call.form(CLIENT_CREDENTIALS, credentials).json["access_token"])


def permissions_of(subject: Any) -> set[str]:
    return {
        f"{policy['domain']}:{policy['entityName']}:{action}"
        for grant in subject["grants"]
        for policy in grant["role"]["policies"]
        for action in policy["actions"]
    }


def test_a_token_tells_its_organization_and_client(call: Caller, sandbox: Sandbox) -> None:
    found = call("GET", "/api/v2/tokens/me").json

    assert_valid("TokenInfo", found)
    assert found["organization"] == {"id": sandbox.organization_id, "name": "sandbox"}
    assert found["OAuthClient"]["id"] == sandbox.client_id
    assert found["OAuthClient"]["authorizedGrantType"] == "CODE"
    own = call("GET", "/api/v2/tokens/me", token=client_token(call)).json
    assert own["OAuthClient"] == {
        **found["OAuthClient"],
        "authorizedGrantType": "CLIENT-CREDENTIALS",
    }
    assert call("HEAD", "/api/v2/tokens/me").status == 200


def test_each_organization_has_its_own_name_and_client(call: Caller, sandbox: Sandbox) -> None:
    other = sandbox.create_organization("other")

    organization = call("GET", "/api/v2/organizations/me", token=other.access_token).json
    token = call("GET", "/api/v2/tokens/me", token=other.access_token).json

    assert_valid("Organization", organization)
    assert (organization["id"], organization["name"]) == (other.id, "other")
    assert token["OAuthClient"]["id"] == other.client_id
    assert call("GET", "/api/v2/organizations/me").json["name"] == "sandbox"


def test_the_client_is_that_of_the_last_start(pool: urllib3.PoolManager, tmp_path: Path) -> None:
    for client_id in ("first", "second", "first"):
        with Sandbox(database=tmp_path / "sandbox.db", client_id=client_id) as sandbox:
            token = Caller(sandbox, pool)("GET", "/api/v2/tokens/me").json
            assert token["OAuthClient"]["id"] == client_id


def test_a_user_is_told_of_and_a_client_is_none(call: Caller, sandbox: Sandbox) -> None:
    token = sandbox.create_token(owner="Ada Lovelace")
    expand = "?expand=organization,token,routingStatus,presence,skills"

    ada = call("GET", "/api/v2/users/me" + expand, token=token).json
    refused = call("GET", "/api/v2/users/me", token=client_token(call))

    assert_valid("UserMe", ada)
    assert (ada["name"], ada["email"]) == ("Ada Lovelace", "ada.lovelace@example.com")
    assert ada["organization"]["id"] == sandbox.organization_id
    assert ada["token"]["OAuthClient"]["id"] == sandbox.client_id
    assert "token" not in call("GET", "/api/v2/users/me", token=token).json
    assert ada["id"] in [one["id"] for one in call("GET", "/api/v2/users").json["entities"]]
    assert call("GET", "/api/v2/users/me").json["id"] == sandbox.user_id
    assert (refused.status, refused.json["code"]) == (400, "bad.request")
    assert "user context" in refused.json["message"]


def test_what_a_token_may_do_is_told(call: Caller, sandbox: Sandbox) -> None:
    held = {"routing:queue:view", "routing:queue:edit", "messaging:integration:view"}
    token = sandbox.create_token(permissions=held)

    narrow = call("GET", "/api/v2/authorization/subjects/me", token=token).json
    whole = call("GET", "/api/v2/authorization/subjects/me").json
    client = call("GET", "/api/v2/authorization/subjects/me", token=client_token(call)).json

    assert_valid("AuthzSubject", narrow)
    assert permissions_of(narrow) == held
    assert permissions_of(whole) == permissions_of(client) == PERMISSIONS
    assert (narrow["id"], client["id"]) == (sandbox.user_id, sandbox.client_id)
    home = call("GET", "/api/v2/authorization/divisions/home").json
    assert [one["division"] for one in narrow["grants"]] == [home]


def test_a_token_and_its_user_are_there_after_a_reset(pool: urllib3.PoolManager) -> None:
    with Sandbox() as sandbox:
        call = Caller(sandbox, pool)
        sandbox.create_token(owner="Ada Lovelace")
        for organization_id in (sandbox.organization_id, None):
            sandbox.reset(organization_id)
            assert call("GET", "/api/v2/users/me").json["id"] == sandbox.user_id
            names = [one["name"] for one in call("GET", "/api/v2/users").json["entities"]]
            assert "Ada Lovelace" not in names
