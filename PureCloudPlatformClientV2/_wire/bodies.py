"""What an endpoint takes as its body, and whether a caller gives that."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from .callers import warn_caller
from .json_values import body_to_json_value
from .names import did_you_mean
from .plain_values import plain_value
from .types import ListOf, is_model, parse_type

_MOST_NAMES = 5
"""Of missing fields, how many a message lists."""


def check_body(
    body: Any,
    body_type: str | type[Any],
    find_model: Callable[[str], type | None],
    *,
    name: str = "body",
    required: bool = True,
) -> None:
    """Check that a body is what the endpoint takes.

    Where a model is declared, that is a dict of wire names, or a model that has all the fields of
    the declared one. Whether the class is the declared one, or a subclass, doesn't matter: what was
    read can be changed and sent back, although the platform has other names for the two.

    Args:
        body: What the caller gives.
        body_type: The model class that is declared, or the name of a type.
        find_model: Gives the model of a name, if there is one.
        name: What the argument is called.
        required: Whether it may not be ``None``.

    Raises:
        ValueError: It is missing, has attribute names for wire names, or cannot be sent.
        TypeError: It is something else, or something in it has no JSON form.

    Warns:
        UserWarning: A name in a dict is none of the model's, but is like one of them.
    """
    if body.__class__ is body_type or (body is None and not required):
        return
    wanted = parse_type(body_type, find_model) if isinstance(body_type, str) else body_type
    if body is None:
        raise ValueError(f"{name} is missing: give {_described(wanted)}")
    _check(name, body, wanted)
    if name != "body":
        body_to_json_value(body, name)  # to name it: from here on it is called the body


def _check(place: str, value: Any, wanted: Any) -> None:
    if isinstance(wanted, ListOf):
        if not isinstance(value, (list, tuple)):
            raise _wrong(place, value, wanted)
        for number, item in enumerate(value):
            _check(f"{place}[{number}]", item, wanted.item)
    elif is_model(wanted):
        if isinstance(value, dict):
            _check_names(place, value, wanted)
        elif is_model(type(value)):
            _check_fields(place, value, wanted)
        else:
            raise _wrong(place, value, wanted)
    elif wanted == "str" and not isinstance(plain_value(value), str):
        raise _wrong(place, value, wanted)


def _check_fields(place: str, value: Any, model: Any) -> None:
    """Check that one model has all the fields of another."""
    if type(value) is model:
        return  # as most are in a long list
    own = set(type(value).attribute_map.values())
    missing = [repr(name) for name in model.attribute_map.values() if name not in own]
    if missing:
        more = f" and {len(missing) - _MOST_NAMES} more" if len(missing) > _MOST_NAMES else ""
        raise TypeError(
            f"{place}: give {_described(model)}; {type(value).__name__} has no "
            f"{', '.join(missing[:_MOST_NAMES])}{more}"
        )


def _check_names(place: str, body: dict[Any, Any], model: Any) -> None:
    """Check that a dict has the wire names of a model."""
    known = frozenset(model.attribute_map.values())
    for name, wire_name in model.attribute_map.items():
        if name in body and name not in known:
            raise ValueError(f"{place}: {name!r} is not a wire name; write {wire_name!r}")
    for name in body:
        # It is sent all the same: the service may have learned it since.
        suggestion = _suggestion(str(name), known) if name not in known else ""
        if suggestion:
            warn_caller(f"{place}: there is no field {name!r}{suggestion}", UserWarning)


@lru_cache(maxsize=256)  # a list may have thousands of dicts with the same names
def _suggestion(name: str, known: frozenset[str]) -> str:
    return did_you_mean(name, sorted(known), likeness=0.8)


def _wrong(place: str, value: Any, wanted: Any) -> TypeError:
    return TypeError(
        f"{place}: give {_described(wanted)}, not a value of type {type(value).__name__}"
    )


def _described(wanted: Any) -> str:
    if isinstance(wanted, ListOf):
        return f"a list, each item of it {_described(wanted.item)}"
    if is_model(wanted):
        return f"a {wanted.__name__}, or a dict of wire names"
    return "text" if wanted == "str" else "a JSON value"
