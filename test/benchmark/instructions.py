"""Where the instructions of a call go: counted and not timed, so that every run gives the same.

``python -m benchmark.instructions`` counts, and writes docs/instructions.md. The instructions of
the interpreter are counted in any case, by function; those of the machine where valgrind is
installed, which takes some minutes.
"""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from child_process import ProcessError

from .counting import AVERAGED, OWNERS, Function, Part, count_functions, count_machine
from .processes import HERE, BenchmarkError, Processes
from .records import describe_commit
from .sides import TITLES

CALLS = ("get", "post", "list")
SIDES = ("ours", "bare")
_SHOWN = 30
"""Functions that the page names."""
_PAGE = HERE.parent.parent / "docs" / "instructions.md"

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


def main() -> None:
    """Count, and write the page."""
    try:
        _write_page()
    except (BenchmarkError, ProcessError) as error:
        sys.exit(f"benchmark: {error}")


def _write_page() -> None:
    with tempfile.TemporaryDirectory() as home:
        processes = Processes(Path(home), None)
        with processes.server() as server:
            parts = [(call, side) for call in CALLS for side in SIDES]
            counts = {part: count_functions(processes, server.url, *part) for part in parts}
            machine = {}
            if shutil.which("valgrind"):
                machine = {part: count_machine(processes, server.url, *part) for part in parts}
    text = make_page(counts, machine)
    _PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{text}\nWritten: {_PAGE}\n")


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
    for owner in dict.fromkeys(owner for _, owner in OWNERS):
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
        counted=AVERAGED,
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
