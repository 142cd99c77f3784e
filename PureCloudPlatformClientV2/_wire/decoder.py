"""Decodes JSON values, models by a function that is written for each class, as one would by hand.

A page has thousands of fields, so what is done for each of them counts. Of the designs that were
tried, the quickest is one function a class, written on first use, that reads each field, checks its
type in line and stores it in its slot; docs/performance.md has the figures.

The function is for what usually comes. Anything else - a number that should be a text, a date with
an unusual offset - it leaves to the careful decoder, which knows what to do and what to say.
"""

from __future__ import annotations

from datetime import timezone
from functools import partial
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
    is_model,
    parse_datetime,
)

_PLAIN = frozenset({"str", "int", "bool"})


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
    """Give the function that decodes a JSON value of a type."""
    if isinstance(wanted, str):
        return SCALAR_DECODERS[wanted]
    if isinstance(wanted, ListOf):
        return partial(decode_list, decode_item=decoder_for(wanted.item))
    if isinstance(wanted, DictOf):
        return partial(decode_dict, decode_value=decoder_for(wanted.value))
    if isinstance(wanted, ModelName):
        wanted = wanted.model()
    # Not by inheritance: a subclass has fields of its own.
    decoder: Decoder | None = vars(wanted).get("_decoder")
    if decoder is None:
        # Another thread may do the same just now, and either function will do.
        decoder = wanted._decoder = _write_decoder(wanted)
    return decoder


def decode_carefully(model: Any, wire: Any) -> Any:
    """Decode what is out of the ordinary, or say what is wrong with it, and where."""
    if not isinstance(wire, dict):
        raise WrongShapeError(f"an object for {model.__name__}", wire)
    names = {wire_name: name for name, wire_name in model.attribute_map.items()}
    unknown: dict[str, Any] = {}
    fields: dict[str, Any] = {}
    wire_name = ""
    try:
        for wire_name, value in wire.items():
            if wire_name not in names:
                unknown[wire_name] = value
            elif value is not None:
                name = names[wire_name]
                fields[name] = _careful_decoder(model._field_types[name])(value)
    except WrongShapeError as error:
        raise error.inside(f".{wire_name}") from None
    found = object.__new__(model)
    for name in model.attribute_map:
        setattr(found, name, fields.get(name))
    found._unknown = unknown or None
    return found


def _careful_decoder(wanted: Any) -> Decoder:
    if isinstance(wanted, ListOf):
        return partial(decode_list, decode_item=_careful_decoder(wanted.item))
    if isinstance(wanted, DictOf):
        return partial(decode_dict, decode_value=_careful_decoder(wanted.value))
    if isinstance(wanted, ModelName):
        return lambda wire: decode_carefully(wanted.model(), wire)
    return SCALAR_DECODERS[wanted] if isinstance(wanted, str) else partial(decode_carefully, wanted)


def _write_decoder(model: Any) -> Decoder:
    names: dict[str, Any] = {
        "careful": partial(decode_carefully, model),
        "known": frozenset(model.attribute_map.values()),
        "model": model,
        "new": object.__new__,
        "parse_datetime": parse_datetime,
        "utc": timezone.utc,
    }
    source = "\n".join(_lines(model, names))
    code = compile(source, f"<decoder of {model.__name__}>", "exec")
    # Names of fields and types that a class declares are all there is in the source: nothing that
    # has come over the wire.
    exec(code, names)  # noqa: S102
    decoder: Decoder = names["decode"]
    return decoder


def _lines(model: Any, names: dict[str, Any]) -> list[str]:
    converting = {
        name: _field(f"_{name}", wanted, names) for name, wanted in model._field_types.items()
    }

    def read(how: str) -> list[str]:
        lines: list[str] = []
        for name, wire_name in model.attribute_map.items():
            lines += [f"_{name} = {how.format(repr(wire_name))}", *converting[name]]
        return [*lines, "pass"]

    store = ["found = new(model)", *(f"found.{name} = _{name}" for name in converting)]
    return [
        "def decode(wire):",
        "    if wire.__class__ is not dict:",
        "        return careful(wire)",
        # Most often, a response has all the fields that are known, and no others.
        f"    if len(wire) == {len(converting)}:",
        "        try:",
        *_indented(3, read("wire[{}]")),
        "        except KeyError:",
        "            pass",
        "        except (TypeError, ValueError):",
        "            return careful(wire)",
        "        else:",
        *_indented(3, store),
        "            found._unknown = None",
        "            return found",
        "    get = wire.get",
        "    try:",
        *_indented(2, read("get({})")),
        "    except (TypeError, ValueError):",
        "        return careful(wire)",
        *_indented(1, store),
        "    found._unknown = None",
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
    if isinstance(wanted, ListOf) and (is_model(wanted.item) or isinstance(wanted.item, ModelName)):
        names[f"decode{name}"] = _first_decoder(wanted.item, names, f"decode{name}")
        return [
            f"if {name}.__class__ is list:",
            f"    {name} = [decode{name}(item) for item in {name}]",
            f"elif {name} is not None:",
            "    return careful(wire)",
        ]
    names[f"decode{name}"] = _first_decoder(wanted, names, f"decode{name}")
    return [f"if {name} is not None:", f"    {name} = decode{name}({name})"]


def _first_decoder(wanted: Any, names: dict[str, Any], name: str) -> Decoder:
    """Give what decodes the first value of a field, and leaves the others to the type's decoder.

    Most fields of a large model never come, so that their models need not be there; and a model
    may contain itself.
    """

    def decode_first(wire: Any) -> Any:
        decoder = names[name] = decoder_for(wanted)
        return decoder(wire)

    return decode_first
