"""Requests that schemathesis derives from the contract: valid ones, and others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, cast

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import CheckFunction, not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from PureCloudPlatformClientV2.sandbox import Sandbox

from .caller import BODIES, FACEBOOK, LINE, TWITTER
from .contract import CONTRACT, OPERATIONS, Operation, disagreements

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

EXAMPLES = 150
KINDS: dict[str, Any] = {FACEBOOK: "facebook", LINE: "line", TWITTER: "twitter"}
SCHEMA = schemathesis.openapi.from_dict(CONTRACT)


@pytest.fixture
def unlimited() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


def help_along(case: Case[Any], sandbox: Sandbox, listing: str) -> None:
    """Make a case meet something that exists, with pages and bodies that can be accepted."""
    case.query = {
        name: 1 + abs(value) % 500 for name, value in case.query.items() if isinstance(value, int)
    }
    if case.path_parameters:
        found = "LINE"
        if listing in KINDS:
            found = sandbox.create_integration(KINDS[listing], status="Inactive")["id"]
        case.path_parameters = dict.fromkeys(case.path_parameters, found)
    if isinstance(case.body, dict) and listing in BODIES:
        case.body = {**BODIES[listing], **cast("dict[str, Any]", case.body)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_no_request_derived_from_the_contract_is_answered_against_it(
    unlimited: Sandbox, operation: Operation
) -> None:
    row = SCHEMA[operation.path][operation.method]
    listing = operation.path.partition("/{")[0]
    headers = {"Authorization": f"Bearer {unlimited.access_token}"}
    statuses = Counter[int]()

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        case=st.one_of([row.as_strategy(generation_mode=mode) for mode in GenerationMode]),
        helped=st.booleans(),
    )
    def response(case: Case[Any], helped: bool) -> None:
        if helped:
            help_along(case, unlimited, listing)
        response = case.call(unlimited.host, session, headers)
        statuses[response.status_code] += 1
        checks = CHECKS
        if response.status_code == 204:
            # Schemathesis wants the contract's media type even where there is nothing to have one.
            checks = [check for check in CHECKS if check is not content_type_conformance]
            assert "Content-Type" not in response.headers
        case.validate_response(response, checks=checks, headers=headers)
        # Schemathesis lets keys pass that a schema doesn't name.
        definition = operation.response if response.status_code < 400 else "ErrorBody"
        if definition is not None:
            assert disagreements(response.json(), definition) == []

    with requests.Session() as session:
        session.trust_env = False
        response()

    # Against passing for want of cases, or of cases that get as far as the operation itself.
    assert statuses.total() >= EXAMPLES // 2
    assert statuses[operation.success] >= 5
    if "{" in operation.path or operation.method != "GET":
        assert sum(n for status, n in statuses.items() if status in (400, 404)) >= 5
