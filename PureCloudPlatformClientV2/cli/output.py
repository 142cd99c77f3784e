"""Writes what a command brings: JSON, JSON lines, CSV; tables are next door."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from typing import Any

from .._transport.request import HttpRequestOptions
from .._wire.redaction import mask_headers, mask_query, mask_secrets
from ..models.base import Model
from .global_options import GlobalOptions
from .results import Result, about_page
from .rows import Column, as_rows, cell, cell_text, heading, model_columns, row_columns

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, be there spaces before it or not."""


def output_format(options: GlobalOptions) -> str:
    """Choose how results are written."""
    return options.output or ("table" if sys.stdout.isatty() else "json")


def write_result(result: Result, form: str) -> None:
    """Write a result."""
    if form == "json":
        write_line(to_json(result.value, indent=2))
    elif form == "table":
        # Imported here for the sake of start-up time: Rich is for who looks at tables.
        from .tables import write_table

        write_table(result)
    else:
        entities = result.entities()
        stream(entities if isinstance(entities, list) else [entities], result.model, form)
        if result.has_more():
            sys.stderr.write(f"note: {about_page(result)}\n")


def stream(entities: Iterable[Any], model: type[Model] | None, form: str) -> None:
    """Write entities as they come, as ``jsonl`` or ``csv``."""
    if form == "jsonl":
        for entity in entities:
            write_line(to_json(entity))
        return
    if model is not None:
        _write_csv(model_columns(model), entities)
        return
    values = list(entities)
    rows = as_rows(values)
    if rows is not None:
        _write_csv(row_columns(rows), rows)
        return
    writer = csv.writer(_Lines())
    for value in values:
        cells: Sequence[Any] = value if isinstance(value, list) else [value]
        writer.writerow([_csv_cell(one) for one in cells])


class _Lines:
    """Ends lines as the system does, and has line breaks inside of a cell quoted all the same.

    Before Python 3.13, csv quotes no others than those that it ends lines with.
    """

    def write(self, row: str) -> None:
        """Write what csv ends with CR and LF."""
        write_line(row.removesuffix("\r\n"))


def _write_csv(columns: list[Column], rows: Iterable[dict[str, Any]]) -> None:
    writer, waiting = csv.writer(_Lines()), iter(rows)
    begin = list(islice(waiting, 1))  # where nothing can be fetched, no heading is left behind
    writer.writerow([_csv_cell(heading(one)) for one in columns])
    for row in chain(begin, waiting):
        masked = mask_secrets(row)
        writer.writerow([_csv_cell(cell(masked, one)) for one in columns])


def _csv_cell(value: Any) -> str:
    text = cell_text(value)
    return f"'{text}" if isinstance(value, str) and text.lstrip(" ").startswith(_FORMULA) else text


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
    url = mask_query(request.full_url())
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
