"""The page about the command line tells the truth: its commands run, and print what it shows."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from PureCloudPlatformClientV2.cli.errors import ExitCode
from PureCloudPlatformClientV2.cli.global_options import FORMATS
from PureCloudPlatformClientV2.sandbox import Sandbox

from .shell import ROOT, account, environment

PAGE = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8")

BLOCKS = re.findall(r"^```console\n(\$ (?!pip install).*?)^```$", PAGE, re.M | re.S)


def commands_of(block: str) -> list[tuple[str, str]]:
    """The commands of a block, each with what it is said to print."""
    found: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        lines = part.splitlines(keepends=True)
        end = 1
        while lines[end - 1].rstrip().endswith(("\\", "|")):
            end += 1
        found.append(("".join(lines[:end]), "".join(lines[end:])))
    return found


@pytest.fixture
def shell(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a reader who has installed the package."""
    script = tmp_path / "bin" / "PureCloudPlatformClientV2"
    script.parent.mkdir()
    script.write_text(
        f"#!{sys.executable}\nimport sys\n"
        "from PureCloudPlatformClientV2.__main__ import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    return environment(
        {
            **account(sandbox),
            "PATH": f"{script.parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONIOENCODING": "utf-8",
        }
    )


def test_the_commands_of_the_page_print_what_it_shows(shell: dict[str, str]) -> None:
    assert len(BLOCKS) >= 7
    for block in BLOCKS:
        for command, promise in commands_of(block):
            variables = dict(shell)
            if "--sandbox" in command:  # of somebody who has no account yet
                variables = {n: v for n, v in shell.items() if not n.startswith("GENESYSCLOUD_")}
            finished = subprocess.run(
                ["bash", "-c", command],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                encoding="utf-8",
                check=False,
                timeout=60,
                env=variables,
            )
            printed = "".join(f"{line.rstrip()}\n" for line in finished.stdout.splitlines())
            pattern = re.escape(promise).replace(re.escape("..."), ".*")
            assert re.fullmatch(pattern, printed), f"$ {command}{printed}"


def test_the_page_has_every_exit_code() -> None:
    rows = re.findall(r"^\| `(\d+)` \| (.+) \|$", PAGE, re.M)
    texts = {int(code): re.sub("<code>(.+)</code>", r"`\1`", text) for code, text in rows}
    assert {code: text.replace("&#124;", "|") for code, text in texts.items()} == {
        int(one): one.description for one in ExitCode
    }


def test_the_page_has_every_form_of_output() -> None:
    table = PAGE.partition("| `--output` |")[2].partition("\n\n")[0]
    assert tuple(re.findall(r"^\| `(\w+)` \|", table, re.M)) == FORMATS
