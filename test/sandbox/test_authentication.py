"""Bearer tokens: valid, expired, unknown, and short of a permission."""

from __future__ import annotations

from typing import Any

import pytest
from contract_facts import Operation, operations

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import LINE, Caller, Clock, path_to

PERMISSIONS = {permission for operation in operations for permission in operation.permissions}

every_operation = pytest.mark.parametrize("operation", operations, ids=str)


@every_operation
def test_every_operation_needs_its_permission_and_no_other(
    call: Caller, sandbox: Sandbox, operation: Operation
) -> None:
    body: object = {} if operation.body_type else None
    (permission,) = operation.permissions
    lacking = sandbox.create_token(permissions=PERMISSIONS - {permission})
    having = sandbox.create_token(permissions=[permission])

    refused = call(operation.verb, path_to(operation), body, token=lacking)
    accepted = call(operation.verb, path_to(operation), body, token=having)

    assert (refused.status, refused.json["code"]) == (403, "missing.any.permissions")
    assert refused.json["messageParams"] == {"permissions": f"[{permission}]"}
    assert permission in refused.json["message"]
    assert accepted.status in (200, 400, 404)


@every_operation
def test_every_operation_needs_a_token(call: Caller, operation: Operation) -> None:
    response = call(operation.verb, path_to(operation), token=None)

    assert (response.status, response.json["code"]) == (401, "authentication.required")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "credentials",
    ["Bearer nonsense", "Bearer ", "Bearer", "Basic Zm9vOmJhcg==", "nonsense", "", "Bearer é"],
)
def test_a_token_that_was_not_issued_is_refused(call: Caller, credentials: str) -> None:
    headers = {"Authorization": credentials.encode("utf-8").decode("latin-1")}

    response = call("GET", LINE, token=None, headers=headers)

    assert response.status == 401
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    assert b"nonsense" not in response.data


def test_the_scheme_may_be_written_in_any_case(call: Caller, sandbox: Sandbox) -> None:
    headers = {"Authorization": f"bearer {sandbox.access_token}"}

    assert call("GET", LINE, token=None, headers=headers).status == 200


def test_a_token_expires_after_its_life(call: Caller, sandbox: Sandbox, clock: Clock) -> None:
    token = sandbox.create_token(expires_in=10)

    clock.advance(9.999)
    assert call("GET", LINE, token=token).status == 200
    clock.advance(0.001)
    expired = call("GET", LINE, token=token)

    assert (expired.status, expired.json["code"]) == (401, "bad.credentials")
    assert expired.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_lives_a_day_unless_told_otherwise(
    call: Caller, sandbox: Sandbox, clock: Clock
) -> None:
    token = sandbox.create_token()

    clock.advance(86_399)
    assert call("GET", LINE, token=token).status == 200
    clock.advance(1)
    assert call("GET", LINE, token=token).status == 401


def test_the_access_token_of_the_sandbox_does_not_expire_by_itself(
    call: Caller, clock: Clock
) -> None:
    clock.advance(10**8)

    assert call("GET", LINE).status == 200


def test_a_token_can_be_made_to_expire_and_a_reset_revives_the_sandboxs_own(
    call: Caller, sandbox: Sandbox
) -> None:
    sandbox.expire_token(sandbox.access_token)
    assert call("GET", LINE).status == 401

    sandbox.reset()
    assert call("GET", LINE).status == 200


def test_all_tokens_can_be_made_to_expire(call: Caller, sandbox: Sandbox, clock: Clock) -> None:
    tokens = [sandbox.create_token(), sandbox.create_token(expires_in=5), sandbox.access_token]
    clock.advance(1)

    sandbox.expire_tokens()
    assert [call("GET", LINE, token=token).status for token in tokens] == [401] * 3
    assert call("GET", LINE, token=sandbox.create_token()).status == 200

    sandbox.reset()
    assert call("GET", LINE).status == 200


def test_a_token_that_was_not_issued_cannot_expire(sandbox: Sandbox) -> None:
    with pytest.raises(LookupError, match="doesn't know") as caught:
        sandbox.expire_token("nonsense")
    assert "nonsense" not in str(caught.value)


@pytest.mark.parametrize(
    "unknown", ["messaging:integration:read", "", "Messaging:Integration:View"]
)
def test_a_permission_that_does_not_exist_is_refused(sandbox: Sandbox, unknown: str) -> None:
    with pytest.raises(ValueError, match=f"no permission '{unknown}'") as caught:
        sandbox.create_token(permissions=["messaging:integration:view", unknown])
    assert all(permission in str(caught.value) for permission in PERMISSIONS)


def test_permissions_are_not_taken_from_a_string(sandbox: Sandbox) -> None:
    permissions: Any = "messaging:integration:view"

    with pytest.raises(TypeError, match="a list of names"):
        sandbox.create_token(permissions=permissions)
