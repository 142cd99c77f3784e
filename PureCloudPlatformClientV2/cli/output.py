"""Writes what a command brings: JSON, JSON lines, CSV; tables are next door."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import click

from .._transport.request import HttpRequestOptions
from .._wire.redaction import mask_headers, mask_secrets, mask_url
from ..models.base import Model
from .global_options import GlobalOptions
from .results import Result, about_page, cell_text, make_rows


def output_format(options: GlobalOptions) -> str:
    """Choose how results are written."""
    form = options.output or ("table" if sys.stdout.isatty() else "json")
    if options.columns is not None and form not in ("table", "csv"):
        raise _wrong_columns(f"{form} has none; add --output csv, or table")
    if options.columns is not None and options.query is not None:
        raise _wrong_columns("--query chooses them itself: 'entities[].{id: id, name: name}'")
    return form


def check_columns(columns: Sequence[str] | None, model: type[Model] | None) -> None:
    """See that there are columns of these names, as far as that is known before a call."""
    if columns is None:
        return
    try:
        make_rows([], model, columns)
    except ValueError as error:
        raise _wrong_columns(str(error).removeprefix("columns: ")) from error


def _wrong_columns(why: str) -> click.UsageError:
    return click.UsageError(f"--columns: {why}", click.get_current_context(silent=True))


def write_result(result: Result, form: str, columns: Sequence[str] | None = None) -> None:
    """Write a result, in these columns if they are chosen."""
    if form == "json":
        write_line(to_json(result.value, indent=2))
    elif form == "table":
        # Imported here for the sake of start-up time: Rich is for who looks at tables.
        from .tables import write_table

        write_table(result, columns)
    else:
        entities = result.entities()
        found = entities if isinstance(entities, list) else [entities]
        stream(found, result.model, form, columns)
        if result.has_more():
            sys.stderr.write(f"note: {about_page(result)}\n")


def stream(
    entities: Iterable[Any],
    model: type[Model] | None,
    form: str,
    columns: Sequence[str] | None = None,
) -> None:
    """Write entities as they come, as ``jsonl`` or ``csv``."""
    if form == "jsonl":
        for entity in entities:
            write_line(to_json(entity))
        return
    # Imported here for the sake of start-up time: few commands write CSV.
    from ..rows import csv_writer, guard_formula, write_csv

    values = entities if model is not None else list(entities)
    rows = make_rows(values, model, columns)
    if rows is not None:
        write_csv(rows, _Lines())
        return
    writer = csv_writer(_Lines())
    for value in values:
        cells: list[Any] = value if isinstance(value, list) else [value]
        writer.writerow([guard_formula(cell_text(one)) for one in cells])


class _Lines:
    """Ends lines as the system does, and has line breaks inside of a cell quoted all the same.

    Before Python 3.13, csv quotes no others than those that it ends lines with.
    """

    def write(self, row: str) -> None:
        """Write what csv ends with CR and LF."""
        write_line(row.removesuffix("\r\n"))


def to_json(value: Any, indent: int | None = None) -> str:
    """Write a JSON value as text, in ASCII where standard output takes nothing else."""
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, indent=indent, ensure_ascii=not is_utf8)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON can write and UTF-8 cannot
        return json.dumps(value, indent=indent)
    return text


def write_line(text: str) -> None:
    """Write a line to standard output."""
    sys.stdout.write(f"{text}\n")


def write_request(request: HttpRequestOptions, form: str) -> None:
    """Write a request, secrets masked, as JSON or as a text like HTTP's own."""
    url = mask_url(request.full_url())
    headers, body = mask_headers(request.headers), mask_secrets(request.body)
    if request.body is not None:
        headers["Content-Type"] = "application/json"
    if form == "json":
        shown = {"method": request.method, "url": url, "headers": headers, "body": body}
        write_line(to_json(shown, indent=2))
        return
    write_line(f"{request.method} {url}")
    for name, value in headers.items():
        write_line(f"{name}: {value}")
    if body is not None:
        write_line(f"\n{to_json(body, indent=2)}")
