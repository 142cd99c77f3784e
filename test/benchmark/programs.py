"""Whole programs, measured from outside: the command line, and mypy on a file that uses a side."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from .processes import HERE, LONGEST, BenchmarkError

_ARGPARSE = """\
import argparse
parser = argparse.ArgumentParser("program", description="List things.")
parser.add_argument("--version", action="version", version="1.0")
parser.add_argument("--page-size", type=int, default=25, help="how many")
parser.parse_args()
"""

_CLICK = """\
import click

@click.command(help="List things.")
@click.version_option("1.0", prog_name="program")
@click.option("--page-size", type=int, default=25, help="How many.")
def program(page_size):
    pass

program()
"""

_USES_NOTHING = 'print("Support")\n'

_USES_QUEUES = """\
from PureCloudPlatformClientV2 import ApiClient, RoutingApi

api = RoutingApi(ApiClient("http://127.0.0.1"))
for queue in api.get_routing_queues(page_size=25).entities or ():
    print(queue.name)
"""


def commands_of_start(option: str) -> dict[str, list[str]]:
    """Give programs that do nothing but start.

    Args:
        option: ``--version`` or ``--help``.

    Returns:
        Side to the arguments of Python.
    """
    return {
        "ours": ["-m", "PureCloudPlatformClientV2", option],
        "click": ["-c", _CLICK, option],
        "argparse": ["-c", _ARGPARSE, option],
        "pass": ["-c", "pass"],
    }


def commands_of_list(host: str) -> dict[str, list[str]]:
    """Give programs that list 25 queues.

    Args:
        host: URL of the server.

    Returns:
        Side to the arguments of Python.
    """
    command = ["--host", host, "--access-token", "@-", "routing", "get-queues"]
    return {
        "ours": ["-m", "PureCloudPlatformClientV2", *command],
        "bare": [str(HERE / "starting.py"), "bare", host],
        "pass": ["-c", "pass"],
    }


def run(
    arguments: Sequence[str], environment: Mapping[str, str], *, may_fail: bool = False
) -> float:
    """Run Python to its end.

    Args:
        arguments: Its arguments.
        environment: The environment; the token is on its standard input.
        may_fail: Whether an exit status of 1 will do.

    Returns:
        CPU seconds of the process, and of those that it has started.

    Raises:
        BenchmarkError: It failed, or took too long.
    """
    command = [sys.executable, "-W", "ignore", *arguments]
    before = _spent_by_children()
    try:
        done = subprocess.run(
            command,
            input="the-token\n",
            env=dict(environment),
            capture_output=True,
            timeout=LONGEST * 3,
            text=True,
        )
    except subprocess.TimeoutExpired as error:
        raise BenchmarkError(f"{' '.join(arguments[:2])} took too long") from error
    if done.returncode > may_fail or done.returncode < 0:
        said = (done.stderr or done.stdout)[-1000:]
        raise BenchmarkError(f"{' '.join(arguments[:2])} failed: {said}")
    return _spent_by_children() - before


def _spent_by_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def check_types(side: str, environment: Mapping[str, str]) -> float:
    """Have mypy check a small file that uses a side, with nothing kept from before.

    Args:
        side: ``ours``, a release of the vendor, or ``bare`` for a file that uses nothing.
        environment: The environment of the side, whose path is mypy's.

    Returns:
        CPU seconds.
    """
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "program.py")
        program.write_text(_USES_NOTHING if side == "bare" else _USES_QUEUES, encoding="utf-8")
        options = ["--follow-imports", "silent"]
        options += ["--cache-dir", str(Path(folder, "cache"))]
        # Of a side that has no types, mypy would not read anything of itself.
        path = environment.get("PYTHONPATH", "")
        return run(
            ["-m", "mypy", *options, str(program)],
            {**environment, "PYTHONPATH": "", "MYPYPATH": path},
            may_fail=side not in ("ours", "bare"),
        )
