"""What ``help()``, editors and other tools ask of a model: its signature, and what its fields mean.

Loaded when somebody asks, so that a program which only makes calls does not pay for it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, get_type_hints

if TYPE_CHECKING:
    from .base import Model


def model_signature(model: type[Model]) -> inspect.Signature:
    """Give the signature of a model's constructor, one keyword a field, with its type."""
    hints = get_type_hints(model, localns={model.__name__: model})
    return inspect.Signature(
        [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=hints[field]
            )
            for name, field in (
                *zip(model.swagger_types, model.swagger_types, strict=True),
                *model._other_names.items(),  # pyright: ignore[reportPrivateUsage]  # of the same room
            )
        ]
    )


@cache
def field_descriptions(model: type[Model]) -> dict[str, str]:
    """Read what is said about the fields of a model, by name, in the strings under them.

    Empty where the source is not at hand.
    """
    described: dict[str, str] = {}
    for owner in reversed(model.__mro__):
        if "_describe_fields" in vars(owner):  # of the catalog
            described.update(vars(owner)["_describe_fields"]())
        elif vars(owner).get("swagger_types"):
            described.update(strings_under_annotations(owner))
    return {name: described[name] for name in model.swagger_types if name in described}


def strings_under_annotations(owner: type) -> dict[str, str]:
    """Read what a class says about its own fields, by name; empty without the source."""
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):  # written at a prompt, or installed without source
        return {}
    classes = [one for one in ast.parse(source).body if isinstance(one, ast.ClassDef)]
    body = [node for one in classes for node in one.body]
    return {
        node.target.id: inspect.cleandoc(following.value.value)
        for node, following in pairwise(body)
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and isinstance(following, ast.Expr)
        and isinstance(following.value, ast.Constant)
        and isinstance(following.value.value, str)
    }
