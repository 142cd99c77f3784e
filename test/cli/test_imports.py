"""The modules of the command line stand in an order: none of them imports in a circle."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

from PureCloudPlatformClientV2 import cli

FILES = {path.stem: path for path in Path(cli.__file__).parent.glob("*.py")}


def neighbors(path: Path) -> set[str]:
    """What a file imports from beside it, inside functions and for type checkers included."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [one for one in ast.walk(tree) if isinstance(one, ast.ImportFrom) and one.level == 1]
    return {one.module or "__init__" for one in found}


def test_no_module_imports_itself_by_way_of_another() -> None:
    graph = {name: neighbors(path) for name, path in FILES.items()}
    assert graph["commands"] >= {"tables", "results"}
    TopologicalSorter(graph).prepare()
