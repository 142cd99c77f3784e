"""What the fields of a model are, for whoever gives them one by one."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from ..models.base import Model


@lru_cache
def field_descriptions(model: type[Model]) -> Mapping[str, str]:
    """Read the strings that stand under the fields of a model.

    Args:
        model: The model.

    Returns:
        The first paragraph of each, by field; nothing where the source is not at hand.
    """
    texts: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, Model) and base is not Model:
            texts.update(_below_fields(base))
    return texts


def _below_fields(model: type[Model]) -> Mapping[str, str]:
    try:
        source = inspect.getsource(model)
    except OSError:  # a program that was frozen without its sources
        return {}
    (body,) = (
        node.body
        for node in ast.parse(textwrap.dedent(source)).body
        if isinstance(node, ast.ClassDef)
    )
    return {
        ast.unparse(field.target): _first_paragraph(str(ast.literal_eval(text.value)))
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }


def _first_paragraph(docstring: str) -> str:
    return " ".join(inspect.cleandoc(docstring).partition("\n\n")[0].split()).replace("``", "")
