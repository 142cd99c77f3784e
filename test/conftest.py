"""Fixtures: a service to talk to, clients that talk to it, and isolation from the environment."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import hypothesis
import pytest
import trustme
from service import Behaviour, RawServer, Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi
from PureCloudPlatformClientV2._settings import filled_in
from PureCloudPlatformClientV2.logger import Logger, LogLevel
from PureCloudPlatformClientV2.sandbox import Sandbox

# A background job of a shell ignores Ctrl-C, and so would the programs that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["PureCloudPlatformClientV2.sandbox.pytest_plugin"]

# The same examples in every run, and no verdict that depends on how fast the machine is.
hypothesis.settings.register_profile(
    "everywhere",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[
        hypothesis.HealthCheck.function_scoped_fixture,
        hypothesis.HealthCheck.too_slow,
    ],
)
hypothesis.settings.load_profile("everywhere")


@pytest.fixture(scope="session")
def empty_home(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A home directory without a configuration file."""
    return str(tmp_path_factory.mktemp("home"))


@pytest.fixture(autouse=True)
def _isolation(monkeypatch: pytest.MonkeyPatch, empty_home: str) -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] - by name
    """Start from a default configuration and a silent logger, whatever the environment says."""
    monkeypatch.setenv("HOME", empty_home)
    for name in os.environ:
        if name.startswith("GENESYSCLOUD_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    default = vars(PureCloudPlatformClientV2.configuration)
    default.clear()
    default.update(vars(Configuration()))
    filled_in.forget_all()
    logger = logging.getLogger("PureCloudPlatformClientV2")
    level, handlers = logger.level, list(logger.handlers)

    yield

    shared_client = PureCloudPlatformClientV2.configuration.api_client
    if shared_client is not None:
        shared_client.close()
    default.clear()
    default.update(vars(Configuration()))
    Logger().log_level = LogLevel.LNone  # takes handlers away and lets lines go to the root again
    for handler in [handler for handler in logger.handlers if handler not in handlers]:
        logger.removeHandler(handler)
        handler.close()
    logger.setLevel(level)


@pytest.fixture(scope="session")
def _service_of_the_session() -> Iterator[Service]:  # pyright: ignore[reportUnusedFunction] - by name
    with Service() as service:
        yield service


@pytest.fixture
def service(_service_of_the_session: Service) -> Service:
    """A loopback server that answers as told and records what came."""
    _service_of_the_session.reset()
    return _service_of_the_session


@pytest.fixture
def raw_server() -> Iterator[Callable[[Behaviour], RawServer]]:
    """Starts servers that misbehave."""
    with ExitStack() as stack:
        yield lambda behave: stack.enter_context(RawServer(behave))


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Issues the certificates of the tests."""
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The certificate of the authority."""
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def configuration(service: Service, ca_file: str) -> Configuration:
    """Points at ``service``."""
    configuration = Configuration(host=service.url, access_token="the-token")
    configuration.retries = 0  # see test_retry.py and faults/ for what is sent again
    # certifi's hundred authorities would take more time to read than most tests need.
    configuration.ssl_ca_cert = ca_file
    return configuration


@pytest.fixture
def api_client(configuration: Configuration) -> Iterator[ApiClient]:
    """Talks to ``service``."""
    with ApiClient(configuration=configuration) as client:
        yield client


@pytest.fixture
def api(api_client: ApiClient) -> MessagingApi:
    """Talks to ``service``."""
    return MessagingApi(api_client)


@pytest.fixture
def sandbox_api(purecloud_sandbox: Sandbox) -> Iterator[MessagingApi]:
    """Talks to the sandbox."""
    configuration = Configuration(
        host=purecloud_sandbox.host, access_token=purecloud_sandbox.access_token
    )
    with ApiClient(configuration=configuration) as client:
        yield MessagingApi(client)


@pytest.fixture
def log_file(tmp_path: Path, configuration: Configuration) -> Iterator[Path]:
    """Logs everything there is to log, into a file."""
    path = tmp_path / "client.log"
    logger = configuration.logger
    logger.log_to_console = False
    logger.log_file_path = str(path)
    logger.log_level = LogLevel.LTrace
    logger.log_request_body = True
    logger.log_response_body = True
    yield path
    logger.log_level = LogLevel.LNone
