"""Secrets come from files, the environment or a prompt, and are never shown."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from service import Service

from .shell import Cli, in_a_process

CREATE = ("messaging", "post-integrations-line", "--name", "A")


@pytest.fixture
def target(service: Service, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Service:
    """The service, which shows what came."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    service.answer_always(200, {"id": "1"})
    return service


def sent_secret(service: Service) -> str:
    (request,) = service.requests
    return str(request.json["channelSecret"])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b"hunter2", "hunter2"),
        (b" hun ter2 \n\n", " hun ter2 \n"),
        (b"\xef\xbb\xbfhunter2\n", "hunter2"),
        ("schlüssel\n".encode(), "schlüssel"),
    ],
)
def test_a_secret_comes_from_a_file(
    cli: Cli, target: Service, tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "secret").write_bytes(content)
    assert cli(*CREATE, "--channel-secret", f"@{tmp_path}/secret").code == 0
    assert sent_secret(target) == expected


def test_a_secret_comes_from_standard_input(service: Service) -> None:
    service.answer(200, {"id": "1"})
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "a"}
    finished = in_a_process(*CREATE, "--channel-secret", "@-", stdin="hunter2\n", **account)
    assert finished.json == {"id": "1"}
    assert sent_secret(service) == "hunter2"


def test_a_secret_in_the_text_of_a_body_is_refused(cli: Cli, target: Service) -> None:
    finished = cli(*CREATE, "--body", '{"channelId": "1653", "channelSecret": "hunter2"}')
    assert finished.code == 2
    assert "channelSecret: a secret on the command line shows in" in finished.error
    assert "hunter2" not in finished.error
    assert target.requests == []


def test_a_body_comes_from_standard_input(service: Service) -> None:
    service.answer(200, {"id": "1"})
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "a"}
    finished = in_a_process(*CREATE, "--body", "@-", stdin='{"channelId": "ü"}', **account)
    assert finished.json == {"id": "1"}
    assert service.requests[0].json == {"name": "A", "channelId": "ü"}


def test_a_secret_comes_from_the_environment(
    cli: Cli, target: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_CHANNEL_SECRET", "@hunter2")
    assert cli(*CREATE).code == 0
    assert sent_secret(target) == "@hunter2"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(b"", "there is nothing in it"), (b"\n", "nothing in it"), (b"\xff", "not text in UTF-8")],
)
def test_a_file_without_a_secret_is_refused(
    cli: Cli, target: Service, tmp_path: Path, content: bytes, complaint: str
) -> None:
    (tmp_path / "secret").write_bytes(content)
    finished = cli(*CREATE, "--channel-secret", f"@{tmp_path}/secret")
    assert finished.code == 2
    assert complaint in finished.error
    assert target.requests == []


@pytest.mark.parametrize("option", ["--channel-secret", "--access-token", "--client-secret"])
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(
    cli: Cli, target: Service, option: str
) -> None:
    finished = cli(*CREATE, option, "hunter2")
    assert finished.code == 2
    assert "give @FILE, or the option without a value to be asked for it, or set GENESYSCLOUD_" in (
        finished.error
    )
    assert "hunter2" not in finished.error
    assert target.requests == []


def test_nobody_is_asked_where_there_is_no_terminal(
    cli: Cli, target: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("hunter2\n"))
    finished = cli(*CREATE, "--channel-secret")
    assert finished.code == 2
    assert "there is no terminal to ask for it at" in finished.error
    assert target.requests == []


def test_an_access_token_comes_from_a_file(cli: Cli, target: Service, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("of-the-file\n", encoding="utf-8")
    assert cli("--access-token", f"@{tmp_path}/token", *CREATE).code == 0
    assert target.requests[0].headers["Authorization"] == "Bearer of-the-file"


def test_an_answer_that_repeats_a_secret_does_not_give_it_away(
    cli: Cli, target: Service, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("hunter2", encoding="utf-8")
    target.reset()
    target.answer(400, {"message": "hunter2 is no secret", "code": "bad"})
    finished = cli(*CREATE, "--channel-secret", f"@{tmp_path}/secret", "-vv")
    assert finished.code == 1
    assert "*** is no secret" in finished.err
    assert "hunter2" not in finished.err + finished.out
