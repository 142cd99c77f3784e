"""Checks of settings, and readers of what stands in the environment or a file.

A check makes a value of what code says, or raises ValueError or TypeError; ``checked`` puts the
name of the setting before the message.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable
from typing import Any, TypeVar, cast

from .._wire.headers import BLANKS_AROUND, LEFT_AROUND, is_bare, is_trimmed
from .._wire.names import expand_home

T = TypeVar("T")

RequestTimeout = float | tuple[float, float]
"""Seconds for connecting and for each wait between bytes: one number for both, or a pair."""

_WORDS: dict[str, bool | None] = {
    "true": True,
    "yes": True,
    "on": True,
    "false": False,
    "no": False,
    "off": False,
    "none": None,
    "": None,
}


def checked(where: str, check: Callable[[Any], T], value: Any) -> T:
    """Check a value, and name it if it cannot be used.

    Args:
        where: What an error message should call it.
        check: Makes a value of it; raises ValueError or TypeError.
        value: What to check.

    Raises:
        ValueError: It cannot be used.
        TypeError: It is of the wrong type.
    """
    try:
        return check(value)
    except (ValueError, TypeError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        value = None  # it may be a secret, and there are tools that show local variables
        raise kind(f"{where}: {error}") from None


def literal(text: str) -> Any:
    """Read a value that is no text: a number, several with commas between, a truth value or none.

    A text that is nothing of that comes back as it is.
    """
    word = text.strip().lower()
    if word in _WORDS:
        return _WORDS[word]
    if "," in word:
        return tuple(map(literal, word.split(",")))
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return text


def none_if_empty(text: str) -> str | None:
    """Read a text that may be missing."""
    return text or None


def bare(text: str) -> str:
    """Read a text around which env files and shells leave what nobody means.

    Raises:
        ValueError: There is something of that.
    """
    if is_bare(text):
        return text
    text = ""  # it may be a secret, and there are tools that show local variables
    raise ValueError(LEFT_AROUND)


def optional(check: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Make a check that lets ``None`` pass."""

    def check_optional(value: Any) -> T | None:
        return None if value is None else check(value)

    return check_optional


def string(value: Any) -> str:
    """Check that a value is text, or a path."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise TypeError(f"give text, not a value of type {type(value).__name__}")
    return value


def file_path(value: Any) -> str:
    """Check that a value is a path; a ``~`` at its beginning becomes a home directory."""
    return expand_home(string(value))


def credential(value: Any) -> str:
    """Check that a value is text without control characters; bytes will do."""
    try:
        text = value.decode("utf-8") if isinstance(value, bytes) else string(value)
    except UnicodeDecodeError:
        raise ValueError("not a text in utf-8") from None
    if not text.isprintable():
        raise ValueError("there is a line break or another control character in it; remove it")
    return text


def client_credential(value: Any) -> str:
    """Check the id or the secret of an OAuth client, around which there are no blanks."""
    text = credential(value)
    if is_trimmed(text):
        return text
    value = text = ""  # it may be a secret, and there are tools that show local variables
    raise ValueError(BLANKS_AROUND)


def boolean(value: Any) -> bool:
    """Check that a value is true or false; 1 and 0 will do."""
    if value not in (0, 1) or isinstance(value, float):
        raise ValueError(f"give true or false, not {value!r}")
    return bool(value)


def whole_number(least: int) -> Callable[[Any], int]:
    """Make a check for whole numbers that are not below ``least``."""

    def check_whole_number(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"give a whole number from {least} up, not {value!r}")
        return value

    return check_whole_number


def seconds(value: Any) -> float:
    """Check that a value is a time above zero, and not longer than Python can wait."""
    if not _is_number(value) or not 0 < value <= threading.TIMEOUT_MAX:
        raise ValueError(f"give a number of seconds above zero, not {value!r}")
    return cast("float", value)


def seconds_or_zero(value: Any) -> float:
    """Check that a value is a time, and not longer than Python can wait."""
    if not _is_number(value) or not 0 <= value <= threading.TIMEOUT_MAX:
        raise ValueError(f"give a number of seconds, not {value!r}")
    return cast("float", value)


def positive_number(value: Any) -> float:
    """Check that a value is a number above zero."""
    if not _is_number(value) or not 0 < value < math.inf:
        raise ValueError(f"give a number above zero, not {value!r}")
    return cast("float", value)


def time_limits(value: Any) -> RequestTimeout:
    """Check the limits for connecting and for each wait between bytes."""
    try:
        if isinstance(value, tuple):
            connect, read = value
            return seconds(connect), seconds(read)
        return seconds(value)
    except ValueError:
        raise ValueError(
            f"give a number of seconds above zero, or a (connect, read) pair of them, not {value!r}"
        ) from None


def as_pair(timeout: RequestTimeout) -> tuple[float, float]:
    """Give the limits for connecting and for each wait between bytes."""
    return timeout if isinstance(timeout, tuple) else (timeout, timeout)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
