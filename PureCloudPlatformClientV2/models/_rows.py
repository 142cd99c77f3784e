"""Entities as flat rows: their columns, and a function for each model that makes a row of one.

What is done for each field of each entity counts, so that function is written for the model and
the columns, as decoders are. It is for what has come from the service; what a caller may have put
into a model besides, and anything else that is no surprise elsewhere, it leaves to a careful one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from functools import lru_cache, partial
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple

from .._wire.json_values import field_value, format_datetime, to_json_value
from .._wire.names import camel_case, did_you_mean, snake_case
from .._wire.redaction import MASK, mask_secrets
from .._wire.types import DictOf, ListOf, model_of
from .base import Model

MOST_COLUMNS = 2000
"""As many as SQLite takes. Beyond that, names must be chosen."""


class Choice(NamedTuple):
    """Which columns there are."""

    columns: tuple[str, ...] | None
    depth: int
    """How many models deep, where none are named."""


class Style(NamedTuple):
    """How names and values are written."""

    iso_dates: bool
    json_text: bool
    masks: bool
    wire_names: bool

    @property
    def others(self) -> str:
        """The column of what has no other."""
        return "additionalProperties" if self.wire_names else "additional_properties"


Step = tuple[str, str]
"""An attribute, and its wire name."""


class Column(NamedTuple):
    """A column."""

    name: str
    path: tuple[Step, ...]
    """Where its values are, from the outside in."""
    wanted: Any = "object"
    """The type of its values, as far as models say."""
    is_secret: bool = False
    is_field: bool = False
    """Whether each step is a field of a model, rather than an item of a list or a dict."""


def _model_columns(
    model: Any, style: Style, depth: int, path: tuple[Step, ...] = (), around: tuple[Any, ...] = ()
) -> Iterator[Column]:
    for name, wire_name in model.attribute_map.items():
        steps, wanted = (*path, (name, wire_name)), model._field_types[name]
        is_secret = name in model.secret_fields
        inner = model_of(wanted) if depth and not is_secret else None
        if inner is None or inner in (model, *around) or not inner.attribute_map:
            heading = ".".join(step[style.wire_names] for step in steps)
            yield Column(heading, steps, wanted, is_secret, is_field=True)
        else:
            yield from _model_columns(inner, style, depth - 1, steps, (model, *around))


def _object_columns(
    objects: Iterable[Any], depth: int, path: tuple[Step, ...] = ()
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
            yield Column(".".join(str(name) for name, _ in steps), steps)


def _chosen_column(name: str, model: Any, style: Style) -> Column:
    """Find a column of a model by its name.

    Raises:
        ValueError: There is none.
    """
    steps, wanted, is_secret, is_field, rest = [], model, False, True, name
    while rest:
        inner = model_of(wanted)
        names = {} if inner is None else {names[style.wire_names]: names for names in _steps(inner)}
        dotted = (one for one in names if "." in one and f"{rest}.".startswith(f"{one}."))
        part = next(dotted, rest.partition(".")[0])
        before, rest = name.removesuffix(rest).rstrip("."), rest[len(part) + 1 :]
        if inner is not None:
            step = names.get(part)
            if step is None:
                hint = did_you_mean(part, names)
                swapped = camel_case(part) if style.wire_names else snake_case(part)
                hint = f"; did you mean {swapped!r}?" if swapped in names else hint
                raise ValueError(f"columns: {inner.__name__} has no field {part!r}{hint}")
            is_secret |= step[0] in inner.secret_fields
            wanted = inner._field_types[step[0]]
        elif isinstance(wanted, ListOf) and not part.isdecimal():
            say = f"give the number of an item, such as '{before}.0'"
            raise ValueError(f"columns: {before} is a list, of which {name!r} is no part; {say}")
        elif isinstance(wanted, (ListOf, DictOf)):
            step, wanted, is_field = (part, part), wanted[0], False
        elif wanted == "object":
            step, is_field = (part, part), False
        else:
            raise ValueError(f"columns: {before} is of type {wanted}, and {name!r} no part of it")
        steps.append(step)
    return Column(name, tuple(steps), wanted, is_secret, is_field)


def _steps(model: Any) -> Iterator[Step]:
    yield from ((other, model.attribute_map[name]) for other, name in model._other_names.items())
    yield from model.attribute_map.items()


def _checked(columns: Iterable[Column], advice: str) -> tuple[Column, ...]:
    checked = tuple(islice(columns, MOST_COLUMNS + 1))
    if len(checked) > MOST_COLUMNS:
        raise ValueError(f"depth: there are more than {MOST_COLUMNS} columns; {advice}")
    return checked


@lru_cache(maxsize=64)
def model_table(model: Any, choice: Choice, style: Style) -> Table:
    """Make the table of a model's entities.

    Raises:
        ValueError: There is no such column, or there are too many.
    """
    known: tuple[Column, ...] = ()
    if choice.columns is None or style.others in choice.columns:
        known = _checked(_model_columns(model, style, choice.depth), "give fewer, or columns")
    if choice.columns is None:
        return Table(model, _with_others(known, style), style, known)
    columns = [
        Column(name, ()) if name == style.others else _chosen_column(name, model, style)
        for name in choice.columns
    ]
    return Table(model, columns, style, known)


def object_table(objects: Iterable[Any], choice: Choice, style: Style, *, is_all: bool) -> Table:
    """Make the table of JSON objects.

    Args:
        objects: Some of them, whose keys are its columns.
        choice: Which columns there are.
        style: How values are written.
        is_all: Whether there are no others.

    Raises:
        ValueError: There are too many columns.
    """
    if choice.columns is None:
        objects = [one for one in objects if isinstance(one, Mapping)]
        known = _checked(_object_columns(objects, choice.depth), "give a smaller one, or columns")
        if len({one.name for one in known}) < len(known):  # a key has the dot of another's column
            known = tuple(_object_columns(objects, 0))
        return Table(None, known if is_all else _with_others(known, style), style, known)
    columns = [
        Column(name, tuple((part, camel_case(part)) for part in name.split(".")))
        if name != style.others
        else Column(name, ())
        for name in choice.columns
    ]
    return Table(None, columns, style, columns)


def _with_others(columns: tuple[Column, ...], style: Style) -> tuple[Column, ...]:
    is_taken = any(one.name == style.others for one in columns)
    return columns if is_taken else (*columns, Column(style.others, ()))


class Table:
    """Columns, and what makes a row of an entity."""

    def __init__(
        self, model: Any, columns: Sequence[Column], style: Style, known: Iterable[Column]
    ) -> None:
        """Make a table.

        Args:
            model: The model of the entities, if they have one.
            columns: Its columns.
            style: How names and values are written.
            known: The columns of what is no surprise.
        """
        self.names: list[str] = [one.name for one in columns]
        self._model = model
        self._columns = columns
        self._style = style
        self._values = _Values(style)
        self._known = _tree(known)
        self._has_all = {*known} <= {*columns}
        self._read_model: Callable[[Any], dict[str, Any]] | None = None

    def reader(self, kind: type) -> Callable[[Any], dict[str, Any]] | None:
        """Give the function that makes rows of entities of a class; ``None`` if none can."""
        if kind is self._model:
            if self._read_model is None:
                self._read_model = self._write_reader()
            return self._read_model
        if issubclass(kind, Mapping):
            return self._read_object
        return self._read_carefully if issubclass(kind, Model) else None

    def _read_object(self, entity: Any) -> dict[str, Any]:
        return self._read_carefully(mask_secrets(dict(entity)) if self._style.masks else entity)

    def _read_carefully(self, entity: Any) -> dict[str, Any]:
        return {column.name: self._cell(entity, column) for column in self._columns}

    def _cell(self, entity: Any, column: Column) -> Any:
        if not column.path:
            return self._values.cell(self._others(entity, self._known))
        value = entity
        for step in column.path:
            value = _inside(value, *step)
            if value is None:
                return None
        if column.is_secret and self._style.masks:
            return MASK
        is_local = column.wanted == "LocalDateTime"
        return self._values.local(value) if is_local else self._values.cell(value)

    def _others(self, value: Any, known: Mapping[str, Any]) -> dict[str, Any] | None:
        """Gather what is set and has no column."""
        found: dict[str, Any] = {}
        for name, item in self._values.fields(value).items():
            if name not in known:
                found[name] = item
            elif item is not None and (columns := known[name]) is not None:
                if isinstance(item, (Model, Mapping)):
                    inner = self._others(item, columns) or {}
                    found.update((f"{name}.{key}", one) for key, one in inner.items())
                else:
                    found[name] = item
        return found or None

    def _unknown(self, *owners: tuple[str, Any]) -> Any:
        """Write what this version does not know, of the models that have columns."""
        found: dict[str, Any] = {}
        for prefix, owner in owners:
            if owner is not None and owner._unknown:
                unknown = self._values.masked(owner._unknown)
                found.update((f"{prefix}{name}", value) for name, value in unknown.items())
        return self._values.cell(found)

    # The function that is written

    def _write_reader(self) -> Callable[[Any], dict[str, Any]]:
        names: dict[str, Any] = {
            "MASK": MASK,
            "careful": self._read_carefully,
            "cell": self._values.cell,
            "iso": _iso,
            "local": self._values.local,
            "ready": self._values.ready.issuperset,
            "unknown": self._unknown,
        }
        source = "\n".join(self._lines(names))
        code = compile(source, f"<rows of {self._model.__name__}>", "exec")
        # Names of fields that a class declares, and those of columns as repr has them, are all
        # there is in the source: nothing that has come over the wire.
        exec(code, names)  # noqa: S102
        read: Callable[[Any], dict[str, Any]] = names["read"]
        return read

    def _lines(self, names: dict[str, Any]) -> Iterator[str]:
        variables: dict[tuple[Step, ...], str] = {(): "entity"}
        items: list[str] = []
        yield "def read(entity):"
        yield "    try:"
        for number, column in enumerate(self._columns):
            if column.is_field:
                *owners, (attribute, _) = column.path
                variable = "entity"
                for length, (name, _) in enumerate(owners, start=1):
                    outer, path = variable, column.path[:length]
                    variable = variables.setdefault(path, f"inner{len(variables)}")
                    yield f"        {variable} = {_of(outer, f'{outer}.{name}')}"
                value = _of(variable, self._expression(column, f"{variable}.{attribute}"))
            elif column.path or not self._has_all:
                names[f"column{number}"] = partial(self._cell, column=column)
                value = f"column{number}(entity)"
            else:
                value = self._unknown_expression(variables)
            items.append(f"{column.name!r}: {value},")
        yield "        row = {"
        yield from (f"            {item}" for item in items)
        yield "        }"
        yield "    except AttributeError:"
        yield "        return careful(entity)"
        yield "    if not ready(map(type, row.values())):"
        yield "        for name, value in row.items():"
        yield "            row[name] = cell(value)"
        yield "    return row"

    def _expression(self, column: Column, access: str) -> str:
        style = self._style
        if column.is_secret and style.masks:
            return f"None if {access} is None else MASK"
        if column.wanted in _SCALARS or (column.wanted == "datetime" and not style.iso_dates):
            return access
        if column.wanted in ("datetime", "LocalDateTime"):
            write = "iso" if column.wanted == "datetime" else "local"
        elif style.json_text:
            write = "cell"
        else:  # written in the end, with whatever else is not as it is wanted
            return access
        return f"None if (value := {access}) is None else {write}(value)"

    def _unknown_expression(self, variables: Mapping[tuple[Step, ...], str]) -> str:
        owners: list[str] = []
        conditions: list[str] = []
        for path, variable in variables.items():
            prefix = "".join(f"{step[self._style.wire_names]}." for step in path)
            owners.append(f"({prefix!r}, {variable})")
            conditions.append(_of(variable, f"{variable}._unknown"))
        condition = " or ".join(f"({one})" for one in conditions)
        return f"unknown({', '.join(owners)}) if {condition} else None"


_SCALARS = ("str", "int", "float", "bool")


def _of(owner: str, expression: str) -> str:
    return expression if owner == "entity" else f"None if {owner} is None else {expression}"


def _tree(columns: Iterable[Column]) -> dict[str, Any]:
    """Arrange columns by the names on the way to them, of both kinds; a column itself is None."""
    tree: dict[str, Any] = {}
    for column in columns:
        node: Any = tree
        for names in column.path[:-1]:
            inner: dict[str, Any] = {}
            for name in names:
                inner = node.setdefault(name, inner)
            node = inner
        for name in column.path[-1] if column.path else ():
            node[name] = None
    return tree


def _inside(value: Any, name: str, wire_name: str) -> Any:
    """Give what a model, a JSON object or a list has under a name; ``None`` if it has not."""
    if isinstance(value, Model):
        if name in value.swagger_types:
            return field_value(value, name)
        return (getattr(value, "_unknown", None) or {}).get(wire_name)
    if isinstance(value, Mapping):
        found = value.get(wire_name)
        return value.get(name) if found is None else found
    if isinstance(value, (list, tuple)) and name.isdecimal() and int(name) < len(value):
        return value[int(name)]
    return None


# Values


class _Values:
    """Writes values in a style."""

    def __init__(self, style: Style) -> None:
        self._style = style
        dates = () if style.iso_dates else (datetime, date)
        self.ready: frozenset[type] = frozenset({str, int, float, bool, NoneType, *dates})

    def cell(self, value: Any) -> Any:
        """Write a value of any kind."""
        if value.__class__ in self.ready:
            return value
        plain = self._plain(self.masked(value))
        if self._style.json_text and isinstance(plain, (dict, list)):
            return json.dumps(plain, ensure_ascii=False, default=_date_text)
        return plain

    def local(self, value: Any) -> Any:
        """Write a date and time that may be without a time zone."""
        if self._style.iso_dates and isinstance(value, datetime) and value.tzinfo is None:
            return value.isoformat(timespec="milliseconds")
        return self.cell(value)

    def masked(self, value: Any) -> Any:
        """Mask what stands under the name of a secret."""
        is_open = isinstance(value, (dict, list, tuple))
        return mask_secrets(value) if self._style.masks and is_open else value

    def fields(self, value: Any) -> dict[str, Any]:
        """Give what is set of a model, or what is in a JSON object, by the names in use."""
        if not isinstance(value, Model):
            return {str(name): item for name, item in value.items()}
        kind, is_wire = type(value), self._style.wire_names
        fields = dict(self.masked(getattr(value, "_unknown", None) or {}))
        for name, wire_name in kind.attribute_map.items():
            item = field_value(value, name)
            if item is not None:
                if self._style.masks and name in kind.secret_fields:
                    item = MASK
                elif kind.swagger_types[name] == "LocalDateTime":
                    item = self.local(item)
                fields[wire_name if is_wire else name] = self.masked(item)
        return fields

    def _plain(self, value: Any) -> Any:
        if value.__class__ in self.ready:
            return value
        if isinstance(value, (Model, Mapping)):
            return {name: self._plain(item) for name, item in self.fields(value).items()}
        if isinstance(value, (list, tuple)):
            return [self._plain(item) for item in value]
        if isinstance(value, date):
            return _date_text(value) if self._style.iso_dates else value
        # Imported here for the sake of start-up time: few values are of other kinds.
        from decimal import Decimal
        from uuid import UUID

        return str(value) if isinstance(value, (Decimal, UUID)) else to_json_value(value)


def _iso(moment: datetime) -> str:
    if moment.tzinfo is timezone.utc:
        return moment.isoformat("T", "milliseconds")[:-6] + "Z"
    return format_datetime(moment)


def _date_text(value: date) -> str:
    return _iso(value) if isinstance(value, datetime) else value.isoformat()
