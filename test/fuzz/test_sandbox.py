"""Arguments of schemathesis, given to the methods that the sandbox serves."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import hypothesis
import hypothesis.strategies as st
import pytest
from fuzzing import fuzzed
from platform_facts import Method
from sandbox.agreement import EXPANDED, departures
from sandbox.platform.calls import client_of

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, ApiException
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract as served
from PureCloudPlatformClientV2.utils import sanitize_for_serialization as sent

from .arguments import OF_2019, TODAY, Contract, arguments, hostile

PATHS = {(one.verb, one.path) for one in served.operations()}

World = dict[str, str]
"""The ids of what there is, by what paths call it."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(rate_limit=None, log_size=0) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def client(sandbox: Sandbox) -> Iterator[ApiClient]:
    with client_of(sandbox) as client:
        yield client


@pytest.fixture(scope="module")
def world(sandbox: Sandbox, client: ApiClient) -> World:
    package: Any = PureCloudPlatformClientV2
    home = package.AuthorizationApi(client).get_authorization_divisions_home()
    return {
        "divisionId": home.id,
        "integrationId": sandbox.create_integration("line")["id"],
        "memberId": sandbox.user_id,
        "messengerType": "LINE",
        "queueId": sandbox.queue_id,
        "userId": sandbox.user_id,
    }


every_contract = pytest.mark.parametrize(
    ("contract", "chosen"),
    [
        (one, st.sampled_from([each for each in one.methods if (each.verb, each.path) in PATHS]))
        for one in (TODAY, OF_2019)
    ],
    ids=["today", "of 2019"],
)


@every_contract
@fuzzed(60)
@hypothesis.given(data=st.data())
def test_a_method_gives_what_the_contract_says_or_a_refusal_of_the_service(
    client: ApiClient,
    world: World,
    contract: Contract,
    chosen: st.SearchStrategy[Method],
    data: st.DataObject,
) -> None:
    given = data.draw(arguments(contract, chosen))
    for parameter in given.method.placed("path"):
        if parameter.wire_name in world and data.draw(st.booleans()):
            given.values[parameter.name] = world[parameter.wire_name]
        elif not data.draw(st.integers(0, 9)):
            given.values[parameter.name] = data.draw(hostile)
    api = getattr(PureCloudPlatformClientV2, given.method.api)(client)
    try:
        with warnings.catch_warnings():
            # A key that is none of the model's, but is like one.
            warnings.simplefilter("ignore", UserWarning)
            result = getattr(api, given.method.name)(**given.values)
    except ApiException as error:
        assert 400 <= error.status < 500  # noqa: PT017 - either outcome is right
        assert error.error is not None or given.method.verb == "HEAD"  # noqa: PT017 - either is right
    except (TypeError, ValueError) as error:
        # Only what is hostile, or no id at all, is refused before it is sent.
        ids = [one.name for one in given.method.placed("path")]
        assert any(name in str(error) for name in ids)  # noqa: PT017 - either outcome is right
    else:
        if given.method.result and result is not None:
            found = departures(sent(result), given.method.result)
            assert [one for one in found if not one.endswith(EXPANDED)] == []
