"""JSON values to Python values and back, by swagger type name.

The type names are those of ``swagger_types``: ``str``, ``int``, ``float``, ``bool``, ``object``,
``date``, ``datetime``, ``list[T]``, ``dict(str, T)`` and the names of models. This module knows no
model: each one registers its decoder under its name, and a name is looked up, never evaluated.

A decoder takes a JSON value and returns the Python value, or raises ``WrongShapeError``. Decoders
are built once per type name and kept.
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from typing_extensions import Self

Decoder = Callable[[Any], Any]

_decoders: dict[str, Decoder] = {}

_careful_decoders: dict[str, Decoder] = {}


class ApiNullValue:
    """Sends a JSON null, where ``None`` would leave the field out of the request.

    >>> LineIntegrationRequest(service_code=ApiNullValue()).to_json()
    '{"serviceCode": null}'
    """

    if TYPE_CHECKING:

        def __new__(cls) -> Any:
            """Fits a field of any type, as far as a type checker is concerned."""

    def __repr__(self) -> str:
        return "ApiNullValue()"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ApiNullValue)

    def __hash__(self) -> int:
        return hash(ApiNullValue)


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


def parse_json(text: bytes) -> Any:
    """Parse a JSON text as RFC 8259 has it: UTF-8, and no NaN or Infinity.

    Args:
        text: The bytes of a response body.

    Returns:
        The JSON value.

    Raises:
        ValueError: The text is not JSON, not UTF-8, or nested too deeply to be read.
    """
    try:
        return _JSON.decode(text.decode("utf-8"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def format_json(value: Any) -> str:
    """Write a Python value as JSON text, models and dates included.

    Args:
        value: What ``to_json_value`` takes.

    Returns:
        The text, in ASCII.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: A float is NaN or infinite, or the value contains itself.
    """
    return json.dumps(to_json_value(value))


def to_json_value(value: Any) -> Any:
    """Turn a Python value into what the ``json`` module can write.

    Args:
        value: A model, a dict with string keys, a list or tuple, a date or datetime, a plain JSON
            value, or ``ApiNullValue()``.

    Returns:
        The JSON value.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: The value contains itself, or is nested too deeply.
    """
    try:
        return _to_json_value(value)
    except RecursionError:
        raise ValueError("the value contains itself, or is nested too deeply") from None


def _to_json_value(value: Any) -> Any:
    if value is None or isinstance(value, (str, int)):
        return value
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
    raise NoJsonFormError(f"a value of type {type(value).__name__} has no JSON form")


def _finite(value: float) -> float:
    if math.isfinite(value):
        return value
    raise UnsendableError(f"{value} has no JSON form")


def _wire_fields(model: Any) -> dict[str, Any]:
    """Everything that is set, under its wire name; what a later version added included."""
    known = {
        wire_name: value
        for name, wire_name in model.attribute_map.items()
        if (value := getattr(model, name)) is not None
    }
    return {**(getattr(model, "_unknown", None) or {}), **known}


def _object_to_json_value(items: dict[Any, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    key: Any = None
    try:
        for key, value in items.items():
            if not isinstance(key, str):
                raise NoJsonFormError("the keys of a JSON object are strings")
            result[key] = _to_json_value(value)
    except (NoJsonFormError, UnsendableError) as error:
        raise error.inside(f".{key}") from None
    return result


def _array_to_json_value(items: list[Any] | tuple[Any, ...]) -> list[Any]:
    result: list[Any] = []
    try:
        for value in items:
            result.append(_to_json_value(value))
    except (NoJsonFormError, UnsendableError) as error:
        raise error.inside(f"[{len(result)}]") from None
    return result


def format_datetime(moment: datetime) -> str:
    """Write a moment as the service does: ISO 8601 in UTC, with milliseconds and ``Z``.

    Args:
        moment: The moment; without a time zone it is taken to be in UTC.

    Returns:
        For example ``2019-08-14T09:30:00.000Z``.

    Raises:
        ValueError: The moment lies outside the years 1 to 9999 in UTC.
    """
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
        except OverflowError as error:
            raise UnsendableError(f"{moment} is out of range in UTC") from error
    return moment.isoformat(timespec="milliseconds") + "Z"


def register(name: str, decoder: Decoder, *, careful: Decoder) -> None:
    """Make a model known under its name.

    Args:
        name: The name by which other types refer to it.
        decoder: Turns a JSON value into the model.
        careful: Does the same without shortcuts; a bound class method of the model.

    Raises:
        TypeError: Another module has a model of that name.
    """
    known = _careful_decoders.get(name)
    if known is not None and _origin(known) != _origin(careful):
        raise TypeError(f"there is a model named {name} already, in {_origin(known)}")
    _decoders[name] = decoder
    _careful_decoders[name] = careful


def decode(value: Any, decoder: Decoder) -> Any:
    """Turn a JSON value into a Python value.

    Args:
        value: The JSON value.
        decoder: What ``decoder_for`` gave for its type.

    Returns:
        The Python value.

    Raises:
        ValueError: The value does not fit the type, or is nested too deeply to be read.
    """
    try:
        return decoder(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decoder_for(type_name: str) -> Decoder:
    """Find the decoder of a type.

    Args:
        type_name: A swagger type name.

    Returns:
        The function that decodes a JSON value of that type.

    Raises:
        ValueError: There is no such type.
    """
    return _find(_decoders, type_name)


def careful_decoder_for(type_name: str) -> Decoder:
    """Find the decoder of a type that takes no shortcuts, and says exactly what is wrong.

    Args:
        type_name: A swagger type name.

    Returns:
        The function that decodes a JSON value of that type.

    Raises:
        ValueError: There is no such type.
    """
    return _find(_careful_decoders, type_name)


def _find(decoders: dict[str, Decoder], type_name: str) -> Decoder:
    decoder = decoders.get(type_name)
    if decoder is None:
        decoder = decoders[type_name] = _build_decoder(decoders, type_name)
    return decoder


def _build_decoder(decoders: dict[str, Decoder], type_name: str) -> Decoder:
    if type_name.startswith("list[") and type_name.endswith("]"):
        return _list_decoder(_find(decoders, type_name[len("list[") : -1]))
    if type_name.startswith("dict(") and type_name.endswith(")"):
        key_type, _, value_type = type_name[len("dict(") : -1].partition(",")
        if key_type == "str":
            return _dict_decoder(_find(decoders, value_type.strip()))
    raise ValueError(f"there is no type named {type_name!r}")


def _list_decoder(decode_item: Decoder) -> Decoder:
    def decode_list(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise WrongShapeError("an array", value)
        items: list[Any] = []
        try:
            for item in value:
                items.append(decode_item(item))
        except WrongShapeError as error:
            raise error.inside(f"[{len(items)}]") from None
        return items

    return decode_list


def _dict_decoder(decode_item: Decoder) -> Decoder:
    def decode_dict(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongShapeError("an object", value)
        items: dict[str, Any] = {}
        key = ""
        try:
            for key, item in value.items():
                items[key] = None if item is None else decode_item(item)
        except WrongShapeError as error:
            raise error.inside(f".{key}") from None
        return items

    return decode_dict


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
    """Read an ISO 8601 date and time.

    Args:
        value: The text; without an offset it is taken to be in UTC.

    Returns:
        A moment with a time zone.

    Raises:
        WrongShapeError: The value is not a date and time.
    """
    try:
        moment = parse_datetime(value)
    except (TypeError, ValueError):
        moment = _parse_unusual_datetime(value)
    if moment.tzinfo is timezone.utc:
        return moment
    if moment.tzinfo is None:
        return moment.replace(tzinfo=timezone.utc)
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


def _origin(decoder: Decoder) -> str:
    """The module of the model whose bound class method a decoder is."""
    return str(getattr(getattr(decoder, "__self__", None), "__module__", "this package"))


_SCALARS: dict[str, Decoder] = {
    "str": _decode_str,
    "int": _decode_int,
    "float": _decode_float,
    "bool": _decode_bool,
    "object": _decode_object,
    "date": _decode_date,
    "datetime": decode_datetime,
    "LocalDateTime": decode_datetime,
}
_decoders.update(_SCALARS)
_careful_decoders.update(_SCALARS)
