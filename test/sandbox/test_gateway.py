"""The sandbox as if behind a gateway that puts paths before those of the platform."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import ResetAfterFault, Sandbox, StatusFault

from .caller import BODIES, LINE, Caller, Response
from .token_requests import basic

TOKEN = "/login/oauth/token"
API = "/api" + LINE


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(login_path="login", api_path="api") as sandbox:
        yield sandbox


def ask_for_token(call: Caller, url: str) -> Response:
    fields = {"grant_type": "client_credentials"}
    headers = basic(call.sandbox.client_id, call.sandbox.client_secret)
    return Response(
        call.pool.request("POST", url, fields=fields, headers=headers, encode_multipart=False)
    )


def test_each_side_is_found_under_its_own_path(call: Caller, sandbox: Sandbox) -> None:
    assert sandbox.host == f"http://127.0.0.1:{sandbox.port}"
    assert sandbox.api_url == sandbox.host + "/api"
    assert sandbox.login_url == sandbox.host + "/login"

    issued = ask_for_token(call, sandbox.login_url + "/oauth/token")

    assert issued.status == 200
    assert call("GET", API, token=issued.json["access_token"]).status == 200


def test_the_authorization_endpoint_is_on_the_side_of_the_sign_in(
    call: Caller, sandbox: Sandbox
) -> None:
    query = f"?response_type=code&client_id={sandbox.client_id}&redirect_uri=https://app.example/cb"

    url = sandbox.login_url + "/oauth/authorize" + query
    assert call.pool.request("GET", url, redirect=False).status == 302
    assert call("GET", "/oauth/authorize" + query).status == 404


@pytest.mark.parametrize(
    "path",
    [
        LINE,
        "/login" + LINE,
        "/API" + LINE,
        "/api/api" + LINE,
        "/api/messaging/integrations/line",
        "/api/sandbox/requests",
        "/login",
        "/api",
    ],
)
def test_there_is_nothing_elsewhere(call: Caller, path: str) -> None:
    response = call("GET", path)

    assert (response.status, response.json["code"]) == (404, "not.found")


@pytest.mark.parametrize("path", ["/oauth/token", "/api/oauth/token", "/login/login/oauth/token"])
def test_there_is_no_token_elsewhere(call: Caller, sandbox: Sandbox, path: str) -> None:
    assert ask_for_token(call, sandbox.host + path).status == 404


def test_the_uris_in_responses_are_those_of_the_platform(call: Caller, sandbox: Sandbox) -> None:
    created = [call("POST", API, BODIES[LINE] | {"name": name}).json for name in "ab"]
    page = call("GET", API + "?pageSize=1").json

    assert page["nextUri"] == LINE + "?pageSize=1&pageNumber=2"
    assert created[0]["selfUri"] == f"{LINE}/{created[0]['id']}"
    assert call("GET", "/api" + created[0]["selfUri"]).status == 200
    assert created[0]["webhookUri"] == f"{sandbox.host}/webhooks/line/{created[0]['id']}"


def test_webhook_and_control_are_not_behind_the_gateway(call: Caller, sandbox: Sandbox) -> None:
    created = call("POST", API, BODIES[LINE]).json

    assert call.pool.request("POST", created["webhookUri"], json={"events": []}).status == 200
    assert call("GET", "/api" + created["selfUri"]).json["status"] == "Active"
    assert call.control("GET", "/requests").status == 200
    assert len(sandbox.requests) == 3


def test_log_and_faults_go_by_the_path_as_it_was_sent(call: Caller, sandbox: Sandbox) -> None:
    sandbox.faults.add(
        StatusFault(502, path=LINE),
        StatusFault(503, path=API),
        ResetAfterFault(path="*/oauth/token"),
        StatusFault(504, path="/elsewhere"),
    )

    assert [call("GET", path).status for path in (API, API, "/elsewhere")] == [503, 200, 504]
    with pytest.raises(urllib3.exceptions.ProtocolError):
        ask_for_token(call, sandbox.login_url + "/oauth/token")
    assert [entry.path for entry in sandbox.requests] == [API, API, "/elsewhere", TOKEN]
    assert [type(fault) for fault in sandbox.faults] == [StatusFault]


def test_one_side_may_be_behind_a_path_and_both_behind_the_same(pool: urllib3.PoolManager) -> None:
    with Sandbox(api_path="/a/b.c/") as sandbox:
        call = Caller(sandbox, pool)
        assert (sandbox.api_url, sandbox.login_url) == (sandbox.host + "/a/b.c", sandbox.host)
        assert call("GET", "/a/b.c" + LINE).status == 200
        assert ask_for_token(call, sandbox.host + "/oauth/token").status == 200
    with Sandbox(api_path="genesys", login_path="genesys") as sandbox:
        call = Caller(sandbox, pool)
        assert call("GET", "/genesys" + LINE).status == 200
        assert ask_for_token(call, sandbox.host + "/genesys/oauth/token").status == 200


@pytest.mark.parametrize("path", [None, "", "/", "//"])
def test_no_path_is_no_gateway(pool: urllib3.PoolManager, path: str | None) -> None:
    with Sandbox(login_path=path, api_path=path) as sandbox:
        assert sandbox.api_url == sandbox.login_url == sandbox.host
        assert Caller(sandbox, pool)("GET", LINE).status == 200


@pytest.mark.parametrize(
    "path", ["a b", "a//b", "..", "a/./b", "<int:x>", "a?b", "a%20b", "é", "sandbox", "webhooks/x"]
)
@pytest.mark.parametrize("option", ["login_path", "api_path"])
def test_an_unusable_path_is_refused(option: str, path: Any) -> None:
    with pytest.raises(ValueError, match=option):
        Sandbox(**{option: path})
