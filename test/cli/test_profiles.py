"""--profile picks a section of the configuration file, and nothing else counts then."""

from __future__ import annotations

from pathlib import Path

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .shell import Cli, account

STICKERS = ("messaging", "get-sticker", "line", "--query", "total")


@pytest.fixture
def config(sandbox: Sandbox, tmp_path: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> str:
    """A configuration file, and nothing in the environment."""
    for name in account(sandbox):
        monkeypatch.delenv(name)
    path = tmp_path / "config"
    path.write_text(
        "[general]\nhost = us-east-1\naccess_token = of-general\n"
        f"[profile mine]\nhost = {sandbox.host}\nclient_id = {sandbox.client_id}\n"
        f"client_secret = {sandbox.client_secret}\n"
        "[profile tuned]\nretries = 0\n",
        encoding="utf-8",
    )
    return str(path)


def test_a_profile_says_where_and_as_whom(cli: Cli, config: str) -> None:
    assert cli("--config-file", config, "--profile", "mine", *STICKERS).json == 38


def test_an_unknown_profile_is_wrong_use_and_the_others_are_named(cli: Cli, config: str) -> None:
    finished = cli("--config-file", config, "--profile", "berlin", *STICKERS)
    assert finished.code == 2
    assert "there is no profile 'berlin'; choose one of mine, tuned" in finished.error


@pytest.mark.parametrize(
    "variable",
    ["GENESYSCLOUD_REGION", "GENESYSCLOUD_ACCESS_TOKEN", "GENESYSCLOUD_OAUTHCLIENT_SECRET"],
)
def test_a_profile_overrides_the_environment(
    cli: Cli, config: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "eu-west-1")
    assert cli("--config-file", config, "--profile", "mine", *STICKERS).json == 38


def test_the_environment_may_say_what_the_profile_does_not(
    cli: Cli, tmp_path: Path, sandbox: Sandbox
) -> None:
    path = tmp_path / "config"
    path.write_text("[profile patient]\ndeadline = 300\n", encoding="utf-8")
    assert cli("--config-file", str(path), "--profile", "patient", *STICKERS).json == 38


def test_options_override_a_profile(
    cli: Cli, config: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_REGION", "eu-west-1")
    (tmp_path / "token").write_text(sandbox.access_token, encoding="utf-8")
    options = ("--host", sandbox.host, "--access-token", f"@{tmp_path}/token")
    assert cli("--config-file", config, "--profile", "mine", *options, *STICKERS).json == 38


def test_a_tilde_that_the_shell_has_left_is_the_home_directory(
    cli: Cli, config: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "token").write_text(sandbox.access_token, encoding="utf-8")
    (tmp_path / "own.config").write_text(Path(config).read_text())
    named = "--config-file=~/own.config"
    assert cli(named, "--profile", "mine", *STICKERS).json == 38
    options = ("--host", sandbox.host, "--access-token=@~/token")
    assert cli(named, *options, *STICKERS).json == 38


def test_a_sandbox_takes_nothing_from_the_file(cli: Cli, config: str) -> None:
    assert cli("--config-file", config, "--sandbox", *STICKERS).json == 38
