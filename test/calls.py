"""Calls of each kind, for tests that do not care which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from PureCloudPlatformClientV2 import LineIntegrationRequest, MessagingApi

Call = Callable[..., Any]


def connect(api: MessagingApi, url: str) -> MessagingApi:
    """Have an API talk to another host."""
    api.api_client.host = url
    return api


def read(api: MessagingApi, **options: Any) -> object:
    return api.get_messaging_integrations_line_integration_id("int-1", **options)


def create(api: MessagingApi, **options: Any) -> object:
    return api.post_messaging_integrations_line(LineIntegrationRequest(name="A"), **options)


def update(api: MessagingApi, **options: Any) -> object:
    return api.put_messaging_integrations_line_integration_id("int-1", {"name": "A"}, **options)


def delete(api: MessagingApi, **options: Any) -> object:
    api.delete_messaging_integrations_line_integration_id("int-1", **options)
    return None


def patch(api: MessagingApi, **options: Any) -> object:
    return api.api_client.call_api("/api/v2/x", "PATCH", body={}, response_type="object", **options)


WRITES = [create, update, delete, patch]


def name_of(value: object) -> str | None:
    return getattr(value, "__name__", None)


every_call = pytest.mark.parametrize("call", [read, *WRITES], ids=name_of)
