"""Plain HTTP calls to a sandbox."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import Any

import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox

FACEBOOK = "/api/v2/messaging/integrations/facebook"
LINE = "/api/v2/messaging/integrations/line"
TWITTER = "/api/v2/messaging/integrations/twitter"
STICKERS = "/api/v2/messaging/stickers/line"

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
