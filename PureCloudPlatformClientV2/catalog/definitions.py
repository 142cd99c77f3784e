"""A definition of the catalog: its line, parsed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from keyword import iskeyword
from typing import Any, NamedTuple

from .._wire.names import camel_case, snake_case
from .lines import damaged, find_line, find_lines
from .operations import annotation

_FILES = ("definitions.txt", "payloads.txt")
"""The models of the platform, and those of its notification topics."""


class Field(NamedTuple):
    """A field of a model."""

    name: str
    wire_name: str
    type: str
    extras: Mapping[str, Any]

    @property
    def other_name(self) -> str | None:
        """How it may be called as well: ``from_``, as Python's style guide has it."""
        return f"{self.wire_name}_" if iskeyword(self.wire_name) else None

    @property
    def annotation(self) -> str:
        """Its type as an annotation, as source."""
        if "enum" in self.extras and self.type == "str":
            known = ", ".join(map(repr, self.extras["enum"]))
            optional = f"Literal[{known}] | str | None"
        else:
            optional = f"{annotation(self.type)} | None"
        if "secret" in self.extras:
            return f"Secret[{annotation(self.type)}]"
        if camel_case(self.name) != self.wire_name:
            return f"Annotated[{optional}, JsonKey({self.wire_name!r})]"
        return optional

    @property
    def description(self) -> str:
        """What is to be said about it: our words, and the facts."""
        parts = [str(self.extras["words"])] if "words" in self.extras else []
        if "enum" in self.extras:
            parts.append(f"Known values: {', '.join(map(str, self.extras['enum']))}.")
        for name in ("minimum", "maximum", "minLength", "maxLength", "pattern"):
            if name in self.extras:
                parts.append(f"{name} {self.extras[name]}.")
        # What is both is in every answer, and asked of nobody.
        if "readOnly" in self.extras:
            parts.append("Set by the service.")
        elif "required" in self.extras:
            parts.append("Required by the service.")
        if "secret" in self.extras:
            parts.append("Secret.")
        return " ".join(parts)


class Definition(NamedTuple):
    """A model."""

    name: str
    words: str | None
    """What it is, in our words, if there is something to say."""
    fields: list[Field]

    @property
    def docstring(self) -> str:
        """What is to be said about it."""
        return self.words or f"{self.name}, as the platform's contract has it."


def model_names() -> list[str]:
    """Give the names of all models, sorted."""
    return sorted(line.partition(" ")[0] for file in _FILES for line in find_lines(file, ""))


def find_definition(name: str) -> Definition | None:
    """Find a definition.

    Args:
        name: The model's name.

    Returns:
        It; ``None`` if there is no such definition.
    """
    for file in _FILES:
        if (line := find_line(file, name)) is not None:
            return _parse(file, name, line)
    return None


def all_definitions() -> Iterator[Definition]:
    """Give all definitions."""
    for file in _FILES:
        for line in find_lines(file, ""):
            name, _, facts = line.partition(" ")
            yield _parse(file, name, facts)


def _parse(file: str, name: str, line: str) -> Definition:
    try:
        facts = json.loads(line)
        return Definition(name, facts.pop("", None), list(_fields(facts)))
    except ValueError:
        raise damaged(file, name) from None


def entity_type(fields: Iterable[Field]) -> str | None:
    """Give the annotation of a listing's entities; ``None`` where a model is no listing."""
    found = (one.type for one in fields if one.name == "entities" and one.type[:5] == "list[")
    return next((annotation(one[5:-1]) for one in found), None)


def _fields(facts: Mapping[str, Any]) -> Iterator[Field]:
    for wire_name, described in facts.items():
        kind, extras = (described, {}) if isinstance(described, str) else described
        yield Field(extras.get("python") or snake_case(wire_name), wire_name, kind, extras)
