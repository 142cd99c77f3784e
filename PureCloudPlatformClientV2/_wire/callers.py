"""Whoever called into this package: where warnings point, and what is done on their behalf."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from .names import PACKAGE

if TYPE_CHECKING:
    from inspect import Parameter

T = TypeVar("T")


class _Place(NamedTuple):
    """A line of code."""

    file: str
    line: int
    names: dict[str, Any]
    """The global names of its module."""


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of something that whoever called into this package has done."""
    file, line, names = _place()
    warnings.warn_explicit(
        message,
        category,
        file,
        line,
        module=names.get("__name__") or "<string>",  # as warnings.warn has it
        registry=names.setdefault("__warningregistry__", {}),
    )


def parameters_of(function: Callable[..., Any]) -> list[Parameter]:
    """List the parameters of a caller's function, annotated with what only checkers know or not.

    Raises:
        ValueError: It is not written in Python, and does not say.
        TypeError: It is no function.
    """
    # Imported here for the sake of start-up time: most functions are methods of this package.
    from inspect import signature

    if sys.version_info >= (3, 14):  # which works out annotations when they are asked for
        from annotationlib import Format

        found = signature(function, annotation_format=Format.FORWARDREF)
    else:
        found = signature(function)
    return list(found.parameters.values())


class ForCaller(Generic[T]):
    """A function that another thread calls on behalf of the present caller.

    It runs with the context variables that the caller has now, be they of a trace, a log or a
    decimal context, and what is warned of there is said to be the caller's doing.
    """

    def __init__(self, function: Callable[..., T]) -> None:
        """Take over what there is of the present caller."""
        # Imported here for the sake of start-up time: few programs leave threads to this package.
        from contextvars import copy_context

        self._function = function
        self._context = copy_context()
        self.place: _Place = _place()

    def __call__(self, *args: Any) -> T:
        return self._context.run(self._function, *args)


def _place() -> _Place:
    """Find the line outside of this package that led here."""
    frame = sys._getframe()  # pyright: ignore[reportPrivateUsage]  # nothing else has it
    while frame.f_back is not None and frame.f_code.co_filename.startswith(PACKAGE):
        if frame.f_code is ForCaller.__call__.__code__:
            place: _Place = frame.f_locals["self"].place
            return place
        frame = frame.f_back
    return _Place(frame.f_code.co_filename, frame.f_lineno, frame.f_globals)
