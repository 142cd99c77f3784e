"""The sandbox against what the service publishes about itself."""

from __future__ import annotations

import re
from typing import Any

import pytest
import urllib3
from flask import Flask

from PureCloudPlatformClientV2.sandbox import Sandbox, app, state

from .caller import BODIES, STICKERS, Caller
from .contract import CONTRACT, OPERATIONS, Operation, disagreements


def test_every_operation_of_the_contract_has_a_route_and_no_other_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = list[Flask]()

    def build(parts: state.State) -> Flask:
        built.append(app.create_app(parts))
        return built[-1]

    monkeypatch.setattr("PureCloudPlatformClientV2.sandbox.server.create_app", build)
    with Sandbox():
        rules = list(built[0].url_map.iter_rules())

    # A path parameter is called integrationId there and integration_id here.
    routes = {
        (method, re.sub(r"<.*?>", "{}", rule.rule))
        for rule in rules
        if rule.rule.startswith("/api/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(row.method, re.sub(r"{.*?}", "{}", row.path)) for row in OPERATIONS}
    assert len(OPERATIONS) == 14


def test_every_permission_of_the_contract_is_known() -> None:
    assert {row.permission for row in OPERATIONS} == state.PERMISSIONS


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_every_response_agrees_with_its_definition(call: Caller, operation: Operation) -> None:
    listing, _, parameter = operation.path.partition("/{")
    entity: Any = call.create(listing) if listing in BODIES else None
    path = STICKERS if entity is None else entity["selfUri"] if parameter else listing
    body = BODIES[listing] if operation.method in ("POST", "PUT") else None

    response = call(operation.method, path, body)

    assert response.status == operation.success
    if operation.response is None:
        assert response.data == b""
    else:
        assert disagreements(response.json, operation.response) == []
        assert response.headers["Content-Type"] == "application/json"
    if operation.method == "GET" and operation.path == listing:
        assert response.json["entities"]


@pytest.mark.parametrize("kind", ["Facebook", "Line", "Twitter"])
def test_an_integration_shows_every_field_of_its_definition(call: Caller, kind: str) -> None:
    (listing,) = [path for path in BODIES if path.endswith(kind.lower())]

    created = call.create(listing)

    assert set(created) == set(CONTRACT["definitions"][f"{kind}Integration"]["properties"])


@pytest.mark.parametrize("kind", ["Facebook", "Line", "Twitter"])
def test_every_field_of_a_request_is_looked_at(call: Caller, kind: str) -> None:
    (listing,) = [path for path in BODIES if path.endswith(kind.lower())]
    fields = set(CONTRACT["definitions"][f"{kind}IntegrationRequest"]["properties"])
    fields -= {"id", "selfUri"}

    response = call("POST", listing, dict.fromkeys(fields, 7))

    assert {detail["fieldName"] for detail in response.json["details"]} == fields


def test_a_sticker_shows_every_field_of_its_definition(call: Caller) -> None:
    sticker = call("GET", STICKERS).json["entities"][0]

    assert set(sticker) == set(CONTRACT["definitions"]["MessagingSticker"]["properties"])


def test_errors_agree_with_their_definition(call: Caller, pool: urllib3.PoolManager) -> None:
    integration = call.create(STICKERS.replace("stickers", "integrations"))
    call.sandbox.set_status(integration["id"], "Active")
    with Sandbox(rate_limit=1) as limited:
        hurried = Caller(limited, pool)
        hurried("GET", STICKERS)
        responses = [
            call("POST", "/api/v2/messaging/integrations/twitter", {}),
            call("GET", STICKERS, token=None),
            call("GET", STICKERS, token=call.sandbox.create_token(permissions=[])),
            call("GET", integration["selfUri"] + "x"),
            call("PATCH", integration["selfUri"]),
            call("PUT", integration["selfUri"], {"channelId": "other"}),
            call("PUT", integration["selfUri"], data=b"{}"),
            hurried("GET", STICKERS),
        ]

    assert [response.status for response in responses] == [400, 401, 403, 404, 405, 409, 415, 429]
    for response in responses:
        assert disagreements(response.json, "ErrorBody") == []
        assert response.json["status"] == response.status
        assert response.json["contextId"] == response.headers["ININ-Correlation-Id"]


def test_the_comparison_notices_departures() -> None:
    assert disagreements({"naem": "x"}, "LineIntegration")
    assert disagreements({"version": "1"}, "LineIntegration")
    assert disagreements({"version": True}, "LineIntegration")
    assert disagreements({"dateCreated": "2019-08-14T09:30:00Z"}, "LineIntegration")
    assert disagreements({"tier": "basic"}, "TwitterIntegration")
    assert disagreements({"entities": [{"id": 1}]}, "LineIntegrationEntityListing")
