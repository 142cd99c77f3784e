"""docs/sandbox.md names every option, every member and every control call."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from flask import Flask

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.__main__ import build_parser
from PureCloudPlatformClientV2.sandbox.control import control
from PureCloudPlatformClientV2.sandbox.oauth import GRANTS

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def rows(after: str) -> list[list[str]]:
    """The cells of the first table after a text, without the table's head."""
    lines = PAGE[PAGE.index(after) :].splitlines()
    start = next(number for number, line in enumerate(lines) if re.match(r"\|( -+ \|)+$", line))
    table: list[list[str]] = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    return table


def names(cell: str) -> list[str]:
    """What stands in code marks, without arguments."""
    return [name.partition("(")[0] for name in re.findall(r"`([^`]+)`", cell)]


def test_every_option_is_in_the_table_of_options() -> None:
    table = rows("\n## Options\n")
    options = [name for row in table for name in names(row[0])]
    commands = [name for row in table for name in names(row[1])]

    parameters = inspect.signature(Sandbox).parameters
    assert sorted(options) == sorted(parameters)
    assert sorted(commands) == sorted(
        option
        for option in re.findall(r"(--[a-z-]+)", build_parser().format_usage())
        if option not in ("--help", "--demo")
    )
    for option, command in zip(options, commands, strict=False):
        assert command == "--" + option.replace("_", "-")


def test_every_member_is_in_the_table_of_members() -> None:
    members = [name for row in rows("\n| | |\n") for name in names(row[0])]

    public = [name for name in vars(Sandbox) if not name.startswith("_")]
    assert sorted(members) == sorted({*public, *inspect.get_annotations(Sandbox)})


def test_every_control_call_is_in_its_table() -> None:
    app = Flask("control", static_folder=None)
    app.register_blueprint(control)
    served = {
        method + " " + re.sub(r"<.*:(.*)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert {name for row in rows("\n## Control over HTTP\n") for name in names(row[0])} == served


def test_every_grant_is_in_its_table() -> None:
    assert [names(row[0]) for row in rows("\n### Signing in\n")] == [[name] for name in GRANTS]
