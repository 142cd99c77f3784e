"""PUT /api/v2/messaging/integrations/line/{integrationId}."""

from __future__ import annotations

from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import BODIES, LINE, Caller, Clock


@pytest.fixture
def line(call: Caller) -> Any:
    return call.create(LINE)


def test_an_update_makes_a_new_version(
    call: Caller, sandbox: Sandbox, clock: Clock, line: Any
) -> None:
    clock.advance(60)
    token = sandbox.create_token(owner="Ada")

    updated = call("PUT", line["selfUri"], {"name": "Renamed"}, token=token).json

    expected = line | {
        "name": "Renamed",
        "version": 2,
        "dateModified": "2019-08-14T09:31:00.000Z",
        "modifiedBy": updated["modifiedBy"],
        "recipient": line["recipient"] | {"name": "Renamed"},
    }
    assert updated == expected
    assert updated["modifiedBy"]["name"] == "Ada"
    assert updated["modifiedBy"]["id"] != line["createdBy"]["id"]
    assert call("GET", line["selfUri"]).json == updated


def test_an_inactive_integration_may_change_its_channel(call: Caller, line: Any) -> None:
    updated = call(
        "PUT", line["selfUri"], {"channelId": "99", "channelSecret": "secret-other"}
    ).json

    assert (updated["channelId"], updated["name"]) == ("99", line["name"])


def test_null_clears_optional_fields(call: Caller, line: Any) -> None:
    body = {"channelId": None, "channelSecret": None, "serviceCode": None, "switcherSecret": None}

    updated = call("PUT", line["selfUri"], body)

    assert updated.status == 200
    assert "channelId" not in updated.json


@pytest.mark.parametrize("body", [{"channelId": None}, {"channelSecret": None}])
def test_half_a_channel_cannot_be_cleared(call: Caller, line: Any, body: Any) -> None:
    response = call("PUT", line["selfUri"], body)

    (field,) = body
    assert response.status == 400
    assert response.json["details"] == [{"errorCode": "missing.value", "fieldName": field}]


@pytest.mark.parametrize("name", [None, "", "  "])
def test_the_name_cannot_be_cleared(call: Caller, line: Any, name: str | None) -> None:
    response = call("PUT", line["selfUri"], {"name": name})

    assert response.status == 400
    assert response.json["details"] == [{"errorCode": "missing.value", "fieldName": "name"}]


@pytest.mark.parametrize(
    "body",
    [{"channelId": "99"}, {"channelSecret": "secret-other"}, {"channelId": None}],
    ids=["id", "secret", "null"],
)
def test_an_active_integration_keeps_its_channel(
    call: Caller, sandbox: Sandbox, line: Any, body: Any
) -> None:
    sandbox.set_status(line["id"], "Active")

    response = call("PUT", line["selfUri"], {"name": "Renamed", **body})

    (field,) = body
    assert (response.status, response.json["code"]) == (409, "general.conflict")
    assert response.json["messageParams"] == {"fieldName": field}
    assert response.json["entityId"] == line["id"]
    assert b"other" not in response.data
    assert call("GET", line["selfUri"]).json == line | {"status": "Active"}


def test_an_active_integration_may_repeat_its_channel(
    call: Caller, sandbox: Sandbox, line: Any
) -> None:
    sandbox.set_status(line["id"], "Active")

    assert call("PUT", line["selfUri"], BODIES[LINE]).status == 200


def test_an_error_state_does_not_lock_the_channel(
    call: Caller, sandbox: Sandbox, line: Any
) -> None:
    sandbox.set_status(line["id"], "Error")

    response = call("PUT", line["selfUri"], {"channelId": "99"})

    assert (response.status, response.json["status"]) == (200, "Error")


def test_a_refused_update_changes_nothing(call: Caller, line: Any) -> None:
    assert call("PUT", line["selfUri"], {"name": 7}).status == 400
    assert call("GET", line["selfUri"]).json == line
