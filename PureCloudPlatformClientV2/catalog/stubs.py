"""Writes the stubs: what type checkers and editors know of the classes that have no files.

The build does so, and they are in what it installs. In a clone that is used without having been
installed, ``python -m PureCloudPlatformClientV2.catalog --stubs`` does; until then, checkers know
only of the classes that have files.

Who imports the package imports, as checkers see it, all that is in it. So the stubs are few, large
and plain: mypy reads them in some five seconds, the first time.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from pathlib import Path
from textwrap import indent

from .._wire.names import snake_case
from .definitions import Definition, all_definitions, entity_type
from .operations import (
    DEPRECATED,
    annotation,
    class_docstring,
    class_names,
    class_operations,
    heading,
)

_PACKAGE = Path(__file__).parent.parent

_ORIGIN = "# Written by the build, from the catalog.\n"

_API_IMPORTS = """
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from typing_extensions import deprecated

from .. import models
from .api import Api, CallOptions, Unpack
"""

_MODEL_IMPORTS = {
    "builtins": ("bool", "dict", "float", "int", "list", "str"),
    "datetime": ("date", "datetime"),
    "typing": ("Annotated", "Any", "Literal"),
    ".._wire.year_month": ("YearMonth",),
    ".base": ("JsonKey", "LocalDateTime", "Model", "Secret"),
    ".entity_listing": ("Entities",),
}
"""What the annotations of models use, by module."""

_WORD = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\w.]+""")
"""A string in an annotation, or a name."""

_REDEFINED = "  # type: ignore[assignment]  # pyright: ignore"
"""Behind a field that takes the place of an attribute which all models have, on purpose."""


def write_stubs(package: Path = _PACKAGE) -> list[Path]:
    """Write all stubs, and remove those that are no longer made.

    Args:
        package: The folder of the package that they are for; this one if omitted.

    Returns:
        Their files.
    """
    stubs = {package / name: text for name, text in make_stubs().items()}
    for folder in {path.parent for path in stubs}:
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.pyi"):  # of an earlier build; a link may lead to another's file
            path.unlink()
    for path, text in stubs.items():
        path.write_bytes(text.encode())  # with the same line ends everywhere
    return sorted(stubs)


def make_stubs() -> dict[str, str]:
    """Make all stubs: the text of each by the name of its file within the package."""
    apis = [name for name in class_names() if not _has_file("apis", name)]
    stubs = {f"apis/{snake_case(name)}.pyi": _api_stub(name) for name in apis}
    names = "".join(f"from .{snake_case(name)} import {name} as {name}\n" for name in apis)
    return {
        **stubs,
        "apis/_catalog.pyi": f"{_ORIGIN}\n{names}",
        "models/_catalog.pyi": _models_stub(),
    }


def _has_file(room: str, name: str) -> bool:
    """Whether a class is written by hand, which counts."""
    return (_PACKAGE / room / f"{snake_case(name)}.py").exists()


# API classes


def _api_stub(name: str) -> str:
    operations = class_operations(name)
    docstring = class_docstring(name, operations)
    parts = [f'{_ORIGIN}{_API_IMPORTS}\n\nclass {name}(Api):\n    """{docstring}"""\n']
    for operation in operations:
        decorator = f'@deprecated("{DEPRECATED}")\n' if operation.deprecated else ""
        parts.append(indent(f"{decorator}{heading(operation)}", "    "))
    return "\n".join(parts)


# Models


def _models_stub() -> str:
    """Write one stub of all models: they name each other, in circles as well."""
    found = sorted(all_definitions(), key=lambda one: one.name)
    models = {one.name: one for one in found if not _has_file("models", one.name)}
    fields = [field for one in models.values() for field in one.fields]
    taken = models.keys() | {one.name for one in fields}
    named = {name for one in fields for name in re.findall(r"models\.(\w+)", annotation(one.type))}
    lines = [
        _ORIGIN,
        *_imports(models, taken),
        *(f"from .{snake_case(name)} import {name}" for name in sorted(named - models.keys())),
        *(line for one in models.values() for line in _model(one, models)),
    ]
    return "".join(f"{line}\n" for line in lines)


def _imports(models: Container[str], taken: Container[str]) -> Iterator[str]:
    """Write what is imported: by a name of its own as well, where there is another of its name."""
    for module, names in _MODEL_IMPORTS.items():
        parts = [one for one in names if module != "builtins" and one not in models]
        parts += [f"{one} as _{one}" for one in names if one in taken]
        if parts:
            yield f"from {module} import {', '.join(parts)}"


def _model(definition: Definition, models: Container[str]) -> Iterator[str]:
    """Write a model.

    Args:
        definition: The model.
        models: The names of all classes in the stub.
    """
    name, words, fields = definition
    attributes = {one.name for one in fields}

    def spelt(source: str) -> str:
        return _WORD.sub(lambda word: _spelt(word[0], attributes, models), source)

    entities = entity_type(fields)
    base = "Model" if entities is None else f"Entities[{spelt(entities)}]"
    yield f"\n\nclass {name}({base}):"
    if words:
        yield f'    """{words}"""\n'
    if not fields and not words:
        yield "    ..."
    for one in fields:
        redefined = _REDEFINED if one.name == "additional_properties" else ""
        yield f"    {one.name}: {spelt(one.annotation)} = None{redefined}"
        if "words" in one.extras:
            yield f'    """{one.extras["words"]}"""'
        if one.other_name:
            yield f"    {one.other_name}: {spelt(one.annotation)} = None"
            yield f'    """The same as {one.name}."""'


def _spelt(word: str, attributes: Container[str], models: Container[str]) -> str:
    """Spell a word of an annotation as it is understood within a class of the stub."""
    if word.startswith("models."):
        return word.partition(".")[2]
    return f"_{word}" if word in attributes or word in models else word
