"""Every method of MessagingApi, from a shell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from contract_facts import Operation, operations

from PureCloudPlatformClientV2.apis import MessagingApi
from PureCloudPlatformClientV2.cli.endpoints import command_name
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.request_log import mask_json

from .shell import account, in_a_process

IDENTIFIER = "0f9b6c1e-7d52-4b38-9c41-2a8e4d7f6c21"

FACEBOOK = {"name": "Page", "pageAccessToken": "example-page-token", "appSecret": "example-secret"}
TWITTER = {
    "name": "Handle",
    "accessTokenKey": "key",
    "accessTokenSecret": "example-token-secret",
    "consumerKey": "consumer",
    "consumerSecret": "example-consumer-secret",
    "tier": "premium",
    "envName": "env-beta",
}

ARGUMENTS: dict[str, tuple[list[str], Any]] = {
    "get_messaging_integrations_facebook": (["--page-size", "50"], None),
    "get_messaging_integrations_line": (["--page-size=50", "--page-number", "1"], None),
    "get_messaging_integrations_twitter": ([], None),
    "get_messaging_integrations_facebook_integration_id": ([IDENTIFIER], None),
    "get_messaging_integrations_line_integration_id": ([IDENTIFIER], None),
    "get_messaging_integrations_twitter_integration_id": ([IDENTIFIER], None),
    "delete_messaging_integrations_facebook_integration_id": ([IDENTIFIER], None),
    "delete_messaging_integrations_line_integration_id": ([IDENTIFIER], None),
    "delete_messaging_integrations_twitter_integration_id": ([IDENTIFIER], None),
    "get_messaging_sticker": (["line", "--page-size", "2"], None),
    "post_messaging_integrations_facebook": (
        ["--name=Page", "--page-access-token=@{secrets}/page", "--app-secret=@{secrets}/app"],
        FACEBOOK,
    ),
    "post_messaging_integrations_line": (
        ["--name", "Support", "--channel-id", "1653", "--channel-secret", "@{secrets}/channel"],
        {"name": "Support", "channelId": "1653", "channelSecret": "example-channel-secret"},
    ),
    "post_messaging_integrations_twitter": (["--body", "@{secrets}/twitter.json"], TWITTER),
    "put_messaging_integrations_line_integration_id": (
        [IDENTIFIER, "--name", "Sales & Co"],
        {"name": "Sales & Co"},
    ),
}
"""What each method is called with, and the body that is to arrive."""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "page").write_text("example-page-token\n", encoding="utf-8")
    (tmp_path / "app").write_text("example-secret\r\n", encoding="utf-8", newline="")
    (tmp_path / "channel").write_text("example-channel-secret", encoding="utf-8")
    (tmp_path / "twitter.json").write_text(json.dumps(TWITTER), encoding="utf-8")
    return tmp_path


@pytest.fixture(params=operations, ids=str)
def operation(request: pytest.FixtureRequest, sandbox: Sandbox) -> Operation:
    """An operation, and the integration that it is about."""
    found: Operation = request.param
    kinds: dict[str, Any] = {kind: kind for kind in ("facebook", "line", "twitter")}
    if "{integrationId}" in found.path:
        kind = kinds[found.path.split("/")[-2]]
        sandbox.create_integration(kind, integration_id=IDENTIFIER, name="Support")
    return found


def test_a_method_runs_from_the_shell(
    operation: Operation, secrets: Path, sandbox: Sandbox
) -> None:
    arguments, body = ARGUMENTS[operation.name]
    arguments = [one.replace("{secrets}", str(secrets)) for one in arguments]
    command = command_name(MessagingApi, operation.name)

    finished = in_a_process("messaging", command, *arguments, **account(sandbox))

    assert (finished.code, finished.err) == (0, "")
    (request,) = sandbox.requests
    path = operation.path.replace("{integrationId}", IDENTIFIER).replace("{messengerType}", "line")
    assert (request.method, request.path, request.status) == (
        operation.verb,
        path,
        204 if operation.response_type is None else 200,
    )
    assert request.json == mask_json(body)
    if operation.response_type is None:
        assert finished.out == ""
    elif operation.response_type.endswith("Listing"):
        assert finished.json["pageNumber"] == 1
    else:
        assert finished.json["name"] == (body or {"name": "Support"})["name"]
    for secret in ("example-page-token", "example-secret", "example-channel-secret"):
        assert secret not in finished.out
