"""Settings: attributes that code, the environment or the configuration file may set.

The first of them that says something counts, then the default. What code sets lies in the instance,
where Python finds it before it asks the descriptor here; so a file that is read again never
overwrites it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from .._wire.names import did_you_mean
from .checks import checked

T = TypeVar("T")
G = TypeVar("G")


class Origin:
    """Who may set a value; the one that comes first here counts."""

    CODE = 0
    PROFILE = 1
    ENVIRONMENT = 2
    FILE = 3
    DEFAULT = 4


class FileValues(dict[str, Any]):
    """What a configuration file says, by attribute.

    Attributes:
        profile_values: That part of it which is from the profile.
    """

    profile_values: Mapping[str, Any] = {}


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
        profile_values = holder.profile_values()
        if self.name in profile_values:
            return profile_values[self.name]
        for variable in self.env:
            if os.environ.get(variable):
                return checked(variable, self._in_environment, variable)
        return holder.file_values().get(self.name, self.default)

    def _in_environment(self, variable: str) -> Any:
        return self.value_of(os.environ[variable])

    def is_in_environment(self) -> bool:
        """Whether one of the environment variables is set, and not empty."""
        return any(os.environ.get(variable) for variable in self.env)

    def value_of(self, given: Any) -> Any:
        """Make the value of what the environment or the file says.

        Args:
            given: Text, or another value from JSON.

        Raises:
            ValueError: It cannot be used.
            TypeError: It is of the wrong type.
        """
        return self.check(self.read(given) if isinstance(given, str) else given)


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
    """Declare a setting that takes more types than it gives; otherwise as ``setting``."""
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
        return self.__dict__.get("_state"), self.file_values()

    def file_values(self) -> Mapping[str, Any]:
        """Give what the configuration file says, by attribute; nothing if there is none."""
        return {}

    def profile_values(self) -> Mapping[str, Any]:
        """Give what the profile says that code has chosen, by attribute; nothing if there is none.

        It overrides the environment: who names an organization in code means that one.
        """
        return {}

    def origin(self, name: str) -> int:
        """Tell who has set a value, as one of ``Origin``."""
        if name in self.__dict__:
            return Origin.CODE
        if name in self.profile_values():
            return Origin.PROFILE
        if self.settings()[name].is_in_environment():
            return Origin.ENVIRONMENT
        return Origin.FILE if name in self.file_values() else Origin.DEFAULT

    @classmethod
    def settings(cls) -> dict[str, Setting]:
        """List the settings by name."""
        return {
            name: member
            for owner in reversed(cls.__mro__)
            for name, member in vars(owner).items()
            if isinstance(member, Setting)
        }


def _is_annotated(owner: type, name: str) -> bool:
    if sys.version_info >= (3, 14):  # which works out annotations when they are asked for
        from annotationlib import Format, get_annotations

        form = Format.FORWARDREF  # what only type checkers know is no matter
        found = [get_annotations(base, format=form) for base in owner.__mro__]
    else:
        found = [vars(base).get("__annotations__", {}) for base in owner.__mro__]
    return any(name in annotated for annotated in found)
