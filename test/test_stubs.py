"""The stubs say of the catalog's classes what these are at run time; checkers believe them."""

from __future__ import annotations

import ast
import inspect
import keyword
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from house import PACKAGE, ROOT, names_for_checkers, public_names

from PureCloudPlatformClientV2 import apis, models
from PureCloudPlatformClientV2._wire.names import snake_case
from PureCloudPlatformClientV2.catalog import __main__ as program
from PureCloudPlatformClientV2.catalog.operations import DEPRECATED, class_names, class_operations
from PureCloudPlatformClientV2.catalog.stubs import make_stubs, write_stubs

API_CLASSES = [
    name for name in class_names() if not (PACKAGE / "apis" / f"{snake_case(name)}.py").exists()
]


@pytest.fixture(scope="module")
def stubs() -> dict[str, str]:
    return make_stubs()


@pytest.fixture(scope="module")
def models_stub(stubs: dict[str, str]) -> ast.Module:
    return ast.parse(stubs["models/_catalog.pyi"])


@pytest.fixture(scope="module")
def model_stubs(models_stub: ast.Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in models_stub.body if isinstance(node, ast.ClassDef)}


def class_in(stub: str) -> ast.ClassDef:
    """The one class of a stub."""
    (found,) = [node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef)]
    return found


def fields_of(model: ast.ClassDef) -> dict[str, str]:
    """The fields of a model in the stub, and their annotations."""
    return {
        ast.unparse(node.target): ast.unparse(node.annotation)
        for node in model.body
        if isinstance(node, ast.AnnAssign)
    }


@cache
def names_in(annotation: str) -> frozenset[str]:
    nodes = ast.walk(ast.parse(annotation))
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def imported_by(tree: ast.Module) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


# They are complete


def by_hand(room: str) -> set[str]:
    """What a room has files for, as its package tells checkers."""
    told = names_for_checkers(PACKAGE / room / "__init__.py")
    return {name for _, name in told} - {"*"}


def test_every_model_is_in_a_file_or_in_the_stub_and_none_in_both(
    model_stubs: dict[str, ast.ClassDef],
) -> None:
    assert by_hand("models").isdisjoint(model_stubs)
    assert by_hand("models").union(model_stubs) == set(public_names(models))


def test_every_api_class_is_in_a_file_or_in_a_stub_and_none_in_both(
    stubs: dict[str, str],
) -> None:
    listed = set(imported_by(ast.parse(stubs["apis/_catalog.pyi"])))
    assert listed.isdisjoint(by_hand("apis"))
    assert listed | by_hand("apis") == set(public_names(apis))
    written = {class_in(text).name for name, text in stubs.items() if "_catalog" not in name}
    assert written == listed == set(API_CLASSES)


@pytest.mark.parametrize("room", ["apis", "models"])
def test_the_package_passes_on_what_is_in_the_stubs(room: str) -> None:
    assert ("._catalog", "*") in names_for_checkers(PACKAGE / room / "__init__.py")


def test_they_are_few_and_small(stubs: dict[str, str]) -> None:
    # Checkers read all of them, whatever a program uses.
    assert len(stubs) <= 100
    assert sum(map(len, stubs.values())) <= 5_000_000


# They are right


def test_fields_are_those_of_the_models(model_stubs: dict[str, ast.ClassDef]) -> None:
    for name, node in model_stubs.items():
        stated = list(fields_of(node))
        assert stated == stated_by(getattr(models, name)), name


def stated_by(model: Any) -> list[str]:
    """The fields of a model, and behind each of them how it may be called as well."""
    wire_names = model.attribute_map
    return [
        one
        for field in model.swagger_types
        for one in (field, f"{wire_names[field]}_")
        if one == field or keyword.iskeyword(wire_names[field])
    ]


def test_listings_are_iterable_to_checkers_where_they_are(
    model_stubs: dict[str, ast.ClassDef],
) -> None:
    stated = {name for name, node in model_stubs.items() if ast.unparse(node.bases[0]) != "Model"}
    assert stated == {name for name in model_stubs if hasattr(getattr(models, name), "__iter__")}


def test_names_mean_within_a_class_what_they_mean_in_a_file(
    models_stub: ast.Module, model_stubs: dict[str, ast.ClassDef]
) -> None:
    # A field or a model that is called like a type would be taken for it: "date: date | None".
    known = {*model_stubs, *imported_by(models_stub), "bool", "dict", "float", "int", "list", "str"}
    for name, node in model_stubs.items():
        fields = fields_of(node)
        names = {name for annotation in fields.values() for name in names_in(annotation)}
        assert names <= known, name
        assert names.isdisjoint(fields), name


@pytest.mark.parametrize(
    ("field", "annotation"),
    [
        ("Queue.name", "str | None"),
        ("Queue.division", "Division | None"),
        ("Queue.date_created", "datetime | None"),
        ("Queue.routing_rules", "list[RoutingRule] | None"),
        ("Queue.default_scripts", "dict[str, Script] | None"),
        ("Queue.scoring_method", "_Literal['TimestampAndPriority', 'PriorityOnly'] | str | None"),
        ("Literal.date", "_date | None"),
        ("Literal.datetime", "_datetime | None"),
        ("Literal.strings", "list[str] | None"),
        ("CalibrationEntityListing.entities", "list[Calibration] | None"),
        ("ADFS.issuer_uri", "Annotated[str | None, JsonKey('issuerURI')]"),
        ("JsonSchemaDocument.additional_properties", "Any | None"),
    ],
)
def test_types_are_spelt_as_in_a_file(
    field: str, annotation: str, model_stubs: dict[str, ast.ClassDef]
) -> None:
    model, _, name = field.partition(".")
    assert fields_of(model_stubs[model])[name] == annotation


@pytest.mark.parametrize("name", API_CLASSES)
def test_methods_have_the_signatures_and_docstrings_that_they_have(
    name: str, stubs: dict[str, str]
) -> None:
    stated = class_in(stubs[f"apis/{snake_case(name)}.pyi"])
    api = getattr(apis, name)
    assert (stated.name, ast.get_docstring(stated)) == (name, api.__doc__)
    methods = {node.name: node for node in stated.body if isinstance(node, ast.FunctionDef)}
    assert list(methods) == [one.name for one in class_operations(name)]
    for method_name, method in methods.items():
        actual = getattr(api, method_name)
        written = f"({ast.unparse(method.args)}) -> {ast.unparse(method.returns or method)}"
        signature = str(inspect.signature(actual)).replace("'", "")
        assert written.replace("=None", " = None") == signature
        assert ast.get_docstring(method) == inspect.getdoc(actual)


def test_methods_that_are_deprecated_are_marked(stubs: dict[str, str]) -> None:
    marked: set[tuple[str, str]] = set()
    expected: set[tuple[str, str]] = set()
    for name in API_CLASSES:
        for node in class_in(stubs[f"apis/{snake_case(name)}.pyi"]).body:
            if isinstance(node, ast.FunctionDef) and node.decorator_list:
                (decorator,) = node.decorator_list
                assert ast.unparse(decorator) == f"deprecated({DEPRECATED!r})"
                marked.add((name, node.name))
        expected |= {(name, one.name) for one in class_operations(name) if one.deprecated}
    assert marked == expected
    assert len(marked) > 100


# They are written


def test_they_take_the_place_of_those_that_were_there(
    tmp_path: Path, stubs: dict[str, str]
) -> None:
    for name in ("apis/stickers_api.pyi", "apis/messaging_api.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    theirs = tmp_path / "theirs.pyi"
    theirs.write_text("theirs", encoding="utf-8")
    (tmp_path / "models").mkdir()
    os.link(theirs, tmp_path / "models" / "_catalog.pyi")

    written = write_stubs(tmp_path)

    found = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in written}
    assert found == {name: text.encode() for name, text in stubs.items()}
    assert sorted((tmp_path / "apis").iterdir()) == sorted(
        [tmp_path / name for name in stubs if name.startswith("apis")]
        + [tmp_path / "apis" / "messaging_api.py"]
    )
    assert theirs.read_text(encoding="utf-8") == "theirs"


def test_nothing_but_python_is_needed_and_they_are_alike_each_time(
    tmp_path: Path, stubs: dict[str, str]
) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path\n"
        "from PureCloudPlatformClientV2.catalog.stubs import write_stubs\n"
        f"write_stubs(Path({str(tmp_path)!r}))\n"
    )
    # As in a build, without what is installed, and with hashes of text that are others each time.
    subprocess.run([sys.executable, "-I", "-S", "-B", "-W", "error", "-c", script], check=True)

    written = {
        path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in tmp_path.rglob("*.pyi")
    }
    assert written == {name: text.encode() for name, text in stubs.items()}


def test_the_command_writes_them_into_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(program, "write_stubs", lambda: calls.append("written"))
    program.main(["--stubs"])
    assert calls == ["written"]


@pytest.mark.parametrize("arguments", [[], ["--stubs", "--notifications", "topics.json"]])
def test_the_command_says_what_it_takes(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        program.main(arguments)
    assert "give a Swagger document, or --stubs alone" in capsys.readouterr().err
