"""Settings: attributes that code, the environment or the configuration file may set.

The first of them that says something counts, then the default. What code sets lies in the instance,
where Python finds it before it asks the descriptor here; so a file that is read again never
overwrites it.
"""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

T = TypeVar("T")
G = TypeVar("G")

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


class Origin(IntEnum):
    """Who may set a value; the one that comes first here counts."""

    CODE = 0
    PROFILE = 1
    ENVIRONMENT = 2
    FILE = 3
    DEFAULT = 4


class FileValues(dict[str, Any]):
    """What a configuration file says, by attribute.

    Attributes:
        of_profile: That part of it which is from the profile.
    """

    of_profile: Mapping[str, Any] = {}


class Setting:
    """Where the value of an attribute comes from; made by ``setting``.

    Attributes:
        name: The attribute.
        default: The value if nobody says anything else.
        check: Makes a value of what code says; raises ValueError or TypeError.
        read: Makes of a text of the environment or the file what code would say.
        env: Environment variables that may hold the value; the first one counts.
        section: Section of the configuration file that may hold the value.
        key: Its key there.
    """

    name: str

    def __init__(
        self,
        default: Any,
        check: Callable[[Any], Any],
        read: Callable[[str], Any],
        env: tuple[str, ...],
        file: str,
    ) -> None:
        """Describe the setting; ``file`` is section and key, with a dot between."""
        self.default = default
        self.check = check
        self.read = read
        self.env = env
        section, _, key = file.partition(".")
        self.section: str = section
        self.key: str = key

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, holder: Settings | None, owner: type) -> Any:
        if holder is None:
            return self
        of_profile = holder.values_of_profile()
        if self.name in of_profile:
            return of_profile[self.name]
        for variable in self.env:
            text = os.environ.get(variable)
            if text:
                return self.value_of(text, variable)
        return holder.values_of_file().get(self.name, self.default)

    def is_in_environment(self) -> bool:
        """Whether one of the environment variables is set, and not empty."""
        return any(os.environ.get(variable) for variable in self.env)

    def value_of(self, given: Any, where: str) -> Any:
        """Make the value of what the environment or the file says.

        Args:
            given: Text, or another value from JSON.
            where: What an error message should call it.

        Returns:
            The value.

        Raises:
            ValueError: It cannot be used.
            TypeError: It is of the wrong type.
        """
        return checked(where, self.check, self.read(given) if isinstance(given, str) else given)


def checked(where: str, check: Callable[[Any], T], value: Any) -> T:
    """Check a value, and name it if it cannot be used.

    Args:
        where: What an error message should call it.
        check: Makes a value of it; raises ValueError or TypeError.
        value: What to check.

    Returns:
        What the check makes of it.

    Raises:
        ValueError: It cannot be used.
        TypeError: It is of the wrong type.
    """
    try:
        return check(value)
    except (ValueError, TypeError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{where}: {error}") from None


def setting(
    default: Any,
    check: Callable[[Any], T],
    *,
    read: Callable[[str], Any] = str,
    env: tuple[str, ...] = (),
    file: str = "",
) -> T:
    """Declare a setting in the body of a subclass of ``Settings``.

    Args:
        default: The value if nobody says anything else.
        check: Makes a value of what code says; raises ValueError or TypeError.
        read: Makes of a text of the environment or the file what code would say.
        env: Environment variables that may hold the value.
        file: Section and key of the configuration file that may hold it, with a dot between.

    Returns:
        The setting; to a type checker, the value that it will have.
    """
    return cast("T", Setting(default, check, read, env, file))


if TYPE_CHECKING:

    class Converted(Generic[T, G]):
        """What a setting is to a type checker that takes more types than it gives."""

        def __get__(self, holder: object, owner: type) -> T: ...
        def __set__(self, holder: object, value: G) -> None: ...


def converted(default: Any, check: Callable[[Any], T], **options: Any) -> Converted[T, Any]:
    """Declare a setting that takes more types than it gives; otherwise as ``setting``.

    Args:
        default: The value if nobody says anything else.
        check: Makes a value of what code says; raises ValueError or TypeError.
        **options: As for ``setting``.

    Returns:
        The setting.
    """
    return cast("Converted[T, Any]", setting(default, check, **options))


class Settings:
    """Something with settings. A name that is none of them is an ``AttributeError``."""

    if not TYPE_CHECKING:  # a visible __setattr__ would make checkers accept every misspelling

        def __setattr__(self, name, value):
            owner = type(self)
            found = getattr(owner, name, None)
            if isinstance(found, Setting):
                if value is None and isinstance(found.default, str):
                    self.__dict__.pop(name, None)  # a text of None takes back what code had set
                    self.note_change()
                    return
                value = checked(name, found.check, value)
            elif not (name.startswith("_") or hasattr(owner, name) or _is_annotated(owner, name)):
                raise AttributeError(
                    f"{owner.__name__} has no setting {name!r}{did_you_mean(name, dir(owner))}"
                )
            super().__setattr__(name, value)
            if isinstance(found, Setting):  # afterwards, or another thread would note the old value
                self.note_change()

        def __delattr__(self, name):
            super().__delattr__(name)
            self.note_change()

    def note_change(self) -> None:
        """Make ``state`` another one."""
        self.__dict__["_state"] = object()

    def state(self) -> tuple[object, object]:
        """Give what is another object after every change in code or in the file.

        It spares whoever has worked something out from the settings doing it again.
        """
        return self.__dict__.get("_state"), self.values_of_file()

    def values_of_file(self) -> Mapping[str, Any]:
        """Give what the configuration file says, by attribute; nothing if there is none."""
        return {}

    def values_of_profile(self) -> Mapping[str, Any]:
        """Give what the profile says that code has chosen, by attribute; nothing if there is none.

        It overrides the environment: who names an organisation in code means that one.
        """
        return {}

    def origin(self, name: str) -> Origin:
        """Tell who has set a value.

        Args:
            name: The setting.

        Returns:
            The first that says something about it.
        """
        if name in self.__dict__:
            return Origin.CODE
        if name in self.values_of_profile():
            return Origin.PROFILE
        if self.settings()[name].is_in_environment():
            return Origin.ENVIRONMENT
        return Origin.FILE if name in self.values_of_file() else Origin.DEFAULT

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """List the settings by name."""
        return {
            name: member
            for owner in reversed(cls.__mro__)
            for name, member in vars(owner).items()
            if isinstance(member, Setting)
        }


def literal(text: str) -> Any:
    """Read a value that is no text: a number, several with commas between, a truth value or none.

    Args:
        text: What stands in the environment or in an INI file.

    Returns:
        The value, or the text itself if it is nothing of that.
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
    """Read a text that may be missing.

    Args:
        text: What stands in the environment or in an INI file.

    Returns:
        It, or ``None`` if it is empty.
    """
    return text or None


def optional(check: Callable[[Any], T]) -> Callable[[Any], T | None]:
    """Make a check that lets ``None`` pass.

    Args:
        check: The check of any other value.

    Returns:
        The check.
    """

    def check_optional(value: Any) -> T | None:
        return None if value is None else check(value)

    return check_optional


def string(value: Any) -> str:
    """Check that a value is text.

    Args:
        value: The value; a path will do.

    Returns:
        The text.

    Raises:
        TypeError: It is something else.
    """
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if not isinstance(value, str):
        raise TypeError(f"give text, not a value of type {type(value).__name__}")
    return value


def boolean(value: Any) -> bool:
    """Check that a value is true or false.

    Args:
        value: The value; 1 and 0 will do.

    Returns:
        It as a bool.

    Raises:
        ValueError: It is something else.
    """
    if value not in (0, 1) or isinstance(value, float):
        raise ValueError(f"give true or false, not {value!r}")
    return bool(value)


def whole_number(least: int) -> Callable[[Any], int]:
    """Make a check for whole numbers.

    Args:
        least: The lowest that is allowed.

    Returns:
        The check.
    """

    def check_whole_number(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise ValueError(f"give a whole number from {least} up, not {value!r}")
        return value

    return check_whole_number


def seconds(value: Any) -> float:
    """Check that a value is a time that one can wait.

    Args:
        value: Seconds.

    Returns:
        It.

    Raises:
        ValueError: It is no number, zero or less, or longer than Python can wait.
    """
    if not _is_number(value) or not 0 < value <= threading.TIMEOUT_MAX:
        raise ValueError(f"give a number of seconds above zero, not {value!r}")
    return cast("float", value)


def seconds_or_zero(value: Any) -> float:
    """Check that a value is a time that one can wait, or none at all.

    Args:
        value: Seconds.

    Returns:
        It.

    Raises:
        ValueError: It is no number, below zero, or longer than Python can wait.
    """
    if not _is_number(value) or not 0 <= value <= threading.TIMEOUT_MAX:
        raise ValueError(f"give a number of seconds, not {value!r}")
    return cast("float", value)


def positive_number(value: Any) -> float:
    """Check that a value is a number above zero.

    Args:
        value: The value.

    Returns:
        It.

    Raises:
        ValueError: It is not.
    """
    if not _is_number(value) or not 0 < value < math.inf:
        raise ValueError(f"give a number above zero, not {value!r}")
    return cast("float", value)


def time_limits(value: Any) -> RequestTimeout:
    """Check the limits for connecting and for each wait between bytes.

    Args:
        value: Seconds, or a pair of them.

    Returns:
        Them.

    Raises:
        ValueError: They are no numbers above zero.
    """
    try:
        if isinstance(value, tuple):
            connect, read = value
            return seconds(connect), seconds(read)
        return seconds(value)
    except ValueError:
        raise ValueError(
            f"give a number of seconds above zero, or a (connect, read) pair of them, not {value!r}"
        ) from None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_annotated(owner: type, name: str) -> bool:
    return any(name in vars(base).get("__annotations__", ()) for base in owner.__mro__)


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Suggest what a misspelt name may be meant to be.

    Args:
        name: The name.
        known: Those that there are.
        likeness: How much a suggestion must be like it, from 0 to 1.

    Returns:
        The end of an error message; empty where none of them is like the name.
    """
    # Imported here for the sake of start-up time: only a misspelling needs it.
    from difflib import get_close_matches

    matches = get_close_matches(name, list(known), n=1, cutoff=likeness)
    return f"; did you mean {matches[0]!r}?" if matches else ""
