"""Modules without files: ``.apis.routing_api``, ``.models.queue`` and all others of the catalog."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Annotated, Any, Literal

from .. import models
from .._wire.names import camel_case, snake_case
from .._wire.parameters import Repeated
from .._wire.year_month import YearMonth
from ..apis.api import CallOptions, Unpack
from ..models.base import JsonKey, LocalDateTime, Secret
from .api_classes import make_api_class
from .definitions import model_names
from .model_classes import make_model_class
from .operations import class_names

_ROOT = __name__.rpartition(".catalog.")[0]

_MAKERS: dict[str, tuple[Callable[..., type | None], Callable[[], list[str]], dict[str, Any]]] = {
    f"{_ROOT}.apis": (
        make_api_class,
        class_names,
        {
            "Any": Any,
            "CallOptions": CallOptions,
            "Repeated": Repeated,
            "Sequence": Sequence,
            "Unpack": Unpack,
            "date": date,
            "datetime": datetime,
            "models": models,
        },
    ),
    f"{_ROOT}.models": (
        make_model_class,
        model_names,
        {
            "Annotated": Annotated,
            "Any": Any,
            "JsonKey": JsonKey,
            "Literal": Literal,
            "LocalDateTime": LocalDateTime,
            "Secret": Secret,
            "YearMonth": YearMonth,
            "date": date,
            "datetime": datetime,
            "models": models,
        },
    ),
}
"""For each package: what makes a class, what tells their names, and what their source uses."""

_modules: dict[str, ModuleType] = {}


def names(package: str) -> list[str]:
    """Give the names of all classes that the catalog has for a package, sorted."""
    return _MAKERS[package][1]()


def find_class(package: str, name: str) -> type | None:
    """Give the class of a name; it is made with the first call.

    Args:
        package: ``PureCloudPlatformClientV2.apis`` or ``PureCloudPlatformClientV2.models``.
        name: The name of the class.

    Returns:
        The class; ``None`` if the catalog has none of the name.
    """
    full_name = f"{package}.{snake_case(name)}"
    module = _modules.get(full_name)
    if module is None:
        make, _, used = _MAKERS[package]
        module = ModuleType(full_name)
        vars(module).update(
            used,
            __package__=package,
            __spec__=ModuleSpec(full_name, _LOADER, origin="the catalog"),
            __loader__=_LOADER,
            __all__=[name],
        )
        made = make(name, vars(module))
        if made is None:
            return None
        vars(module)[name] = made
        # Threads that come here together get the same one.
        module = _modules.setdefault(full_name, module)
    sys.modules.setdefault(full_name, module)
    found: type | None = vars(module).get(name)
    return found


def find_module(package: str, name: str) -> ModuleType | None:
    """Give the module of a name, such as ``queue``; it is made with the first call."""
    guess = camel_case(f"_{name}")
    if snake_case(guess) != name or find_class(package, guess) is None:
        spelt = _class_names(package).get(name)
        if spelt is None:
            return None
        find_class(package, spelt)
    return _modules.get(f"{package}.{name}")


@cache
def _class_names(package: str) -> dict[str, str]:
    """The names of classes by those of their modules: not all can be told from each other."""
    return {snake_case(name): name for name in names(package)}


class _Loader:
    """Hands out the modules to Python's import system."""

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Give the module of a spec."""
        package, _, name = spec.name.rpartition(".")
        return find_module(package, name)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: it is ready."""


_LOADER: Any = _Loader()  # of the form that importlib asks for, without loading importlib.abc
