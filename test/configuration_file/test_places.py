"""Where the configuration file lies, and what goes before it."""

from __future__ import annotations

import os
import pickle
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Service

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import Configuration, MessagingApi
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


def test_without_a_file_the_defaults_count() -> None:
    configuration = Configuration()
    assert configuration.host == "https://api.mypurecloud.com"
    assert configuration.file_values() == {}
    for nothing in ("", None):
        configuration.config_file_path = nothing or ""
        configuration.profile = None
        assert configuration.retries == 3


MISSING = ["confg.ini", "missing/config", "~/confg.ini", "~/no/such/folder/config"]


@pytest.mark.parametrize("name", MISSING)
def test_a_file_that_was_named_and_is_not_there_is_said_by_its_name(
    name: str, home: Path, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    shown = re.escape(name.replace("~", str(home)))
    with pytest.raises(ValueError, match=f"{shown}: there is no such configuration file"):
        Configuration(config_file_path=name)
    configuration = Configuration(config_file_path=str(write(path, "[general]\nretries = 7\n")))
    with pytest.raises(ValueError, match=f"{shown}: there is no such configuration file"):
        configuration.config_file_path = name
    assert (configuration.config_file_path, configuration.retries) == (str(path), 7)


def test_a_named_file_that_is_gone_where_it_is_unpickled_is_said_and_nothing_is_sent(
    path: Path, service: Service, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, "[general]\naccess_token = the-token\n")
    pickled = pickle.dumps(Configuration(host=service.url, config_file_path=str(path)))
    path.unlink()
    api = open_api(pickle.loads(pickled))
    for _ in range(2):
        with pytest.raises(ValueError, match=f"{path}: there is no such configuration file"):
            api.get_messaging_integrations_line()
    assert service.requests == []
    write(path, "[general]\naccess_token = the-token\n")
    service.answer(200, {})
    api.get_messaging_integrations_line()


def test_a_profile_of_a_file_that_is_not_there_is_said_by_its_name(
    default_file: Path, path: Path
) -> None:
    with pytest.raises(ValueError, match=rf"{default_file}: .*'berlin'.*no such file"):
        Configuration(profile="berlin")
    with pytest.raises(ValueError, match=f"{path}: there is no such configuration file"):
        Configuration(config_file_path=str(path), profile="berlin")


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=f"{tmp_path}: cannot be read: "):
        Configuration(config_file_path=str(tmp_path))


PATHS = [
    "config_file_path",
    "ssl_ca_cert",
    "cert_file",
    "key_file",
    "temp_folder_path",
    "logger_file",
]


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_tilde_is_the_home_directory_of_when_it_was_set(
    name: str,
    kind: Callable[[str], Any],
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(home / "own", "[general]\nretries = 7\n")
    configuration = Configuration()
    setattr(configuration, name, kind("~/own"))
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    assert getattr(configuration, name) == str(home / "own")
    assert getattr(pickle.loads(pickle.dumps(configuration)), name) == str(home / "own")


@pytest.mark.skipif(sys.platform == "win32", reason="users are found in another way there")
def test_a_tilde_with_a_name_is_that_users_home_directory() -> None:
    import pwd

    user = pwd.getpwuid(os.getuid())
    configuration = Configuration()
    configuration.ssl_ca_cert = f"~{user.pw_name}/ca.pem"
    assert configuration.ssl_ca_cert == f"{user.pw_dir.rstrip('/')}/ca.pem"
    with pytest.raises(ValueError, match="~nobody-of-that-name/config: there is no such config"):
        configuration.config_file_path = "~nobody-of-that-name/config"


@every_form
def test_a_tilde_in_the_file_is_the_home_directory(path: Path, home: Path, form: Form) -> None:
    sections = {
        "general": {"temp_folder_path": "~/downloads"},
        "tls": {"ssl_ca_cert": "~/ca.pem", "cert_file": "~/me.pem", "key_file": "~/me.key"},
        "logging": {"log_file_path": "~/client.log"},
    }
    write(path, form(sections))
    configuration = Configuration(config_file_path=str(path))
    assert configuration.temp_folder_path == str(home / "downloads")
    assert configuration.ssl_ca_cert == str(home / "ca.pem")
    assert (configuration.cert_file, configuration.key_file) == (
        str(home / "me.pem"),
        str(home / "me.key"),
    )
    assert configuration.logger.log_file_path == str(home / "client.log")
    configuration.set_mtls_certificates("~/a.pem", "~/a.key", "~/b.pem")
    assert [configuration.cert_file, configuration.key_file, configuration.ssl_ca_cert] == [
        str(home / name) for name in ("a.pem", "a.key", "b.pem")
    ]


def test_downloads_and_the_log_go_to_the_home_directory(
    home: Path, service: Service, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    (home / "downloads").mkdir()
    configuration = Configuration(host=service.url, access_token="the-token")
    configuration.temp_folder_path = "~/downloads"
    configuration.logger_file = "~/client.log"
    configuration.debug = True
    service.answer(200, "content")
    client = open_api(configuration).api_client
    saved = Path(client.call_api("/x", "GET", response_type="file"))
    configuration.debug = False
    assert saved.is_relative_to(home / "downloads")
    assert "GET" in (home / "client.log").read_text()


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
