"""Makes flat rows of what calls bring: for CSV files, data frames and databases."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import secrets
import shutil
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import chain, islice
from pathlib import Path
from types import NoneType
from typing import Any, Protocol

from ._paging.results import Result, is_page, list_type
from ._wire.json_values import BYTE_ORDER_MARK
from ._wire.names import camel_case, did_you_mean
from ._wire.types import model_of
from .models._rows import (
    Choice,
    Column,
    Style,
    Table,
    checked_columns,
    model_table,
    with_others,
)
from .models.base import Model
from .pagination import EntityIterator

__all__ = ["to_rows", "write_csv"]

Listing = Model | Mapping[str, Any] | Iterable[Model | Mapping[str, Any]]
"""What rows are made of."""

_AHEAD = 100
"""How many JSON objects are looked at for their keys before the first row is made."""

_LIKENESS = 0.8
"""How much a key must be like a column that nothing has to be what was meant, from 0 to 1."""


def to_rows(
    listing: Listing,
    *,
    columns: Sequence[str] | None = None,
    depth: int = 1,
    model: type[Model] | None = None,
    iso_dates: bool = True,
    json_text: bool = True,
    mask_secrets: bool = True,
    wire_names: bool = False,
) -> Rows:
    """Make flat rows of entities: dicts, each with the same keys in the same order.

    >>> rows = to_rows(paginate(api.get_routing_queues, page_size=100))
    >>> writer = csv.DictWriter(file, rows.columns)
    >>> writer.writeheader()
    >>> writer.writerows(rows)

    The columns are the fields of the entities' model, whatever is set in the first of them. A field
    that is a model itself has a column for each of its own, by dotted names such as
    ``division.name``; lists, and what is deeper, are JSON text. A last column,
    ``additional_properties``, has as JSON text what came and has no column: fields that this
    version does not know.

    Values are ``str``, ``int``, ``float``, ``bool`` or ``None``.

    Args:
        listing: A page of a listing, what ``paginate`` gives, a list or another iterable of models
            or JSON objects, or one entity.
        columns: The columns, in this order, however deep: ``division.name``,
            ``participants.0.purpose`` of the first item of a list.
        depth: How many models deep there are columns if ``columns`` is left out; 0 for the
            entity's own fields only. A model that contains itself is JSON text there.
        model: What the entities are, where the listing does not say: JSON objects, too, get the
            columns of their model.
        iso_dates: Whether dates are text, as the service writes it (``2019-08-14T09:30:00.000Z``),
            instead of ``datetime`` and ``date``.
        json_text: Whether lists and what is deeper are JSON text, instead of lists and dicts.
        mask_secrets: Whether secrets are masked.
        wire_names: Whether names are the service's (``dateCreated``), instead of attributes'.

    Returns:
        The rows, made while you iterate; those of an iterator, such as ``paginate`` gives, only
        once. ``columns`` of it are their keys.

    Raises:
        TypeError: ``listing`` is nothing that rows could be made of, or has several lists.
        ValueError: A column is not there, or twice; or there are more than 2,000 of them. Of JSON
            objects, and of models in them, that comes while you iterate.
    """
    if isinstance(columns, str):
        raise TypeError(f"columns: give a list of names, such as [{columns!r}]")
    if isinstance(depth, bool) or not isinstance(depth, int) or depth < 0:
        raise ValueError(f"depth: give a number of models from 0 up, not {depth!r}")
    if columns is not None and not (
        columns and all(one and isinstance(one, str) for one in columns)
    ):
        raise ValueError("columns: give the names of one or more columns, or leave it out")
    if columns is not None and len({*columns}) < len(columns):
        twice = next(one for one in columns if [*columns].count(one) > 1)
        raise ValueError(f"columns: {twice!r} is there twice")
    if model is not None and not (isinstance(model, type) and issubclass(model, Model)):
        raise TypeError(f"model: give a class of models, such as Queue, not {model!r}")
    entities, kind = _entities(listing)
    style = Style(iso_dates, json_text, mask_secrets, wire_names)
    chosen = None if columns is None else tuple(columns)
    return Rows(entities, model or kind, Choice(chosen, depth), style)


def _entities(listing: Any) -> tuple[Iterable[Any], Any]:
    """Find the entities of a listing, and their model if it says."""
    if isinstance(listing, EntityIterator):
        return listing, model_of(listing.entity_type())
    if isinstance(listing, (Model, Mapping)):
        return _entities_of_page(listing)
    if callable(listing) or isinstance(listing, (str, bytes)) or not hasattr(listing, "__iter__"):
        hint = "; give what it returns, or paginate(...) of it" if callable(listing) else ""
        what = getattr(listing, "__name__", type(listing).__name__)
        raise TypeError(f"listing: no rows can be made of {what}{hint}")
    return listing, None


def _entities_of_page(page: Any) -> tuple[Iterable[Any], Any]:
    is_model, items = isinstance(page, Model), None
    if not is_model and not is_page(page):
        items = _only_list(page)
        if items is None:
            return [page] if page else [], None
    elif not is_page(page):
        return [page], type(page)
    try:
        found = Result(page, items).items
    except TypeError as error:
        kind = type(page).__name__
        raise TypeError(f"listing: give one of the lists of the {kind}, not all of it") from error
    return found, model_of(list_type(type(page))[1]) if is_model else None


def _only_list(page: Mapping[str, Any]) -> str | None:
    """Name the list of a JSON object that has nothing else, as the service leaves out a total."""
    lists = [name for name, value in page.items() if isinstance(value, list)]
    return lists[0] if len(lists) == len(page) == 1 else None


class Rows(Iterable[dict[str, Any]]):
    """Rows of entities, made while one iterates; as often as one can over what they are made of.

    Over an iterator, such as ``paginate`` gives, that is once.
    """

    def __init__(self, entities: Iterable[Any], model: Any, choice: Choice, style: Style) -> None:
        """See ``to_rows``."""
        self._entities = entities
        self._choice = choice
        self._style = style
        self._table: Table | None = None
        self._is_used_up = False
        if model is not None:
            self._table = model_table(model, choice, style)

    @property
    def columns(self) -> list[str]:
        """The keys of each row, in their order.

        Where no model says what they are, the first entities are fetched; there are none if nothing
        comes.
        """
        if self._table is None and self._choice.columns is not None:
            return list(self._choice.columns)
        table = self._find_table()
        return [] if table is None else list(table.names)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        if self._is_used_up:
            raise ValueError(
                "listing: it is an iterator that these rows have come to the end of; "
                "make rows of paginate(...) anew, or of a list"
            )
        table = self._find_table()
        kind, read = None, None
        try:
            for entity in self._entities:
                if read is None or entity.__class__ is not kind:
                    kind = entity.__class__
                    read = None if table is None else table.reader(kind)
                if read is None:
                    raise TypeError(f"listing: rows are made of models or dicts, not of {kind}")
                yield read(entity)
        except GeneratorExit:  # who stops early can go on with the rest
            raise
        except BaseException:
            self._is_used_up = isinstance(self._entities, Iterator)
            raise
        self._is_used_up = isinstance(self._entities, Iterator)

    def _find_table(self) -> Table | None:
        if self._table is None:
            first, is_dict = self._first_entities(1), False
            if first and isinstance(first[0], Mapping):
                first, is_dict = self._first_entities(_AHEAD), True
            if is_dict:
                is_all = isinstance(self._entities, Sequence)
                objects = [one for one in first if isinstance(one, Mapping)]
                self._table = _object_table(objects, self._choice, self._style, is_all=is_all)
            elif first and isinstance(first[0], Model):
                self._table = model_table(type(first[0]), self._choice, self._style)
        return self._table

    def _first_entities(self, count: int) -> Sequence[Any]:
        if isinstance(self._entities, Sequence):
            return self._entities
        if not isinstance(self._entities, Iterator):  # which begins anew
            return list(islice(self._entities, count))
        first: list[Any] = []
        try:
            first.extend(islice(self._entities, count))
        # Of whatever kind it is, it is not lost: it comes again after the entities before it.
        except Exception as error:
            self._entities = chain(first, _failing(error))
        else:
            self._entities = chain(first, self._entities)
        return first


def _failing(error: Exception) -> Iterator[Any]:
    yield from ()
    raise error


# JSON objects


def _object_table(
    objects: Sequence[Mapping[str, Any]], choice: Choice, style: Style, *, is_all: bool
) -> Table:
    """Make the table of JSON objects, of some or of all of them."""
    if choice.columns is not None:
        columns = [_named_column(name, style) for name in choice.columns]
        _check_keys(columns, objects)
        return Table(None, columns, style, columns)
    known = checked_columns(
        _object_columns(objects, choice.depth), "give a smaller one, or columns"
    )
    if len({one.name for one in known}) < len(known):  # a key has the dot of another's column
        known = tuple(_object_columns(objects, 0))
    return Table(None, known if is_all else with_others(known, style), style, known)


def _object_columns(
    objects: Iterable[Any], depth: int, path: tuple[tuple[str, str], ...] = ()
) -> Iterator[Column]:
    """List the keys of JSON objects, in the order in which they come up."""
    values: dict[str, list[Any]] = {}
    for one in objects:
        for key, value in one.items():
            found = values.setdefault(key, [])
            if value is not None:
                found.append(value)
    for key, found in values.items():
        steps = (*path, (key, key))
        if depth and any(found) and all(isinstance(value, Mapping) for value in found):
            yield from _object_columns(found, depth - 1, steps)
        else:
            is_field = all(name.__class__ is str for name, _ in steps)
            yield Column(".".join(str(name) for name, _ in steps), steps, is_field=is_field)


def _named_column(name: str, style: Style) -> Column:
    """Make the column of JSON objects that nobody knows by its name, which may be in snake case."""
    if name == style.others:
        return Column(name, ())
    parts = name.split(".")
    is_field = not any(map(str.isdecimal, parts))
    steps = tuple((part, camel_case(part)) for part in parts)
    return Column(name, steps, is_field=is_field, checked=0)


def _check_keys(columns: Sequence[Column], objects: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a column that no object has, where each has a key of almost the same name.

    A key may well be missing in all of them, as the service leaves out what is not set. So only
    that is told which is hardly anything but misspelt.
    """
    names = [{column.name, *column.path[0]} if column.path else {column.name} for column in columns]
    spare = set.intersection(*({*map(str, one)} for one in objects[:_AHEAD])).difference(*names)
    for column, own in zip(columns, names, strict=True):
        if column.path and spare and all(map(own.isdisjoint, objects)):
            near = (did_you_mean(one, spare, _LIKENESS) for one in (column.name, column.path[0][0]))
            if hint := next(filter(None, near), ""):
                raise ValueError(f"columns: nothing comes for {column.name!r}{hint}")


# CSV


class Writer(Protocol):
    """What text can be written to, such as an open file."""

    def write(self, text: str, /) -> object:
        """Write a text."""
        ...


def write_csv(
    listing: Listing | Rows,
    file: str | os.PathLike[str] | Writer,
    *,
    columns: Sequence[str] | None = None,
    excel: bool = False,
    delimiter: str = ",",
    guard_formulas: bool = True,
) -> int:
    """Write entities as a CSV file (RFC 4180), with a heading even if there are none.

    >>> write_csv(paginate(api.get_routing_queues, page_size=100), "queues.csv")

    A file that is given by its path is UTF-8, and complete or not there: it takes the place of an
    earlier one when the last row is written, and on a failure the earlier one stays.

    Args:
        listing: What ``to_rows`` takes, or what it has made, where other options of it are wanted.
        file: A path, or an open text file (``newline=""``).
        columns: As for ``to_rows``.
        excel: Whether the file begins with a byte order mark, by which Excel knows UTF-8.
        delimiter: What stands between cells; Excel wants a semicolon where the comma is decimal.
        guard_formulas: Whether an apostrophe is put before text that a spreadsheet would take for
            a formula. People write names, and a formula can send out what is in the other cells.

    Returns:
        The number of rows.

    Raises:
        ApiException: The listing cannot be fetched.
        OSError: The file cannot be written.
        TypeError: ``listing`` or ``file`` cannot be used.
        ValueError: A column is not there, or twice; or ``delimiter`` is none.
    """
    if isinstance(listing, Rows) and columns is not None:
        raise TypeError("columns: give them to to_rows, which has made these rows without")
    rows = listing if isinstance(listing, Rows) else to_rows(listing, columns=columns)
    if not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n=+-@':
        raise ValueError(f"delimiter: give one character, such as ',' or ';', not {delimiter!r}")
    guard = guard_formula if guard_formulas else None
    with _opened(file) as out:
        return _write(rows, out, BYTE_ORDER_MARK if excel else "", delimiter, guard)


def _opened(file: Any) -> AbstractContextManager[Writer]:
    if isinstance(file, (str, os.PathLike)):
        return _replacing(Path(file))
    if isinstance(file, (io.RawIOBase, io.BufferedIOBase)) or not hasattr(file, "write"):
        raise TypeError('file: give a path, or a file that is open for text: open(..., newline="")')
    return nullcontext(file)


def _write(
    rows: Rows, out: Writer, mark: str, delimiter: str, guard: Callable[[str], str] | None
) -> int:
    writer, coming, count = csv_writer(out, delimiter), iter(rows), 0
    begin = list(islice(coming, 1))  # where nothing can be fetched, no heading is left behind
    if mark:
        out.write(mark)
    guarded = set[str]() if guard is None else _MAY_BEGIN
    heading = [rows.columns] if rows.columns else []
    for values in chain(heading, (row.values() for row in chain(begin, coming))):
        # Most cells are none of a formula, and none that csv does not write as it should.
        writer.writerow(
            value
            if (kind := value.__class__) in _NUMBERS or (kind is str and value[:1] not in guarded)
            else _csv_cell(value, guard)
            for value in values
        )
        count += 1
    return count - len(heading)


def csv_writer(out: Writer, delimiter: str = ",") -> Any:
    """Make a writer of the module ``csv`` that takes any text."""
    # Python 3.10 takes a null character for the escape character where there is none; half of a
    # surrogate pair stands for one that does not come up.
    escape = None if sys.version_info >= (3, 11) else "\udfff"
    return csv.writer(out, delimiter=delimiter, escapechar=escape)


_NUMBERS = (int, float, NoneType)


def _csv_cell(value: Any, guard: Callable[[str], str] | None) -> Any:
    if isinstance(value, str):
        return value if guard is None else guard(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict)) else value


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet takes for the beginning of a formula, be there blanks before it or not.

The last four are the first four in the width of Chinese characters.
"""

_BLANKS = (
    "".join(map(chr, (*range(0x21), 0x7F, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200C))))
    + "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
"""What spreadsheets, and what files go through on their way there, leave out or do not show."""

_MAY_BEGIN = {*_FORMULA, *_BLANKS}


def guard_formula(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would take for a formula.

    Numbers, and telephone numbers such as ``+13175550100``, stay as they are.
    """
    begins = any(text.lstrip(blanks).startswith(_FORMULA) for blanks in (" ", _BLANKS))
    if begins and not re.fullmatch(r"[+-][0-9]+(\.[0-9]+)?", text):
        return f"'{text}"
    return text


@contextmanager
def _replacing(path: Path) -> Generator[Writer, None, None]:
    """Open a file that takes the place of another when it is complete, and not before."""
    if path.exists() and not path.is_file():  # a pipe or a terminal, which stays what it is
        with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
            yield out
        return
    path = Path(os.path.realpath(path))  # a link stays one; resolve() has an error of its own
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", errors="backslashreplace", newline="") as out:
            with suppress(FileNotFoundError):  # before there is anything to read
                shutil.copymode(path, part)
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except BaseException as error:
        with suppress(OSError):  # the first error counts
            part.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename == str(part):
            error.filename = str(path)
            del error.filename2  # None would be written as well
        raise
