"""Calls of today's platform, and whether what comes back is valid."""

from __future__ import annotations

from typing import Any

from platform_facts import platform

from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.platform import contract

from ..agreement import departures

BASE = "/api/v2/conversations/messaging"
OPEN = {
    "name": "Chat",
    "outboundNotificationWebhookUrl": "https://middleware.example.com/",
    "outboundNotificationWebhookSignatureSecretToken": "a-secret-of-the-tests",
    "webhookHeaders": {"X-Key": "key"},
}

LIVES = [
    f"{BASE}/integrations/{kind}"
    for kind in ("apple", "facebook", "instagram", "open", "twitter", "whatsapp")
] + [
    f"{family}/{one}"
    for family in (BASE, "/api/v2/messaging")
    for one in ("settings", "supportedcontent")
]
"""The collections in which things are created."""


def client_of(sandbox: Sandbox, token: str | None = None) -> ApiClient:
    configuration = Configuration(host=sandbox.host, access_token=token or sandbox.access_token)
    configuration.retries = 0
    return ApiClient(configuration=configuration)


def call(client: ApiClient, verb: str, path: str, body: Any = None) -> Any:
    return client.call_api(path, verb, body=body, response_type="object")


def assert_valid(definition: str, answer: Any) -> None:
    """Check an answer against the platform's own document."""
    assert departures(answer, {"$ref": f"#/definitions/{definition}"}) == []


def example(definition: str) -> dict[str, Any]:
    """A body with all that is required, and all texts besides."""
    schema = platform()["definitions"][definition]
    return {
        name: one.get("enum", [f"{name} of the test"])[0]
        for name, one in schema["properties"].items()
        if one.get("type") == "string" and not one.get("readOnly")
    }


def operation_at(verb: str, path: str) -> contract.Operation:
    (found,) = [one for one in contract.operations() if (one.verb, one.path) == (verb, path)]
    return found
