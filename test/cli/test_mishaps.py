"""What goes wrong around a call is one line, and no stack trace."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from service import Service

from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .shell import COMMAND, Cli, account, environment, in_a_process

STICKERS = ("messaging", "get-sticker", "line")
CREATE = ("messaging", "post-integrations-line", "--name", "A")
EXPRESSIONS = ["entities[::0]", "total > 'a'", "&foo", "(" * 5000 + "a" + ")" * 5000]


@pytest.mark.parametrize("query", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_a_query_that_jmespath_stumbles_over_is_wrong_use(cli: Cli, query: str) -> None:
    finished = cli(*STICKERS, "--query", query)
    assert finished.code == 2
    assert finished.error.startswith("--query: ")


def test_a_query_that_fails_after_a_write_is_no_wrong_use(cli: Cli, sandbox: Sandbox) -> None:
    finished = cli(*CREATE, "--query", "abs(name)")
    assert finished.code == 74
    assert finished.error.startswith("The call is done, but its result cannot be written: --query")
    assert len(sandbox.requests) == 1


def test_the_command_that_looks_looks_in_the_same_place(cli: Cli, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(502, method="POST"))
    finished = cli("--host", sandbox.host, "--client-id", "a b", *CREATE)
    assert finished.code == 5
    assert f"V2 --region {sandbox.host} --client-id 'a b' messaging get-" in finished.error


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_half_a_surrogate_pair_is_written(cli: Cli, service: Service, form: str) -> None:
    service.answer(200, b'{"entities": [{"id": "1", "name": "a\\ud800"}]}')
    assert cli("--host", service.url, *STICKERS, "--output", form).code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such shell")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_a_closed_stream_is_no_stack_trace(sandbox: Sandbox, closed: str) -> None:
    finished = in_a_process(
        *STICKERS, command=["sh", "-c", f'"$@" {closed}', "sh", *COMMAND], **account(sandbox)
    )
    assert (finished.code, finished.err) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="there is no full disk to try")
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_that_cannot_be_written_is_one_line(option: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        finished = subprocess.run(
            [*COMMAND, option], stdout=full, stderr=-1, text=True, check=False, env=environment({})
        )
    assert finished.returncode == 74
    assert finished.stderr == "error: The output cannot be written: No space left on device\n"


def test_a_dry_run_leaves_no_heading(cli: Cli) -> None:
    assert cli(*STICKERS, "--all", "--output", "csv", "--dry-run").out.startswith("GET ")


def test_it_works_without_docstrings(sandbox: Sandbox) -> None:
    command = [sys.executable, "-OO", "-m", "PureCloudPlatformClientV2"]
    assert in_a_process(*STICKERS, command=command, **account(sandbox)).json["total"] == 38


def test_a_swallowed_command_is_explained(cli: Cli) -> None:
    assert "was taken for it" in cli("--access-token", *STICKERS).error


def test_the_last_error_format_counts(cli: Cli) -> None:
    options = ("--error-format", "json", "--error-format", "text")
    assert cli(*options, "messaging", "no-such").error


@pytest.mark.parametrize("form", ["csv", "table"])
def test_names_that_the_output_cannot_take_are_escaped(sandbox: Sandbox, form: str) -> None:
    sandbox.create_integration("line", name="サポート")
    finished = in_a_process(
        *("messaging", "get-integrations-line", "--output", form),
        **account(sandbox),
        PYTHONIOENCODING="cp1252",
    )
    assert (finished.code, finished.err) == (0, "")
    assert "\\u30b5" in finished.out


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends Ctrl-C to all processes of a console, not to one"
)
@pytest.mark.parametrize(
    ("status", "options", "note"),
    [
        (429, [], "note: the rate limit is used up; trying again in 57 seconds\n"),
        (503, ["--all"], "note: the answer was 503; trying again in 57 seconds\n"),
        (429, ["-v"], " INFO the rate limit is used up; trying again in 57 seconds\n"),
    ],
)
def test_a_pause_before_another_try_is_told(
    service: Service, status: int, options: list[str], note: str
) -> None:
    service.answer_always(status, {}, headers={"Retry-After": "57"})
    with subprocess.Popen(
        [*COMMAND, "--host", service.url, *STICKERS, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment({"GENESYSCLOUD_ACCESS_TOKEN": "a"}),
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert next(line for line in lines if "trying again" in line).endswith(note)
        process.send_signal(signal.SIGINT)
        assert [line for line in lines if line.strip()] == []
    assert len(service.requests) == 1


def test_the_log_of_a_file_has_no_note(cli: Cli, service: Service, tmp_path: Path) -> None:
    log, file = tmp_path / "log", tmp_path / "config"
    file.write_text(
        f"[logging]\nlog_level = error\nlog_to_console = false\nlog_file_path = {log}\n"
    )
    service.answer(429, {}, headers={"Retry-After": "1"})
    service.answer(200, {"total": 1})
    finished = cli("--config-file", str(file), "--host", service.url, *STICKERS)
    assert finished.err == "note: the rate limit is used up; trying again in 1 second\n"
    assert len(log.read_text("utf-8").splitlines()) == 1
