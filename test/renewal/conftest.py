"""A login service, and a client that has signed in at it."""

from __future__ import annotations

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient

from .login import Login


@pytest.fixture
def login(service: Service) -> Login:
    return Login(service)


@pytest.fixture
def client(api_client: ApiClient, login: Login) -> ApiClient:
    """Has signed in by client credentials."""
    return api_client.get_client_credentials_token("the-id", "the-secret")
