"""The types of what comes: their names, and a decoder for each that takes no shortcuts.

A type is the name of a scalar (``str``, ``int``, ``float``, ``bool``, ``object``, ``date``,
``datetime``, ``LocalDateTime``, ``YearMonth``), a model class, or a ``ListOf`` or ``DictOf`` of
another type. In ``swagger_types``, and where callers name one, it is written as the generator
family does: ``list[UriReference]``, ``dict(str, int)``.

A decoder takes a JSON value and returns the Python value, or raises ``WrongShapeError``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from .json_values import WrongShapeError

Decoder = Callable[[Any], Any]


class ListOf(NamedTuple):
    """The type of a list."""

    item: Any


class DictOf(NamedTuple):
    """The type of a dict, whose keys are text."""

    value: Any


class ModelName(NamedTuple):
    """The type of a model that is looked up when something of it comes."""

    name: str
    find_model: Callable[[str], type | None]

    def model(self) -> Any:
        """Give the model."""
        return self.find_model(self.name)


WITHOUT_ZONE = "without a time zone"
"""What marks the annotation of a date and time as a local one."""


_SCALARS = {
    str: "str",
    int: "int",
    float: "float",
    bool: "bool",
    Any: "object",
}


def type_of(hint: Any) -> Any:
    """Give the type that an annotation stands for.

    Raises:
        TypeError: A field cannot have that type.
    """
    origin = get_origin(hint)
    if origin is Annotated:
        inner, *marks = get_args(hint)
        return "LocalDateTime" if WITHOUT_ZONE in marks else type_of(inner)
    if origin in (Union, UnionType):
        choices = {type_of(one) for one in get_args(hint) if one is not NoneType}
        if len(choices) == 1:
            return choices.pop()
    if isinstance(hint, TypeVar):
        return "object"
    if origin is Literal:  # the known values of an enumeration
        return _SCALARS[type(get_args(hint)[0])]
    if origin is list:
        return ListOf(type_of(get_args(hint)[0]))
    if origin is dict and get_args(hint)[0] is str:
        return DictOf(type_of(get_args(hint)[1]))
    if hint in _SCALARS:
        return _SCALARS[hint]
    if hint in (date, datetime):  # looked up now: freezegun has others while it stops the clock
        return "datetime" if hint is datetime else "date"
    if is_model(hint):
        return hint
    # Imported here for the sake of start-up time: few models have such a field.
    from .year_month import YearMonth

    if hint is YearMonth:
        return "YearMonth"
    raise TypeError(f"{hint} is not a type that a model field can have")


def is_model(value: object) -> bool:
    """Whether something is a model class."""
    return isinstance(value, type) and hasattr(value, "attribute_map")


def model_of(wanted: Any) -> Any:
    """Give the model that a type is, or ``None`` if it is none."""
    return wanted.model() if isinstance(wanted, ModelName) else wanted if is_model(wanted) else None


def type_name(wanted: Any) -> str:
    """Write a type as the generator family does."""
    if isinstance(wanted, ListOf):
        return f"list[{type_name(wanted.item)}]"
    if isinstance(wanted, DictOf):
        return f"dict(str, {type_name(wanted.value)})"
    if isinstance(wanted, ModelName):
        return wanted.name
    return wanted if isinstance(wanted, str) else str(wanted.__name__)


def parse_type(name: str, find_model: Callable[[str], Any]) -> Any:
    """Give the type of a name; it is looked up, never evaluated.

    Args:
        name: For example ``list[FacebookIntegration]``.
        find_model: Gives the model of a name, if there is one.

    Raises:
        ValueError: There is no such type.
    """
    if name in SCALAR_DECODERS:
        return name
    if name.startswith("list[") and name.endswith("]"):
        return ListOf(parse_type(name[len("list[") : -1], find_model))
    if name.startswith("dict(") and name.endswith(")"):
        key, _, value = name[len("dict(") : -1].partition(",")
        if key == "str":
            return DictOf(parse_type(value.strip(), find_model))
    model = find_model(name)
    if model is None:
        raise ValueError(f"there is no type named {name!r}")
    return model


def decode_list(items: Any, find_decoder: Callable[[], Decoder]) -> list[Any]:
    """Decode an array, and say which of its items is wrong.

    Args:
        items: The array.
        find_decoder: Gives what decodes an item; called if there is one.
    """
    if not isinstance(items, list):
        raise WrongShapeError("an array", items)
    decoded: list[Any] = []
    if not items:
        return decoded
    decode_item = find_decoder()
    try:
        for item in items:
            decoded.append(decode_item(item))
    except WrongShapeError as error:
        raise error.inside(f"[{len(decoded)}]") from None
    return decoded


def decode_dict(values: Any, find_decoder: Callable[[], Decoder]) -> dict[str, Any]:
    """Decode an object whose keys are data, and say under which of them something is wrong.

    Args:
        values: The object.
        find_decoder: Gives what decodes a value; called if there is one.
    """
    if not isinstance(values, dict):
        raise WrongShapeError("an object", values)
    decoded: dict[str, Any] = {}
    if not values:
        return decoded
    decode_value, key = find_decoder(), ""
    try:
        for key, value in values.items():
            decoded[key] = None if value is None else decode_value(value)
    except WrongShapeError as error:
        raise error.inside(f".{key}") from None
    return decoded


def _decode_str(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise WrongShapeError("a string", value)


def _decode_int(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    # JSON has one kind of number: 3.0 is an integer to most of the world's writers.
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise WrongShapeError("an integer", value)


def _decode_float(value: Any) -> float:
    if isinstance(value, float) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise WrongShapeError("a number", value)


def _decode_bool(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    raise WrongShapeError("true or false", value)


def _decode_object(value: Any) -> Any:
    return value


def _decode_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongShapeError("an ISO 8601 date", value) from None


def decode_datetime(value: Any) -> datetime:
    """Read an ISO 8601 date and time; without an offset it is taken to be in UTC."""
    moment = _decode_local_datetime(value)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)


def _decode_local_datetime(value: Any) -> datetime:
    """Read an ISO 8601 date and time, which has no time zone unless one came with it."""
    try:
        moment = parse_datetime(value)
    except (TypeError, ValueError):
        moment = _parse_unusual_datetime(value)
    if moment.tzinfo is None or moment.tzinfo is timezone.utc:
        return moment
    try:
        moment.astimezone(timezone.utc)
    except OverflowError:
        raise WrongShapeError("a date and time between the years 1 and 9999", value) from None
    return moment


if sys.version_info >= (3, 11):
    parse_datetime: Callable[[str], datetime] = datetime.fromisoformat
else:

    def parse_datetime(value: str) -> datetime:
        """Spell out the Z, which ``datetime.fromisoformat`` reads only since Python 3.11."""
        return datetime.fromisoformat(value[:-1] + "+00:00" if value[-1:] == "Z" else value)


def _parse_unusual_datetime(value: Any) -> datetime:
    """Read the forms of ISO 8601 that ``datetime.fromisoformat`` does not."""
    if not isinstance(value, str):
        raise WrongShapeError("a date and time", value)
    # Imported here for the sake of start-up time: the service's own form never comes this way.
    from dateutil.parser import isoparse

    try:
        return isoparse(value)
    except (ValueError, OverflowError):
        raise WrongShapeError("an ISO 8601 date and time", value) from None


def _decode_year_month(value: Any) -> Any:
    # Imported here for the sake of start-up time, as above.
    from .year_month import parse_year_month

    try:
        return parse_year_month(value)
    except (TypeError, ValueError):
        raise WrongShapeError("a year and a month", value) from None


SCALAR_DECODERS: dict[str, Decoder] = {
    "str": _decode_str,
    "int": _decode_int,
    "float": _decode_float,
    "bool": _decode_bool,
    "object": _decode_object,
    "date": _decode_date,
    "datetime": decode_datetime,
    "LocalDateTime": _decode_local_datetime,
    "YearMonth": _decode_year_month,
}
