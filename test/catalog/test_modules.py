"""Modules that have no files are modules all the same, however a process comes by them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from house import PACKAGE

NAME = PACKAGE.name


def python(program: str, path: Path = PACKAGE.parent) -> list[str]:
    """Run a program in a fresh interpreter with the package that is found there."""
    kept = {name: one for name, one in os.environ.items() if not name.startswith("COVERAGE")}
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-"],
        input=f"import sys; sys.path.insert(0, {str(path)!r})\n{program}",
        capture_output=True,
        text=True,
        check=False,
        env=kept,
        cwd=sys.prefix,
        timeout=60,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    return finished.stdout.splitlines()


WAYS = {
    "a model's module": f"import {NAME}.models.queue as m; print(m.Queue.__name__)",
    "from a model's module": f"from {NAME}.models.queue import Queue; print(Queue.__name__)",
    "a star from a model's module": f"from {NAME}.models.queue import *; print(Queue.__name__)",
    "a class's module": f"import {NAME}.apis.routing_api as m; print(m.RoutingApi.__name__)",
    "from a class's module": f"from {NAME}.apis.routing_api import RoutingApi\n"
    "print(RoutingApi.__name__)",
    "all classes": f"from {NAME}.apis import *; print(RoutingApi.__name__, SCIMApi.__name__)",
    "all models": f"from {NAME}.models import *; print(Queue.__name__, User.__name__)",
    "names of the root": f"from {NAME} import Queue, RoutingApi; print(Queue.__name__)",
    "an attribute of the root": f"import {NAME} as p; print(p.models.queue.Queue.__name__)",
    "by reflection": f"import {NAME} as p; print(getattr(p, 'Rout' + 'ingApi').__name__)",
    "importlib": "import importlib\n"
    f"m = importlib.import_module('.apis.scim_api', '{NAME}'); print(m.SCIMApi.__name__)",
    "a name that has digits": f"from {NAME}.models.queue_member_entity_listing_v1 import *\n"
    "print(QueueMemberEntityListingV1.__name__)",
    "find_spec": "import importlib.util\n"
    f"spec = importlib.util.find_spec('{NAME}.models.queue'); print(spec.name, spec.origin)",
    "what there is not": "import importlib.util\n"
    f"print(importlib.util.find_spec('{NAME}.models.quque'))",
    "pickled by reference": "import pickle\n"
    f"print(pickle.loads(b'c{NAME}.models.queue\\nQueue\\n.').__name__)",
    "a method pickled by reference": "import pickle\nprint(pickle.loads("
    f"b'cbuiltins\\ngetattr\\n(c{NAME}.apis.routing_api\\nRoutingApi\\n"
    "Vget_routing_queue\\ntR.').__qualname__)",
}

PRINTED = {
    "all classes": "RoutingApi SCIMApi",
    "all models": "Queue User",
    "importlib": "SCIMApi",
    "a class's module": "RoutingApi",
    "from a class's module": "RoutingApi",
    "by reflection": "RoutingApi",
    "a name that has digits": "QueueMemberEntityListingV1",
    "find_spec": f"{NAME}.models.queue the catalog",
    "what there is not": "None",
    "a method pickled by reference": "RoutingApi.get_routing_queue",
}


@pytest.mark.parametrize("way", WAYS)
def test_a_fresh_process_comes_by_it_in_many_ways(way: str) -> None:
    assert python(WAYS[way]) == [PRINTED.get(way, "Queue")]


def test_a_module_that_there_is_not_is_an_import_error() -> None:
    printed = python(
        f"import {NAME} as package\n"
        "for name in ('.models.quque', '.apis.routing', '.apis.Routing_api', '.models.Queue'):\n"
        "    try:\n"
        f"        __import__('{NAME}' + name)\n"
        "    except ModuleNotFoundError as error:\n"
        "        print(error)\n"
    )
    names = (".models.quque", ".apis.routing", ".apis.Routing_api", ".models.Queue")
    assert printed == [f"No module named {NAME + name!r}" for name in names]


USE = """
import pickle
import PureCloudPlatformClientV2 as package
from PureCloudPlatformClientV2.models.queue import Queue
queue = Queue.from_dict({"name": "A", "division": {"id": "1"}, "newer": 1})
assert pickle.loads(pickle.dumps(queue)) == queue
method = package.RoutingApi.get_routing_queue
print(queue.division.id, type(queue) is package.Queue, method.__name__, flush=True)
"""
USED = "1 True get_routing_queue"


def test_the_package_can_be_reloaded() -> None:
    printed = python(
        f"{USE}\nimport importlib\n"
        "before = package.RoutingApi, package.Queue, method\n"
        "for one in (package, package.models, package.apis, package.models.queue):\n"
        "    assert importlib.reload(one) is one\n"
        "after = package.RoutingApi, package.Queue, package.RoutingApi.get_routing_queue\n"
        "print([a is b for a, b in zip(before, after)])\n"
    )
    assert printed == [USED, "[True, True, True]"]


def test_the_package_can_be_imported_anew() -> None:
    printed = python(
        f"{USE}\nold = Queue\n"
        f"for name in [one for one in sys.modules if one.partition('.')[0] == {NAME!r}]:\n"
        "    del sys.modules[name]\n"
        f"{USE}\nprint(Queue is old)\n"
    )
    assert printed == [USED, USED, "False"]


INTERPRETERS = """
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
for _ in range(2):
    interpreter = interpreters.create({kind})
    failure = interpreters.run_string(interpreter, {program!r})
    if failure is not None:
        print(failure)
    interpreters.destroy(interpreter)
"""


def test_the_catalog_works_in_interpreters_of_one_process() -> None:
    pytest.importorskip("_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters")
    program = f"import sys\nsys.path[:] = {sys.path!r}\n{USE}"
    kind = "'legacy'" if sys.version_info >= (3, 13) else "isolated=False"
    printed = python(INTERPRETERS.replace("{kind}", kind).replace("{program!r}", repr(program)))
    assert printed == [USED] * 2


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, in which something may be damaged."""
    for path in PACKAGE.rglob("*"):
        if path.suffix in (".py", ".txt") and "sandbox" not in path.parts:
            target = tmp_path / NAME / path.relative_to(PACKAGE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return tmp_path


def test_the_catalog_works_from_within_a_zip(
    copy: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = tmp_path_factory.mktemp("zip") / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in (copy / NAME).rglob("*.*"):
            target.write(path, path.relative_to(copy).as_posix())
    assert python(USE, archive) == [USED]


# Files that are damaged

ATTEMPTS = """
import json
import PureCloudPlatformClientV2 as package
from PureCloudPlatformClientV2.rest import ApiException

def attempt(function):
    try:
        return f"fine: {function()}"
    except BaseException as error:
        return f"{type(error).__name__}: {error}"

queue = {"name": "A", "division": {"id": "1"}}
print(json.dumps([
    attempt(lambda: package.RoutingApi.get_routing_queue.__name__),
    attempt(lambda: package.ApiClient().deserialize(Answer(), "Queue").division.id),
]))
"""
ANSWER = 'class Answer:\n    data = \'{"name": "A", "division": {"id": "1"}}\'\n'


def attempts(copy: Path) -> list[str]:
    (line,) = python(ANSWER + ATTEMPTS, copy)
    found: list[str] = json.loads(line)
    return found


def test_a_whole_catalog_is_fine(copy: Path) -> None:
    assert attempts(copy) == ["fine: get_routing_queue", "fine: 1"]


def test_a_missing_file_says_so(copy: Path) -> None:
    (copy / NAME / "catalog" / "operations.txt").unlink()
    (copy / NAME / "catalog" / "definitions.txt").unlink()
    method, model = attempts(copy)
    assert "operations.txt is missing: install the package anew" in method
    assert "definitions.txt is missing: install the package anew" in model
    assert "Exception" in method


@pytest.mark.parametrize("damage", ["cut", "zeros", "bytes"])
def test_a_damaged_line_says_so(copy: Path, damage: str) -> None:
    for file, key in (
        ("operations.txt", "RoutingApi.get_routing_queue "),
        ("definitions.txt", "Division "),
    ):
        path = copy / NAME / "catalog" / file
        content = path.read_bytes()
        start = content.index(f"\n{key}".encode()) + len(key) + 30
        end = content.index(b"\n", start)
        filling = {"cut": b"", "zeros": b"\0", "bytes": b"\xff"}[damage]
        path.write_bytes(content[:start] + filling * (end - start) + content[end:])
    method, model = attempts(copy)
    assert "operations.txt is damaged at RoutingApi.get_routing_queue" in method
    assert "definitions.txt is damaged at Division" in model
