"""Text from a command line as the value that a parameter or a field takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from .._wire.decoder import decode
from .._wire.json_values import parse_json
from .._wire.year_month import YearMonth
from .files import read_argument


class Kind(NamedTuple):
    """How a value is written on a command line; ``convert`` raises ``ValueError``."""

    metavar: str
    convert: Callable[[str], Any]
    known: tuple[str, ...] = ()
    """For help and completion; the service may take others."""
    multiple: bool = False
    is_flag: bool = False
    """Whether there are an option for true and one for false, both without a value."""


def choose_kind(hint: Any) -> Kind:
    """Choose how a value of a type is written: as JSON if it is no plain value."""
    choices = [one for one in _choices(hint) if one is not NoneType]
    known = [value for one in choices if get_origin(one) is Literal for value in get_args(one)]
    others = [one for one in choices if get_origin(one) is not Literal]
    if known and others in ([], [str]):
        return Kind("TEXT", str, known=tuple(map(str, known)))
    if set(others) & {date, datetime}:  # a text will do as well, if it is one of these
        others = [one for one in others if one is not str]
    if len(others) == 1 and get_origin(others[0]) in (list, Sequence):
        item = choose_kind(get_args(others[0])[0])
        return item._replace(multiple=True, is_flag=False)
    if len(others) == 1 and others[0] in _KINDS:
        return _KINDS[others[0]]
    return Kind("JSON", read_json)


def _choices(hint: Any) -> list[Any]:
    return list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]


def read_json(text: str) -> Any:
    """Read JSON, or ``@FILE`` with JSON in it."""
    if not text.startswith("@"):
        return parse_text(text)
    content = read_argument(text)
    try:
        return parse_text(content)
    except ValueError as error:
        raise ValueError(f"{text[1:]}: {error}") from None


def parse_text(text: str) -> Any:
    """Read JSON."""
    try:
        return parse_json(text.encode())
    except ValueError as error:  # a UnicodeEncodeError of a surrogate included
        raise ValueError(f"not JSON: {error}") from None


def _moment(text: str) -> Any:
    return decode(text, "datetime")


def _number(kind: type[int] | type[float], words: str) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        try:
            return kind(text)
        except ValueError:
            raise ValueError(f"{text!r} is not {words}") from None

    return convert


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a date such as 2019-08-14") from None


def _truth(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(f"{text!r} is neither true nor false")
    return text.lower() == "true"


_KINDS: dict[Any, Kind] = {
    str: Kind("TEXT", str),
    int: Kind("NUMBER", _number(int, "a whole number")),
    float: Kind("NUMBER", _number(float, "a number")),
    bool: Kind("true|false", _truth, is_flag=True),
    datetime: Kind("TIME", _moment),
    date: Kind("DATE", _day),
    YearMonth: Kind("MONTH", str),
}
