"""Counts the instructions of a call: of the interpreter, by function, and of the machine.

As a program of its own it makes calls of one kind with one side, for valgrind to count, or prints
the functions that a call goes through.
"""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from .processes import HERE, QUIET, BenchmarkError, Processes
from .sides import make_client

_WARM = 260
"""Calls beforehand: by then the connection is there, and the decoders are written."""
AVERAGED = 200
"""Calls over which the instructions of the machine are averaged."""

OWNERS = (
    ("<decoder", "decoders that this package has written"),
    ("PureCloudPlatformClientV2", "this package"),
    ("urllib3", "urllib3"),
    (f"http{os.sep}client", "`http.client` and `email`"),
    (f"{os.sep}email{os.sep}", "`http.client` and `email`"),
    (f"{os.sep}json{os.sep}", "`json`, without its extension module"),
    (f"{os.sep}benchmark{os.sep}", "reading the result"),
    ("", "the rest of the standard library"),
)
"""Part of the name of a file to whose it is; the first that fits counts."""


class Function(NamedTuple):
    """A function that was called meanwhile."""

    owner: str
    name: str
    calls: int
    instructions: int


Part = tuple[str, str]
"""A call and a side."""


def count_functions(processes: Processes, host: str, call: str, side: str) -> list[Function]:
    """Count the instructions of the interpreter in a call, by function.

    Args:
        processes: Starts those of the sides.
        host: URL of a server.
        call: Which call.
        side: Which side makes it.
    """
    found, _ = _run(processes, [], "functions", side, call, host)
    return [Function(*one) for one in json.loads(found)]


def count_machine(processes: Processes, host: str, call: str, side: str) -> float:
    """Count the instructions of the machine in a call: what more calls take than fewer.

    Args:
        processes: Starts those of the sides.
        host: URL of a server.
        call: Which call.
        side: Which side makes it.
    """
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    run = partial(_run, processes, tool, "calls", side, call, host)
    few, many = (_collected(run(str(times))[1]) for times in (0, AVERAGED))
    return (many - few) / AVERAGED


def _run(processes: Processes, tool: Sequence[str], *arguments: str) -> tuple[str, str]:
    side = arguments[1]
    command = [*tool, sys.executable, *QUIET, "-m", f"{__package__}.counting"]
    done = subprocess.run(
        [*command, *arguments],
        cwd=HERE.parent,
        env={**processes.environment(side), "PYTHONHASHSEED": "0"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise BenchmarkError(f"{' '.join(arguments)} failed:\n{done.stderr}")
    return done.stdout, done.stderr


def _collected(told: str) -> int:
    found = re.search(r"Collected : (\d+)", told)
    if found is None:
        raise BenchmarkError(f"valgrind has not counted:\n{told}")
    return int(found[1])


def _count(work: Callable[[], object]) -> list[Function]:
    calls: Counter[tuple[str, str]] = Counter()
    instructions: Counter[tuple[str, str]] = Counter()

    def note(frame: FrameType, event: str, _: Any) -> Any:
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        code = frame.f_code
        key = code.co_filename, code.co_name
        calls[key] += event == "call"
        instructions[key] += event == "opcode"
        return note

    gc.disable()  # what others do when it runs is none of the call
    sys.settrace(note)
    try:
        work()
    finally:
        sys.settrace(None)
        gc.enable()
    return [
        Function(_owner(file), f"{_short(file)}: {name}", calls[file, name], count)
        for (file, name), count in instructions.most_common()
        if count
    ]


def _owner(file: str) -> str:
    return next(owner for part, owner in OWNERS if part in file)


def _short(file: str) -> str:
    """Name a file without the place where it is installed."""
    if file.startswith("<"):
        return file.strip("<>")
    *_, folder, name = Path(file).parts
    return f"{folder}/{name}"


def main(what: str, side: str, call: str, host: str, times: int = 0) -> None:
    """Make a call, and print the functions that it went through; or make so many.

    Args:
        what: ``functions`` or ``calls``.
        side: Which side makes them.
        call: Which call.
        host: URL of a server.
        times: How many calls, besides those that come first.
    """
    work = getattr(make_client(side, host, 32), call)
    for _ in range(_WARM + times):
        work()
    if what == "functions":
        json.dump(_count(work), sys.stdout)


if __name__ == "__main__":
    what, side, call, host, *times = sys.argv[1:]
    main(what, side, call, host, *map(int, times))
