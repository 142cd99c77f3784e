"""Profiles: sections of the configuration file, one for each organisation."""

from __future__ import annotations

import copy
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2 import Configuration, MessagingApi

from .forms import (
    CANARY,
    Form,
    Tenants,
    as_ini,
    as_json,
    every_form,
    tenant_of_call,
    until,
    write,
)
from .test_copies import pickled

SECTIONS: dict[str, dict[str, Any]] = {
    "general": {"host": "us-west-2", "access_token": "of-general", "retries": 1, "deadline": 45},
    "reauthentication": {"refresh_token_wait_max": 2},
    "profile berlin": {"host": "eu-central-1", "client_id": "id", "client_secret": "secret"},
    "profile sydney": {"retries": 5, "refresh_token_wait_max": 7, "refresh_access_token": False},
}


@pytest.fixture(params=[as_ini, as_json], ids=["ini", "json"])
def file(request: pytest.FixtureRequest, path: Path) -> str:
    """A configuration file with two profiles."""
    return str(write(path, request.param(SECTIONS)))


def test_a_profile_overrides_the_other_sections(file: str) -> None:
    sydney = Configuration(config_file_path=file, profile="sydney")
    assert (sydney.retries, sydney.refresh_token_wait_time) == (5, 7)
    assert not sydney.should_refresh_access_token
    assert (sydney.host, sydney.deadline) == ("https://api.usw2.pure.cloud", 45)
    assert sydney.access_token == "of-general"


def test_credentials_of_a_profile_replace_those_of_general_as_a_whole(file: str) -> None:
    berlin = Configuration(config_file_path=file, profile="berlin")
    assert berlin.access_token == ""
    assert berlin.client_credentials() == ("id", "secret")
    assert berlin.host == "https://api.mypurecloud.de"


def test_without_a_profile_none_counts(file: str) -> None:
    general = Configuration(config_file_path=file)
    assert (general.profile, general.retries, general.client_id) == (None, 1, "")
    assert general.should_refresh_access_token


def test_a_profile_may_be_chosen_and_left_at_any_time(file: str) -> None:
    configuration = Configuration(config_file_path=file)
    configuration.profile = "sydney"
    assert (configuration.profile, configuration.retries) == ("sydney", 5)
    configuration.profile = "berlin"
    assert configuration.retries == 1
    configuration.profile = None
    assert configuration.host == "https://api.usw2.pure.cloud"


def test_code_overrides_a_profile_and_a_profile_the_environment(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "eu-west-1")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "of-another-organisation")
    berlin = Configuration(config_file_path=file, profile="berlin", client_id="of code")
    assert (berlin.host, berlin.client_id) == ("https://api.mypurecloud.de", "of code")
    assert berlin.access_token == ""
    assert berlin.client_credentials() == ("of code", "secret")
    assert repr(berlin) == (
        "Configuration(host='https://api.mypurecloud.de', profile='berlin', client_id='of code')"
    )


@pytest.mark.parametrize("token", ["general", "environment"])
def test_credentials_of_others_are_not_shown_to_the_host_of_a_profile(
    path: Path, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(path, "[general]\naccess_token = of-general\n[profile berlin]\nhost = eu-central-1\n")
    if token == "environment":
        monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "of-the-environment")
    berlin = Configuration(config_file_path=str(path), profile="berlin")
    assert (berlin.access_token, berlin.client_credentials()) == ("", None)


def test_the_environment_overrides_the_sections_around_a_profile(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "eu-west-1")
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "of-the-environment")
    sydney = Configuration(config_file_path=file, profile="sydney")
    assert (sydney.host, sydney.access_token) == (
        "https://api.mypurecloud.ie",
        "of-the-environment",
    )


def test_a_profile_of_the_file_at_home(default_file: Path) -> None:
    write(default_file, "[profile berlin]\nretries = 4\n")
    assert Configuration(profile="berlin").retries == 4


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("[profile a]\n[profile b c]\n", "there is no profile 'nobody'; choose one of a, b c"),
        ("[general]\n", "there is no profile 'nobody'; there are none in it"),
    ],
)
def test_an_unknown_profile_is_refused_and_the_others_are_named(
    path: Path, content: str, complaint: str
) -> None:
    write(path, content)
    with pytest.raises(ValueError, match=re.escape(f"{path}: {complaint}") + "$"):
        Configuration(config_file_path=str(path), profile="nobody")


def test_a_profile_without_a_file_is_refused(default_file: Path) -> None:
    with pytest.raises(ValueError, match="there is no profile 'nobody'"):
        Configuration(profile="nobody")


def test_a_profile_must_be_text() -> None:
    number: Any = 1
    with pytest.raises(TypeError, match="profile: give text"):
        Configuration(profile=number)


def test_a_refused_profile_changes_nothing(file: str) -> None:
    configuration = Configuration(config_file_path=file, profile="sydney")
    with pytest.raises(ValueError, match="nobody"):
        configuration.profile = "nobody"
    assert (configuration.profile, configuration.retries) == ("sydney", 5)


def test_a_file_without_the_profile_is_refused(file: str, tmp_path: Path) -> None:
    other = write(tmp_path / "other", "[profile berlin]\n")
    configuration = Configuration(config_file_path=file, profile="sydney")
    with pytest.raises(ValueError, match="there is no profile 'sydney'; choose one of berlin"):
        configuration.config_file_path = str(other)
    assert (configuration.config_file_path, configuration.retries) == (file, 5)


@every_form
@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"retrys": 1}, "section profile berlin, key retrys: there is no such key; choose one of "),
        ({"url": "http://proxy.example"}, "section profile berlin, key url: there is no such key"),
        ({"retries": "many"}, "section profile berlin, key retries: give a whole number"),
    ],
)
def test_keys_and_values_that_cannot_be_used_are_named_with_their_place(
    path: Path, form: Form, values: dict[str, Any], complaint: str
) -> None:
    write(path, form({"profile berlin": values}))
    with pytest.raises(ValueError, match="^" + re.escape(f"{path}, {complaint}")):
        Configuration(config_file_path=str(path), profile="berlin")


def test_misspelt_keys_of_other_profiles_are_refused_too(path: Path) -> None:
    write(path, "[profile berlin]\n[profile sydney]\nretrys = 1\n")
    with pytest.raises(ValueError, match="section profile sydney, key retrys"):
        Configuration(config_file_path=str(path), profile="berlin")


def with_profile(tenants: Tenants, name: str) -> str:
    """A file whose sections say a, and whose profile says another tenant."""
    return tenants.file("a") + tenants.file(name).replace("[general]", "[profile own]")


def test_a_change_of_the_profile_counts_while_the_program_runs(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, with_profile(tenants, "bb"))
    api = open_api(Configuration(config_file_path=str(path), profile="own"))
    assert tenant_of_call(api) == "bb"
    write(path, with_profile(tenants, "ccc"))
    until(lambda: tenant_of_call(api) == "ccc")


def test_a_program_keeps_its_settings_when_its_profile_is_taken_away(
    path: Path, tenants: Tenants, open_api: Callable[[Configuration], MessagingApi]
) -> None:
    write(path, with_profile(tenants, "bb"))
    api = open_api(Configuration(config_file_path=str(path), profile="own"))
    assert tenant_of_call(api) == "bb"
    write(path, tenants.file("a"))

    def call_warns() -> bool:
        try:
            assert tenant_of_call(api) == "bb"
        except RuntimeWarning as warning:
            return "there is no profile 'own'" in str(warning)
        return False

    until(call_warns)
    assert tenant_of_call(api) == "bb"


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickled])
def test_copies_and_pickles_keep_to_the_profile(
    file: str, duplicate: Callable[[Configuration], Configuration]
) -> None:
    twin = duplicate(Configuration(config_file_path=file, profile="sydney"))
    assert (twin.profile, twin.retries) == ("sydney", 5)
    twin.forget_file()
    assert twin.retries == 5


def test_secrets_of_profiles_are_neither_pickled_nor_shown(path: Path) -> None:
    write(path, f"[profile own]\nclient_id = id\nclient_secret = {CANARY}\nretries = x\n")
    with pytest.raises(ValueError, match="key retries") as caught:
        Configuration(config_file_path=str(path), profile="own")
    assert CANARY not in str(caught.value)
    write(path, f"[profile own]\nclient_id = id\nclient_secret = {CANARY}\n")
    configuration = Configuration(config_file_path=str(path), profile="own")
    assert configuration.client_secret == CANARY
    assert CANARY.encode() not in pickle.dumps(configuration)
    assert CANARY not in configuration.to_debug_report() + repr(configuration)
