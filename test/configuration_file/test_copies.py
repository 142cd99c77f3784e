"""Copies, pickles and reports of a configuration that has a file."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from PureCloudPlatformClientV2 import (
    Configuration,
    GatewayConfiguration,
    MessagingApi,
)

from .forms import CANARY, SECRETS, Tenants, as_json, tenant_of_call, until, write


def pickled(configuration: Configuration) -> Configuration:
    twin: Configuration = pickle.loads(pickle.dumps(configuration))
    return twin


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_a_copy_has_the_same_file_and_follows_it_too(
    path: Path,
    tenants: Tenants,
    open_api: Callable[[Configuration], MessagingApi],
    duplicate: Callable[[Configuration], Configuration],
) -> None:
    write(path, tenants.file("a"))
    original = Configuration(config_file_path=str(path))
    original.deadline = 20
    twin = duplicate(original)
    api = open_api(twin)
    assert tenant_of_call(api) == "a"
    assert (twin.config_file_path, twin.deadline) == (str(path), 20)
    write(path, tenants.file("bb"))
    until(lambda: tenant_of_call(api) == "bb")
    assert original.access_token == "a"  # it makes no call, so it does not look


def test_a_copy_may_be_given_another_file(path: Path, tmp_path: Path) -> None:
    write(path, "[general]\nretries = 1\n[logging]\nlog_request_body = true\n")
    other = write(tmp_path / "other.config", "[general]\nretries = 2\n")
    original = Configuration(config_file_path=str(path))
    twin = copy.deepcopy(original)
    twin.config_file_path = str(other)
    assert (original.retries, twin.retries) == (1, 2)
    assert original.logger.log_request_body
    assert not twin.logger.log_request_body


def test_secrets_of_the_file_are_not_pickled(path: Path) -> None:
    write(path, as_json(SECRETS))
    configuration = Configuration(config_file_path=str(path))
    assert configuration.client_secret == CANARY
    assert CANARY.encode() not in pickle.dumps(configuration)


def test_an_unpickled_configuration_reads_the_file_of_its_own_home(
    default_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(default_file, "[general]\nretries = 1\n")
    configuration = Configuration()
    assert configuration.retries == 1
    pickled = pickle.dumps(configuration)
    write(tmp_path / "elsewhere" / ".genesyscloudpython" / "config", "[general]\nretries = 2\n")
    monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
    assert pickle.loads(pickled).retries == 2


def test_a_gateway_of_the_file_is_none_of_codes(path: Path) -> None:
    write(path, "[gateway]\nhost = of-file\n")
    configuration = Configuration(config_file_path=str(path))
    assert configuration.gateway_configuration is not None
    configuration.gateway_configuration = GatewayConfiguration(host="of-code")
    configuration.forget_file()
    assert configuration.gateway_configuration.host == "of-code"


def test_the_debug_report_names_the_file_and_no_secret(path: Path) -> None:
    write(path, as_json(SECRETS))
    report = Configuration(config_file_path=str(path)).to_debug_report()
    assert f"Configuration file: {path}\n" in report
    assert "Gateway: GatewayConfiguration(api='https://gw'" in report
    assert CANARY not in report
    assert "Configuration file: none\n" in Configuration().to_debug_report()


def test_the_debug_report_looks_for_the_file_first(default_file: Path) -> None:
    write(default_file, "[general]\nretries = 1\n")
    configuration = Configuration(host="us-east-1")
    configuration.gateway_configuration = GatewayConfiguration(host="gw.example")
    assert f"Configuration file: {default_file}\n" in configuration.to_debug_report()
