"""Walks the code, so that reviewers need not: the public surface, docstrings, files and imports."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from subprocess import run
from sys import executable

import pytest
from calls import API_CLASSES, model_class
from contract_facts import definitions, snake_case
from house import (
    CLIENT_FILES,
    FILES,
    HEIGHT,
    MODULES,
    OF_THE_VENDOR,
    PACKAGE,
    ROOT,
    imports_of,
    name_of,
    public_names,
    room_of,
)

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import exceptions, models, rest

# The public surface

SURFACE = [
    *((name, ["", ".apis", f".apis.{snake_case(name)}"]) for name in API_CLASSES),
    *((name, ["", ".exceptions", ".rest"]) for name in public_names(exceptions)),
    ("ApiClient", ["", ".api_client"]),
    ("CallOptions", ["", ".apis"]),
    ("Configuration", ["", ".configuration"]),
    ("RESTClientObject", [".rest"]),
    ("RESTResponse", [".rest"]),
    ("PureCloudRegionHosts", [""]),
    ("GatewayConfiguration", [""]),
    ("ApiNullValue", [""]),
    ("AbstractHttpClient", [""]),
    ("DefaultHttpClient", [""]),
    ("HttpRequestOptions", [""]),
    ("paginate", ["", ".pagination"]),
    ("LogLevel", [".logger"]),
    ("LogFormat", [".logger"]),
]
"""The names that the generator family promises, and where it promises them."""


@pytest.mark.parametrize(("name", "places"), SURFACE, ids=[name for name, _ in SURFACE])
def test_public_names_import_from_where_they_should(name: str, places: list[str]) -> None:
    modules = [importlib.import_module(f"PureCloudPlatformClientV2{place}") for place in places]
    found = [getattr(module, name) for module in modules]
    assert all(one is found[0] for one in found)
    assert ("" not in places) or name in public_names(PureCloudPlatformClientV2)


def test_the_default_configuration_hides_the_module_of_its_name() -> None:
    from PureCloudPlatformClientV2.configuration import Configuration, configuration

    assert PureCloudPlatformClientV2.configuration is configuration
    assert isinstance(configuration, Configuration)


def test_everything_announced_exists_and_is_sorted() -> None:
    for module in (PureCloudPlatformClientV2, PureCloudPlatformClientV2.apis, models):
        assert sorted(public_names(module)) == public_names(module)
        assert all(hasattr(module, name) for name in public_names(module))


def test_every_exception_is_announced() -> None:
    kinds = [one for one in vars(exceptions).values() if isinstance(one, type)]
    names = {kind.__name__ for kind in kinds if issubclass(kind, exceptions.ApiException)}
    assert names <= {*public_names(exceptions)} & {*vars(rest)}


def test_dependencies_are_exactly_four() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").split()
    names = {re.split(r"[<>=!~\[;]", line)[0] for line in lines}
    assert names == {"urllib3", "certifi", "python-dateutil", "six"}


def test_the_package_is_marked_as_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


# Docstrings

PRIVATE_ROOMS = {room for room in HEIGHT if re.match("_[^_]", room)}
INTERNAL = {path.stem for path in FILES if re.match("_[^_]", path.name)}


def definitions_in(tree: ast.Module) -> Iterator[tuple[str, ast.AST]]:
    """Every public class, function and method, ``@overload``s and setters left out."""
    scopes: list[tuple[str, ast.Module | ast.ClassDef]] = [("", tree)]
    while scopes:
        prefix, scope = scopes.pop()
        for node in scope.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield prefix + node.name, node
                scopes.append((f"{prefix}{node.name}.", node))
            elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
                if not any(name == "overload" or name.endswith(".setter") for name in decorators):
                    yield prefix + node.name, node


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name_of)
def test_public_names_have_docstrings(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    if room_of(path) in PRIVATE_ROOMS or room_of(path) == "cli" or path.stem in INTERNAL:
        return
    missing = [
        name
        for name, node in definitions_in(tree)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not ast.get_docstring(node)
    ]
    assert missing == []


@pytest.mark.parametrize("name", [*definitions, "EntityListing"])
def test_fields_have_a_docstring_under_them(name: str) -> None:
    expected = set(model_class(name).swagger_types)
    path = PACKAGE / "models" / f"{snake_case(name)}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    model = [node for node in tree.body if isinstance(node, ast.ClassDef)][-1]
    documented: set[str] = set()
    for node, following in zip(model.body, model.body[1:], strict=False):
        if isinstance(node, ast.AnnAssign):
            field = f"{path.name}: {ast.unparse(node.target)}"
            assert isinstance(following, ast.Expr), f"{field} has no docstring under it"
            assert isinstance(following.value, ast.Constant)
            assert str(following.value.value).strip().endswith("."), (
                f"{field}: end with a full stop"
            )
            documented.add(ast.unparse(node.target))

    inherited = set(getattr(model_class(name).__base__, "swagger_types", ()))
    assert expected - inherited <= documented <= expected


# Files and imports


def test_the_top_of_the_package_is_seen_at_a_glance() -> None:
    files = [one for one in PACKAGE.iterdir() if one.is_file()]
    assert len([one for one in files if one.stem not in OF_THE_VENDOR]) < 20


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_short_enough_to_be_read(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines < 500


BECAUSE_OF_AN_EXTRA = {
    ("__main__", "cli.program"),
    ("cli.session", "sandbox.server"),
    ("sandbox.__main__", "sandbox.server"),
}
"""Imports in functions so that it can be said in a line which extra has not been installed."""


@pytest.mark.parametrize(("module", "path"), MODULES.items(), ids=[*MODULES])
def test_imports_within_functions_are_for_the_sake_of_start_up_cost(
    module: str, path: Path
) -> None:
    for one in imports_of(path):
        if one.in_function and (module, one.target) not in BECAUSE_OF_AN_EXTRA:
            assert re.search(r"start-up|only .* needs? (it|them)\b|as above", one.comment, re.I), (
                f"{one.target} is imported inside a function, and no comment says why"
            )


@pytest.mark.parametrize("path", CLIENT_FILES, ids=name_of)
def test_imports_go_down_the_drawing(path: Path) -> None:
    room = room_of(path)
    for target in {one.target for one in imports_of(path)}:
        other = target.split(".")[0] or "__init__"
        if room != other and (room, other) != ("cli", "sandbox"):  # by design
            assert other in HEIGHT, f"{target}: the client imports nothing of that"
            assert HEIGHT[other] < HEIGHT[room], f"{target} stands above, or beside"


def test_the_drawing_shows_every_room_and_no_other() -> None:
    assert {room_of(path) for path in CLIENT_FILES} == set(HEIGHT)


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {
        module: {one.target for one in imports_of(path) if not one.for_checkers}
        for module, path in MODULES.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]))


def test_pagination_knows_nothing_of_clients_and_apis() -> None:
    for path in (PACKAGE / "pagination.py", *(PACKAGE / "_paging").glob("*.py")):
        rooms = {one.target.split(".")[0] for one in imports_of(path)}
        assert rooms <= {"_paging", "_wire", "exceptions"}, path


def test_models_import_only_models_besides_their_base() -> None:
    for path in (PACKAGE / "models").glob("*.py"):
        rooms = {one.target.split(".")[0] for one in imports_of(path)}
        below = {"_wire"} if path.stem == "base" or path.stem.startswith("_") else set[str]()
        assert rooms <= {"models", "_lazy", *below}, path


def test_the_sandbox_imports_nothing_of_the_client() -> None:
    files = sorted((PACKAGE / "sandbox").rglob("*.py"))
    assert files
    for path in files:
        assert {one.target.split(".")[0] for one in imports_of(path)} <= {"sandbox"}, path


def test_importing_the_package_does_not_import_what_only_some_calls_need() -> None:
    program = (
        "import sys; before = set(sys.modules);"
        "import PureCloudPlatformClientV2; print(*(set(sys.modules) - before))"
    )
    loaded = run([executable, "-c", program], capture_output=True, text=True, check=True)
    names = set(loaded.stdout.split())
    assert "PureCloudPlatformClientV2.configuration" in names
    assert names.isdisjoint(
        {"click", "difflib", "dateutil.parser", "flask", "cheroot", "jmespath", "rich", "sqlite3"}
    )
    late = {one.target for path in FILES for one in imports_of(path) if one.in_function}
    assert names.isdisjoint({f"PureCloudPlatformClientV2.{target}" for target in late})


def test_importing_the_package_starts_no_thread_and_touches_no_other_logger() -> None:
    program = (
        "import logging, threading; before = dict(logging.Logger.manager.loggerDict);"
        "import urllib3; "
        "import PureCloudPlatformClientV2 as package;"
        "loggers = [l for l in logging.Logger.manager.loggerDict.values()"
        "           if isinstance(l, logging.Logger)];"
        "print(threading.active_count(), logging.getLogger('urllib3').level,"
        "      logging.root.handlers, logging.getLogger(package.__name__).handlers)"
    )
    result = run([executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["1", "0", "[]", "[]"]
    assert result.stderr == ""
