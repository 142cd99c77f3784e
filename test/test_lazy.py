"""Public names are loaded when they are first used, and are there for whoever looks for them."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import typing
import zipfile
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from calls import API_CLASSES, method_of
from contract_facts import Operation, definitions, operations, snake_case
from house import FILES, MODULES, PACKAGE, names_for_checkers, public_names

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import ApiException, exceptions, models
from PureCloudPlatformClientV2.catalog import modules
from PureCloudPlatformClientV2.models import Model

NAME = PACKAGE.name

PRINT_LOADED = f"""
import json, sys
print(json.dumps(sorted(
    name.partition(".")[2] for name in sys.modules if name.split(".")[0] == "{NAME}"
)))
"""


def python(program: str, path: Path = PACKAGE.parent) -> str:
    """Run a program in a fresh interpreter, with the package that is found there."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")
    }
    # Before site-packages, where an editable install would lead to this package again.
    program = f"import sys; sys.path.insert(0, {str(path)!r})\n{program}"
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=program,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=sys.prefix,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    return finished.stdout


IN_A_CHILD = """
import os, sys, traceback

def in_a_child(work):
    sys.stdout.flush()  # or it would be printed by both
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    try:
        work()
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(0)
"""
"""For programs that try many things, each in a process that has done nothing but what came before.

It costs a hundredth of another interpreter.
"""

# Windows has none; what is tried with it is the same on all systems.
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")


def loaded_by(program: str, path: Path = PACKAGE.parent) -> set[str]:
    """The modules of ours that a program loads, without the name of the package."""
    return set(json.loads(python(f"{program}\n{PRINT_LOADED}", path)))


def of_rooms(modules: set[str], *rooms: str) -> set[str]:
    return {one for one in modules if one.split(".")[0] in rooms and one not in rooms}


# What is loaded when


def test_the_import_loads_no_model_no_api_and_none_of_the_programs() -> None:
    loaded = loaded_by(f"import {NAME}")
    rooms = {one.split(".")[0] for one in loaded}
    assert rooms.isdisjoint({"models", "apis", "cli", "sandbox", "_transport", "_auth"})


@pytest.mark.parametrize("name", API_CLASSES)
def test_an_api_object_loads_no_model_and_no_other_api(name: str) -> None:
    loaded = loaded_by(f"import {NAME}; {NAME}.{name}()")
    assert of_rooms(loaded, "models", "cli", "sandbox") == set()
    own = {"apis.api", f"apis.{snake_case(name)}"}
    assert of_rooms(loaded, "apis") - {"apis._messaging_settings"} == own


def models_in(type_name: str) -> set[str]:
    """The models that the contract needs for a type, itself included."""
    found: set[str] = set()
    waiting = set(re.findall(r"\w+", type_name)) & definitions.keys()
    while waiting:
        name = waiting.pop()
        found.add(name)
        referred = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(definitions[name])))
        waiting |= referred - found
    return found


def files_for(names: set[str]) -> set[str]:
    """The modules of models, and those of our own that they are made of."""
    found = {f"models.{snake_case(name)}" for name in names} | {"models.base"}
    listings = any(name.endswith("EntityListing") for name in names)
    return found | ({"models.entity_listing"} if listings else set())


ENUMERATIONS = {"models.messenger_type"}
"""The known values of a field, which the contract has no definition for."""


@pytest.mark.parametrize(
    "operation", [one for one in operations if one.response_type and not one.body_type], ids=str
)
def test_a_call_loads_only_the_models_that_its_hints_and_its_response_need(
    operation: Operation,
) -> None:
    loaded = loaded_by(
        "import typing\n"
        f"import {NAME} as package\n"
        f"hints = typing.get_type_hints(package.{operation.api}.{operation.name})\n"
        "hints['return'].from_dict({'selfUri': '/x'})\n"
    )
    found = of_rooms(loaded, "models") - ENUMERATIONS
    assert found == files_for(models_in(str(operation.response_type)))


@pytest.mark.parametrize("operation", operations, ids=str)
def test_hints_of_every_method_are_resolved_without_help(operation: Operation) -> None:
    loaded = loaded_by(
        "import typing\n"
        f"import {NAME} as package\n"
        f"typing.get_type_hints(package.{operation.api}.{operation.name})\n"
    )
    needed = models_in(f"{operation.body_type} {operation.response_type}")
    assert of_rooms(loaded, "models") - ENUMERATIONS <= files_for(needed)


def grown_copy(to: Path, classes: int) -> Path:
    """Copy the package, with so many more models."""
    shutil.copytree(PACKAGE, to / NAME, ignore=shutil.ignore_patterns("__pycache__", "sandbox"))
    folder = to / NAME / "models"
    lines = [""]
    for number in range(classes):
        (folder / f"dummy_no{number}.py").write_text(
            '"""A dummy."""\n\nfrom .base import Model\n\n\n'
            f'class DummyNo{number}(Model):\n    """A dummy."""\n\n    id: str | None = None\n'
        )
        lines.append(f"    from .dummy_no{number} import DummyNo{number} as DummyNo{number}\n")
    init = folder / "__init__.py"
    text = init.read_text(encoding="utf-8")
    mark = "    from .base import Model as Model\n"
    assert mark in text
    init.write_text(text.replace(mark, mark + "".join(lines)), encoding="utf-8")
    return to


def test_two_hundred_more_models_load_nothing_more(tmp_path: Path) -> None:
    grown = grown_copy(tmp_path, 200)
    program = f"import {NAME} as package; package.MessagingApi()"

    assert loaded_by(program, grown) == loaded_by(program)
    assert of_rooms(loaded_by(f"{program}; package.DummyNo7(id='1')", grown), "models") == {
        "models.base",
        "models.dummy_no7",
    }


# Modules as attributes

PUBLIC_MODULES = [
    module
    for module in MODULES
    if module and not module.startswith(("__main__", "cli", "sandbox")) and "._" not in f".{module}"
]


@needs_fork
def test_a_module_is_an_attribute_without_having_been_imported() -> None:
    modules = sorted({*PUBLIC_MODULES} - {"configuration"})
    printed = python(
        f"{IN_A_CHILD}\nimport {NAME}\n"
        f"for name in {modules!r}:\n"
        f"    in_a_child(lambda: print(eval(f'{NAME}.{{name}}.__name__')))\n"
    )
    assert printed.split() == [f"{NAME}.{module}" for module in modules]


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("rest.ApiException", "ApiException"),
        ("api_client.ApiClient", "ApiClient"),
        ("models.detail.Detail", "Detail"),
        ("apis.messaging_api.MessagingApi", "MessagingApi"),
    ],
)
def test_what_is_in_a_module_is_found_without_its_import(expression: str, name: str) -> None:
    assert python(f"import {NAME}\nprint({NAME}.{expression}.__name__)").strip() == name


def test_the_default_configuration_stays_in_its_place_whatever_is_imported() -> None:
    every = "\n".join(f"import {NAME}.{one}" for one in PUBLIC_MODULES)
    printed = python(
        f"import {NAME}.configuration\n"
        f"first = {NAME}.configuration\n"
        f"print(type(first).__name__)\n{every}\n"
        f"from {NAME} import *\n"
        f"from {NAME} import configuration as last\n"
        f"print({NAME}.configuration is first is last)\n"
        f"print(sys.modules['{NAME}.configuration'].configuration is first)\n"
    )
    assert printed.split() == ["Configuration", "True", "True"]


@needs_fork
def test_every_module_may_be_the_first_to_be_imported() -> None:
    """The first after the packages that it is in, which Python imports before it in any case."""
    names = [f"{NAME}.{one}".rstrip(".") for one in MODULES if not one.endswith("__main__")]
    inside = {name: [one for one in names if one.rpartition(".")[0] == name] for name in names}
    printed = python(
        f"{IN_A_CHILD}\nimport importlib\ninside = {inside!r}\n"
        # Libraries are not what is tried here.
        "for name in inside:\n    importlib.import_module(name)\n"
        f"for name in [one for one in sys.modules if one.split('.')[0] == '{NAME}']:\n"
        "    del sys.modules[name]\n"
        "def try_out(name):\n"
        "    importlib.import_module(name)\n"
        "    print(name)\n"
        "    for one in inside[name]:\n"
        "        in_a_child(lambda: try_out(one))\n"
        f"try_out('{NAME}')\n"
    )
    assert sorted(printed.split()) == sorted(names)


# Looking around


@pytest.mark.parametrize("package", ["", ".apis", ".models"])
def test_every_public_name_is_listed_and_found(package: str) -> None:
    module = importlib.import_module(NAME + package)
    names: list[str] = public_names(module)
    assert names
    assert set(names) <= set(dir(module))
    for name in names:
        assert hasattr(module, name)
        assert getattr(module, name) is getattr(module, name)


@pytest.mark.parametrize("package", ["", ".apis", ".models"])
def test_dir_tells_public_names_before_any_is_loaded(package: str) -> None:
    module = NAME + package
    names = public_names(importlib.import_module(module))
    printed = python(f"import importlib\nprint(*dir(importlib.import_module({module!r})))")
    assert set(names) <= set(printed.split())


@pytest.mark.parametrize("package", ["", ".apis", ".models"])
def test_another_name_is_an_attribute_error_that_names_it(package: str) -> None:
    module = importlib.import_module(NAME + package)
    assert not hasattr(module, "MesagingApi")
    with pytest.raises(
        AttributeError, match=f"^module '{module.__name__}' has no .*'Lost'"
    ) as lost:
        module.Lost  # noqa: B018
    assert (lost.value.name, lost.value.obj) == ("Lost", module)
    assert getattr(module, "__wrapped__", None) is None


@pytest.mark.parametrize(
    ("misspelt", "suggested"),
    [
        ("MesagingApi", "MessagingApi"),
        ("RoutinApi", "RoutingApi"),
        ("Quue", "Queue"),
        ("models.LineIntegraton", "LineIntegration"),
        ("models.QueueRequst", "QueueRequest"),
    ],
)
def test_the_name_that_was_meant_is_suggested(misspelt: str, suggested: str) -> None:
    printed = python(
        f"import traceback\nimport {NAME}\n"
        f"try:\n    {NAME}.{misspelt}\n"
        "except AttributeError as error:\n    print(*traceback.format_exception(error))\n"
    )
    assert "has no attribute" in printed
    assert f"did you mean {suggested!r}?" in printed


@pytest.mark.parametrize("package", ["", ".apis", ".models"])
def test_a_star_imports_every_public_name(package: str) -> None:
    names = public_names(importlib.import_module(NAME + package))
    printed = python(f"from {NAME}{package} import *\nprint(*sorted(globals()))")
    assert set(names) <= set(printed.split())
    assert "annotations" not in printed.split()


def test_every_public_name_imports_by_itself() -> None:
    names = public_names(PureCloudPlatformClientV2)
    lines = "\n".join(f"from {NAME} import {name}" for name in reversed(names))
    assert python(f"{lines}\nprint('all')") == "all\n"


# Unusual ways in

MODEL_NAMES = sorted(definitions)


def test_models_are_unpickled_where_nothing_has_been_imported() -> None:
    pickled = [pickle.dumps(getattr(models, name)()) for name in MODEL_NAMES]
    printed = python(
        f"import pickle\nfor one in {pickled!r}:\n    print(type(pickle.loads(one)).__name__)"
    )
    assert printed.split() == MODEL_NAMES


def test_exceptions_are_unpickled_where_nothing_has_been_imported() -> None:
    kinds = [
        kind
        for kind in vars(exceptions).values()
        if isinstance(kind, type) and issubclass(kind, ApiException)
    ]
    pickled = [pickle.dumps(kind(status=429, reason="Slow down")) for kind in kinds]
    printed = python(
        f"import pickle\nfor one in {pickled!r}:\n"
        "    error = pickle.loads(one)\n    print(type(error).__name__, error.status)"
    )
    assert printed.splitlines() == [f"{kind.__name__} 429" for kind in kinds]


def test_the_package_can_be_reloaded() -> None:
    printed = python(
        f"import importlib\nimport {NAME} as package\n"
        "before = package.MessagingApi, package.models.Detail, package.configuration\n"
        "again = importlib.reload(package)\n"
        "importlib.reload(package.models)\n"
        "importlib.reload(package.apis)\n"
        "after = again.MessagingApi, again.models.Detail, again.configuration\n"
        "print(again is package, *(a is b for a, b in zip(before, after)))\n"
        "print(*package.__all__)"
    )
    first, second = printed.splitlines()
    assert first.split() == ["True"] * 4
    assert second.split() == public_names(PureCloudPlatformClientV2)


INTERPRETERS = """
try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        print("none")
        raise SystemExit
program = '''
import sys
sys.path[:] = {path!r}
try:
    import PureCloudPlatformClientV2 as package
    made = package.LineIntegration(name="A")
    package.MessagingApi()
    print("made", made.name, flush=True)
except ImportError as error:
    print("none:", error, flush=True)
'''
for _ in range(2):
    interpreter = interpreters.create({kind})
    failure = interpreters.run_string(interpreter, program)
    if failure is not None:
        print(failure)
    interpreters.destroy(interpreter)
"""


def test_the_package_works_in_interpreters_of_one_process() -> None:
    kind = "'legacy'" if sys.version_info >= (3, 13) else "isolated=False"
    program = INTERPRETERS.replace("{path!r}", repr(sys.path)).replace("{kind}", kind)
    printed = python(program)
    if printed.startswith("none"):
        pytest.skip(f"this Python has no interpreters for it: {printed.strip()}")
    assert printed.splitlines() == ["made A"] * 2


def test_the_package_works_from_within_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in [*FILES, *(PACKAGE / "catalog").glob("*.txt")]:
            target.write(path, f"{NAME}/{path.relative_to(PACKAGE).as_posix()}")

    printed = python(
        f"import {NAME} as package\n"
        "print(package.__file__)\n"
        "package.MessagingApi()\n"
        "print(package.rest.ApiException(status=404).status)\n"
        "print(package.LineIntegration.from_dict({'name': 'A'}).name)\n"
        "print(*package.models.__all__)\n"
        "print(*package.__all__)\n"
        f"ours = [one for name, one in sys.modules.items() if name.split('.')[0] == '{NAME}']\n"
        f"assert all(one.__file__.startswith({str(archive)!r}) for one in ours)\n",
        archive,
    )

    file, status, name, of_models, of_package = printed.splitlines()
    assert Path(file).is_relative_to(archive)
    assert (status, name) == ("404", "A")
    assert of_models.split() == public_names(models)
    assert of_package.split() == public_names(PureCloudPlatformClientV2)


# Tools that run nothing


class ImportsOnly(ModuleFinder):
    """Believes in what is written, and does not list a folder where it reads a star."""

    def find_all_submodules(self, m: object) -> list[str]:
        return []


def test_an_analysis_of_the_imports_finds_every_public_module(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import {NAME}\n", encoding="utf-8")
    # Without the libraries, which would be walked as well.
    finder = ImportsOnly(path=[str(PACKAGE.parent)])
    finder.run_script(str(script))

    found = finder.modules.keys()
    wanted = {f"{NAME}.{module}" for module in PUBLIC_MODULES}
    assert wanted - found == set()


# Each name is stated once


@pytest.mark.parametrize("room", ["models", "apis"])
def test_type_checkers_are_told_of_what_the_files_offer(room: str) -> None:
    package = importlib.import_module(f"{NAME}.{room}")
    told = names_for_checkers(PACKAGE / room / "__init__.py")
    told.remove(("._catalog", "*"))  # what has no files: test_stubs.py
    offered: list[tuple[str, str]] = []
    catalog = {*modules.names(package.__name__)}
    files = {f".{path.stem}": names_defined_in(path) for path in (PACKAGE / room).glob("[!_]*.py")}
    for name in public_names(package):
        found = [module for module, names in files.items() if name in names]
        assert len(found) == 1 or (not found and name in catalog)
        offered += [(module, name) for module in found]
    assert sorted(told) == sorted(offered)


def names_defined_in(path: Path) -> set[str]:
    """The classes and constants of a file that begin like a class."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            found |= {ast.unparse(one) for one in node.targets}
    return found


@pytest.mark.parametrize("room", ["models", "apis"])
def test_every_file_offers_a_class_of_its_name(room: str) -> None:
    package = importlib.import_module(f"{NAME}.{room}")
    files = {path.stem for path in (PACKAGE / room).glob("[!_]*.py")}
    offered = {snake_case(name) for name in public_names(package)}
    assert files - {"base"} <= offered


def test_type_checkers_and_programs_are_told_of_the_same_modules() -> None:
    path = PACKAGE / "__init__.py"
    stars = {module.lstrip(".") for module, name in names_for_checkers(path) if name == "*"}
    (call,) = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "lazy_names"
    ]
    given = {one.value for one in call.args if isinstance(one, ast.Constant)}
    (late,) = [ast.literal_eval(one.value) for one in call.keywords if one.arg == "late"]
    assert stars == given.union(late.values())
    named = {name: {one for one in late if late[one] == name} for name in late.values()}
    assert named == {
        name: {*public_names(importlib.import_module(f"{NAME}.{name}"))} for name in named
    }


@pytest.mark.parametrize("operation", operations, ids=str)
def test_hints_name_the_very_classes_that_are_public(operation: Operation) -> None:
    hints = typing.get_type_hints(method_of(operation))
    for hint in hints.values():
        for kind in (hint, *typing.get_args(hint)):
            if isinstance(kind, type) and issubclass(kind, Model):
                assert getattr(PureCloudPlatformClientV2, kind.__name__) is kind
