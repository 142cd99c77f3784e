"""Fixtures: a sandbox, a platform that misbehaves, and a client of each."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from service import Service

from PureCloudPlatformClientV2 import ApiClient, Configuration
from PureCloudPlatformClientV2.sandbox import Sandbox

from .fake_platform import FakePlatform


@pytest.fixture(scope="module")
def _running() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox(rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_running: Sandbox) -> Iterator[Sandbox]:
    yield _running
    _running.reset()


@pytest.fixture
def client(sandbox: Sandbox) -> Iterator[ApiClient]:
    """A client of the sandbox, with every permission."""
    configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
    with ApiClient(configuration=configuration) as client:
        yield client


@pytest.fixture
def platform(service: Service) -> Iterator[FakePlatform]:
    with FakePlatform(service) as platform:
        yield platform


@pytest.fixture
def fake_client(service: Service, platform: FakePlatform) -> Iterator[ApiClient]:
    """A client of the platform that misbehaves."""
    configuration = Configuration(host=service.url, access_token="the-token")
    configuration.retries = 0
    with ApiClient(configuration=configuration) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - by name
    yield
    left = [one for one in threading.enumerate() if one.name == "purecloud-notifications"]
    assert left == []
