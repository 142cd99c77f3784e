"""Places for configuration files, and clients that read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2 import (
    ApiClient,
    Configuration,
    MessagingApi,
)

from .forms import Form, Sections, Start, Tenants, write


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory without a configuration file."""
    path = tmp_path / "home"
    path.mkdir()
    monkeypatch.setenv("HOME", str(path))
    return path


@pytest.fixture
def default_file(home: Path) -> Path:
    """Where the configuration file lies if nobody says anything else; it is not there yet."""
    return home / ".genesyscloudpython" / "config"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a configuration file may be put."""
    return tmp_path / "own.config"


@pytest.fixture
def open_api() -> Iterator[Callable[[Configuration], MessagingApi]]:
    """Makes APIs, whose connections are closed at the end."""
    with ExitStack() as stack:
        yield lambda configuration: MessagingApi(
            stack.enter_context(ApiClient(configuration=configuration))
        )


@pytest.fixture
def start(
    path: Path, service: Service, ca_file: str, open_api: Callable[[Configuration], MessagingApi]
) -> Start:
    """Writes a configuration file about ``service``, and gives an API that has nothing else."""

    def start(form: Form, sections: Sections) -> MessagingApi:
        everything: dict[str, dict[str, Any]] = {
            "general": {"host": service.url, "access_token": "the-token", "retries": 0},
            # certifi's hundred authorities would take more time to read than most tests need.
            "tls": {"ssl_ca_cert": ca_file},
        }
        for section, values in sections.items():
            everything[section] = {**everything.get(section, {}), **values}
        write(path, form(everything))
        return open_api(Configuration(config_file_path=str(path)))

    return start


@pytest.fixture
def tenants(service: Service) -> Tenants:
    """The first tenant is a, the next bb, and so on: files of different length."""
    return Tenants(service)
