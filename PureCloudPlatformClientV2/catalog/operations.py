"""An operation of the catalog: its line, parsed, and the source of the method made of it.

The stubs for type checkers have the same signatures and docstrings, made by the same functions.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sized
from textwrap import fill, indent
from typing import Any, NamedTuple

from .._wire.names import snake_case
from .lines import damaged, find_line, find_lines

_FILE = "operations.txt"

_JSON = "application/json"
"""What is asked for and sent wherever it is among the kinds that are declared."""

DEPRECATED = "The platform means to take it away."
"""What is said of a method that is deprecated."""


class Parameter(NamedTuple):
    """A parameter of an operation."""

    wire_name: str
    place: str
    """``path``, ``query``, ``header`` or ``body``."""
    type: str
    extras: Mapping[str, Any] = {}

    @property
    def name(self) -> str:
        """The name of the argument."""
        return self.extras.get("python") or snake_case(self.wire_name)

    @property
    def required(self) -> bool:
        """Whether a caller must give it."""
        return self.place == "path" or "required" in self.extras

    @property
    def annotation(self) -> str:
        """What an argument may be, as source."""
        if self.place != "body":
            return argument_annotation(self.type)
        others = "".join(f"models.{one} | " for one in self.extras.get("also", ()))
        return others + body_annotation(self.type)


class Operation(NamedTuple):
    """A method of an API class, as the catalog has it."""

    class_name: str
    name: str
    verb: str
    path: str
    parameters: list[Parameter]
    facts: Mapping[str, Any]
    """What else there is: ``returns``, ``any``, ``all``, ``deprecated`` and so on."""

    @property
    def returns(self) -> str | None:
        """The type of the result, if anything comes back."""
        return self.facts.get("returns")

    @property
    def deprecated(self) -> bool:
        """Whether the platform wants it no longer used."""
        return "deprecated" in self.facts


def class_names() -> list[str]:
    """Give the names of all API classes, sorted."""
    return sorted({line.partition(".")[0] for line in find_lines(_FILE, "")})


def method_names(class_name: str) -> list[str]:
    """Give the names of all methods of a class, sorted; none if there is no such class."""
    start = len(class_name) + 1
    return [line[start : line.index(" ")] for line in find_lines(_FILE, f"{class_name}.")]


def all_lines() -> dict[str, str]:
    """Give the facts of all methods as text, unparsed, by class and method: ``RoutingApi.get_...``.

    Those of a method that stands under another class are given under its own as well.
    """
    lines = dict(line.split(" ", 1) for line in find_lines(_FILE, ""))
    for key, rest in lines.items():
        if " " not in rest:
            lines[key] = lines[f"{rest}.{key.partition('.')[2]}"]
    return lines


def find_operation(class_name: str, name: str) -> Operation | None:
    """Find a method of a class."""
    line = find_line(_FILE, f"{class_name}.{name}")
    return None if line is None else _parse(class_name, name, line)


def class_operations(class_name: str) -> list[Operation]:
    """Give all methods of a class, by name."""
    lines = (line.partition(" ") for line in find_lines(_FILE, f"{class_name}."))
    return [_parse(class_name, key.partition(".")[2], rest) for key, _, rest in lines]


def _parse(class_name: str, name: str, line: str) -> Operation:
    if " " not in line:  # it stands under another class
        line = find_line(_FILE, f"{line}.{name}") or ""
    try:
        verb, path, facts_text = line.split(" ", 2)
        facts = json.loads(facts_text)
    except ValueError:
        raise damaged(_FILE, f"{class_name}.{name}") from None
    described = facts.pop("parameters", {})
    parameters = [Parameter(name, *one) for name, one in described.items()]
    return Operation(class_name, name, verb, path, parameters, facts)


# Source


def class_docstring(class_name: str, methods: Sized) -> str:
    """Say what an API class is."""
    return f"{class_name.removesuffix('Api')}: {len(methods)} methods, one per endpoint."


def signature(operation: Operation) -> str:
    """Write the first lines of the method, without ``def``."""
    required = [f"{one.name}: {one.annotation}" for one in operation.parameters if one.required]
    optional = [
        f"{one.name}: {_optional(one.annotation)} = None"
        for one in operation.parameters
        if not one.required
    ]
    arguments = ["self", *required, *(["*"] if optional else []), *optional]
    listed = "".join(f"    {one},\n" for one in [*arguments, "**options: Unpack[CallOptions]"])
    return f"{operation.name}(\n{listed}) -> {result_annotation(operation.returns)}"


def docstring(operation: Operation) -> str:
    """Write what the method does, from the facts."""
    parts = [
        f"{summary(operation)}\n",
        *(f"{_filled(text)}\n" for text in filter(None, [details(operation)])),
        f"Wraps {operation.verb} {operation.path}\n",
        *(f"{line}\n" for line in _remarks(operation)),
        "Args:",
        *(f"    {one.name}: {_description(one)}" for one in operation.parameters),
        "    **options: Per-call settings, see CallOptions.",
    ]
    if operation.returns:
        parts += ["\nReturns:", f"    {operation.returns}"]
    return "\n".join(parts) + "\n"


_VERBS = {"head": "Check", "patch": "Change", "put": "Replace"}
"""What the verbs of methods mean, where they don't say it themselves."""


def summary(operation: Operation) -> str:
    """Say in a sentence what an operation does: in our words, or in those of its name."""
    if "words" in operation.facts:
        sentence, stop, _ = str(operation.facts["words"]).partition(". ")
        return f"{sentence}{stop.rstrip()}"
    verb, *words = operation.name.split("_")
    if verb == "get" and (operation.returns or "").endswith("Listing"):
        verb = "list"
    return f"{_VERBS.get(verb, verb.capitalize())} {' '.join(words)}."


def details(operation: Operation) -> str:
    """Say what else there is to know of an operation, if anything, in our words."""
    return str(operation.facts.get("words", "")).partition(". ")[2]


_COLUMNS = 88
"""The width of what is filled in a docstring, which stands within others' indentation."""


def _filled(text: str) -> str:
    return fill(text, _COLUMNS, break_long_words=False, break_on_hyphens=False)


def _remarks(operation: Operation) -> Iterator[str]:
    for kind in ("any", "all"):
        if kind in operation.facts:
            yield f"Requires {kind.upper()} permissions: {', '.join(operation.facts[kind])}"
    if operation.facts.get("security") is False:
        yield "Needs no sign-in: the access token is not sent."
    if operation.deprecated:
        yield f"Deprecated: {DEPRECATED[0].lower()}{DEPRECATED[1:]}"


def _description(parameter: Parameter) -> str:
    extras = parameter.extras
    parts = [parameter.type, "required" if parameter.required else "optional"]
    if "enum" in extras:
        known = ", ".join(map(str, extras["enum"]))
        parts.append(f"one of {known}" if parameter.type[:5] != "list[" else f"of {known}")
    for name in ("minimum", "maximum", "pattern"):
        if name in extras:
            parts.append(f"{name} {extras[name]}")
    parts += [f"not {word} ({method})" for word, method in extras.get("reserved", {}).items()]
    if "default" in extras:
        parts.append(f"the service uses {extras['default']} if omitted")
    facts = f"{', '.join(parts)}."
    return f"{facts}\n{indent(_filled(extras['words']), ' ' * 8)}" if "words" in extras else facts


def source(operation: Operation) -> str:
    """Write the method, as one would by hand."""
    arguments = [f'"{operation.verb}"', f'"{operation.path}"', *_call_arguments(operation)]
    listed = "".join(f"        {one},\n" for one in arguments)
    return f"{heading(operation)}    return self._call(\n{listed}    )\n"


def heading(operation: Operation) -> str:
    """Write the method without what it does: the signature and the docstring."""
    text = indent(docstring(operation), "    ").replace("\\", "\\\\").replace('"""', '\\"""')
    return f'def {signature(operation)}:\n    """{text.lstrip()}    """\n'


def _call_arguments(operation: Operation) -> Iterator[str]:
    places: dict[str, list[str]] = {"path": [], "query": [], "header": []}
    bodies: list[Parameter] = []
    for parameter in operation.parameters:
        if parameter.place == "body":
            bodies.append(parameter)
        else:
            repeated = parameter.place == "query" and parameter.type.startswith("list[")
            value = f"Repeated({parameter.name})" if repeated else parameter.name
            places[parameter.place].append(f'"{parameter.wire_name}": {value}')
    for fact, header in (("produces", "Accept"), ("consumes", "Content-Type")):
        kinds = operation.facts.get(fact, [_JSON])
        # For a text, a call takes anything but JSON as well unless it is told.
        if _JSON not in kinds or (header == "Accept" and operation.returns == "str"):
            kind = _JSON if _JSON in kinds else kinds[0]
            places["header"].append(f'"{header}": "{kind}"')
    for place, argument in (("path", "path"), ("query", "query"), ("header", "headers")):
        if places[place]:
            yield f"{argument}={{{', '.join(places[place])}}}"
    named = ((one.wire_name, one.extras.get("reserved")) for one in operation.parameters)
    if reserved := {wire_name: methods for wire_name, methods in named if methods}:
        yield f"reserved={json.dumps(reserved)}"
    for body in bodies:
        yield f"body={body.name}"
        yield f"body_type={_type_source(body.type)}"
        if body.name != "body":
            yield f'body_name="{body.name}"'
        if not body.required:
            yield "body_required=False"
    if operation.facts.get("security") is False:
        yield "auth_settings=[]"
    yield f"returns={_type_source(operation.returns)}"
    yield "options=options"


def _type_source(name: str | None) -> str:
    return f"models.{name}" if name and is_model_name(name) else repr(name)


# Types, as annotations have them

_SCALARS = {
    "object": "Any",
    **{name: name for name in ("str", "int", "float", "bool", "date", "datetime")},
    **{name: name for name in ("LocalDateTime", "YearMonth")},
}


def is_model_name(name: str) -> bool:
    """Whether a type is a model, not a list or dict or scalar."""
    return name not in _SCALARS and name.isidentifier()


def annotation(name: str) -> str:
    """Write a type of the catalog as Python's annotations do."""
    if name.startswith("list["):
        return f"list[{annotation(name[5:-1])}]"
    if name.startswith("dict("):
        return f"dict[str, {annotation(name[10:-1])}]"
    return _SCALARS.get(name) or f"models.{name}"


def argument_annotation(name: str) -> str:
    """What may be given for a parameter in path, query or headers."""
    if name.startswith("list["):
        return f"Sequence[{argument_annotation(name[5:-1])}]"
    return f"{name} | str" if name in ("date", "datetime") else annotation(name)


def body_annotation(name: str) -> str:
    """What may be given for a body."""
    if name.startswith("list["):
        return f"Sequence[{body_annotation(name[5:-1])}]"
    return f"models.{name} | dict[str, Any]" if is_model_name(name) else annotation(name)


def result_annotation(name: str | None) -> str:
    """What a method gives back."""
    return "None" if name is None else annotation(name)


def _optional(annotated: str) -> str:
    return annotated if annotated == "Any" else f"{annotated} | None"
