"""What the vendor's SDK has in its module of this name."""

from __future__ import annotations

import functools
import inspect
import warnings
from collections.abc import Callable
from typing import Any, TypeVar, overload

from ._wire.json_values import to_json_value

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])


def sanitize_for_serialization(obj: Any) -> Any:
    """Turn a Python value into a JSON value, as ``ApiClient.sanitize_for_serialization`` does.

    Args:
        obj: A model, a date, a dict, a list or a plain value.

    Raises:
        TypeError: Something in the value has no JSON form.
        ValueError: The value contains itself, or a number in it is NaN or infinite.
    """
    return to_json_value(obj)


@overload
def deprecated(reason: str) -> Callable[[F], F]: ...


@overload
def deprecated(reason: F) -> F: ...


def deprecated(reason: Any) -> Any:
    """Have every call of a function or class of yours warn its caller: a decorator.

    Args:
        reason: Why, as text; or the function itself, where no reason is given.

    Warns:
        DeprecationWarning: When it is called.

    Raises:
        TypeError: It is neither text nor something to call.
    """
    if isinstance(reason, str):
        return functools.partial(_warning, why=f" ({reason})")
    if callable(reason):
        return _warning(reason)
    raise TypeError(f"reason: give text, not a value of type {type(reason).__name__}")


def _warning(function: Any, why: str = "") -> Any:
    kind = "class" if inspect.isclass(function) else "function"
    message = f"Call to deprecated {kind} {function.__name__}{why}."

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        return function(*args, **kwargs)

    return call
