"""The page of the documentation, and its charts, made of the records."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .bars import Panel, draw_bars
from .chart import draw
from .figures import AHEAD_PAGE_SIZE, AHEAD_PAGES, DELAY, PAGE_SIZES
from .records import Record
from .report import (
    Runs,
    count_missed,
    middle_figures,
    table_of_calls,
    table_of_decoding,
    table_of_goals,
    table_of_models,
    table_of_programs,
    write_amount,
)
from .sides import TITLES

_PAGE = """\
# Performance

What the package promises about its speed is a ratio to what one would use in its place: urllib3
and `json` by hand, or models of [pydantic](https://docs.pydantic.dev/). `tox -e benchmark-py311`
measures both sides and writes this page; none of its numbers was entered by hand.

{runs}
## Goals

{verdict}

{goals}
A ratio is what this package takes by what the peer takes; below 1, this package takes less. Of
calls per second, more are better. There is a number for each run, oldest first: the median of the
ratios of its rounds. In brackets: how many of the runs are within the goal.

*The floor* is what objects take that are made by hand of what `json.loads` gives, without a check:
Python code cannot take less, and pydantic, which reads JSON in Rust and makes no dicts first, can.
Of what this package takes more, three fifths are the types of fields, looked at one by one, a
quarter whether there are the usual fields and no others, and the rest the fields that are not
there. Tried, and not quicker: to unpack the values once the keys are known to be the usual, to get
them all at once by `operator.itemgetter`, to ask `type()`, and to make objects in other ways than
by `object.__new__`. To decode what an entity refers to in line, without a call, would save 2 %.
[Where the instructions of a call go](instructions.md) has the rest.

{of_interpreters}{charts}## What stands in the tables

* *urllib3 + json.loads* is a bare `urllib3.PoolManager` that sends the same headers, and checks
  nothing of what comes back.
* *json.loads, read as dicts* leaves dates as text and believes every type; *json.loads alone* is
  not even read. *json.loads, objects unchecked* is the floor for Python code that makes objects of
  what `json.loads` gives: written by hand for this page, it believes every type as well, and knows
  no other field. What this package takes more is for looking at the type of each field, and for
  those that are missing or not known.
* *pydantic* is the faster of `model_validate_json`, and `json.loads` with `model_validate`; for
  the models of the catalog it is the former.
* *msgspec* is an extension module in C, and forgets the fields that it does not know.
* *vendor* is that release of the vendor's SDK. 57.0.2 has the Facebook integrations under the same
  path; 269.0.0 is of today, and has them under another.

## How it is measured

* The sides run in processes of their own and take turns, in another order every round, so that
  whatever else the machine does meets all of them. The processes are replaced several times. Where
  there is more than one core, the servers have one, and what is measured another.
* The vendor's releases take part in a few of the rounds only: they take long, and differ much.
* Import: wall time in a new process, from before the first import until the client is made, with
  the bytecode of all modules ready; and the most memory that the process has had. This package
  loads urllib3, and whatever else makes calls, with the first call, while the peer has it loaded by
  then: so there is a row in which all of that is loaded as well.
* A new process: the same until the names of 25 queues are read, from a server on the loopback
  interface.
* The first call of a class: CPU time of that call in a process that has made calls of another
  class. It makes the class and its models from the catalog; pydantic's side defines the models.
* Decoding: CPU time from the bytes of the body to the last field, nested entities and dates
  included, and for discarding all of it again. What each side has read is compared with the page
  beforehand.
* Models of the catalog: each is a sample that has every field of the contract once. This package
  has decoded 250 of it beforehand, for it writes the function that decodes a class when 200 have
  come. Of the vendor's, what it has read is not compared.
* Calls: CPU time of the client's process, on a connection that is kept alive, to a server on the
  loopback interface with ready answers. What comes back is read in full.
* Threads: wall time. All threads share one client, which has a connection for each; the server
  takes {delay} ms for an answer.
* Walks: the most memory that a new process has had, with 500 entities on a page. With `prefetch=1`:
  wall time for {pages} pages of {size}, where the server and the caller take {delay} ms each.
* The command line and mypy: CPU time of the whole process. mypy has nothing kept from before; it
  reads the source of the vendor's release, which has no types of its own.
* Sizes: of the files that an installer leaves, without those of what they depend on.
* The garbage collector is left alone on all sides, and the settings of each are its own defaults.

## Run it again

```console
$ tox -e benchmark-py311,benchmark-py313
$ tox -e benchmark -- --quick --figures decode,calls
```

The first takes some minutes for each interpreter, keeps what it has measured in
`test/benchmark/records`, the last three runs of each, and writes this page anew from what is there.
The second prints a rough result of two figures; the others are {others}.
`--rounds` sets how many rounds there are. A machine that has nothing else to do gives steadier
numbers.
"""

_SECTION = """\
## Python {python}, all peers

The median of {count}. In brackets: this package by that peer.

{calls}
{decoding}
{models}
{programs}
"""

_CHARTS = """\
## Charts

![{of_decoding}](performance.svg)

![{of_starting}](performance_start.svg)

"""

_NOT_DRAWN = ("json-alone", "by-hand")
_STARTING = ("ours", "bare", "vendor57", "vendor269")


def write_page(runs: Runs, folder: Path, figures: Sequence[str]) -> None:
    """Write the page of the documentation, and its charts.

    Args:
        runs: Runs of each interpreter, one at least.
        folder: Where.
        figures: What there is to measure.
    """
    newest = list(runs.values())[-1]
    decoding, starting = describe_decoding(newest), describe_starting(newest)
    for name, chart in (
        ("performance.svg", _chart_of_decoding(newest, decoding)),
        ("performance_start.svg", _chart_of_starting(newest, starting)),
    ):
        (folder / name).write_text(chart, encoding="utf-8")
    page = make_page(runs, figures)
    (folder / "performance.md").write_text(page, encoding="utf-8")


def make_page(runs: Runs, figures: Sequence[str]) -> str:
    """Make the text of the page.

    Args:
        runs: Runs of each interpreter, one at least.
        figures: What there is to measure.

    Returns:
        Markdown.
    """
    newest = list(runs.values())[-1]
    missed = count_missed(runs)
    others = ", ".join(f"`{name}`" for name in figures if name not in ("decode", "calls"))
    return _PAGE.format(
        runs=_list_runs(runs),
        verdict=(
            "Every run is within every goal."
            if not missed
            else f"Numbers in bold miss their goal: {missed} of them."
        ),
        goals=table_of_goals(runs),
        of_interpreters="".join(map(_section, runs.values())),
        charts=_CHARTS.format(
            of_decoding=describe_decoding(newest), of_starting=describe_starting(newest)
        ),
        delay=f"{DELAY * 1000:.0f}",
        pages=AHEAD_PAGES,
        size=AHEAD_PAGE_SIZE,
        others=others,
    )


def _list_runs(runs: Runs) -> str:
    lines = ["| Python | Run (UTC) | Commit | With |", "| --- | --- | --- | --- |"]
    for records in runs.values():
        for one in records:
            libraries = ", ".join(f"{name} {number}" for name, number in one.libraries.items())
            moment = one.started[:16].replace("T", " ")
            place = f"{one.interpreter}, {one.machine}"
            lines.append(f"| {place} | {moment} | {_escape(one.commit)} | {libraries} |")
    return "".join(f"{line}\n" for line in lines)


def _escape(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("*", "\\*")


def _section(records: Sequence[Record]) -> str:
    count = len(records)
    return _SECTION.format(
        python=records[-1].python,
        count="one run" if count == 1 else f"{count} runs",
        calls=table_of_calls(records),
        decoding=table_of_decoding(records),
        models=table_of_models(records),
        programs=table_of_programs(records),
    )


def describe_decoding(records: Sequence[Record]) -> str:
    """Say what the chart of decoding shows.

    Args:
        records: Runs of an interpreter.
    """
    at_1000 = _drawn(records, 1_000)
    amounts = ", ".join(f"{title} {write_amount('', one)}" for title, one in at_1000.items())
    return (
        "Line chart: CPU time to decode a page and read every field, by page size from 25 to "
        f"10,000 entities, both on logarithmic scales, Python {records[-1].python}. At 1,000 "
        f"entities: {amounts}."
    )


def _drawn(records: Sequence[Record], size: int) -> dict[str, float]:
    figures = middle_figures(records, f"decode {size}")
    return {TITLES[side]: one.amount for side, one in figures.items() if side not in _NOT_DRAWN}


def _chart_of_decoding(records: Sequence[Record], description: str) -> str:
    lines: dict[str, list[tuple[int, float]]] = {}
    for size in PAGE_SIZES:
        for title, amount in _drawn(records, size).items():
            lines.setdefault(title, []).append((size, amount))
    return draw(lines, description)


def _starting(records: Sequence[Record], measure: str) -> dict[str, float]:
    figures = middle_figures(records, measure)
    return {TITLES[side]: figures[side].amount for side in _STARTING if side in figures}


def describe_starting(records: Sequence[Record]) -> str:
    """Say what the chart of import and memory shows.

    Args:
        records: Runs of an interpreter.
    """
    memory = _starting(records, "memory")
    each = "; ".join(
        f"{title} {write_amount('import', seconds)} and {write_amount('memory', memory[title])}"
        for title, seconds in _starting(records, "import").items()
    )
    return (
        "Bar chart: time to import and make the client, and memory of the process then, "
        f"Python {records[-1].python}. {each}."
    )


def _chart_of_starting(records: Sequence[Record], description: str) -> str:
    def write(measure: str) -> Panel:
        titles = {"import": "Time, in milliseconds", "memory": "Memory of the process, in MiB"}
        units = {"import": 1e3, "memory": 1 / 2**20}
        amounts = _starting(records, measure)
        scaled = {title: amount * units[measure] for title, amount in amounts.items()}
        return Panel(titles[measure], scaled, "{:,.0f}".format)

    title = f"Import the package and make the client, Python {records[-1].python}"
    return draw_bars(title, description, (write("import"), write("memory")))
