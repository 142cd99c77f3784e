"""Entities as flat rows: their columns, and a function for each model that makes a row of one.

What is done for each field counts, so that function is written for the model and the columns, as
decoders are. It is for what the service sends; any other surprise it leaves to a careful one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timezone
from functools import lru_cache, partial
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple

from .._wire.json_values import field_value, format_datetime, to_json_value
from .._wire.names import camel_case, did_you_mean, snake_case
from .._wire.redaction import MASK, is_secret_among, mask_secrets
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
    """Whether no step is an item of a list, or may be."""
    checked: float = math.inf
    """How many steps models were asked for; beyond that, nobody knows what there may be."""


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


def _chosen_column(name: str, model: Any, style: Style) -> Column:
    """Find a column of a model by its name.

    Raises:
        ValueError: There is none.
    """
    steps: list[Step] = []
    wanted, is_secret, is_field, checked, rest = model, False, True, math.inf, name
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
            checked = min(checked, len(steps))
        else:
            raise ValueError(f"columns: {before} is of type {wanted}, and {name!r} no part of it")
        steps.append(step)
    return Column(name, tuple(steps), wanted, is_secret, is_field, checked)


def _steps(model: Any) -> Iterator[Step]:
    yield from ((other, model.attribute_map[name]) for other, name in model._other_names.items())
    yield from model.attribute_map.items()


def checked_columns(columns: Iterable[Column], advice: str) -> tuple[Column, ...]:
    """Have no more columns than a database takes.

    Raises:
        ValueError: There are more.
    """
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
        known = checked_columns(
            _model_columns(model, style, choice.depth), "give fewer, or columns"
        )
    if choice.columns is None:
        return Table(model, with_others(known, style), style, known)
    columns = [
        Column(name, ()) if name == style.others else _chosen_column(name, model, style)
        for name in choice.columns
    ]
    return Table(model, columns, style, known)


def with_others(columns: tuple[Column, ...], style: Style) -> tuple[Column, ...]:
    """Add the column of what has no other, unless something has its name."""
    is_taken = any(one.name == style.others for one in columns)
    return columns if is_taken else (*columns, Column(style.others, ()))


class Table:
    """Columns, and what makes a row of an entity."""

    def __init__(
        self, model: Any, columns: Sequence[Column], style: Style, known: Iterable[Column]
    ) -> None:
        """Make a table of columns; ``known`` are those of what is no surprise."""
        self.names: list[str] = [one.name for one in columns]
        self.model = model
        self.columns = columns
        self.style = style
        self.values = _Values(style)
        self._known = _tree(known)
        self.has_all = {*known} <= {*columns}
        self._written: dict[type, Callable[[Any], dict[str, Any]]] = {}
        self._found: dict[tuple[type, str, int], Column] = {}

    def reader(self, kind: type) -> Callable[[Any], dict[str, Any]] | None:
        """Give the function that makes rows of entities of a class; ``None`` if none can."""
        if kind in (self.model, dict):
            if kind not in self._written:
                self._written[kind] = _Source(self, is_model=kind is not dict).compiled()
            read = self._written[kind]
            masks = kind is dict and self.style.masks
            return (lambda entity: read(mask_secrets(entity))) if masks else read
        if issubclass(kind, Mapping):
            return self._read_mapping
        return self.read_carefully if issubclass(kind, Model) else None

    def _read_mapping(self, entity: Any) -> dict[str, Any]:
        return self.read_carefully(self.values.masked(entity))

    def read_carefully(self, entity: Any) -> dict[str, Any]:
        """Make a row of an entity of any kind."""
        return {column.name: self.cell(entity, column) for column in self.columns}

    def cell(self, entity: Any, column: Column) -> Any:
        """Write the value of an entity in a column."""
        if self.model is None and isinstance(entity, Mapping) and column.name in entity:
            return self.values.cell(entity[column.name])  # the dot is in a key, as in rows
        return self._follow(entity, column) if column.path else self.others_cell(entity)

    def _follow(self, value: Any, column: Column) -> Any:
        is_secret = column.is_secret
        for position, step in enumerate(column.path):
            if position >= column.checked and isinstance(value, Model):
                return self._follow(value, self._column_of(type(value), column, position))
            value, hides = _inside(value, *step)
            is_secret |= hides
            if value is None:
                return None
        if is_secret and self.style.masks:
            return MASK
        is_local = column.wanted == "LocalDateTime"
        return self.values.local(value) if is_local else self.values.cell(value)

    def _column_of(self, model: type[Model], column: Column, position: int) -> Column:
        """Find the rest of a column in a model that has turned up where nobody knew of one."""
        found = self._found.get((model, column.name, position))
        if found is None:
            rest = ".".join(name for name, _ in column.path[position:])
            found = _chosen_column(rest, model, self.style)
            self._found[model, column.name, position] = found
        return found

    def known_below(self, path: tuple[Step, ...]) -> Mapping[str, Any] | None:
        """Name what is no surprise in a model or dict; ``None`` where nothing is."""
        known: Mapping[str, Any] | None = self._known
        for name, _ in path:
            known = None if known is None else known[name]
        return known

    def others_cell(self, entity: Any) -> Any:
        """Write what of an entity has no column."""
        return self.values.cell(self._others(entity, self._known))

    def _others(self, value: Any, known: Mapping[str, Any]) -> dict[str, Any] | None:
        """Gather what is set and has no column."""
        found: dict[str, Any] = {}
        for name, item in self.values.fields(value).items():
            if name not in known:
                found[name] = item
            elif item is not None and (columns := known[name]) is not None:
                if isinstance(item, (Model, Mapping)):
                    inner = self._others(item, columns) or {}
                    found.update((f"{name}.{key}", one) for key, one in inner.items())
                else:
                    found[name] = item
        return found or None

    def unknown_cell(self, *owners: tuple[str, Any]) -> Any:
        """Write what this version does not know, of the models that have columns."""
        found: dict[str, Any] = {}
        for prefix, owner in owners:
            if owner is not None and owner._unknown:
                unknown = self.values.masked(owner._unknown)
                found.update((f"{prefix}{name}", value) for name, value in unknown.items())
        return self.values.cell(found)


class _Source:
    """Writes the function that makes rows of the models of a table, or of plain dicts."""

    def __init__(self, table: Table, *, is_model: bool) -> None:
        self._table = table
        self._style = table.style
        self._is_model = is_model
        self._variables: dict[tuple[Step, ...], str] = {(): "entity"}
        self._names: dict[str, Any] = {
            "MASK": MASK,
            "careful": table.read_carefully,
            "cell": table.values.cell,
            "iso": _iso,
            "local": table.values.local,
            "others": table.others_cell,
            "ready": table.values.ready.issuperset,
            "unknown": table.unknown_cell,
        }

    def compiled(self) -> Callable[[Any], dict[str, Any]]:
        """Give the function."""
        source = "\n".join(self._lines())
        code = compile(source, f"<rows of {self._table.model}>", "exec")
        # The source has names of fields that a class declares, and what has come only as repr
        # writes texts.
        exec(code, self._names)  # noqa: S102 - see above
        read: Callable[[Any], dict[str, Any]] = self._names["read"]
        return read

    def _lines(self) -> Iterator[str]:
        items: list[str] = []
        yield "def read(entity):"
        yield "    try:"
        for column in self._table.columns:
            if column.is_field:
                yield from self._owner_lines(column.path)
        for number, column in enumerate(self._table.columns):
            if column.is_field:
                owner = self._variables[column.path[:-1]]
                value = _of(owner, self._expression(column, self._access(owner, column.path[-1])))
            elif column.path:
                self._names[f"column{number}"] = partial(self._table.cell, column=column)
                value = f"column{number}(entity)"
            else:
                value = self._others_expression()
            name = repr(column.name)
            if self._table.model is None and column.path != ((column.name, column.name),):
                value = f"entity[{name}] if {name} in entity else {value}"
            items.append(f"{name}: {value},")
        yield "        row = {"
        yield from (f"            {item}" for item in items)
        yield "        }"
        yield "    except AttributeError:"  # something else is in the place of a model or a dict
        yield "        return careful(entity)"
        yield "    if not ready(map(type, row.values())):"
        yield "        for name, value in row.items():"
        yield "            row[name] = cell(value)"
        yield "    return row"

    def _owner_lines(self, path: tuple[Step, ...]) -> Iterator[str]:
        """Put the models or dicts on the way to a field into variables, unless they are there."""
        for length in range(1, len(path)):
            if path[:length] not in self._variables:
                outer = self._variables[path[: length - 1]]
                variable = self._variables[path[:length]] = f"inner{len(self._variables)}"
                yield f"        {variable} = {_of(outer, self._access(outer, path[length - 1]))}"

    def _access(self, owner: str, step: Step) -> str:
        name, wire_name = step
        if self._is_model:
            return f"{owner}.{name}"
        if name == wire_name:
            return f"{owner}.get({name!r})"
        return f"{owner}.get({wire_name!r}, {owner}.get({name!r}))"

    def _expression(self, column: Column, access: str) -> str:
        style, wanted = self._style, column.wanted
        if column.is_secret and style.masks:
            return f"None if {access} is None else MASK"
        if wanted == "LocalDateTime" and style.iso_dates:
            write = "local"
        elif not self._is_model or wanted in _SCALARS:
            return access
        elif wanted == "datetime":
            write = "iso" if style.iso_dates else ""
        else:
            write = "cell" if style.json_text else ""
        # What is not written here is in the end, with whatever else is not as it is wanted.
        return f"None if (value := {access}) is None else {write}(value)" if write else access

    def _others_expression(self) -> str:
        if not self._table.has_all:
            return "others(entity)"
        owners: list[str] = []
        conditions: list[str] = []
        for number, (path, variable) in enumerate(self._variables.items()):
            prefix = "".join(f"{step[self._style.wire_names]}." for step in path)
            owners.append(f"({prefix!r}, {variable})")
            if (known := self._table.known_below(path)) is None:
                continue
            self._names[f"known{number}"] = frozenset(known)
            surprise = f"{variable}._unknown"
            if not self._is_model:
                surprise = f"not {variable}.keys() <= known{number}"
            conditions.append(_of(variable, surprise))
        condition = " or ".join(f"({one})" for one in conditions)
        found = f"unknown({', '.join(owners)})" if self._is_model else "others(entity)"
        return f"{found} if {condition} else None"


_SCALARS = ("str", "int", "float", "bool")


def _of(owner: str, expression: str) -> str:
    return expression if owner == "entity" else f"None if {owner} is None else {expression}"


def _tree(columns: Iterable[Column]) -> dict[str, Any]:
    """Arrange columns by the names on the way to them, of both kinds; a column itself is None."""
    tree: dict[str, Any] = {}
    for column in columns:
        node: Any = tree
        tree.setdefault(column.name, None)
        for names in column.path[:-1]:
            inner: Any = {}
            for name in names:
                inner = node.setdefault(name, inner)
            if inner is None:  # all of it is a column as well
                break
            node = inner
        else:
            node.update(dict.fromkeys(column.path[-1] if column.path else ()))
    return tree


def _inside(value: Any, name: str, wire_name: str) -> tuple[Any, bool]:
    """Give what a model, a JSON object or a list has under a name, and whether it is a secret."""
    if isinstance(value, Model):
        if name in value.swagger_types:
            return field_value(value, name), name in value.secret_fields
        value = getattr(value, "_unknown", None) or {}
    if value.__class__ is dict or isinstance(value, Mapping):
        return value.get(wire_name, value.get(name)), is_secret_among(str(wire_name), value)
    if isinstance(value, (list, tuple)) and name.isdecimal() and int(name) < len(value):
        return value[int(name)], False
    return None, False


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
        if not (self._style.masks and isinstance(value, (Mapping, list, tuple))):
            return value
        return mask_secrets(dict(value) if isinstance(value, Mapping) else value)

    def fields(self, value: Any) -> dict[str, Any]:
        """Give what is set of a model, or what is in a JSON object, by the names in use."""
        if not isinstance(value, Model):
            # A dict has been masked where it was found, together with those around it.
            value = value if isinstance(value, dict) else self.masked(value)
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
