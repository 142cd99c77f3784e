"""Where the configuration file lies, and what goes before it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import (
    Configuration,
)
from PureCloudPlatformClientV2._settings.settings import Origin

from .forms import (
    LINE,
    VALUES,
    Form,
    Start,
    as_another_user,
    as_ini,
    as_json,
    attribute,
    every_form,
    nested,
    run_as_nameless,
    write,
)


@every_form
def test_the_default_place_is_in_the_home_directory(default_file: Path, form: Form) -> None:
    write(default_file, form({"general": {"retries": 7}}))
    configuration = Configuration()
    assert configuration.retries == 7
    assert configuration.config_file_path == str(default_file)
    assert PureCloudPlatformClientV2.configuration.retries == 7


def test_a_home_directory_set_before_first_use_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configuration = Configuration()
    write(tmp_path / "later" / ".genesyscloudpython" / "config", "[general]\nretries = 7\n")
    monkeypatch.setenv("HOME", str(tmp_path / "later"))
    assert configuration.retries == 7


@pytest.mark.parametrize("kind", [str, Path])
def test_the_place_may_be_given(
    path: Path, default_file: Path, kind: Callable[[Path], Any]
) -> None:
    write(default_file, "[general]\nretries = 1\ndeadline = 1\n")
    write(path, "[general]\nretries = 7\n")
    by_argument = Configuration(config_file_path=kind(path))
    by_attribute = Configuration()
    assert by_attribute.retries == 1
    by_attribute.config_file_path = kind(path)
    for configuration in (by_argument, by_attribute):
        assert configuration.config_file_path == str(path)
        assert (configuration.retries, configuration.deadline) == (7, 90.0)


def test_without_a_file_the_defaults_count(tmp_path: Path) -> None:
    for configuration in (
        Configuration(),
        Configuration(config_file_path=str(tmp_path / "missing" / "config")),
    ):
        assert configuration.host == "https://api.mypurecloud.com"
        assert configuration.file_values() == {}


@pytest.mark.parametrize("home", ["/dev/null", "/nonexistent", ""])
def test_a_home_directory_that_is_none_is_as_good_as_one_without_a_file(
    monkeypatch: pytest.MonkeyPatch, home: str
) -> None:
    if not home:
        monkeypatch.setenv("USERPROFILE", "/nonexistent")
    monkeypatch.setenv("HOME", home)
    assert Configuration().retries == 3


@as_another_user
@pytest.mark.parametrize("has_home", [True, False])
def test_a_user_without_home_directory_can_use_the_package(
    default_file: Path, has_home: bool
) -> None:
    write(default_file, "[general]\nretries = 7\n")  # that of somebody else
    default_file.parent.chmod(0o700)
    environment = {"HOME": str(default_file.parents[1])} if has_home else {}
    printed = run_as_nameless("print(p.Configuration().retries)", environment)
    assert printed == ("3\n", "")


SOURCES = [
    ("host", "GENESYSCLOUD_REGION", "general.host", "http://{}.example", "default"),
    ("access_token", "GENESYSCLOUD_ACCESS_TOKEN", "general.access_token", "{}", ""),
    ("client_id", "GENESYSCLOUD_OAUTHCLIENT_ID", "general.client_id", "{}", ""),
    ("client_secret", "GENESYSCLOUD_OAUTHCLIENT_SECRET", "general.client_secret", "{}", ""),
    ("no_proxy", "NO_PROXY", "proxy.no_proxy", "{}.example", None),
    ("no_proxy", "no_proxy", "proxy.no_proxy", "{}.example", None),
]


@pytest.mark.parametrize(("name", "variable", "place", "pattern", "default"), SOURCES)
def test_argument_attribute_environment_file_default(
    monkeypatch: pytest.MonkeyPatch,
    default_file: Path,
    name: str,
    variable: str,
    place: str,
    pattern: str,
    default: str | None,
) -> None:
    if default == "default":
        default = "https://api.mypurecloud.com"
    write(default_file, as_json(nested({place: pattern.format("file")})))
    monkeypatch.setenv(variable, pattern.format("environment"))
    configuration = Configuration()
    setattr(configuration, name, pattern.format("attribute"))
    if name != "no_proxy":  # the only one of these that is no argument
        arguments = {name: pattern.format("argument")}
        by_argument = Configuration(**arguments)
        assert getattr(by_argument, name) == pattern.format("argument")
        assert by_argument.origin(name) is Origin.CODE

    assert getattr(configuration, name) == pattern.format("attribute")
    configuration = Configuration()
    assert getattr(configuration, name) == pattern.format("environment")
    assert configuration.origin(name) is Origin.ENVIRONMENT
    for empty in ("", None):
        if empty is None:
            monkeypatch.delenv(variable)
        else:
            monkeypatch.setenv(variable, empty)
        assert getattr(configuration, name) == pattern.format("file")
        assert configuration.origin(name) is Origin.FILE
    default_file.unlink()
    configuration.forget_file()
    assert getattr(configuration, name) == default
    assert configuration.origin(name) is Origin.DEFAULT


def test_a_proxy_set_in_code_goes_before_that_of_the_environment_and_that_before_the_files(
    monkeypatch: pytest.MonkeyPatch, start: Start, service: Service
) -> None:
    with Service() as of_environment, Service() as of_code:
        proxies = {"file": service, "environment": of_environment, "code": of_code}
        paths: list[str] = []
        for proxy in proxies.values():
            proxy.answer_always(200, {})
        sections = {"general": {"host": "http://api.example"}, "proxy": {"url": service.url}}

        def asked(**settings: str | None) -> list[str]:
            api = start(as_ini, sections)
            for name, value in settings.items():
                setattr(api.api_client.configuration, name, value)
            api.get_messaging_integrations_line()
            found = [name for name, proxy in proxies.items() if proxy.requests]
            paths[:] = [request.target for proxy in proxies.values() for request in proxy.requests]
            for proxy in proxies.values():
                proxy.requests.clear()
            return found

        assert asked() == ["file"]
        monkeypatch.setenv("http_proxy", of_environment.url)
        assert asked() == ["environment"]
        assert asked(proxy=of_code.url) == ["code"]
        # Without any, the host itself is asked.
        assert asked(proxy=None, host=f"{of_code.url}/itself") == ["code"]
        assert paths == [f"/itself{LINE}"]


@every_form
def test_every_attribute_set_in_code_goes_before_the_file(path: Path, form: Form) -> None:
    write(path, form(nested({place: value for place, value, *_ in VALUES})))
    configuration = Configuration()
    before: dict[str, Any] = {}
    for _, _, name, _ in VALUES:
        if not name.startswith("gateway_configuration"):
            before[name] = attribute(configuration, name)
            holder = configuration.logger if name.startswith("logger.") else configuration
            setattr(holder, name.removeprefix("logger."), before[name])
    configuration.gateway_configuration = None
    for name in ("access_token", "client_id", "client_secret"):
        setattr(configuration, name, "")

    configuration.config_file_path = str(path)

    assert {name: attribute(configuration, name) for name in before} == before
    assert configuration.gateway_configuration is None
