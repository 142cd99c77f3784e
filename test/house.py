"""The package as its files say it is: where everything stands, and what imports what."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "PureCloudPlatformClientV2"
FILES = sorted(PACKAGE.rglob("*.py"))
CLIENT_FILES = [path for path in FILES if "sandbox" not in path.parts]

OF_THE_VENDOR = {
    "abstract_http_client",
    "api_null_value",
    "default_http_client",
    "gateway_configuration",
    "http_request_options",
    "purecloud_region_hosts",
    "utils",
    "year_month",
}
"""Modules that pass on what the vendor's SDK has in modules of these names."""

ROWS = [
    {"version", "_wire"},
    {"_lazy", "_settings", "open_messaging"},
    {"models", "logger"},
    {"configuration", "exceptions"},
    {"_transport", "_paging", "waiting"},
    {"_auth"},
    {"_calls"},
    {"api_client"},
    {"apis", "pagination", "rest"} | OF_THE_VENDOR,
    {"catalog", "identity", "lookup", "rows"},
    {"notifications"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
"""The drawing of the house, from the ground up: a room imports from lower rows only."""

HEIGHT = {room: height for height, row in enumerate(ROWS) for room in row}


class Import(NamedTuple):
    """One import of a module of ours."""

    target: str
    """The module, without the name of the package; empty for the package itself."""
    in_function: bool
    for_checkers: bool
    """Whether it stands under ``TYPE_CHECKING``."""
    comment: str
    """What the comments of its function say, down to this line."""


def name_of(path: Path) -> str:
    """The name of a file in the id of a test."""
    return path.relative_to(PACKAGE).as_posix()


def room_of(path: Path) -> str:
    """The folder or module at the top of the package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def module_of(path: Path) -> str:
    """The module that a file is, without the name of the package."""
    *folders, name = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(folders if name == "__init__" else (*folders, name))


MODULES = {module_of(path): path for path in FILES}


def _functions(tree: ast.AST) -> dict[ast.AST, int]:
    """What stands in functions, and the line where the innermost begins."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    outer_first = (one for one in ast.walk(tree) if isinstance(one, kinds))
    return {node: function.lineno for function in outer_first for node in ast.walk(function)}


def _for_checkers(tree: ast.AST) -> set[ast.AST]:
    return {
        node
        for outer in ast.walk(tree)
        if isinstance(outer, ast.If) and ast.unparse(outer.test) == "TYPE_CHECKING"
        for statement in outer.body
        for node in ast.walk(statement)
    }


def _targets(node: ast.AST, package: tuple[str, ...]) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    base = package[: len(package) - node.level + 1] if node.level else ()
    target = ".".join((*base, *([node.module] if node.module else [])))
    found = [f"{target}.{one.name}" for one in node.names]
    # "from . import models" may mean a module, or a name of the package.
    modules = [one for one in found if one.partition(".")[2] in MODULES]
    return modules + ([target] if len(modules) < len(found) else [])


def imports_of(path: Path) -> Iterator[Import]:
    """The modules of ours that a file imports."""
    package = (PACKAGE.name, *path.relative_to(PACKAGE).parts[:-1])
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    lines = text.splitlines()
    functions, for_checkers = _functions(tree), _for_checkers(tree)
    for node in ast.walk(tree):
        for target in _targets(node, package):
            if isinstance(node, ast.stmt) and target.split(".")[0] == PACKAGE.name:
                above = lines[functions.get(node, node.lineno) - 1 : node.lineno]
                yield Import(
                    target.partition(".")[2],
                    node in functions,
                    node in for_checkers,
                    " ".join(line.partition("# ")[2] for line in above if "# " in line),
                )


def names_for_checkers(path: Path) -> list[tuple[str, str]]:
    """What a file imports under ``TYPE_CHECKING``: module, as it is written, and name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = _for_checkers(tree)
    return [
        (f"{'.' * node.level}{node.module or ''}", alias.name)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node in found
        for alias in node.names
    ]


def public_names(module: ModuleType) -> list[str]:
    """The public names of a module or a package; type checkers do not know that all can tell."""
    who_can_tell: Any = module
    return list(who_can_tell.__all__)
