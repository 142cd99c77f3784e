"""One sandbox for all webhooks of a module, emptied for each test."""

from __future__ import annotations

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox

from .middleware import create_integration


@pytest.fixture
def sandbox(shared_sandbox: Sandbox) -> Sandbox:
    return shared_sandbox


@pytest.fixture
def integration_id(sandbox: Sandbox, service: Service) -> str:
    return create_integration(sandbox, f"{service.url}/webhook?from=sandbox")
