"""One sandbox for all tests of a module, emptied for each, and clients of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from PureCloudPlatformClientV2 import ApiClient, ConversationsApi
from PureCloudPlatformClientV2.sandbox import Sandbox

from .calls import client_of


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    return shared_sandbox


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[ApiClient]:
    with client_of(sandbox) as client:
        yield client


@pytest.fixture
def api(client: ApiClient) -> ConversationsApi:
    return ConversationsApi(client)
