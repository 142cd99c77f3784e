"""Fixtures: certificates, servers that misbehave, and clients."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, Configuration

from .certificates import Certificates
from .server import GOOD, FaultServer, Script

TOKEN = "the-token-that-nobody-may-see"

MakeServer = Callable[..., FaultServer]
MakeClient = Callable[..., ApiClient]


@pytest.fixture(autouse=True)
def _shortest_pauses(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    """The back-off is a random part of a longest pause; here the part is always none."""
    monkeypatch.setattr(random, "random", lambda: 0.0)


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority, and what it has signed."""
    return Certificates(Path(tmp_path_factory.mktemp("certificates")))


@pytest.fixture
def make_server(certificates: Certificates) -> Iterator[MakeServer]:
    """Starts servers; those with ``tls=True`` have a good certificate."""
    with ExitStack() as stack:

        def make(script: Script = GOOD, *, tls: bool = False, **options: Any) -> FaultServer:
            context = certificates.server_context() if tls else None
            server = FaultServer(script, tls=context, **options)
            return stack.enter_context(server)

        yield make


@pytest.fixture
def make_client(certificates: Certificates) -> Iterator[MakeClient]:
    """Makes clients of a server, which trust the authority of the tests."""
    with ExitStack() as stack:

        def make(server: FaultServer | str, **settings: object) -> ApiClient:
            host = server if isinstance(server, str) else server.url
            configuration = Configuration(host=host, access_token=TOKEN)
            configuration.ssl_ca_cert = certificates.authority
            for name, setting in settings.items():
                setattr(configuration, name, setting)
            return stack.enter_context(ApiClient(configuration=configuration))

        yield make
