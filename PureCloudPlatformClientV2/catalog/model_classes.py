"""Makes models of the catalog: the same ``Model``, with fields from facts, not annotations."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

from .. import models
from .._wire.types import ModelName, parse_type
from ..models.base import Model, make_model
from ..models.entity_listing import Entities
from .definitions import entity_type, find_definition


def make_model_class(name: str, module_globals: dict[str, Any]) -> type[Model] | None:
    """Make a model.

    Args:
        name: Its name.
        module_globals: The names that its annotations use.

    Returns:
        The class; ``None`` if the catalog has none of the name.
    """
    definition = find_definition(name)
    if definition is None:
        return None
    fields = definition.fields
    own = partial(_without_clash, name, module_globals)
    return make_model(
        name,
        Model if entity_type(fields) is None else Entities,
        {
            "__module__": module_globals["__name__"],
            "__qualname__": name,
            "__doc__": definition.docstring,
            "__annotations__": {one.name: own(one.annotation) for one in fields},
            "swagger_types": {one.name: one.type for one in fields},
            "attribute_map": {one.name: one.wire_name for one in fields},
            "_field_types": {one.name: parse_type(one.type, _later) for one in fields},
            "_other_names": {one.other_name: one.name for one in fields if one.other_name},
            "secret_fields": frozenset(one.name for one in fields if "secret" in one.extras),
            "_describe_fields": partial(_describe, name),
        },
    )


def _without_clash(name: str, module_globals: dict[str, Any], annotation: str) -> str:
    """Spell an annotation for the module of a model that is called as what annotations use."""
    if name not in module_globals:
        return annotation
    module_globals.setdefault(f"_{name}", module_globals[name])
    return re.sub(rf"(?<![\w.'\"]){name}\[", f"_{name}[", annotation)


def _later(name: str) -> Any:
    """Leave a model alone until something of it comes: some have hundreds within them."""
    return ModelName(name, models.find_model)


def _describe(name: str) -> dict[str, str]:
    definition = find_definition(name)
    fields = definition.fields if definition else []
    return {one.name: one.description for one in fields if one.description}
