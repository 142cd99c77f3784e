"""An open-messaging integration of a sandbox, whose middleware is a loopback server."""

from __future__ import annotations

from typing import Any

import urllib3
from service import Request

from PureCloudPlatformClientV2 import open_messaging
from PureCloudPlatformClientV2.sandbox import Delivery, Sandbox

HEADER = open_messaging.SIGNATURE_HEADER
OPEN = "/api/v2/conversations/messaging/integrations/open"
SECRET = "0123456789abcdef"


def create_integration(sandbox: Sandbox, url: str, **changes: Any) -> str:
    """Create an integration whose webhook goes to a URL."""
    body = {
        "name": "Chat",
        "outboundNotificationWebhookUrl": url,
        "outboundNotificationWebhookSignatureSecretToken": SECRET,
        **changes,
    }
    return str(_call(sandbox, "POST", OPEN, body)["id"])


def change_integration(sandbox: Sandbox, integration_id: str, **changes: Any) -> None:
    """Change some of an integration."""
    _call(sandbox, "PATCH", f"{OPEN}/{integration_id}", {"name": "Chat", **changes})


def delete_integration(sandbox: Sandbox, integration_id: str) -> None:
    """Delete an integration."""
    _call(sandbox, "DELETE", f"{OPEN}/{integration_id}", None)


def _call(sandbox: Sandbox, method: str, path: str, body: Any) -> Any:
    headers = {"Authorization": f"Bearer {sandbox.access_token}"}
    with urllib3.PoolManager(retries=False, timeout=30) as pool:
        response = pool.request(method, sandbox.host + path, json=body, headers=headers)
        assert response.status < 300, response.data
        return response.json() if response.data else None


def send(sandbox: Sandbox, integration_id: str, **payload: Any) -> str:
    """Send something, and tell the id of its delivery."""
    message_id = str(payload.get("id", "m-1"))
    return sandbox.webhooks.send(
        sandbox.organization_id, integration_id, payload, message_id=message_id
    ).id


def delivery(sandbox: Sandbox, delivery_id: str) -> Delivery:
    """How far a delivery has come."""
    return next(one for one in sandbox.webhooks.deliveries if one.id == delivery_id)


def outcomes(sandbox: Sandbox, delivery_id: str) -> list[int | str | None]:
    """What came of each try."""
    return [one.status or one.error for one in delivery(sandbox, delivery_id).attempts]


def verify(request: Request) -> None:
    """Check a webhook as a program does."""
    open_messaging.verify_signature(request.body, request.headers[HEADER], SECRET)
