"""Runs the command line: in a process of its own, as a shell does, or in this one."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PureCloudPlatformClientV2.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
"""Where the package can be imported from, whether or not it is installed."""

COMMAND = [sys.executable, "-W", "error", "-m", "PureCloudPlatformClientV2"]

LINE = "/api/v2/messaging/integrations/line"


class Finished(NamedTuple):
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert (self.code, self.err) == (0, "")
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        assert (self.code, self.err) == (0, "")
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def csv(self) -> list[list[str]]:
        assert (self.code, self.err) == (0, "")
        return list(csv.reader(io.StringIO(self.out)))

    @property
    def error(self) -> str:
        """The one line on standard error."""
        assert self.out == ""
        assert self.err.startswith("error: ")
        assert self.err.count("\n") == 1
        return self.err.removeprefix("error: ").rstrip("\n")


Cli = Callable[..., Finished]


def account(sandbox: Sandbox) -> dict[str, str]:
    """The environment of somebody who has an account on a sandbox."""
    return {
        "GENESYSCLOUD_REGION": sandbox.host,
        "GENESYSCLOUD_ACCESS_TOKEN": sandbox.access_token,
    }


def environment(more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80", **more}


def in_a_process(
    *arguments: str, stdin: str = "", command: Sequence[str] = COMMAND, **more: str
) -> Finished:
    """Run a command as a shell does.

    Args:
        *arguments: What stands after the name of the program.
        stdin: What is on standard input.
        command: How the program is started.
        **more: Environment variables.
    """
    finished = subprocess.run(
        [*command, *arguments],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        env=environment({"PYTHONIOENCODING": "utf-8", **more}),
    )
    return Finished(finished.returncode, finished.stdout, finished.stderr)
