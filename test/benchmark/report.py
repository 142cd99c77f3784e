"""Records as tables: the goals and what became of them, and what every side took."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from .catalog_models import MODELS, body, count_models
from .figures import PAGE_SIZES, THREADS
from .goals import GOALS, Goal
from .records import Figure, Record
from .sides import TITLES

Runs = Mapping[str, Sequence[Record]]
"""Version of an interpreter to its runs."""


class Verdict(NamedTuple):
    """What became of a goal with an interpreter."""

    goal: Goal
    results: tuple[float, ...]
    """Of each run: the ratio, or the amount."""
    limit: float | None

    @property
    def met(self) -> int:
        """How many of the runs are within the goal."""
        return sum(map(self.is_met, self.results))

    def is_met(self, result: float) -> bool:
        """Whether a result is within the goal, if there is one."""
        if self.limit is None:
            return True
        return result >= self.limit if self.goal.at_least else result <= self.limit

    @property
    def in_words(self) -> str:
        """The goal."""
        if self.limit is None:
            return "none"
        how = "at least" if self.goal.at_least else "at most"
        if self.goal.is_amount:
            return f"{how} {write_amount(self.goal.measure, self.limit)}"
        return f"{how} {self.limit:.2f}"

    @property
    def cell(self) -> str:
        """The results, those that miss the goal in bold, and how many do not."""
        if not self.results:
            return ""
        written = [
            self._write(result) if self.is_met(result) else f"**{self._write(result)}**"
            for result in self.results
        ]
        if self.goal.is_amount and len(set(written)) == 1:
            written = written[:1]  # it is the same every time
        together = " ".join(written)
        if self.limit is None:
            return together
        return f"{together} ({self.met} of {len(self.results)})"

    def _write(self, result: float) -> str:
        if self.goal.is_amount:
            return write_amount(self.goal.measure, result)
        return f"{result:.3f}"


def write_amount(measure: str, amount: float) -> str:
    """Write an amount with its unit.

    Args:
        measure: What was measured.
        amount: In seconds, bytes or calls per second, whichever it is.

    Returns:
        Text.
    """
    if measure in ("memory", "first memory", "walk"):
        return f"{amount / 2**20:.1f} MiB"
    if measure in ("size", "wheel"):
        return f"{amount / 1e6:.3g} MB"
    if measure == "files":
        return f"{amount:,.0f}"
    if measure == "flat":
        return f"{amount:.2f} times"
    if measure.startswith("threads"):
        return f"{amount:,.0f}/s"
    if amount < 0.001:
        return f"{amount * 1e6:.3g} µs"
    return f"{amount * 1e3:.3g} ms" if amount < 1 else f"{amount:.2f} s"


def judge(records: Sequence[Record]) -> list[Verdict]:
    """Compare the runs of an interpreter with the goals.

    Args:
        records: The runs.

    Returns:
        A verdict for each goal; without results where it was not measured.
    """
    return [_judge(goal, records) for goal in GOALS]


def _judge(goal: Goal, records: Sequence[Record]) -> Verdict:
    results: list[float] = []
    limit = goal.limit
    for record in records:
        limit = goal.limit_for(record.python)
        sides = record.figures.get(goal.measure, {})
        if goal.is_amount and sides:
            results.append(next(iter(sides.values())).amount)
        elif goal.peer in sides and (found := sides[goal.peer].ratio):
            of_other = sides[goal.other].ratio if goal.other in sides else None
            if of_other or goal.other is None:
                results.append(found[1] / of_other[1] if of_other else found[1])
    return Verdict(goal, tuple(results), limit)


def count_missed(runs: Runs) -> int:
    """Count the results of all runs that miss their goal.

    Args:
        runs: Runs of each interpreter.
    """
    verdicts = [verdict for records in runs.values() for verdict in judge(records)]
    return sum(len(verdict.results) - verdict.met for verdict in verdicts)


def table_of_goals(runs: Runs) -> str:
    """Write the goals and what became of them as a table in Markdown.

    Args:
        runs: Runs of each interpreter.

    Returns:
        The table, without the rows that no run has measured.
    """
    verdicts = {python: judge(records) for python, records in runs.items()}
    rows: list[list[str]] = []
    for number, goal in enumerate(GOALS):
        of_goal = [one[number] for one in verdicts.values()]
        if any(verdict.results for verdict in of_goal):
            words = list(dict.fromkeys(verdict.in_words for verdict in of_goal))
            cells = [verdict.cell for verdict in of_goal]
            rows.append([goal.what, goal.title, "; ".join(words), *cells])
    if not rows:
        return ""
    return _table(["What", "By that of", "Goal", *(f"Python {one}" for one in runs)], rows)


_CALLS = {
    "import": "Import and make the client",
    "memory": "The same, memory",
    "loaded": "The same, and load what a call needs",
    "first call": "A new process that lists 25 queues",
    "first memory": "The same, memory",
    "first of class": "List 25 queues, the first call of its class in the process",
    "get": "Call: get",
    "post": "Call: post",
    "list": "Call: list of 25, read in full",
    **{f"threads {count}": f"Calls per second, {count} threads" for count in THREADS},
    "walk": "Memory for a walk over 100,000 entities",
    "ahead": "Time for a walk with `prefetch=1`",
}
_DECODING = {
    **{f"decode {size}": f"Decode and read {size:,} entities" for size in PAGE_SIZES},
    "catalog": "Models of the catalog, 1,000 entities",
}
_PROGRAMS = {
    "cli --version": "Command line: `--version`",
    "cli --help": "Command line: `--help`",
    "cli list": "Command line: list 25 queues",
    "mypy": "mypy, a file that lists queues",
    "wheel": "The wheel",
    "size": "Installed, with its bytecode",
    "files": "Files in it, without the bytecode",
}

SIDES_OF_MEASURES = {
    "walk": {"10000": "over 10,000"},
    "ahead": {"plain": "without `prefetch`"},
    "catalog": {"ours": "the same by hand"},
    "cli list": {"bare": "urllib3 + json.loads, a script"},
    "mypy": {"bare": "a file that uses nothing"},
}
"""What a side of a measure is called, where that is something of its own."""


def table_of_calls(records: Sequence[Record]) -> str:
    """Write what imports and calls take, as ``table_of_peers`` does."""
    return table_of_peers(records, _CALLS)


def table_of_decoding(records: Sequence[Record]) -> str:
    """Write what pages take, as ``table_of_peers`` does."""
    return table_of_peers(records, _DECODING)


def table_of_programs(records: Sequence[Record]) -> str:
    """Write what programs and files take, as ``table_of_peers`` does."""
    return table_of_peers(records, _PROGRAMS)


def table_of_models(records: Sequence[Record]) -> str:
    """Write what the models of the catalog take, as ``table_of_peers`` does.

    Args:
        records: Runs of an interpreter.

    Returns:
        The table; with each model how large it is.
    """
    titles = {
        f"model {name}": f"`{name}`, {len(body(name)):,} bytes, {_plural(count_models(name))}"
        for name in MODELS
    }
    return table_of_peers(records, titles)


def _plural(models: int) -> str:
    return f"{models} model{'s' * (models > 1)}"


def table_of_peers(records: Sequence[Record], titles: Mapping[str, str]) -> str:
    """Write what was measured as a table in Markdown, with a column for every peer.

    Args:
        records: Runs of an interpreter; what is told is the median of them.
        titles: Measure to the title of its row.

    Returns:
        The table, if there is anything to put in it; behind what a peer took is our ratio to it.
    """
    rows = {measure: middle for measure in titles if (middle := middle_figures(records, measure))}
    if not rows:
        return ""
    sides = {
        side: None
        for measure, figures in rows.items()
        for side in list(figures)[1:]
        if side not in SIDES_OF_MEASURES.get(measure, {})
    }
    peers = [side for side in TITLES if side in sides]

    def cells(measure: str) -> list[str]:
        figures = dict(rows[measure])
        ours = figures.pop(next(iter(figures)))
        own = SIDES_OF_MEASURES.get(measure, {})
        others = [
            f"{own[side]}: {_of_peer(measure, figure)}"
            for side, figure in figures.items()
            if side in own
        ]
        among = [
            _of_peer(measure, figures[side]) if side in figures and side not in own else ""
            for side in peers
        ]
        return [write_amount(measure, ours.amount), *among, *(["; ".join(others)] * has_others)]

    has_others = any(measure in SIDES_OF_MEASURES for measure in rows)
    head = ["What", TITLES["ours"], *(TITLES[side] for side in peers)]
    head += ["another"] * has_others
    return _table(head, [[titles[measure], *cells(measure)] for measure in rows])


def _of_peer(measure: str, figure: Figure) -> str:
    amount = write_amount(measure, figure.amount)
    return f"{amount} ({figure.ratio[1]:.2f})" if figure.ratio else amount


def middle_figures(records: Sequence[Record], measure: str) -> dict[str, Figure]:
    """Give the median of several runs.

    Args:
        records: The runs.
        measure: What was measured.

    Returns:
        Side to its figure.
    """
    found = [record.figures[measure] for record in records if measure in record.figures]
    if not found:
        return {}
    return {side: _middle([one[side] for one in found if side in one]) for side in found[-1]}


def _middle(figures: Sequence[Figure]) -> Figure:
    amount = statistics.median(figure.amount for figure in figures)
    ratios = [figure.ratio for figure in figures if figure.ratio]
    if not ratios:
        return Figure(amount)
    low, middle, high = map(statistics.median, zip(*ratios, strict=True))
    return Figure(amount, (low, middle, high))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    lines.insert(1, ["-" * width for width in widths])
    return "".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))} |\n"
        for line in lines
    )
