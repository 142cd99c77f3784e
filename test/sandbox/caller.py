"""Plain HTTP calls to a sandbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import urllib3
from contract_facts import Operation, operations, operations_by_name

from PureCloudPlatformClientV2.sandbox import Sandbox

FACEBOOK = operations_by_name["post_messaging_integrations_facebook"].path
LINE = operations_by_name["post_messaging_integrations_line"].path
TWITTER = operations_by_name["post_messaging_integrations_twitter"].path

BODIES: dict[str, dict[str, str]] = {
    FACEBOOK: {"name": "Page", "pageAccessToken": "secret-page-token", "appId": "4711"},
    LINE: {"name": "Channel", "channelId": "1653", "channelSecret": "secret-channel-secret"},
    TWITTER: {
        "name": "Account",
        "accessTokenKey": "17-key",
        "accessTokenSecret": "secret-access-token-secret",
        "consumerKey": "consumer",
        "consumerSecret": "secret-consumer-secret",
        "tier": "premium",
        "envName": "production",
    },
}
"""An acceptable body for each kind of integration; all secrets begin with "secret"."""

LISTINGS = list(BODIES)

ID_CALLS = [operation for operation in operations if "integrationId" in operation.path_params]
"""The operations on one integration."""


def path_to(operation: Operation, integration_id: str = "nowhere") -> str:
    """Fill in an operation's path; a parameter that no other operation has is a KeyError."""
    return operation.path.format(integrationId=integration_id, messengerType="line")


STICKERS = path_to(operations_by_name["get_messaging_sticker"])


def body_for(operation: Operation) -> dict[str, str] | None:
    """An acceptable body, if the operation takes one."""
    return BODIES[operation.path.removesuffix("/{integrationId}")] if operation.body_type else None


def wait_until(condition: Callable[[], object]) -> None:
    """Wait for something that nothing but looking can tell, for half a minute at most."""
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen in half a minute")


class Clock:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1_565_775_000.0  # 2019-08-14T09:30:00Z

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


class Response:
    """An HTTP response that has been read."""

    def __init__(self, response: urllib3.BaseHTTPResponse) -> None:
        self.status = response.status
        self.headers = response.headers
        self.data = response.data

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class Caller:
    """Sends requests to one sandbox, with its access token unless told otherwise."""

    def __init__(self, sandbox: Sandbox, pool: urllib3.PoolManager) -> None:
        self.sandbox = sandbox
        self.pool = pool

    def __call__(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = "",
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        """Send a request; body is sent as JSON, data as it is, token None sends none."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token or self.sandbox.access_token}"
        if body is not None:
            data = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        url = self.sandbox.host + path
        return Response(self.pool.request(method, url, body=data, headers=sent))

    def create(self, listing: str, **changes: object) -> Any:
        """Create an integration with the usual body, some of it changed, and return it."""
        response = self("POST", listing, {**BODIES[listing], **changes})
        assert response.status == 200, response.data
        return response.json

    def form(self, fields: dict[str, str], headers: dict[str, str] | None = None) -> Response:
        """Post a form to the token endpoint."""
        url = self.sandbox.host + "/oauth/token"
        return Response(
            self.pool.request("POST", url, fields=fields, encode_multipart=False, headers=headers)
        )

    def control(self, method: str, path: str, body: object = None) -> Response:
        """Call the control API."""
        return self(method, "/sandbox" + path, body, token=self.sandbox.control_token)
