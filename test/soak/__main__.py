"""Runs the soak; ``python -m soak --help`` says with what options."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import datetime, timezone
from importlib.metadata import version

from child_process import ProcessError

from .calls import THREADS, WINDOWS, soak
from .crowd import crowd
from .telling import tell
from .walk import walk_all

PARTS = ("walk", "crowd", "calls")

_ENOUGH_TO_TIME = 5_000
"""Calls in a window or round, below which their times say little."""


def _multiple(of: int) -> type:
    """Make a type of argument."""

    class Multiple(int):
        def __new__(cls, text: str) -> Multiple:
            number = super().__new__(cls, text.replace("_", ""))
            if number < of or number % of:
                raise argparse.ArgumentTypeError(f"give a multiple of {of}")
            return number

    return Multiple


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("soak", description="Try the client at full size.")
    add = parser.add_argument
    add("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them if omitted")
    add("--entities", type=_multiple(10_000), default=10_000_000, help="of a walk")
    add("--threads", type=_multiple(1), default=500, help="of the crowd")
    add("--each", type=_multiple(2), default=20, help="calls of each thread of it in a round")
    add("--rounds", type=_multiple(1), default=7, help="of the crowd")
    add("--calls", type=_multiple(THREADS * WINDOWS), default=1_000_000, help="with one client")
    add("--seconds", type=float, default=600, help="after which no more of them are made")
    options = parser.parse_args(arguments)
    unknown = set(options.parts) - set(PARTS)
    if unknown:
        parser.error(f"{min(unknown)} is none of {', '.join(PARTS)}")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run what is asked for, and print what it took.

    Args:
        arguments: Those of the command line, if not its own.

    Returns:
        The exit status: 1 if something is wrong, else 0.
    """
    options = _parse(arguments)
    tell(
        f"{datetime.now(timezone.utc):%Y-%m-%d}, Python {platform.python_version()}, urllib3 "
        f"{version('urllib3')}, {platform.system()} {platform.machine()}, {os.cpu_count()} CPUs, "
        f"load {os.getloadavg()[0]:.1f}"
    )
    parts = {
        "walk": lambda: walk_all(options.entities),
        "crowd": lambda: crowd(
            options.threads,
            options.each,
            options.rounds,
            with_times=options.threads * options.each >= _ENOUGH_TO_TIME,
        ),
        "calls": lambda: soak(
            options.calls,
            options.seconds,
            with_times=options.calls // WINDOWS >= _ENOUGH_TO_TIME,
        ),
    }
    problems: list[str] = []
    for name in options.parts or PARTS:
        tell(f"\n## {name}\n")
        try:
            found = parts[name]()
        except ProcessError as error:
            found = [str(error)]
        for problem in found:
            tell(f"WRONG: {problem}")
        problems += found
    tell(f"\nload {os.getloadavg()[0]:.1f}; {len(problems)} things are wrong")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
