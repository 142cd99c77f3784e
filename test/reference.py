"""Writes the reference from the code: ``python test/reference.py``.

The page of an API class or a model is written as a whole, by ``class_pages.py``. By hand are, and
stay, what stands before the first method of an API class, the Example of a method, and all from the
Example of a model on. On other pages, what stands between ``<!-- test/reference.py: name -->``
and ``<!-- end -->`` is written, by the function of that name.
"""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from pathlib import Path
from types import FunctionType
from typing import Any
from unittest.mock import patch

from class_pages import (
    api_classes,
    api_page,
    attributes,
    described,
    described_rows,
    descriptions,
    fill,
    in_bold,
    introduction,
    linked,
    methods,
    model_classes,
    model_page,
    paragraphs,
    returned,
    table,
)

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    CallOptions,
    Configuration,
    GatewayConfiguration,
    HttpRequestOptions,
    Identity,
    exceptions,
    open_messaging,
    paginate,
)
from PureCloudPlatformClientV2._settings.checks import RequestTimeout
from PureCloudPlatformClientV2._settings.settings import Settings
from PureCloudPlatformClientV2._transport import proxy
from PureCloudPlatformClientV2._wire.error_codes import ERROR_CODES
from PureCloudPlatformClientV2.logger import Logger
from PureCloudPlatformClientV2.models import Model
from PureCloudPlatformClientV2.models._introspection import strings_under_annotations

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def all_pages() -> dict[Path, str]:
    """Every page that has something from the code in it, and what should stand there."""
    pages = {DOCS / f"{cls.__name__}.md": api_page(cls, _text(cls)) for cls in api_classes()}
    pages |= {DOCS / f"{cls.__name__}.md": model_page(cls, _text(cls)) for cls in model_classes()}
    for path, blocks in BLOCKS.items():
        pages[path] = fill(path.read_text(encoding="utf-8"), blocks)
    return pages


def _text(cls: type[Any]) -> str:
    path = DOCS / f"{cls.__name__}.md"
    return path.read_text(encoding="utf-8") if path.exists() else ""


# Settings


_OF_AUTHENTICATION = (
    "access_token",
    "client_id",
    "client_secret",
    "should_refresh_access_token",
    "refresh_token_wait_time",
)
"""The settings that authentication.md lists."""


def settings(cls: type[Settings], names: Iterable[str] = ()) -> str:
    """The table of what can be set on a class, or of some of that."""
    holder, texts = cls(), _described_settings(cls)
    texts |= {name: text for name, text in attributes(cls).items() if name not in texts}
    rows = (
        (
            f"**{name}**",
            _setting_type(cls, name),
            _setting_default(holder, name),
            ", ".join(f"`{one}`" for one in _variables(cls, name)),
            _place_in_file(cls, name),
            texts[name],
        )
        for name in names or texts
    )
    columns = ("Name", "Type", "Default", "Environment variable", "File key", "Description")
    return table(columns, rows)


def _described_settings(cls: type[Settings]) -> dict[str, str]:
    """What the strings under settings say."""
    texts: dict[str, str] = {}
    for base in cls.__mro__:
        if issubclass(base, Settings) and base is not Settings:
            (definition,) = ast.parse(textwrap.dedent(inspect.getsource(base))).body
            assert isinstance(definition, ast.ClassDef)
            for field, text in zip(definition.body, definition.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                    name, docstring = ast.unparse(field.target), ast.literal_eval(text.value)
                    texts[name] = " ".join(paragraphs(docstring))
    return texts


def _setting_type(cls: type[Settings], name: str) -> str:
    member = inspect.getattr_static(cls, name, None)
    annotation: str = (
        str(returned(member)) if isinstance(member, property) else cls.__annotations__[name]
    )
    given = re.sub(r"^Converted\[(\w+), .+\]$", r"\1", annotation)
    given = given.replace("RequestTimeout", str(RequestTimeout))
    return " or ".join(f"`{one}`" for one in given.split(" | "))


def _setting_default(holder: Settings, name: str) -> str:
    default: object = getattr(holder, name)
    if isinstance(default, Logger):
        return "a `Logger`"
    if isinstance(default, Enum):
        return f"`{type(default).__name__}.{default.name}`"
    return f"`{default!r}`".replace(os.environ["HOME"], "~")


def _variables(cls: type[Settings], name: str) -> tuple[str, ...]:
    if cls is Configuration and name == "proxy":
        return proxy.ENVIRONMENT
    found = cls.settings().get(name)
    return found.env if found else ()


def _place_in_file(cls: type[Settings], name: str) -> str:
    if cls is Configuration and name == "gateway_configuration":
        return "[`[gateway]`](configuration.md#gateway)"
    found = cls.settings().get(name)
    return f"`[{found.section}] {found.key}`" if found and found.section else ""


# Blocks in pages that are written by hand


def _methods(cls: type[Any]) -> Iterator[tuple[str, str]]:
    for name, method in methods(cls).items():
        yield f"**{name}**({_arguments(method)})", paragraphs(method.__doc__)[0]


def _members_of_model() -> str:
    rows = (*described_rows(attributes(Model)), *_methods(Model))
    return table(("Name", "Description"), rows)


def _arguments(method: Callable[..., Any]) -> str:
    names = [name for name in inspect.signature(method).parameters if name != "self"]
    return ", ".join(names) if len(names) < 8 else "..."


def _error_codes() -> str:
    rows = ((f"`{name}`", *one) for name, one in ERROR_CODES.items())
    return table(("Code", "Status", "What it says", "What to do"), rows)


def _exceptions() -> str:
    names = sorted(exceptions.__all__)
    return descriptions({name: paragraphs(getattr(exceptions, name).__doc__)[0] for name in names})


def _models() -> str:
    rows = ((in_bold(cls.__name__), paragraphs(cls.__doc__)[0]) for cls in model_classes())
    return table(("Model", "Description"), rows)


def _secrets() -> str:
    rows = (
        (
            linked(cls.__name__),
            ", ".join(f"`{one}`" for one in cls.swagger_types if one in cls.secret_fields),
        )
        for cls in model_classes()
        if cls.secret_fields
    )
    return table(("Model", "Fields"), rows)


def _functions_of_open_messaging() -> str:
    rows = (
        (f"**{name}**({', '.join(inspect.signature(one).parameters)})", paragraphs(one.__doc__)[0])
        for name, one in _names_of_open_messaging()
        if isinstance(one, FunctionType)
    )
    return table(("Name", "Description"), rows)


def _classes_of_open_messaging() -> str:
    classes = [one for _, one in _names_of_open_messaging() if isinstance(one, type)]
    return "\n".join(_section_of_class(cls) for cls in classes)


def _names_of_open_messaging() -> Iterator[tuple[str, Any]]:
    return ((name, getattr(open_messaging, name)) for name in open_messaging.__all__)


def _section_of_class(cls: type[Any]) -> str:
    """A class with what it has beyond its base: fields, attributes, methods; and its arguments."""
    base = cls.__base__ or object
    fields = {name: paragraphs(text)[0] for name, text in strings_under_annotations(cls).items()}
    others = {name: text for name, text in attributes(cls).items() if name not in attributes(base)}
    own = [row for row in _methods(cls) if row[0].strip("*").split("*")[0] in vars(cls)]
    rows = [*described_rows({**fields, **others}), *own]
    parts = [
        f"### {cls.__name__}",
        " ".join(introduction(cls.__doc__)[0].split()),
        *([f"It has what `{base.__name__}` has, and:"] if base in _BASES else ()),
        *([table(("Name", "Description"), rows).strip()] if rows else ()),
    ]
    if arguments := described(vars(cls).get("__init__", object).__doc__):
        parts += ["It is made with:", descriptions(arguments).strip()]
    return "\n\n".join(parts) + "\n"


_BASES = (open_messaging.Content, open_messaging.Webhook)


def _tree_of_models() -> str:
    entries = "".join(f"{cls.__name__} <{cls.__name__}>\n" for cls in model_classes())
    return f"```{{toctree}}\n:hidden:\n\n{entries}```\n"


def _tree_of_reference() -> str:
    pages = "".join(f"{cls.__name__} <{cls.__name__}>\n" for cls in api_classes())
    return (
        f"```{{toctree}}\n:caption: Reference\n:hidden:\n\nreference\n{pages}models\n"
        "ApiClient <ApiClient>\nConfiguration <configuration>\nsandbox\ndifferences\n```\n"
    )


BLOCKS: dict[Path, dict[str, Callable[[], str]]] = {
    DOCS / "ApiClient.md": {
        "attributes": lambda: descriptions(attributes(ApiClient)),
        "methods": lambda: table(("Name", "Description"), _methods(ApiClient)),
        "options": lambda: descriptions(described(CallOptions.__doc__)),
        "call_api": lambda: descriptions(described(ApiClient.call_api.__doc__)),
        "request": lambda: descriptions(attributes(HttpRequestOptions)),
    },
    DOCS / "authentication.md": {
        "settings": lambda: settings(Configuration, _OF_AUTHENTICATION),
        "identity": lambda: descriptions(described(Identity.__doc__)),
    },
    DOCS / "configuration.md": {
        "settings": lambda: settings(Configuration),
        "gateway": lambda: settings(GatewayConfiguration),
        "logging": lambda: settings(Logger),
    },
    DOCS / "errors.md": {
        "exceptions": _exceptions,
        "attributes": lambda: descriptions(attributes(ApiException)),
        "codes": _error_codes,
    },
    DOCS / "index.md": {"reference": _tree_of_reference},
    DOCS / "models.md": {
        "models": _models,
        "members": _members_of_model,
        "secrets": _secrets,
        "pages": _tree_of_models,
    },
    DOCS / "open_messaging.md": {
        "functions": _functions_of_open_messaging,
        "classes": _classes_of_open_messaging,
    },
    DOCS / "paging.md": {"arguments": lambda: descriptions(described(paginate.__doc__))},
}
"""The blocks of each page, by name."""


if __name__ == "__main__":
    with patch.dict(os.environ, {"HOME": "/nonexistent"}, clear=True):  # defaults, not settings
        for page, content in all_pages().items():
            page.write_text(content, encoding="utf-8")
