"""Where the instructions of a call go: counted and not timed, so that every run gives the same.

``python -m benchmark.instructions`` counts, and writes docs/instructions.md. The instructions of
the interpreter are counted in any case, by function; those of the machine where valgrind is
installed, which takes some minutes.
"""

from __future__ import annotations

import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from .processes import HERE, BenchmarkError, Processes
from .records import describe_commit
from .sides import TITLES, make_client

CALLS = ("get", "post", "list")
SIDES = ("ours", "bare")
_WARM = 260
"""Calls beforehand: by then the connection is there, and the decoders are written."""
_COUNTED = 200
"""Calls over which the instructions of the machine are averaged."""
_SHOWN = 30
"""Functions that the page names."""
_PAGE = HERE.parent.parent / "docs" / "instructions.md"

_OWNERS = (
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

_TEXT = """\
# Where the instructions of a call go

[Performance](performance.md) is measured by the clock; here instructions are counted, which gives
the same each time, whatever else the machine does. `python -m benchmark.instructions`, in the
folder `test`, writes this page: with {python}, of {commit}.

{totals}
In brackets: this package by that peer. *get* and *post* bring one integration, *list* a page of
25, which is read in full. The machine's are those of the process outside of the system, the work of
extension modules included, such as parsing JSON; they are averaged over {counted} calls, and
counted by valgrind. One of the interpreter takes ten to thirty of them.

## Function by function

The {shown} that take most of the list of 25. Those of urllib3 and the standard library are needed
by any client that goes by urllib3. Those of this package do what a bare call leaves out: decode and
check each field, keep to a deadline, mask secrets, and see that no write is sent twice.

{functions}"""


class Function(NamedTuple):
    """A function that was called meanwhile."""

    owner: str
    name: str
    calls: int
    instructions: int


def main() -> None:
    """Count, and write the page; with arguments, do one part of it."""
    if sys.argv[1:2] == ["count"]:
        side, call, host = sys.argv[2:]
        json.dump(_count(getattr(make_client(side, host, 32), call)), sys.stdout)
        return
    if sys.argv[1:2] == ["repeat"]:
        side, call, host, times = sys.argv[2:]
        work = getattr(make_client(side, host, 32), call)
        for _ in range(_WARM + int(times)):
            work()
        return
    try:
        _write_page()
    except BenchmarkError as error:
        sys.exit(f"benchmark: {error}")


def _count(work: Callable[[], object]) -> list[Function]:
    """Count the instructions of the interpreter in a call, by function."""
    for _ in range(_WARM):
        work()
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
    return next(owner for part, owner in _OWNERS if part in file)


def _short(file: str) -> str:
    """Name a file without the place where it is installed."""
    if file.startswith("<"):
        return file.strip("<>")
    *_, folder, name = Path(file).parts
    return f"{folder}/{name}"


def _write_page() -> None:
    with tempfile.TemporaryDirectory() as home:
        processes = Processes(Path(home), None)
        with processes.server() as server:
            parts = [(call, side) for call in CALLS for side in SIDES]
            counts = {part: _counted(processes, server.url, *part) for part in parts}
            machine = {}
            if shutil.which("valgrind"):
                machine = {part: _machine(processes, server.url, *part) for part in parts}
    text = make_page(counts, machine)
    _PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text}\nWritten: {_PAGE}\n")


def _run(processes: Processes, tool: Sequence[str], *arguments: str) -> tuple[str, str]:
    side = arguments[1]
    command = [*tool, sys.executable, "-W", "ignore", "-m", f"{__package__}.instructions"]
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


def _counted(processes: Processes, host: str, call: str, side: str) -> list[Function]:
    found, _ = _run(processes, [], "count", side, call, host)
    return [Function(*one) for one in json.loads(found)]


def _machine(processes: Processes, host: str, call: str, side: str) -> float:
    """Count the instructions of the machine: what more calls take than fewer."""
    tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}"]
    run = partial(_run, processes, tool, "repeat", side, call, host)
    few, many = (_collected(run(str(times))[1]) for times in (0, _COUNTED))
    return (many - few) / _COUNTED


def _collected(told: str) -> int:
    found = re.search(r"Collected : (\d+)", told)
    if found is None:
        raise BenchmarkError(f"valgrind has not counted:\n{told}")
    return int(found[1])


Part = tuple[str, str]
"""A call and a side."""


def make_page(counts: Mapping[Part, list[Function]], machine: Mapping[Part, float]) -> str:
    """Make the page of the documentation.

    Args:
        counts: The functions of each call and side.
        machine: Instructions of the machine of each; empty if they were not counted.

    Returns:
        Markdown.
    """
    rows = [["Instructions of the machine", *_pairs(machine)]] if machine else []
    totals = {part: sum(one.instructions for one in found) for part, found in counts.items()}
    rows.append(["Instructions of the interpreter", *_pairs(totals)])
    for owner in dict.fromkeys(owner for _, owner in _OWNERS):
        of_owner = {
            part: sum(one.instructions for one in found if one.owner == owner)
            for part, found in counts.items()
        }
        rows.append([f"of which: {owner}", *_pairs(of_owner)])
    head = ["Of one call", *(f"{call}: {TITLES[side]}" for call, side in counts)]
    return _TEXT.format(
        python=f"{platform.python_implementation()} {platform.python_version()}",
        commit=describe_commit(),
        totals=_table(head, rows),
        functions=_table(
            ["Function", "calls", "instructions", "of all"],
            _functions(counts["list", "ours"]),
        ),
        shown=_SHOWN,
        counted=_COUNTED,
    )


def _pairs(numbers: Mapping[Part, float]) -> list[str]:
    """Write a number for each call and side, ours with its quotient."""
    written: list[str] = []
    for (call, side), number in numbers.items():
        peer = numbers[call, SIDES[-1]]
        quotient = f" ({number / peer:.2f})" if side != SIDES[-1] and peer else ""
        written.append(f"{number:,.0f}{quotient}" if number else "")
    return written


def _functions(found: list[Function]) -> list[list[str]]:
    total = sum(one.instructions for one in found)
    return [
        [
            f"`{one.name}`",
            str(one.calls),
            f"{one.instructions:,}",
            f"{one.instructions / total:.1%}",
        ]
        for one in found[:_SHOWN]
    ]


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] + ["--:"] * (len(head) - 1), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


if __name__ == "__main__":
    main()
