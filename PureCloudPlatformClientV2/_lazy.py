"""Names of a package that are loaded when they are first used (PEP 562).

Each is stated once, where it lives: in the ``__all__`` of its module, or by the name of the file
that a class has to itself. For type checkers, and for tools that look for imports without running
anything, the packages repeat the imports themselves under ``TYPE_CHECKING``.
"""

from __future__ import annotations

import encodings
import importlib
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType, TracebackType
from typing import Any, ClassVar

from ._wire.names import PACKAGE, camel_case, did_you_mean, snake_case


def lazy_names(
    package: str,
    *modules: str,
    classes: str | None = None,
    late: Mapping[str, str] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Make ``__getattr__`` and ``__dir__`` of a package.

    Args:
        package: Its name.
        *modules: Its modules and packages whose public names are its own as well.
        classes: What the names of its classes end with, if it has any: its other files have one
            each, of the file's name, and the catalog has more.
        late: More names, and the modules that have them, which are loaded for nothing else.
    """
    if classes is not None:
        _Catalog.add(package)
    present, late = sys.modules[package], late or {}

    def get(name: str) -> Any:
        with loading:
            found = public_names() if name == "__all__" else find(name)
        vars(present)[name] = found
        return found

    def find(name: str) -> Any:
        if name in late:
            return getattr(importlib.import_module(f"{package}.{late[name]}"), name)
        if not name.startswith("__"):
            # First, since those that import it may be among the others, and not be ready yet.
            # And no module begins with a capital, nor a class without.
            is_module = not name[:1].isupper()
            if is_module and (found := _find_module(package, name)) is not None:
                return found
            is_class = not is_module and classes is not None and name.endswith(classes)
            if is_class and hasattr(found := find_file(snake_case(name)), name):
                return getattr(found, name)
            for module in modules:
                found = importlib.import_module(f"{package}.{module}")
                # A package would load all that it has, to say what that is.
                names = [name] if hasattr(found, "__path__") else found.__all__
                if name in names and hasattr(found, name):
                    return getattr(found, name)
            if is_class and (found := _Catalog.modules().find_class(package, name)):
                return found
        text = f"module {package!r} has no attribute {name!r}{suggestion(name)}"
        raise AttributeError(text, name=name, obj=present)

    def suggestion(name: str) -> str:
        # Python itself suggests none where there are as many names as the catalog has.
        if not name[:1].isupper() or classes == "Api":
            return ""
        if not known:
            found: dict[str, list[str]] = {}
            for one in public_names():
                found.setdefault(one[:2], []).append(one)
            known.update(found)  # in one step, as another thread may look for one meanwhile
        return did_you_mean(name, known.get(name[:2], ()), likeness=0.8)

    known: dict[str, list[str]] = {}

    def find_file(name: str) -> ModuleType | None:
        # Without the catalog's modules, which are made of the class that is looked for here.
        full_name = f"{package}.{name}"
        if full_name in sys.modules or PathFinder.find_spec(full_name, present.__path__):
            return importlib.import_module(full_name)
        return None

    def public_names() -> list[str]:
        names: set[str] = {name for name in vars(present) if name in _ALWAYS}.union(late)
        for module in modules:
            names.update(importlib.import_module(f"{package}.{module}").__all__)
        if classes is not None:
            files = {file for file in _files(present) if file not in modules}
            named = _Catalog.modules().names(package)
            names.update(one for one in named if snake_case(one) not in files)
            names.update(camel_case(f"_{file}") for file in files)
        return sorted(names)

    return get, lambda: sorted({*vars(present), *public_names()})


class _Catalog:
    """Has Python's import system find the modules of the catalog's classes, which have no files."""

    packages: ClassVar[set[str]] = set()

    @classmethod
    def add(cls, package: str) -> None:
        """Find modules in a package from now on."""
        cls.packages.add(package)
        if cls not in sys.meta_path:
            sys.meta_path.append(cls)  # behind those that find files

    @staticmethod
    def modules() -> Any:
        """Give the module of the catalog that makes modules."""
        return importlib.import_module(f"{__package__}.catalog.modules")

    @classmethod
    def find_spec(cls, full_name: str, path: object, target: object = None) -> ModuleSpec | None:
        """Tell the import system where a module comes from, if it is one of these."""
        package, _, name = full_name.rpartition(".")
        if package not in cls.packages or name != name.lower():
            return None
        module: ModuleType | None = cls.modules().find_module(package, name)
        return None if module is None else module.__spec__


class Loading:
    """Has what is done within end in ApiException where a module cannot be loaded.

    Modules are loaded when they are first needed, many of them in a call, and just then the process
    may have no file descriptor left.
    """

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Raise ApiException in the place of an error that says so."""
        if isinstance(error, OSError) and (failure := unloadable(error)) is not None:
            raise failure from error


loading = Loading()
"""The one there need be, as it keeps nothing."""


def unloadable(error: BaseException) -> Exception | None:
    """Make the ApiException for a module of this package's need that could not be loaded.

    Args:
        error: What has ended a call, or the look-up of a name.

    Returns:
        The exception; ``None`` where the error is another, such as one that a caller's own hook or
        HTTP client has come upon, perhaps after the request was carried out.
    """
    # None is imported here, as that would fail as well: who handles ApiException has loaded it.
    exceptions = sys.modules.get(f"{__package__}.exceptions")
    if exceptions is None or not isinstance(error, OSError):
        return None
    place, innermost, is_loading = error.__traceback__, "", False
    while place is not None:
        code = place.tb_frame.f_code
        innermost = code.co_filename
        # Python leaves frames of its own out, so that a module may seem to be run by its importer.
        is_loading |= innermost.startswith(_LOADERS) or code.co_name == "<module>"
        if not is_loading and not innermost.startswith(_OWN):
            return None
        place = place.tb_next
    if not innermost.startswith(_LOADERS):
        return None
    failure: Exception = exceptions.ApiConnectionException(0, f"{type(error).__name__}: {error}")
    return failure


_LOADERS = (
    "<frozen importlib",
    "<frozen zipimport",
    importlib.__file__,
    encodings.__file__,
    f"{PACKAGE}catalog{os.sep}lines.py",
)
"""What loads modules, codecs and lines of the catalog: what its files are called in a traceback."""

_OWN = (PACKAGE, "<decoder of ")
"""What the files of this package are called there, and the code that it makes."""

_ALWAYS = frozenset({"__version__"})
"""What a package offers that it has loaded at once."""


def _find_module(package: str, name: str) -> ModuleType | None:
    full_name = f"{package}.{name}"
    try:
        return importlib.import_module(full_name)
    except ModuleNotFoundError as error:
        if error.name != full_name:  # it is there, and needs what is not
            raise
        return None


def _files(package: ModuleType) -> Iterator[str]:
    # Imported here for the sake of start-up time: only dir() and "import *" want all names.
    from pkgutil import iter_modules

    return (one.name for one in iter_modules(package.__path__) if not one.name.startswith("_"))
