"""Requests that schemathesis derives from the contract: valid ones, and others."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

import pytest
import requests
import schemathesis
from contract_facts import Operation, document, operations, operations_by_name
from fuzzing import fuzzed
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from PureCloudPlatformClientV2.sandbox import Sandbox

from .agreement import disagreements
from .caller import ID_CALLS, LINE, body_for

# Left out of schemathesis' checks that could apply:
# - positive_data_acceptance: the rules refuse what the schemas allow. The contract requires no
#   field of any request, the service a name, say.
# - negative_data_rejection: the service ignores fields and parameters that it doesn't know.
# - unsupported_method: it looks at cases of a kind that is not made here; see test_error_bodies.
# - use_after_free, ensure_resource_availability: they follow links, and the contract has none.
CHECKS: list[CheckFunction] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    ignored_auth,
]

FUZZED = fuzzed(150, part=0.02)
SCHEMA = schemathesis.openapi.from_dict(document)


@pytest.fixture
def unlimited() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


def help_along(case: Case[Any], sandbox: Sandbox, operation: Operation) -> None:
    """Make a case meet something that exists, with pages and bodies that can be accepted."""
    case.query = {
        name: 1 + abs(value) % 500 for name, value in case.query.items() if isinstance(value, int)
    }
    known = {"messengerType": "LINE"}
    if operation in ID_CALLS:
        kind: Any = operation.path.split("/")[-2]
        known["integrationId"] = sandbox.create_integration(kind, status="Inactive")["id"]
    case.path_parameters = {name: known[name] for name in operation.path_params}
    body = body_for(operation)
    if body is not None and isinstance(case.body, dict):
        case.body = {**body, **cast("dict[str, Any]", case.body)}


def try_out(
    operation: Operation, derived: APIOperation[Any, Any, Any, Any], sandbox: Sandbox
) -> Counter[int]:
    """Send requests derived from an operation, check the responses, and count their statuses."""
    headers = {"Authorization": f"Bearer {sandbox.access_token}"}
    statuses = Counter[int]()
    # Without parameters there is but one request, and none that is not valid.
    modes = [GenerationMode.POSITIVE] if takes_nothing(operation) else list(GenerationMode)

    @FUZZED
    @given(
        case=st.one_of([derived.as_strategy(generation_mode=mode) for mode in modes]),
        helped=st.booleans(),
    )
    def send(case: Case[Any], helped: bool) -> None:
        if helped:
            help_along(case, sandbox, operation)
        response = case.call(sandbox.host, session, headers)
        statuses[response.status_code] += 1
        checks = CHECKS
        if response.status_code == 204:
            # Schemathesis wants the contract's media type even where there is nothing to have one.
            checks = [check for check in CHECKS if check is not content_type_conformance]
            assert "Content-Type" not in response.headers
        case.validate_response(response, checks=checks, headers=headers)
        # Schemathesis lets keys pass that a schema doesn't name.
        definition = operation.response_type if response.status_code < 400 else "ErrorBody"
        if definition is not None:
            assert disagreements(response.json(), definition) == []

    with requests.Session() as session:
        session.trust_env = False
        send()
    return statuses


def takes_nothing(operation: Operation) -> bool:
    return not (operation.path_params or operation.query_params or operation.body_type)


@pytest.mark.parametrize("operation", operations, ids=str)
def test_no_response_to_a_request_derived_from_the_contract_contradicts_it(
    unlimited: Sandbox, operation: Operation
) -> None:
    statuses = try_out(operation, SCHEMA[operation.path][operation.verb], unlimited)

    # Against passing for want of cases, or of cases that get as far as the operation itself.
    if takes_nothing(operation):
        assert set(statuses) == {operation.success}
        return
    assert statuses.total() >= FUZZED.max_examples // 2
    assert statuses[operation.success] >= 5
    if operation.path_params or operation.body_type:
        assert sum(n for status, n in statuses.items() if status in (400, 404)) >= 5


def test_an_operation_without_parameters_can_be_tried_out(unlimited: Sandbox) -> None:
    contract = copy.deepcopy(document)
    del contract["paths"][LINE]["get"]["parameters"]
    operation = replace(operations_by_name["get_messaging_integrations_line"], query_params=())

    derived = schemathesis.openapi.from_dict(contract)[LINE]["GET"]

    assert set(try_out(operation, derived, unlimited)) == {200}
