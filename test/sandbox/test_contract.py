"""The sandbox against what the service publishes about itself."""

from __future__ import annotations

import re

import pytest
import urllib3
from contract_facts import Operation, operations
from contract_facts import definitions_of_2019 as definitions
from flask import Flask

from PureCloudPlatformClientV2.sandbox import Sandbox, app, state
from PureCloudPlatformClientV2.sandbox.platform import contract

from .agreement import disagreements
from .caller import BODIES, LINE, STICKERS, TWITTER, Caller, body_for, path_to

CREATING = [operation for operation in operations if operation.verb == "POST"]


def test_every_operation_of_the_contract_has_a_route_and_no_other_has_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built = list[Flask]()

    def build(parts: state.State) -> Flask:
        built.append(app.create_app(parts))
        return built[-1]

    monkeypatch.setattr("PureCloudPlatformClientV2.sandbox.running.create_app", build)
    with Sandbox():
        rules = list(built[0].url_map.iter_rules())

    # A path parameter is called integrationId there and integration_id here.
    routes = {
        (method, re.sub(r"<.*?>", "{}", rule.rule))
        for rule in rules
        if rule.rule.startswith("/api/") and not (rule.endpoint or "").startswith("platform.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routes == {(one.verb, re.sub(r"{.*?}", "{}", one.path)) for one in operations}


def test_every_permission_of_the_contract_is_known() -> None:
    of_2019 = {name for one in operations for name in one.permissions}
    assert of_2019 | contract.permissions() == state.PERMISSIONS


@pytest.mark.parametrize("operation", operations, ids=str)
def test_every_response_agrees_with_its_definition(call: Caller, operation: Operation) -> None:
    listing = operation.path.removesuffix("/{integrationId}")
    path = path_to(operation, call.create(listing)["id"] if listing in BODIES else "nowhere")

    response = call(operation.verb, path, body_for(operation))

    assert response.status == operation.success
    if operation.response_type is None:
        assert response.data == b""
        return
    assert disagreements(response.json, operation.response_type) == []
    assert response.headers["Content-Type"] == "application/json"
    if operation.response_type.endswith("EntityListing"):
        assert response.json["entities"]


@pytest.mark.parametrize("operation", CREATING, ids=str)
def test_an_integration_shows_every_field_of_its_definition(
    call: Caller, operation: Operation
) -> None:
    created = call.create(operation.path)

    assert set(created) == set(definitions[str(operation.response_type)]["properties"])


@pytest.mark.parametrize("operation", CREATING, ids=str)
def test_every_field_of_a_request_is_looked_at(call: Caller, operation: Operation) -> None:
    fields = set(definitions[str(operation.body_type)]["properties"]) - {"id", "selfUri"}

    response = call("POST", operation.path, dict.fromkeys(fields, 7))

    assert {detail["fieldName"] for detail in response.json["details"]} == fields


def test_a_sticker_shows_every_field_of_its_definition(call: Caller) -> None:
    sticker = call("GET", STICKERS).json["entities"][0]

    assert set(sticker) == set(definitions["MessagingSticker"]["properties"])


def test_errors_agree_with_their_definition(call: Caller, pool: urllib3.PoolManager) -> None:
    integration = call.create(LINE)
    call.sandbox.set_status(integration["id"], "Active")
    with Sandbox(rate_limit=1) as limited:
        hurried = Caller(limited, pool)
        hurried("GET", STICKERS)
        responses = [
            call("POST", TWITTER, {}),
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
