"""Tables that fit the terminal, and the progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.table import Table
from rich.text import Text

from .results import Result, about_page, cell_text, make_rows

_WIDEST = 40
"""A column is no wider than this as long as there are others to show; an id takes 36."""

_FIRST = ("id", "status", "name")
"""Columns that have room before the others do."""

_NAME = 16
"""What is left for a name at the least; a longer one goes over several lines."""

_GAP = 2
"""Spaces between columns."""


def write_table(result: Result, chosen: Sequence[str] | None = None) -> None:
    """Write a result as a table; of columns that are chosen, it has all, however narrow."""
    # Rich would take a COLUMNS of 0, by which some shells say that they do not know, at its word.
    width = 80 if os.environ.get("COLUMNS") == "0" else None
    console = Console(file=sys.stdout, width=width, highlight=False, markup=False, emoji=False)
    value = result.entities()
    found = [value] if isinstance(value, dict) else value
    are_objects = isinstance(found, list) and all(isinstance(one, dict) for one in found)
    rows = make_rows(found, result.model, chosen) if are_objects and found else None
    if rows is not None:
        content = list(rows)
        columns = rows.columns
        if chosen is None:
            columns = [one for one in columns if any(row[one] is not None for row in content)]
        if isinstance(value, dict):
            console.print(_object_table(columns, content[0]))
        else:
            _print_rows(console, columns, content, are_chosen=chosen is not None)
    elif isinstance(value, list) and value and all(isinstance(one, list) for one in value):
        console.print(_list_table(value))
    elif isinstance(value, list):
        for one in value:
            console.print(_text(one))
    elif value is not None:
        console.print(_text(value))
    if result.listing is not None and isinstance(result.value, dict):
        console.print(Text(about_page(result)))


def _print_rows(
    console: Console, columns: Sequence[str], rows: Sequence[dict[str, Any]], *, are_chosen: bool
) -> None:
    shown = columns if are_chosen else _fitting(columns, rows, console.width)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    for column in shown:
        whole = column in _FIRST and column != "name"
        table.add_column(Text(printable(column)), overflow="fold", no_wrap=whole)
    for row in rows:
        table.add_row(*(_text(row[column]) for column in shown))
    console.print(table)
    missing = [printable(column) for column in columns if column not in shown]
    if missing:
        console.print(Text(f"No room for: {', '.join(missing)}."))


def _fitting(columns: Sequence[str], rows: Sequence[dict[str, Any]], width: int) -> list[str]:
    """The columns that have enough room together, in their order."""
    shown: list[str] = []
    ranked = [*(one for one in _FIRST if one in columns), *(c for c in columns if c not in _FIRST)]
    for column in ranked:
        texts = [column, *(cell_text(row[column]) for row in rows)]
        wanted = min(max(Text(printable(text)).cell_len for text in texts), _WIDEST)
        wanted = min(wanted, _NAME) if column == "name" else wanted
        wanted += _GAP if shown else 0
        if wanted <= width or not shown:
            shown.append(column)
            width -= wanted
    return [column for column in columns if column in shown]


def _object_table(columns: Sequence[str], row: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for column in columns:
        table.add_row(_text(column), _text(row[column]))
    return table


def _list_table(rows: list[list[Any]]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(max(map(len, rows))):
        table.add_column(overflow="fold")
    for row in rows:
        table.add_row(*map(_text, row))
    return table


def _text(value: Any) -> Text:
    return Text(printable(cell_text(value)))


def printable(text: str) -> str:
    """Put a space for every control character, which a terminal would obey."""
    return "".join(one if one.isprintable() else " " for one in text)


class Bar:
    """What a walk over pages tells its progress to."""

    def __init__(self, progress: Progress) -> None:
        """Begin without knowing how much there is."""
        self._progress = progress
        self._task = progress.add_task("Fetching", total=None)

    def arrived(self, number: int, total: int | None) -> None:
        """Take note of a page."""
        self._progress.update(self._task, advance=number, total=total)


@contextmanager
def progress_bar() -> Generator[Bar, None, None]:
    """Show a progress bar on standard error, and take it away in the end."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        yield Bar(progress)


@contextmanager
def transfer_bar(description: str) -> Generator[Callable[[int, int | None], None], None, None]:
    """Show on standard error how much of a file has moved, and take it away in the end."""
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with progress:
        task = progress.add_task(description, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
