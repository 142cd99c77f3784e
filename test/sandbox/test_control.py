"""The control API under /sandbox."""

from __future__ import annotations

from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import (
    DelayFault,
    LateFault,
    ResetBeforeFault,
    Sandbox,
    SlowFault,
    StatusFault,
)

from .caller import FACEBOOK, LINE, Caller, Clock
from .token_requests import assert_refused, s256_challenge

CALLS = [
    ("GET", "/requests"),
    ("DELETE", "/requests"),
    ("POST", "/reset"),
    ("GET", "/organizations"),
    ("POST", "/organizations"),
    ("GET", "/faults"),
    ("POST", "/faults"),
    ("DELETE", "/faults"),
    ("POST", "/tokens"),
    ("POST", "/tokens/expire"),
    ("DELETE", "/refresh-tokens"),
    ("POST", "/authorization-codes"),
    ("POST", "/integrations/line"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_only_the_control_token_opens_the_control_api(
    call: Caller, sandbox: Sandbox, method: str, path: str
) -> None:
    sandbox.create_integration("line")
    basic = {"Authorization": f"Basic {sandbox.control_token}"}

    responses = [
        call(method, "/sandbox" + path, {}),
        call(method, "/sandbox" + path, {}, token=None),
        call(method, "/sandbox" + path, {}, token="\xfcmlaut"),
        call(method, "/sandbox" + path, {}, token=None, headers=basic),
    ]

    assert {(response.status, response.json["code"]) for response in responses} == {
        (401, "bad.credentials")
    }
    assert responses[0].headers["WWW-Authenticate"] == "Bearer"
    assert call("GET", LINE).json["total"] == 1


def test_the_control_token_opens_nothing_else(call: Caller, sandbox: Sandbox) -> None:
    assert call("GET", LINE, token=sandbox.control_token).status == 401


def test_the_log_is_read_and_emptied(call: Caller, sandbox: Sandbox) -> None:
    call("POST", LINE, {"name": "A", "channelSecret": "secret"})
    (logged,) = sandbox.requests

    (entry,) = call.control("GET", "/requests").json["requests"]

    assert entry == {
        "method": "POST",
        "path": LINE,
        "query": {},
        "headers": logged.headers,
        "json": {"name": "A", "channelSecret": "***"},
        "form": {},
        "status": 400,
        "response": logged.response,
        "correlationId": logged.correlation_id,
        "time": "2019-08-14T09:30:00.000Z",
        "tokenId": sandbox.token_id(sandbox.access_token),
        "organizationId": sandbox.organization_id,
        "processed": True,
        "applied": False,
        "fault": None,
    }
    assert call.control("DELETE", "/requests").status == 204
    assert sandbox.requests == []


def test_a_reset_goes_back_to_the_beginning(call: Caller, sandbox: Sandbox) -> None:
    token = sandbox.create_token()
    call.create(FACEBOOK)

    assert call.control("POST", "/reset").status == 204

    assert sandbox.requests == []
    assert call("GET", FACEBOOK).json["total"] == 0
    assert call("GET", FACEBOOK, token=token).status == 401


FAULTS: list[tuple[dict[str, Any], Any]] = [
    ({"kind": "status", "status": 503}, StatusFault(503)),
    (
        {
            "kind": "status",
            "status": 429,
            "retryAfter": 2,
            "headers": {"X": "y"},
            "body": "no",
            "method": "GET",
            "path": "/api/*",
            "times": None,
            "after": 3,
        },
        StatusFault(
            429,
            retry_after=2,
            headers={"X": "y"},
            body="no",
            method="GET",
            path="/api/*",
            times=None,
            after=3,
        ),
    ),
    ({"kind": "delay", "seconds": 0.5}, DelayFault(0.5)),
    ({"kind": "late", "seconds": 0.5, "organizationId": "a"}, LateFault(0.5, organization_id="a")),
    ({"kind": "slow", "interval": 0.5, "limit": 2}, SlowFault(0.5, limit=2)),
    ({"kind": "reset_before", "times": 2}, ResetBeforeFault(times=2)),
]


@pytest.mark.parametrize(("body", "fault"), FAULTS)
def test_a_fault_is_planned_listed_and_called_off(
    call: Caller, sandbox: Sandbox, body: dict[str, Any], fault: Any
) -> None:
    planned = call.control("POST", "/faults", body)

    assert planned.status == 200
    assert planned.json.items() >= body.items()
    assert list(sandbox.faults) == [fault]
    assert call.control("GET", "/faults").json == {"faults": [planned.json]}
    assert call.control("DELETE", "/faults").status == 204
    assert list(sandbox.faults) == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "kind"),
        ({"kind": "explosion"}, "kind"),
        ({"kind": []}, "kind"),
        ({"kind": "status"}, "status"),
        ({"kind": "status", "status": 99}, "status"),
        ({"kind": "status", "status": True}, "status"),
        ({"kind": "status", "status": 503, "seconds": 1}, "seconds"),
        ({"kind": "status", "status": 503, "headers": {"a": 1}}, "headers"),
        ({"kind": "delay", "seconds": -1}, "seconds"),
        ({"kind": "delay", "seconds": float("inf")}, "seconds"),
        ({"kind": "delay", "seconds": 1e10}, "seconds"),
        ({"kind": "status", "status": 503, "headers": {"X-A": "a\nb"}}, "headers"),
        ({"kind": "status", "status": 503, "headers": {"X-A": "\u20ac"}}, "headers"),
        ({"kind": "status", "status": 503, "headers": {"X\nA": "a"}}, "headers"),
        ({"kind": "status", "status": 503, "retryAfter": "1\n"}, "retryAfter"),
        ({"kind": "delay", "seconds": 1, "times": "x"}, "times"),
        ({"kind": "delay", "seconds": 1, "nonsense": 1}, "nonsense"),
        ([], "body"),
    ],
)
def test_an_impossible_fault_is_refused(
    call: Caller, sandbox: Sandbox, body: Any, field: str
) -> None:
    response = call.control("POST", "/faults", body)

    assert response.status == 400
    assert [detail["fieldName"] for detail in response.json["details"]] == [field]
    assert len(sandbox.faults) == 0


@pytest.mark.parametrize("seconds", ["Infinity", "1e12", "1e300", "NaN", "-1"])
def test_the_clock_is_not_turned_where_no_calendar_leads(
    call: Caller, sandbox: Sandbox, seconds: str
) -> None:
    data = b'{"seconds": %s}' % seconds.encode()
    response = call("POST", "/sandbox/clock", data=data, token=sandbox.control_token)

    assert response.status == 400
    assert response.json["details"][0]["fieldName"] == "seconds"
    assert call.control("GET", "/clock").status == 200


def test_what_is_not_json_is_refused(call: Caller, sandbox: Sandbox) -> None:
    response = call("POST", "/sandbox/faults", data=b"{", token=sandbox.control_token)

    assert (response.status, response.json["code"]) == (400, "bad.request")


def test_tokens_are_issued_as_ordered(call: Caller, sandbox: Sandbox, clock: Clock) -> None:
    body = {
        "permissions": ["messaging:integration:view"],
        "expiresIn": 5,
        "owner": "Ada",
    }

    issued = call.control("POST", "/tokens", body).json
    token = issued["accessToken"]

    assert issued["tokenId"] == sandbox.token_id(token)
    assert call("GET", LINE, token=token).status == 200
    assert call("POST", LINE, {"name": "A"}, token=token).status == 403
    clock.advance(5)
    assert call("GET", LINE, token=token).status == 401


def test_a_token_has_every_permission_unless_ordered_otherwise(call: Caller) -> None:
    token = call.control("POST", "/tokens").json["accessToken"]

    created = call("POST", LINE, {"name": "A"}, token=token)

    assert (created.status, created.json["createdBy"]["name"]) == (200, "Sandbox User")


@pytest.mark.parametrize(
    "body", [{"permissions": "all"}, {"permissions": [1]}, {"expiresIn": "1"}, {"owner": 1}]
)
def test_a_token_cannot_be_ordered_with_nonsense(call: Caller, body: Any) -> None:
    assert call.control("POST", "/tokens", body).status == 400


def test_a_token_cannot_be_ordered_with_a_permission_that_does_not_exist(call: Caller) -> None:
    body = {"permissions": ["messaging:integration:view", "messaging:integration:read"]}

    response = call.control("POST", "/tokens", body)

    assert (response.status, response.json["details"][0]["fieldName"]) == (400, "permissions")
    assert "messaging:integration:edit" in response.json["message"]


def test_one_token_or_all_of_them_expire(call: Caller, sandbox: Sandbox) -> None:
    one, other = sandbox.create_token(), sandbox.create_token()

    assert call.control("POST", "/tokens/expire", {"accessToken": one}).status == 204
    assert [call("GET", LINE, token=token).status for token in (one, other)] == [401, 200]
    assert call.control("POST", "/tokens/expire").status == 204
    assert [call("GET", LINE, token=token).status for token in (other, "")] == [401, 401]


@pytest.mark.parametrize(
    ("body", "status"), [({"accessToken": "nonsense"}, 404), ({"accessToken": None}, 400)]
)
def test_a_token_that_is_not_known_cannot_expire(call: Caller, body: Any, status: int) -> None:
    response = call.control("POST", "/tokens/expire", body)

    assert response.status == status
    assert b"nonsense" not in response.data
    assert call("GET", LINE).status == 200


def test_codes_are_issued_and_refresh_tokens_revoked(
    call: Caller, credentials: dict[str, str]
) -> None:
    order = {"redirectUri": "https://app.example/cb", "codeChallenge": s256_challenge("v" * 43)}

    code = call.control("POST", "/authorization-codes", order).json["code"]
    tokens = call.form(
        {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": "https://app.example/cb",
            "code_verifier": "v" * 43,
        },
        credentials,
    ).json
    refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}

    assert call.control("DELETE", "/refresh-tokens").status == 204
    assert_refused(call.form(refresh, credentials), 400, "invalid_grant")
    assert call("GET", LINE, token=tokens["access_token"]).status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "redirectUri"),
        ({"redirectUri": "/callback"}, "redirectUri"),
        ({"redirectUri": 1}, "redirectUri"),
        ({"redirectUri": "https://a.example/", "codeChallenge": "short"}, "codeChallenge"),
    ],
)
def test_a_code_cannot_be_ordered_with_nonsense(call: Caller, body: Any, field: str) -> None:
    response = call.control("POST", "/authorization-codes", body)

    assert response.status == 400
    assert [detail["fieldName"] for detail in response.json["details"]] == [field]


def test_an_integration_is_put_in_place_past_all_rules(call: Caller) -> None:
    body = {"id": "mine", "status": "Error", "channelId": "1", "channelSecret": "secret"}

    seeded = call.control("POST", "/integrations/line", body)

    assert seeded.status == 200
    assert call("GET", LINE + "/mine").json == seeded.json
    assert (seeded.json["status"], seeded.json["channelId"]) == ("Error", "1")
    assert b"secret" not in seeded.data


def test_an_integration_cannot_be_put_where_one_is(call: Caller) -> None:
    assert call.control("POST", "/integrations/line", {"id": "mine"}).status == 200
    assert call.control("POST", "/integrations/line", {"id": "mine"}).status == 409
    assert call.control("POST", "/integrations/facebook", {"id": "mine"}).status == 200


@pytest.mark.parametrize(
    ("kind", "body", "status"),
    [("line", {"pageId": "1"}, 400), ("line", {"name": 1}, 400), ("telegram", {}, 404)],
)
def test_an_impossible_integration_is_refused(
    call: Caller, kind: str, body: Any, status: int
) -> None:
    assert call.control("POST", f"/integrations/{kind}", body).status == status
