"""What parameters a method has, and what may stand in its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import FunctionType
from typing import Any, NamedTuple, get_args, get_type_hints

from .._wire.callers import parameters_of
from .._wire.types import is_model

_TAKES_LIST = 0x04
_TAKES_DICT = 0x08
"""Flags of code that takes ``*args`` and ``**kwargs`` (see the module ``inspect``)."""


class Signature(NamedTuple):
    """The parameters of a method."""

    positional: tuple[str, ...]
    """Those that may be given by position, in their order."""
    by_keyword: frozenset[str]
    """Those that may be given by name."""
    takes_any: bool
    """Whether any other name will do. The options of a call are no reason."""


def unwrap(method: Any) -> Any:
    """Find the method in what was made of it by ``functools.wraps``."""
    while hasattr(method, "__wrapped__"):
        method = method.__wrapped__
    return method


def read_signature(method: Callable[..., Any]) -> Signature:
    """Read the parameters of a method, or of what it wraps."""
    function = getattr(method, "__func__", method)
    if not isinstance(function, FunctionType) or hasattr(function, "__wrapped__"):
        return _read_unusual(method)
    code = function.__code__
    count = code.co_argcount + code.co_kwonlyargcount
    takes_any = code.co_flags & _TAKES_DICT != 0
    if takes_any:
        name = code.co_varnames[count + (code.co_flags & _TAKES_LIST != 0)]
        try:
            takes_any = not _are_options(function.__annotations__.get(name))
        except NameError:  # since Python 3.14, where it is first looked up here
            return _read_unusual(method)
    is_bound = function is not method
    return Signature(
        code.co_varnames[is_bound : code.co_argcount],
        frozenset(code.co_varnames[code.co_posonlyargcount : count]),
        takes_any,
    )


def _read_unusual(method: Callable[..., Any]) -> Signature:
    # Imported here for the sake of start-up time: functions tell all that by themselves.
    from inspect import Parameter

    try:
        parameters = parameters_of(method)
    except (TypeError, ValueError):  # something built in that does not say
        return Signature((), frozenset(), takes_any=True)
    only, either, named = (
        Parameter.POSITIONAL_ONLY,
        Parameter.POSITIONAL_OR_KEYWORD,
        Parameter.KEYWORD_ONLY,
    )
    return Signature(
        tuple(one.name for one in parameters if one.kind in (only, either)),
        frozenset(one.name for one in parameters if one.kind in (either, named)),
        any(
            one.kind is Parameter.VAR_KEYWORD and not _are_options(one.annotation)
            for one in parameters
        ),
    )


def _are_options(annotation: Any) -> bool:
    return "CallOptions" in str(annotation)


def fields_of(body: Any, method: Callable[..., Any]) -> set[str]:
    """Tell which fields a body may have, by wire name.

    Args:
        body: The body, of which a model knows, and a dict has some.
        method: The method, which may say the rest by the type of its ``body``.
    """
    known = set(body) if isinstance(body, Mapping) else set[str]()
    for model in (type(body), *_types(method, "body")):
        known.update(getattr(model, "attribute_map", {}).values())
    return known


def returned_model(method: Callable[..., Any]) -> Any:
    """Tell what model a method returns, as far as it says; ``None`` if it does not, or none."""
    return next(filter(is_model, _types(unwrap(method), "return")), None)


def _types(method: Callable[..., Any], name: str) -> tuple[Any, ...]:
    try:
        hint = get_type_hints(method).get(name)
    except (AttributeError, NameError, SyntaxError, TypeError):  # only type checkers know it
        return ()
    return (hint, *get_args(hint))
