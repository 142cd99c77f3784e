"""The document that the sandbox is driven by, and what it does not play."""

from __future__ import annotations

import re
from contextlib import ExitStack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from platform_facts import platform
from sandbox_contract import texts

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    UnauthorizedException,
)
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract
from PureCloudPlatformClientV2.sandbox.platform.behaviors import BEHAVIORS
from PureCloudPlatformClientV2.sandbox.platform.unserved import template_of

from .calls import BASE, call, client_of


def test_the_documents_are_cut_from_the_platforms_own() -> None:
    for kept, text in texts().items():
        assert kept.read_text(encoding="utf-8") == text


def test_every_behavior_is_of_an_operation() -> None:
    assert BEHAVIORS.keys() <= {one.id for one in contract.operations()}


def test_what_the_platform_has_and_the_sandbox_does_not_is_told(sandbox: Sandbox) -> None:
    with client_of(sandbox) as client:
        for verb, path, operation in (
            ("GET", "/api/v2/groups/search", "GET /api/v2/groups/search"),
            ("GET", "/api/v2/groups/a%2Fb", "GET /api/v2/groups/{groupId}"),
            ("POST", "/api/v2/routing/wrapupcodes", "POST /api/v2/routing/wrapupcodes"),
            ("PATCH", f"{BASE}/threadingtimeline", None),
            ("GET", "/api/v2/groups/a/b/c/d", None),
            ("GET", "/api/v2/groups/", None),
            ("GET", "/api/v2/unheard-of", None),
        ):
            with pytest.raises(ApiException) as caught:
                call(client, verb, path, {} if verb == "POST" else None)
            assert caught.value.error
            if operation is None:
                assert caught.value.status in (404, 405), path
            else:
                assert caught.value.status == 501, path
                assert caught.value.error.message == f"The sandbox does not play {operation}."
    with client_of(sandbox, "no-such-token") as stranger, pytest.raises(UnauthorizedException):
        call(stranger, "GET", "/api/v2/groups")


def test_what_is_not_played_is_told_behind_a_gateway() -> None:
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(api_path="api"))
        configuration = Configuration(host=sandbox.api_url, access_token=sandbox.access_token)
        configuration.retries = 0
        client = stack.enter_context(ApiClient(configuration=configuration))
        with pytest.raises(ApiException, match=r"GET /api/v2/groups\."):
            call(client, "GET", "/api/v2/groups")


@settings(max_examples=100)
@given(data=st.data())
def test_every_operation_of_the_platform_is_known(data: st.DataObject) -> None:
    paths = platform()["paths"]
    path = data.draw(st.sampled_from(sorted(paths)))
    verb = data.draw(st.sampled_from(sorted(paths[path]))).upper()
    found = template_of(verb, path.replace("{", "").replace("}", ""))
    assert found is not None
    assert re.sub(r"{.*?}", "{}", found) == re.sub(r"{.*?}", "{}", path)
    assert template_of(verb, path + "/x/y/z/nowhere") is None
