"""Python values to JSON values, and JSON text to both ends."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import date, datetime, timezone
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from typing_extensions import Self

__all__ = ["ApiNullValue"]


class ApiNullValue:
    """Sends a JSON null, where ``None`` would leave the field out of the request.

    There is one of it: copies and pickles give the same again.

    >>> body = LineIntegrationRequest(service_code=ApiNullValue())
    >>> ApiClient().sanitize_for_serialization(body)
    {'serviceCode': None}
    """

    __slots__ = ()

    def __new__(cls) -> Any:
        """Give the one; it fits a field of any type, as far as a type checker is concerned."""
        return _NULL if cls is ApiNullValue else object.__new__(cls)

    def to_dict(self) -> None:
        """Give what it stands for."""

    def to_json(self) -> None:
        """Give what it stands for."""

    def __reduce__(self) -> tuple[type[ApiNullValue], tuple[()]]:
        return ApiNullValue, ()

    def __repr__(self) -> str:
        return "ApiNullValue()"


_NULL = object.__new__(ApiNullValue)


class _PlacedError(Exception):
    """An error about a value somewhere inside another; its message says where, never what.

    The value could be a secret.
    """

    def __init__(self, complaint: str) -> None:
        super().__init__(complaint)
        self.complaint = complaint
        self.path: str = ""

    def inside(self, place: str) -> Self:
        """Say where, seen from the value that holds this one at ``place``."""
        self.path = place + self.path
        return self

    def first_place(self) -> str:
        """The field of the outermost object in which the value is."""
        return re.split(r"[.\[]", self.path.removeprefix("."), maxsplit=1)[0]

    def __str__(self) -> str:
        return f"{self.path.removeprefix('.')}: {self.complaint}" if self.path else self.complaint


class WrongShapeError(_PlacedError, ValueError):
    """A JSON value that does not fit its declared type."""

    def __init__(self, expected: str, found: object) -> None:
        """Say what a value should have been, and of what type it is."""
        super().__init__(f"expected {expected}, found {_json_type(found)}")


class NoJsonFormError(_PlacedError, TypeError):
    """A Python value of a type that cannot be sent as JSON."""


class UnsendableError(_PlacedError, ValueError):
    """A Python value that cannot be sent as JSON, although others of its type can."""


_ENDLESS = "the value contains itself, or is nested too deeply"


BYTE_ORDER_MARK = "\ufeff"
"""What some writers put before a text, and RFC 8259 lets a reader ignore."""


def parse_json(text: bytes) -> Any:
    """Parse a JSON text as RFC 8259 has it: UTF-8, and no NaN or Infinity.

    Raises:
        ValueError: The text is not JSON, not UTF-8, or nested too deeply to be read.
    """
    try:
        return _JSON.decode(text.decode("utf-8").removeprefix(BYTE_ORDER_MARK))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def format_json(value: Any) -> str:
    """Write a value as JSON text in ASCII.

    Args:
        value: A JSON value; what hooks may have put into it is turned into one by the way.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: A float is NaN or infinite, or the value contains itself.
    """
    return _write(value, to_json_value)


def format_plain(value: Any) -> str:
    """Write what ``Model.to_dict`` gives as JSON text, dates as ``isoformat`` has them.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: A float is NaN or infinite, or the value contains itself.
    """
    return _write(value, _plain_json_value)


def _write(value: Any, default: Callable[[Any], Any]) -> str:
    try:
        return json.dumps(value, default=default, allow_nan=False)
    except RecursionError:
        raise ValueError(_ENDLESS) from None


def _plain_json_value(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else to_json_value(value)


def to_json_value(value: Any) -> Any:
    """Turn a Python value into what the ``json`` module can write.

    Args:
        value: A model, a dict with string keys, a list or tuple, a date or datetime, a member of
            an enumeration, a plain JSON value, or ``ApiNullValue()``.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: The value contains itself, or is nested too deeply.
    """
    try:
        return _to_json_value(value)
    except RecursionError:
        raise UnsendableError(_ENDLESS) from None


def body_to_json_value(body: Any, name: str = "body") -> Any:
    """Turn a body into a JSON value; an error that is about none of its fields names the body.

    Raises:
        TypeError: Something in the body has no JSON form.
        ValueError: The body contains itself, or is nested too deeply.
    """
    try:
        return to_json_value(body)
    except (NoJsonFormError, UnsendableError) as error:
        raise error if error.path.startswith(".") else error.inside(name) from None


_AS_IT_IS = frozenset({str, bool, type(None)})

_SURELY_WRITTEN = 2000
"""Bits of a whole number that Python writes whatever its limit, which is no less than this."""


def _to_json_value(value: Any) -> Any:
    if value.__class__ in _AS_IT_IS:
        return value
    if value.__class__ is int:
        return value if value.bit_length() < _SURELY_WRITTEN else _written(value)
    if isinstance(value, float):
        return _finite(value)
    if isinstance(value, dict):
        return _object_to_json_value(value)
    if isinstance(value, (list, tuple)):
        return _array_to_json_value(value)
    if isinstance(value, datetime):
        return format_datetime(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, ApiNullValue):
        return None
    if hasattr(value, "attribute_map"):
        return _object_to_json_value(_wire_fields(value))
    # Imported here for the sake of start-up time: few values are of other kinds.
    from .plain_values import plain_value

    try:
        plain = plain_value(value)
    except ValueError as error:
        raise UnsendableError(str(error)) from None
    if plain is not value:
        return _to_json_value(plain)
    raise NoJsonFormError(f"a value of type {type(value).__name__} has no JSON form")


def _written(value: int) -> int:
    try:
        str(value)
    except ValueError:
        # Imported here for the sake of start-up time: few numbers have thousands of digits.
        from .plain_values import TOO_LARGE

        raise UnsendableError(TOO_LARGE) from None
    return value


def _finite(value: float) -> float:
    if math.isfinite(value):
        return float(value)
    raise UnsendableError(f"{value} has no JSON form")


def _wire_fields(model: Any) -> dict[str, Any]:
    """Everything that is set, under its wire name; what a later version added included."""
    names = model.attribute_map.items()
    try:
        known = {
            wire_name: value
            for name, wire_name in names
            if (value := getattr(model, name)) is not None
        }
    except AttributeError:
        known = {
            wire_name: value
            for name, wire_name in names
            if (value := field_value(model, name)) is not None
        }
    # Not by inheritance: a subclass has fields of its own.
    local_times = vars(type(model)).get("_local_times")
    if local_times is None:
        local_times = _find_local_times(type(model))
    for wire_name in local_times:
        if wire_name in known:
            known[wire_name] = _without_zone(known[wire_name])
    return {**(getattr(model, "_unknown", None) or {}), **known}


def _find_local_times(model: Any) -> tuple[str, ...]:
    """The wire names of fields that are date-times without a time zone; few models have any."""
    types = getattr(model, "swagger_types", {})
    names = getattr(model, "attribute_map", {})  # which the vendor's models have in the instance
    found = tuple(wire for name, wire in names.items() if types.get(name) == "LocalDateTime")
    model._local_times = found
    return found


def _without_zone(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is None and value == value:
        return value.isoformat(timespec="milliseconds")
    return value


def field_value(model: Any, name: str) -> Any:
    """Read a field of a model that may have been deleted, or never set: then it is ``None``.

    To have that noticed by the model would make every access slower.

    Raises:
        AttributeError: A property that stands for the field raises it.
    """
    try:
        return getattr(model, name)
    except AttributeError:
        place = getattr(type(model), name, None)
        # What a property has failed at would be left out of a request in silence.
        if place is None or isinstance(place, MemberDescriptorType):
            return None
        raise


def _object_to_json_value(items: dict[Any, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    key: Any = None
    try:
        for key, value in items.items():
            result[key if key.__class__ is str else _key(key)] = _to_json_value(value)
    except (NoJsonFormError, UnsendableError) as error:
        raise error.inside(f".{key}") from None
    return result


def _key(key: Any) -> str:
    # Imported here for the sake of start-up time, as above.
    from .plain_values import plain_value

    name = plain_value(key)
    if not isinstance(name, str):
        raise NoJsonFormError("the keys of a JSON object are strings")
    return name


def _array_to_json_value(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    result: list[Any] = []
    try:
        for value in items:
            result.append(_to_json_value(value))
    except (NoJsonFormError, UnsendableError) as error:
        raise error.inside(f"[{len(result)}]") from None
    return result


def format_datetime(moment: datetime) -> str:
    """Write a moment as the service does, for example ``2019-08-14T09:30:00.000Z``.

    Args:
        moment: The moment; without a time zone it is taken to be in UTC.

    Raises:
        ValueError: The moment lies outside the years 1 to 9999 in UTC, or is none.
    """
    if moment != moment:  # by which NaT, the missing date of pandas, shows
        raise UnsendableError(f"{moment} is no date")
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError as error:
            raise UnsendableError(f"{moment} is out of range in UTC") from error
    return moment.isoformat(timespec="milliseconds") + "Z"


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _parse_float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("a number is too large")
    return value


_JSON = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_parse_float)


def _json_type(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "an object"
