"""The help screens: nothing is missing, and nothing is wider than 80 columns."""

from __future__ import annotations

import re
import sys

import pytest
from contract_facts import Operation, operations, snake_case

from PureCloudPlatformClientV2 import models
from PureCloudPlatformClientV2.apis import MessagingApi
from PureCloudPlatformClientV2.cli.errors import ExitCode
from PureCloudPlatformClientV2.cli.global_options import GlobalOptions
from PureCloudPlatformClientV2.cli.index import command_name

from .shell import Cli, in_a_process

SCREENS = [
    (),
    ("messaging",),
    ("completion",),
    *(("messaging", command_name("MessagingApi", operation.name)) for operation in operations),
]


@pytest.mark.parametrize("program", ["PureCloudPlatformClientV2", "somewhere/__main__.py"])
@pytest.mark.parametrize("width", ["80", "200"])
@pytest.mark.parametrize("command", SCREENS, ids=" ".join)
def test_a_screen_is_no_wider_than_80_columns(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], width: str, program: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    monkeypatch.setattr(sys, "argv", [program])
    text = cli(*command, "--help").out
    assert text.startswith("Usage: ")
    assert [line for line in text.splitlines() if len(line) > 80] == []
    assert cli(*command, "-h").out == text


@pytest.mark.parametrize("operation", operations, ids=str)
def test_a_screen_says_all_about_a_command(cli: Cli, operation: Operation) -> None:
    text = cli("messaging", command_name("MessagingApi", operation.name), "--help").out
    assert f"\n  {operation.verb} {operation.path}\n" in text
    assert f"\n  Permission: {', '.join(operation.permissions)}\n" in text
    summary = (getattr(MessagingApi, operation.name).__doc__ or "").partition("\n")[0]
    assert f"\n  {summary}\n" in text
    for name in operation.path_params:
        assert re.search(rf"^  {snake_case(name).upper()}  +\w.+\.$", text, re.M)
    for name in operation.query_params:
        assert re.search(rf"^  --{snake_case(name).replace('_', '-')} NUMBER  +\w", text, re.M)
    if operation.body_type:
        model = getattr(models, operation.body_type)
        for name in model.swagger_types:
            kind = r"\[@FILE\]" if name in model.secret_fields else "(TEXT|JSON)"
            option = rf"^  --{name.replace('_', '-')} {kind}(  +|\n {{20,}})\w"
            assert re.search(option, text, re.M), name
            if name in model.secret_fields:
                assert f"GENESYSCLOUD_{name.upper()}" in text
    assert ("  --all " in text) == ("pageNumber" in operation.query_params)


def test_the_first_screen_explains_every_option_and_exit_code(cli: Cli) -> None:
    text = cli("--help").out
    for name in GlobalOptions._fields:
        assert f"--{name.replace('_', '-')}" in text
    for code in (one for one in ExitCode if one < 100):
        assert re.search(rf"\b{code:d} {code.name.lower().replace('_', ' ')}", text)
    assert "Examples:" in text


def test_the_examples_of_the_first_screen_are_commands(cli: Cli) -> None:
    examples = cli("--help").out.partition("Examples:")[2].partition("Each method")[0]
    commands = re.findall(r"PureCloudPlatformClientV2 (?:--sandbox )?([a-z-]+) ([a-z-]+)", examples)
    assert len(commands) == 6
    for group, command in commands:
        assert group == "find" or command in cli(group, "--help").out


def test_the_list_of_commands_says_what_each_does(cli: Cli) -> None:
    text = " ".join(cli("messaging", "--help").out.split())
    for operation in operations:
        summary = (getattr(MessagingApi, operation.name).__doc__ or "").partition(".\n")[0]
        assert f"{command_name('MessagingApi', operation.name)} {summary}" in text


def test_the_version_is_told(cli: Cli) -> None:
    told = cli("--version").out
    assert re.fullmatch(r"PureCloudPlatformClientV2, version (\d+!)?\d+\.\d+\.\d+\n", told)


def test_fields_are_named_as_they_are_given(cli: Cli) -> None:
    text = " ".join(cli("messaging", "post-integrations-facebook", "--help").out.split())
    assert "required along with --user-access-token." in text


def test_a_screen_needs_neither_tables_nor_a_sandbox() -> None:
    program = (
        "import sys; before = set(sys.modules);"  # coverage has some of its own
        "from PureCloudPlatformClientV2.__main__ import main; main();"
        "sys.stderr.write(' '.join(set(sys.modules) - before))"
    )
    finished = in_a_process("messaging", "--help", command=(sys.executable, "-c", program))
    modules = set(finished.err.split())
    assert "click" in modules
    assert modules.isdisjoint({"rich", "jmespath", "flask", "cheroot", "sqlite3"})
