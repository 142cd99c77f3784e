"""What was measured, as tables for the terminal and as a page of the documentation."""

from __future__ import annotations

import os
import platform
import statistics
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from .chart import draw
from .figures import (
    AHEAD_PAGE_SIZE,
    AHEAD_PAGES,
    DELAY,
    PAGE_SIZES,
    THREADS,
    WALKS,
    Measured,
    Rounds,
)
from .sides import TITLES

_ALONE = "json-alone"


class Ratio(NamedTuple):
    """A quotient: the median of the rounds, and the quartiles around it."""

    middle: float
    low: float
    high: float


class Verdict(NamedTuple):
    """A line of the table of goals."""

    what: str
    ours: str
    peer: str
    ratio: float
    spread: str
    limit: float | None
    at_least: bool = False

    @property
    def goal(self) -> str:
        """The goal in words."""
        if self.limit is None:
            return "none"
        return f"{'at least' if self.at_least else 'at most'} {self.limit:.2f}"

    @property
    def met(self) -> str:
        """Whether it is met."""
        if self.limit is None:
            return ""
        met = self.ratio >= self.limit if self.at_least else self.ratio <= self.limit
        return "yes" if met else "**no**"


class Goal(NamedTuple):
    """What is compared with what, and how the quotient should turn out."""

    what: str
    measure: str
    peer: str
    limit: float | None
    at_least: bool = False


_OLD = sys.version_info < (3, 12)
"""What pydantic and the import of the floor take differs with the interpreter."""

GOALS = [
    Goal("Import, and make a `MessagingApi`", "import", "bare", 1.10 if _OLD else 1.15),
    Goal("The same, memory", "memory", "bare", 1.05),
    Goal("The same, and load what a call needs", "loaded", "bare", None),
    Goal("A new process that lists 25 queues by `RoutingApi`", "first call", "bare", 1.35),
    Goal("The same, memory", "first memory", "bare", 1.15),
    Goal(
        "Decode a page of 1,000 entities and read every field",
        "decode 1000",
        "pydantic",
        0.85 if _OLD else 0.95,
    ),
    Goal("CPU of a call on a kept-alive connection: get", "get", "bare", 0.85),
    Goal("The same, post", "post", "bare", 0.85),
    Goal("The same, a list of 25 read in full", "list", "bare", 1.05),
    Goal("Calls per second, 8 threads, 20 ms server", "threads 8", "bare", 0.97, at_least=True),
    Goal("The same, 64 threads", "threads 64", "bare", 0.95, at_least=True),
]


def ratio(ours: Sequence[float], peer: Sequence[float]) -> Ratio:
    """Compare two sides round by round.

    Args:
        ours: What the rounds of one gave.
        peer: What those of the other gave.

    Returns:
        The first by the second.
    """
    quotients = [one / other for one, other in zip(ours, peer, strict=True)]
    low, middle, high = statistics.quantiles(quotients, n=4, method="inclusive")
    return Ratio(middle, low, high)


def _amount(measure: str, rounds: Sequence[float]) -> str:
    value = statistics.median(rounds)
    if measure in ("memory", "first memory", "walk"):
        return f"{value / 2**20:.1f} MiB"
    if measure.startswith("threads"):
        return f"{value:,.0f}/s"
    if value < 0.001:
        return f"{value * 1e6:.0f} µs"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.2f} s"


def judge(measured: Measured) -> list[Verdict]:
    """Compare what was measured with the goals.

    Args:
        measured: What was measured.

    Returns:
        A verdict for each goal that was measured, and for what has none.
    """
    verdicts: list[Verdict] = []
    for goal in GOALS:
        rounds = measured.get(goal.measure)
        if rounds is not None:
            verdicts.append(_compare(goal, rounds, "ours", goal.peer, TITLES[goal.peer]))
        if goal.measure.startswith("decode") and rounds is not None:
            verdicts.append(_judge_flatness(measured))
            what = "Models of the catalog, 1,000 entities, by those written by hand"
            catalog = Goal(what, goal.measure, "ours", 1.05)
            verdicts.append(_compare(catalog, rounds, "catalog", "ours", "by hand"))
    if "walk" in measured:
        short, long = map(str, WALKS)
        what = f"Memory for a walk over {WALKS[1]:,} entities by `paginate`"
        title = f"over {WALKS[0]:,}"
        verdicts.append(
            _compare(Goal(what, "walk", short, None), measured["walk"], long, short, title)
        )
    if "ahead" in measured:
        what = "Time for a walk with `prefetch=1`, the caller as slow as the server"
        goal = Goal(what, "ahead", "plain", None)
        verdicts.append(_compare(goal, measured["ahead"], "ours", "plain", "without"))
    return verdicts


def _compare(goal: Goal, rounds: Rounds, ours: str, peer: str, title: str) -> Verdict:
    found = ratio(rounds[ours], rounds[peer])
    return Verdict(
        goal.what,
        _amount(goal.measure, rounds[ours]),
        f"{title}: {_amount(goal.measure, rounds[peer])}",
        found.middle,
        f"{found.low:.3f} to {found.high:.3f}",
        goal.limit,
        goal.at_least,
    )


def _judge_flatness(measured: Measured) -> Verdict:
    """Whether an entity costs the same on a large page, by what ``json.loads`` makes of it."""
    ratios = {
        size: ratio(rounds["ours"], rounds[_ALONE]).middle
        for size in PAGE_SIZES
        if (rounds := measured.get(f"decode {size}")) is not None
    }
    most, least = max(ratios, key=ratios.__getitem__), min(ratios, key=ratios.__getitem__)
    return Verdict(
        "The same over `json.loads`, highest to lowest of 25 to 10,000 entities",
        f"{ratios[most]:.2f} times at {most:,}",
        f"{ratios[least]:.2f} times at {least:,}",
        ratios[most] / ratios[least],
        "",
        1.3,
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |\n"
        for line in lines
    )


def table_of_goals(measured: Measured) -> str:
    """Write the goals and what became of them as a table in Markdown.

    Args:
        measured: What was measured.

    Returns:
        The table.
    """
    head = ["What", "This package", "Peer", "Ratio", "Middle half", "Goal", "Met"]
    return _table(
        head,
        [
            (one.what, one.ours, one.peer, f"{one.ratio:.3f}", one.spread, one.goal, one.met)
            for one in judge(measured)
        ],
    )


_NAMES = {
    "import": "Import and make the client",
    "memory": "The same, memory",
    "loaded": "The same, and load what a call needs",
    "first call": "A new process that lists 25 queues",
    "first memory": "The same, memory",
    **{f"decode {size}": f"Decode and read {size:,} entities" for size in PAGE_SIZES},
    "get": "Call: get",
    "post": "Call: post",
    "list": "Call: list of 25, read in full",
    **{f"threads {count}": f"Calls per second, {count} threads" for count in THREADS},
}


def table_of_peers(measured: Measured) -> str:
    """Write all that was measured as a table in Markdown, with a column for every peer.

    Args:
        measured: What was measured.

    Returns:
        The table, if there is anything to put in it; behind what a peer took is our ratio to it.
    """
    rows = {name: measured[name] for name in _NAMES if name in measured}
    if not rows:
        return ""
    sides = {side for rounds in rows.values() for side in rounds}
    peers = [side for side in TITLES if side in sides and side != "ours"]

    def cell(measure: str, side: str) -> str:
        rounds = rows[measure]
        if side not in rounds:
            return ""
        amount = _amount(measure, rounds[side])
        return f"{amount} ({ratio(rounds['ours'], rounds[side]).middle:.2f})"

    return _table(
        ["What", TITLES["ours"], *(TITLES[side] for side in peers)],
        [
            (
                _NAMES[measure],
                _amount(measure, rounds["ours"]),
                *(cell(measure, side) for side in peers),
            )
            for measure, rounds in rows.items()
        ],
    )


def describe_machine() -> str:
    """Say on what this runs, in words that fit many machines."""
    release = ".".join(platform.release().split(".")[:2])
    cores = os.cpu_count() or 1
    return (
        f"{platform.python_implementation()} {platform.python_version()}, "
        f"{platform.system()} {release}, {platform.machine()}, {cores} core{'s' * (cores > 1)}"
    )


_PAGE = """\
# Performance

What the package promises about its speed is a ratio to what one would use in its place: urllib3
and `json` by hand, or models of [pydantic](https://docs.pydantic.dev/). `tox -e benchmark` measures
both sides and writes this page; none of its numbers was entered by hand.

Measured on {date} with {machine}, urllib3 {urllib3}, pydantic {pydantic} and msgspec {msgspec}.

## Goals

{goals}
A ratio is what this package takes by what the peer takes; below 1, this package takes less. Of
calls per second, more are better. Amounts are medians of all rounds. The ratio is the median of the
ratios of the rounds, so it need not be quite the quotient of the amounts beside it; the middle half
of the rounds is in the range that follows it.

## All peers

{peers}
In brackets: this package by that peer.

* *urllib3 + json.loads* is a bare `urllib3.PoolManager` that sends the same headers, and checks
  nothing of what comes back.
* *json.loads, read as dicts* leaves dates as text and believes every type; *json.loads alone* is
  not even read.
* *pydantic* is the faster of `model_validate_json`, and `json.loads` with `model_validate`.
* *msgspec* is an extension module in C, and forgets the fields that it does not know.
* *vendor* is that release of the vendor's SDK. 57.0.2 has this API; 269.0.0 is of today, and has
  the Facebook integrations under another path.

## Decoding

![{alternative}](performance.svg)

## How it is measured

* The sides run in processes of their own and take turns, in another order every round, so that
  whatever else the machine does meets all of them. The processes are replaced several times.
* Import: wall time in a new process, from before the first import until the client is made, with
  the bytecode of all modules ready; and the most memory that the process has had. This package
  loads urllib3, and whatever else makes calls, with the first call, while the peer has it loaded by
  then: so there is a row in which all of that is loaded as well.
* A first call: the same until the names of 25 queues are read, from a server on the loopback
  interface.
* Decoding: CPU time from the bytes of the body to the last field, nested entities and dates
  included, and for discarding all of it again. What each side has read is compared with the page
  beforehand.
* Calls: CPU time of the client's process, on a connection that is kept alive, to a server on the
  loopback interface with ready answers. What comes back is read in full.
* Threads: wall time. All threads share one client, which has a connection for each; the server
  takes {delay} ms for an answer.
* Walks: the most memory that a new process has had, with 500 entities on a page.{ahead}
* The garbage collector is left alone on all sides, and the settings of each are its own defaults.

## Run it again

```console
$ tox -e benchmark
$ tox -e benchmark -- --quick --figures decode,calls
```

The first takes some minutes, and writes this page anew. The second prints a rough result of two
figures; the others are `import`, `first`, `threads` and `paging`. `--rounds` sets how many rounds
there are. A machine that has nothing else to do gives narrower ranges.
"""

_AHEAD = """ With `prefetch=1`:
  wall time for {pages} pages of {size}, where the server and the caller take {delay} ms each."""


def write_page(measured: Measured, folder: Path) -> None:
    """Write the page of the documentation, and its chart.

    Args:
        measured: What was measured.
        folder: Where.
    """
    lines = {
        side: [(size, statistics.median(measured[f"decode {size}"][side])) for size in PAGE_SIZES]
        for side in measured["decode 1000"]
        if side != _ALONE
    }
    titled = {TITLES[side]: points for side, points in lines.items()}
    at_1000 = measured["decode 1000"]
    amounts = ", ".join(f"{TITLES[side]} {_amount('decode', at_1000[side])}" for side in lines)
    alternative = (
        "Line chart: time to decode a page and read every field, by page size from 25 to 10,000 "
        f"entities, both on logarithmic scales. At 1,000 entities: {amounts}."
    )
    delay = f"{DELAY * 1000:.0f}"
    ahead = _AHEAD.format(pages=AHEAD_PAGES, size=AHEAD_PAGE_SIZE, delay=delay)
    page = _PAGE.format(
        date=datetime.now(timezone.utc).date().isoformat(),
        machine=describe_machine(),
        **{name: version(name) for name in ("urllib3", "pydantic", "msgspec")},
        goals=table_of_goals(measured),
        peers=table_of_peers(measured),
        alternative=alternative,
        delay=delay,
        ahead=ahead if "ahead" in measured else "",
    )
    (folder / "performance.md").write_text(page, encoding="utf-8")
    (folder / "performance.svg").write_text(draw(titled, alternative), encoding="utf-8")
