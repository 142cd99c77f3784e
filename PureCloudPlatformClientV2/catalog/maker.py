"""Makes the catalog of Swagger documents: one line an operation, one line a definition.

The lines have facts alone: the texts of a document stay out, and our own words come from
``words.txt``. They are sorted, so that one is found without an index, and made in one way only, so
that a change of the platform is a change of its lines.
"""

from __future__ import annotations

import gzip
import json
import keyword
import re
import zlib
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._wire.names import snake_case
from .._wire.redaction import is_secret_field
from .words import Words

_VERBS = ("get", "put", "post", "delete", "options", "head", "patch")

_SCALARS = {
    ("string", "date"): "date",
    ("string", "date-time"): "datetime",
    ("string", "local-date-time"): "LocalDateTime",
    ("string", "year-month"): "YearMonth",
    ("string", None): "str",
    ("integer", None): "int",
    ("number", None): "float",
    ("boolean", None): "bool",
}

_PLACES = ("path", "query", "header", "body")

_LIMITS = ("minimum", "maximum", "minLength", "maxLength", "pattern")

_TAKEN = frozenset({"self", "property", "global"})
"""Names besides Python's keywords that no argument or attribute has, as in the vendor's SDK."""

_COLLECTIVE = frozenset({"all", "bulk", "default", "defaults"})
"""Words in the place of an id that stand for no single thing, unlike ``me``, which is a user."""

_ONE_WORD = "IPv[46]|URIs"
"""What is one word in names, whatever its capitals say."""


def read_document(path: Path, part: str = "paths") -> Any:
    """Read a document of operations or topics, which may be gzipped.

    Args:
        path: The file.
        part: What it has besides ``definitions``: ``paths`` or ``topics``.

    Raises:
        ValueError: It is no such document.
    """
    content = path.read_bytes()
    try:
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
        document = json.loads(content)
    except (ValueError, EOFError, OSError, zlib.error) as error:
        raise ValueError(f"{path.name} is not JSON, nor gzipped JSON: {error}") from None
    if isinstance(document, dict) and "openapi" in document:
        raise ValueError(
            f"{path.name} is OpenAPI {document['openapi']}: give the Swagger 2.0 document"
        )
    for name in (part, "definitions"):
        if not isinstance(document, dict) or not isinstance(document.get(name), dict):
            raise ValueError(f"{path.name} has no {name}: give {_KINDS[part]}")
    return document


_KINDS = {"paths": "a Swagger 2.0 document", "topics": "the document of the notification topics"}


def operation_lines(document: Any, words: Words) -> list[str]:
    """Write the operations of a document, each under the class of its first tag.

    Args:
        document: The Swagger document.
        words: Descriptions of methods and their arguments.

    Returns:
        The lines; one that stands in several classes is referred to by the others.

    Raises:
        ValueError: An operation cannot be a method.
    """
    lines: dict[str, str] = {}
    reserved = _reserved(document["paths"])
    for path, methods in document["paths"].items():
        for verb in filter(methods.__contains__, _VERBS):
            operation = methods[verb]
            with _at(f"{verb.upper()} {path}"):
                home, *others = [f"{tag.replace(' ', '')}Api" for tag in operation["tags"]]
                name = snake_case(operation["operationId"])
                facts = _operation(operation, _results(methods), document["definitions"], words)
                for placeholder, instead in reserved.get((verb, path), {}).items():
                    place, kind, *extras = facts["parameters"][placeholder]
                    described = {**(extras[0] if extras else {}), "reserved": instead}
                    facts["parameters"][placeholder] = [place, kind, described]
                lines[f"{home}.{name}"] = f"{verb.upper()} {path} {_json(facts)}"
                lines.update((f"{other}.{name}", home) for other in others)
    return _sorted(lines)


def definition_lines(document: Any, words: Words) -> list[str]:
    """Write the definitions of a document, which may be that of the notification topics.

    Args:
        document: The Swagger document.
        words: Descriptions of models and their fields.

    Returns:
        The lines: the fields by wire name, and by no name, which no field has, what the model is.

    Raises:
        ValueError: A definition cannot be a model.
    """
    lines: dict[str, str] = {}
    for name, definition in document["definitions"].items():
        with _at(name):
            described = words.get(name)
            facts = {"": described} if described else {}
            lines[name] = _json({**facts, **dict(_fields(name, definition, words))})
    return _sorted(lines)


def topic_lines(document: Any) -> list[str]:
    """Write the notification topics of a document: the topic, and the model of its payload.

    Raises:
        ValueError: A topic has no payload.
    """
    lines: dict[str, str] = {}
    for name, topic in document["topics"].items():
        with _at(name):
            lines[name] = topic["definition"]
    return _sorted(lines)


def _reserved(paths: Mapping[str, Any]) -> dict[tuple[str, str], dict[str, dict[str, str]]]:
    """Find what ids cannot be: words that make a path that of another operation.

    Returns:
        The names of the other methods, by verb and path, placeholder and word.
    """
    found: dict[tuple[str, str], dict[str, dict[str, str]]] = {}
    templates = {_shape(path.split("/")): path for path in paths}
    for path, methods in sorted(paths.items()):  # whatever the order of the document
        segments = path.split("/")
        for at, word in enumerate(segments):
            shadowed = templates.get(_shape([*segments[:at], "{}", *segments[at + 1 :]]))
            if word not in _COLLECTIVE or shadowed is None:
                continue
            placeholder = shadowed.split("/")[at][1:-1]
            for verb in _VERBS:
                if verb not in methods or verb not in paths[shadowed]:
                    continue
                instead = found.setdefault((verb, shadowed), {}).setdefault(placeholder, {})
                with _at(f"{verb.upper()} {path}"):
                    instead[word] = snake_case(methods[verb]["operationId"])
    return found


def _shape(segments: Iterable[str]) -> str:
    """Write a path without the names of its placeholders."""
    return "/".join("{}" if one.startswith("{") else one for one in segments)


@contextmanager
def _at(place: str) -> Generator[None, None, None]:
    """Have errors say where in the document they are."""
    try:
        yield
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        what = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise ValueError(f"{place}: {what}") from error


def _operation(
    operation: Any, results: Iterable[str], definitions: Mapping[str, Any], words: Words
) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    method = snake_case(operation["operationId"])
    parameters = operation.get("parameters", ())
    # Those that are required come first, by position; the sort keeps the order among them.
    for parameter in sorted(parameters, key=lambda one: not one.get("required")):
        described = _parameter(parameter)
        argument = described[2].get("python") or snake_case(parameter["name"])
        if said := words.get(f"{method}({argument})"):
            described[2]["words"] = said
        if parameter["in"] == "body":
            also = sorted(one for one in results if _fits(one, described[1], definitions))
            described[2].update({"also": also} if also else {})
        facts.setdefault("parameters", {})[parameter["name"]] = [one for one in described if one]
    for result in _result(operation):
        facts["returns"] = result
    for kind, permissions in _permissions(operation):
        facts[kind] = permissions
    if operation.get("deprecated"):
        facts["deprecated"] = True
    if operation.get("security") == []:
        facts["security"] = False
    for name in ("produces", "consumes"):
        if name in operation and operation[name] != ["application/json"]:
            facts[name] = operation[name]
    if said := words.get(method):
        facts["words"] = said
    return facts


def _permissions(operation: Any) -> Iterator[tuple[str, list[str]]]:
    for kind in ("any", "all"):
        if permissions := operation.get(f"x-requires-{kind}-permission"):
            yield kind, permissions
    # As the document that the platform publishes itself has it.
    if required := operation.get("x-inin-requires-permissions"):
        yield required["type"].lower(), required["permissions"]


def _parameter(parameter: Any) -> list[Any]:
    name = parameter["name"]
    if parameter["in"] not in _PLACES:
        raise ValueError(f"parameter {name} is in {parameter['in']}, where none can be")
    schema = parameter["schema"] if parameter["in"] == "body" else parameter
    extras: dict[str, Any] = {}
    if parameter.get("required") and parameter["in"] != "path":
        extras["required"] = True
    default = parameter.get("x-default", parameter.get("default"))
    if default is not None:
        extras["default"] = default
    return [
        parameter["in"],
        _type(schema),
        {**extras, **_limits(schema), **_python_name(name, parameter)},
    ]


def _fields(model: str, definition: Any, words: Words) -> Iterator[tuple[str, Any]]:
    required = definition.get("required", ())
    for name, schema in definition.get("properties", {}).items():
        extras: dict[str, Any] = {}
        if name in required:
            extras["required"] = True
        if schema.get("readOnly"):
            extras["readOnly"] = True
        if is_secret_field(model, name, _type(schema)):
            extras["secret"] = True
        extras.update({**_limits(schema), **_python_name(name, schema)})
        attribute = extras.get("python") or snake_case(name)
        if described := words.get(f"{model}.{attribute}"):
            extras["words"] = described
        yield name, [_type(schema), extras] if extras else _type(schema)


def _limits(schema: Any) -> dict[str, Any]:
    """What a value may be: the enumeration, that of the items as well, and the limits."""
    enumeration = schema.get("enum") or schema.get("items", {}).get("enum")
    limits = {name: schema[name] for name in _LIMITS if name in schema}
    return {"enum": enumeration, **limits} if enumeration else limits


def _python_name(wire_name: str, described: Any) -> dict[str, str]:
    name = described.get("x-python-name") or _to_python(wire_name)
    return {} if name == snake_case(wire_name) else {"python": name}


def _to_python(wire_name: str) -> str:
    words = re.sub(r"^[^a-zA-Z]+", "", re.sub(r"[-.]", "_", wire_name).replace(":", ""))
    words = re.sub(_ONE_WORD, lambda found: found.group().capitalize(), words)
    name = re.sub("__+", "_", snake_case(words))
    return f"pc{name.capitalize()}" if keyword.iskeyword(name) or name in _TAKEN else name


def _type(schema: Any) -> str:
    """Write the type of a schema, as ``swagger_types`` has it."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "allOf" in schema:  # a reference, with something said about it beside
        return _type(schema["allOf"][0])
    kind = schema.get("type", "object")
    if kind == "array":
        return f"list[{_type(schema['items'])}]"
    if kind == "object":
        values = schema.get("additionalProperties")
        return f"dict(str, {_type(values)})" if isinstance(values, dict) else "object"
    if (kind, None) not in _SCALARS:
        raise ValueError(f"there is no type {kind!r}")
    return _SCALARS.get((kind, schema.get("format"))) or _SCALARS[kind, None]


def _result(operation: Any) -> Iterator[str]:
    """The type of what comes with success, if anything does."""
    for status, response in operation["responses"].items():
        if status[0] == "2" and "schema" in response:
            yield _type(response["schema"])
            return


def _results(methods: Any) -> set[str]:
    """The types of what the operations of a path give back."""
    return {result for verb in methods if verb in _VERBS for result in _result(methods[verb])}


def _fits(model: str, wanted: str, definitions: Mapping[str, Any]) -> bool:
    """Whether another model may be the body: whether it has all the fields of the declared one."""
    if model == wanted or model not in definitions or wanted not in definitions:
        return False
    fields, others = (definitions[one].get("properties", {}).keys() for one in (wanted, model))
    return bool(fields) and fields <= others


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _sorted(lines: Mapping[str, str]) -> list[str]:
    # By the bytes of the key and the space behind it, as it is looked for.
    return sorted((f"{key} {facts}" for key, facts in lines.items()), key=str.encode)
