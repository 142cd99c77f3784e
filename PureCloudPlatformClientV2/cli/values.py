"""Text from a command line as the value that a parameter or a field takes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from .._settings.checks import file_path
from .._wire.decoder import decode
from .._wire.json_values import parse_json

EXPOSURE = (
    "a secret on the command line shows in the list of processes and in the history of the shell"
)
"""Why no secret may stand there."""


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
    if len(others) == 1 and get_origin(others[0]) is list:
        item = choose_kind(get_args(others[0])[0])
        return item._replace(multiple=True, is_flag=False)
    if len(others) == 1 and others[0] in _KINDS:
        return _KINDS[others[0]]
    return Kind("JSON", read_json)


def _choices(hint: Any) -> list[Any]:
    return list(get_args(hint)) if get_origin(hint) in (Union, UnionType) else [hint]


def read_argument(text: str) -> str:
    """Read ``@FILE``, or ``@-`` for standard input."""
    path = text[1:]
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(file_path(path)).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not text in UTF-8") from None


def read_json(text: str) -> Any:
    """Read JSON, or ``@FILE`` with JSON in it."""
    place = ""
    if text.startswith("@"):
        place, text = f"{text[1:]}: ", read_argument(text)
    try:
        return parse_json(text.encode())
    except ValueError as error:  # a UnicodeEncodeError of a surrogate included
        raise ValueError(f"{place}not JSON: {error}") from None


def read_secret(text: str) -> str:
    """Read a secret from ``@FILE``, without the line break at its end."""
    if not text.startswith("@"):
        raise ValueError(EXPOSURE)
    secret = read_argument(text).removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ValueError(f"{text[1:]}: there is nothing in it")
    return secret


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
}
