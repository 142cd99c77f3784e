"""Decodes JSON values: the first models of a class by a plan, the others by a written function.

A page has thousands of fields, so what is done for each of them counts. Of the designs that were
tried, the quickest is one function a class that reads each field, checks its type in line and
stores it in its slot, as one would write by hand; docs/performance.md has the figures. But to
compile one takes as long as to decode some hundred objects without, and most programs never see so
many of a class. So the function is written when they come.

It is for what usually comes. Anything else - a number that should be a text, a date with an unusual
offset - it leaves to the plan, whose decoders know what to do and what to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timezone
from functools import partial
from operator import itemgetter
from typing import Any

from .json_values import WrongShapeError
from .types import (
    SCALAR_DECODERS,
    Decoder,
    DictOf,
    ListOf,
    ModelName,
    decode_dict,
    decode_list,
    model_of,
    parse_datetime,
)

_PLAIN: dict[Any, type] = {"str": str, "int": int, "bool": bool}
"""Types whose values are what JSON has."""

_MODEL = (type, ModelName)
"""What the type of a model is: the class, or its name."""

_FEW = 200
"""So many models of a class are decoded by plan."""


def decode(value: Any, wanted: Any) -> Any:
    """Turn a JSON value into a Python value of a type.

    Raises:
        ValueError: The value does not fit the type, or is nested too deeply to be read.
    """
    try:
        return decoder_for(wanted)(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def decoder_for(wanted: Any) -> Decoder:
    """Give the function that decodes a JSON value of a type, as it is now."""
    model = model_of(wanted)
    if model is None:
        return _decoder_with(wanted, decoder_for)
    # Not by inheritance: a subclass has fields of its own.
    decoder: Decoder | None = vars(model).get("_decoder") or vars(model).get("_first_decoder")
    if decoder is None:
        # Another thread may do the same just now, and either function will do.
        decoder = model._first_decoder = _decoder_of_few(model)
    return decoder


def careful_decoder(wanted: Any) -> Decoder:
    """Give the function that takes no shortcuts, here or further inside."""
    model = model_of(wanted)
    if model is None:
        return _decoder_with(wanted, careful_decoder)
    decoder: Decoder | None = vars(model).get("_careful_decoder")
    if decoder is None:
        decoder = model._careful_decoder = _plan_decoder(model, _careful_later)
    return decoder


def _decoder_with(wanted: Any, decoder_now: Callable[[Any], Decoder]) -> Decoder:
    """Give the function that decodes a scalar, a list or a dict, with others for what is inside."""
    if isinstance(wanted, ListOf):
        return partial(decode_list, find_decoder=partial(decoder_now, wanted.item))
    if isinstance(wanted, DictOf):
        return partial(decode_dict, find_decoder=partial(decoder_now, wanted.value))
    return SCALAR_DECODERS[wanted]


def _decoder_later(wanted: Any, keep: Callable[[Decoder], None] | None = None) -> Decoder:
    """Give what decodes values of a type, and asks for its decoder with the first of them.

    Most fields of a large model never come, so that their models need not be there; and a model
    may contain itself.

    Args:
        wanted: The type.
        keep: Takes the decoder that is to be used instead of this one, from when it is there.
    """
    if not isinstance(wanted, _MODEL):
        return decoder_for(wanted)
    written: Decoder | None = None
    model: Any = None

    def decode_with_decoder(wire: Any) -> Any:
        nonlocal model, written
        if written is not None:
            return written(wire)
        model = model or model_of(wanted)
        decoder = decoder_for(model)
        if decoder.__name__ == "decode":  # the one that was written, for good
            written = decoder
            if keep is not None:
                keep(decoder)
        return decoder(wire)

    return decode_with_decoder


def _careful_later(wanted: Any) -> Decoder:
    if not isinstance(wanted, _MODEL):
        return careful_decoder(wanted)
    return lambda wire: careful_decoder(wanted)(wire)


def _decoder_of_few(model: Any) -> Decoder:
    left = _FEW
    by_plan = _plan_decoder(model, _decoder_later)
    seen: dict[tuple[str, ...], int] = {}

    def decode_few(wire: Any) -> Any:
        nonlocal left
        left -= 1
        if left >= 0:
            if isinstance(wire, dict):
                names = tuple(wire)  # as they stand there, which is most often the same
                seen[names] = seen.get(names, 0) + 1
            return by_plan(wire)
        if "_decoder" not in vars(model):
            usual = max(seen.copy().items(), key=itemgetter(1), default=((), 0))[0]
            model._decoder = write_decoder(model, frozenset(usual))
        return model._decoder(wire)

    return decode_few


def _plan_decoder(model: Any, decoder_of: Callable[[Any], Decoder]) -> Decoder:
    plan = [
        (name, wire_name, _PLAIN.get(wanted), decoder_of(wanted))
        for (name, wire_name), wanted in zip(
            model.attribute_map.items(), model._field_types.values(), strict=True
        )
    ]
    known = frozenset(model.attribute_map.values())
    new = object.__new__

    def decode_by_plan(wire: Any) -> Any:
        if not isinstance(wire, dict):
            raise WrongShapeError(f"an object for {model.__name__}", wire)
        found = new(model)
        wire_name = ""
        try:
            for name, wire_name, plain, decode_field in plan:
                value = wire.get(wire_name)
                if value is not None and value.__class__ is not plain:
                    value = decode_field(value)
                setattr(found, name, value)
        except WrongShapeError as error:
            raise error.inside(f".{wire_name}") from None
        found._unknown = None
        if not wire.keys() <= known:
            found._unknown = {name: wire[name] for name in wire if name not in known}
        return found

    return decode_by_plan


def write_decoder(model: Any, usual: frozenset[str]) -> Decoder:
    """Write the function that decodes what usually comes.

    Args:
        model: The class.
        usual: The wire names that come together most often.
    """
    names: dict[str, Any] = {
        "careful": _careful_later(model),
        "known": frozenset(model.attribute_map.values()),
        "model": model,
        "new": object.__new__,
        "parse_datetime": parse_datetime,
        "utc": timezone.utc,
    }
    source = "\n".join(_lines(model, names, usual & names["known"]))
    code = compile(source, f"<decoder of {model.__name__}>", "exec")
    # Names of fields and types that a class declares are all there is in the source: nothing that
    # has come over the wire.
    exec(code, names)  # noqa: S102
    decoder: Decoder = names["decode"]
    return decoder


def _lines(model: Any, names: dict[str, Any], usual: frozenset[str]) -> list[str]:
    converting = {
        name: _field(f"_{name}", wanted, names) for name, wanted in model._field_types.items()
    }

    def read(how: str, wire_names: Iterable[str]) -> list[str]:
        lines: list[str] = []
        for name, wire_name in model.attribute_map.items():
            if wire_name in wire_names:
                lines += [f"_{name} = {how.format(repr(wire_name))}", *converting[name]]
        return [*lines, "pass"]

    def store(wire_names: Iterable[str]) -> list[str]:
        stores = [
            f"found.{name} = {f'_{name}' if wire_name in wire_names else None}"
            for name, wire_name in model.attribute_map.items()
        ]
        return ["found = new(model)", *stores, "found._unknown = None"]

    return [
        "def decode(wire):",
        "    if wire.__class__ is not dict:",
        "        return careful(wire)",
        # Most often the same fields come together, and no others.
        f"    if len(wire) == {len(usual)}:",
        "        try:",
        *_indented(3, read("wire[{}]", usual)),
        "        except KeyError:",
        "            pass",
        "        except (TypeError, ValueError):",
        "            return careful(wire)",
        "        else:",
        *_indented(3, store(usual)),
        "            return found",
        "    get = wire.get",
        "    try:",
        *_indented(2, read("get({})", names["known"])),
        "    except (TypeError, ValueError):",
        "        return careful(wire)",
        *_indented(1, store(names["known"])),
        "    if not wire.keys() <= known:",
        "        found._unknown = {name: wire[name] for name in wire if name not in known}",
        "    return found",
    ]


def _indented(levels: int, lines: list[str]) -> list[str]:
    return [f"{'    ' * levels}{line}" for line in lines]


def _field(name: str, wanted: Any, names: dict[str, Any]) -> list[str]:
    """Turn the JSON value of a field, in the variable of its name, into its Python value."""
    if wanted in _PLAIN:
        return [
            f"if {name}.__class__ is not {wanted} and {name} is not None:",
            "    return careful(wire)",
        ]
    if wanted == "datetime":
        return [
            f"if {name} is not None:",
            f"    {name} = parse_datetime({name})",
            f"    if {name}.tzinfo is not utc:",
            "        return careful(wire)",
        ]
    decoder = f"decode{name}"
    several = isinstance(wanted, ListOf) and isinstance(wanted.item, _MODEL)
    # What is kept takes the place of the name in the source: one call less for each value.
    names[decoder] = _decoder_later(
        wanted.item if several else wanted, partial(names.__setitem__, decoder)
    )
    if several:
        return [
            f"if {name}.__class__ is list:",
            f"    {name} = [{decoder}(item) for item in {name}]",
            f"elif {name} is not None:",
            "    return careful(wire)",
        ]
    return [f"if {name} is not None:", f"    {name} = {decoder}({name})"]
