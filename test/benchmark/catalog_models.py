"""Ten models of the catalog, from a reference to an evaluation, and how every side reads them.

What a side has to decode is a sample of the platform's contract with every field of every
definition within, so that the ten differ in size and in depth; the classes of a side that has no
SDK are made from the same document. Reading means every field, as in facebook_page.py.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import Any

from platform_facts import (
    Samples,
    Schema,
    attribute,
    definition_name,
    platform,
    python_value,
    swagger_type,
)

MODELS = (
    "DomainEntityRef",
    "RoutingSkill",
    "UserPresence",
    "OAuthClient",
    "Campaign",
    "QueueEntityListing",
    "AnalyticsConversationQueryResponse",
    "UserMe",
    "Recording",
    "Conversation",
)
"""Which, by the size of the body."""

Reader = Callable[[Any], Any]


def schema_of(model: str) -> Schema:
    """Refer to a definition of the contract."""
    return {"$ref": f"#/definitions/{model}"}


@cache
def body(model: str) -> bytes:
    """Give an answer that holds a model.

    Args:
        model: Its name.

    Returns:
        The bytes of the body.
    """
    sample = Samples(platform()).make(schema_of(model))
    return json.dumps(sample, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def count_models(model: str) -> int:
    """Count the definitions within a model, itself included."""
    samples = Samples(platform())
    samples.make(schema_of(model))
    return len({name for name, _ in samples.fields})


def _properties(model: str) -> Schema:
    properties: Schema = platform()["definitions"][model]["properties"]
    return properties


def _name_of_peer(wire_name: str, schema: Schema) -> str:
    """An attribute that no library of models has itself, or takes for private."""
    return f"{attribute(wire_name, schema).lstrip('_')}_"


# Reading


def make_reader(schema: Schema, name: Callable[[str, Schema], str] = attribute) -> Reader:
    """Make what reads every field of a value, those of the models within included.

    Args:
        schema: What the value is, in the contract.
        name: Gives the attribute of a field.

    Returns:
        What makes tuples of the value.
    """
    readers: dict[str, Reader] = {}

    def reader(schema: Schema) -> Reader | None:
        if model := definition_name(schema):
            return lambda value: reader_of_model(model)(value)
        if schema["type"] == "array":
            return each(reader(schema["items"]))
        if schema["type"] == "object" and "additionalProperties" in schema:
            return each_value(reader(schema["additionalProperties"]))
        return None

    def reader_of_model(model: str) -> Reader:
        if model not in readers:
            fields = _properties(model)
            inner = [(place, reader(one)) for place, one in enumerate(fields.values())]
            readers[model] = read_fields(
                [name(wire_name, one) for wire_name, one in fields.items()],
                [(place, one) for place, one in inner if one is not None],
            )
        return readers[model]

    return reader(schema) or (lambda value: value)


def read_fields(names: list[str], inner: list[tuple[int, Reader]]) -> Reader:
    """Make what reads these attributes, and what is within some of them."""
    if len(names) == 1:
        names = [*names, names[0]]  # for one name alone there would be no tuple
    get = attrgetter(*names)

    def read(value: Any) -> Any:
        if value is None:
            return None
        fields = get(value)
        return fields, [one(fields[place]) for place, one in inner]

    return read


def each(inner: Reader | None) -> Reader | None:
    """Make what reads the items of a list, if there is anything in them to be read."""
    if inner is None:
        return None
    return lambda items: None if items is None else [inner(item) for item in items]


def each_value(inner: Reader | None) -> Reader | None:
    """Make what reads the values of a dict, if there is anything in them to be read."""
    if inner is None:
        return None
    return lambda items: None if items is None else [inner(item) for item in items.values()]


def scalars_of_sample(schema: Schema, sample: Any) -> list[Any]:
    """List what a sample holds besides models, in the order of the contract."""
    if sample is None:
        return []
    if model := definition_name(schema):
        fields = _properties(model).items()
        return [
            value
            for wire_name, inner in fields
            for value in scalars_of_sample(inner, sample.get(wire_name))
        ]
    if schema["type"] == "array":
        return [value for item in sample for value in scalars_of_sample(schema["items"], item)]
    if schema["type"] == "object" and "additionalProperties" in schema:
        inner = schema["additionalProperties"]
        return [value for item in sample.values() for value in scalars_of_sample(inner, item)]
    return [python_value(schema, sample)]


def scalars(schema: Schema, value: Any, name: Callable[[str, Schema], str] = attribute) -> Any:
    """List what a decoded value holds besides models, as ``scalars_of_sample`` does."""
    if value is None:
        return []
    if model := definition_name(schema):
        return [
            one
            for wire_name, inner in _properties(model).items()
            for one in scalars(inner, getattr(value, name(wire_name, inner)), name)
        ]
    if schema["type"] == "array":
        return [one for item in value for one in scalars(schema["items"], item, name)]
    if schema["type"] == "object" and "additionalProperties" in schema:
        inner = schema["additionalProperties"]
        return [one for item in value.values() for one in scalars(inner, item, name)]
    return [value]


# Decoding


def make_model_decoder(side: str, model: str) -> Callable[[], object]:
    """Make ready to decode a model and read all of it.

    Args:
        side: Name of the side.
        model: Name of the model.

    Returns:
        What does both.

    Raises:
        ValueError: The side does not decode it as it should.
    """
    schema, content = schema_of(model), body(model)
    if side == "json-alone":
        return lambda: json.loads(content)
    decode, name = decoders()[side](model)
    expected = scalars_of_sample(schema, json.loads(content))
    if side != "vendor269" and scalars(schema, decode(content), name) != expected:
        raise ValueError(f"{side} did not decode {model}")
    read = make_reader(schema, name)
    return lambda: read(decode(content))


Decoder = tuple[Callable[[bytes], Any], Callable[[str, Schema], str]]


def decoders() -> dict[str, Callable[[str], Decoder]]:
    """Give the sides that make models, and what makes them ready to decode one by its name."""
    return {
        "ours": _ours,
        "pydantic": _pydantic,
        "msgspec": _msgspec,
        "vendor269": _vendor,
    }


def _ours(model: str) -> Decoder:
    from .sides import decoder_of_ours

    return decoder_of_ours(getattr(import_module("PureCloudPlatformClientV2"), model)), attribute


def _vendor(model: str) -> Decoder:
    from .sides import decoder_of_vendor

    return decoder_of_vendor(model), attribute


def _annotation(schema: Schema) -> str:
    """The type of a field as Python writes it, models by their names."""
    kinds = {"object": "Any", "LocalDateTime": "datetime", "YearMonth": "str"}
    if model := definition_name(schema):
        return model
    if schema["type"] == "array":
        return f"list[{_annotation(schema['items'])}]"
    if schema["type"] == "object" and "additionalProperties" in schema:
        return f"dict[str, {_annotation(schema['additionalProperties'])}]"
    kind = swagger_type(schema)
    return kinds.get(kind, kind)


def _within(model: str) -> list[str]:
    """The definitions that a model can hold, itself included."""
    found = [model]
    for name in found:
        for schema in _properties(name).values():
            while inner := schema.get("items") or schema.get("additionalProperties"):
                schema = inner
            nested = definition_name(schema)
            if nested and nested not in found:
                found.append(nested)
    return found


def _module() -> ModuleType:
    """Where the classes of a side find one another, and the types of their fields."""
    import datetime
    import sys
    import typing

    module = ModuleType("benchmarked_models")
    vars(module).update(date=datetime.date, datetime=datetime.datetime, Any=typing.Any)
    sys.modules[module.__name__] = module
    return module


def make_pydantic_models(model: str) -> Any:
    """Make a model and those within it with pydantic.

    Args:
        model: Name of the model.

    Returns:
        Its class.
    """
    pydantic = import_module("pydantic")
    module = _module()
    config = pydantic.ConfigDict(protected_namespaces=())
    for name in _within(model):
        fields: dict[str, Any] = {
            _name_of_peer(wire_name, schema): (
                f"{_annotation(schema)} | None",
                pydantic.Field(default=None, alias=wire_name),
            )
            for wire_name, schema in _properties(name).items()
        }
        made = pydantic.create_model(name, __module__=module.__name__, __config__=config, **fields)
        setattr(module, name, made)
    whole = getattr(module, model)
    whole.model_rebuild(_types_namespace=vars(module))
    return whole


def _pydantic(model: str) -> Decoder:
    return make_pydantic_models(model).model_validate_json, _name_of_peer


def _msgspec(model: str) -> Decoder:
    msgspec = import_module("msgspec")
    module = _module()
    for name in _within(model):
        fields = _properties(name).items()
        made = msgspec.defstruct(
            name,
            [
                (_name_of_peer(wire_name, schema), f"{_annotation(schema)} | None", None)
                for wire_name, schema in fields
            ],
            rename={_name_of_peer(*one): one[0] for one in fields},
            kw_only=True,
            module=module.__name__,
        )
        setattr(module, name, made)
    decode: Callable[[bytes], Any] = msgspec.json.Decoder(getattr(module, model)).decode
    return decode, _name_of_peer
