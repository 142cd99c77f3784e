"""What is built: wheel and sdist have the stubs, checkers find mistakes with them, pip keeps ours.

``tox -e package`` runs this, in an environment that has what it needs; elsewhere it is skipped.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from textwrap import dedent

import pytest
from house import PACKAGE, ROOT

from PureCloudPlatformClientV2.catalog.stubs import make_stubs
from PureCloudPlatformClientV2.version import __version__

for needed in ("build.env", "mypy", "pyright", "setuptools", "virtualenv"):
    pytest.importorskip(needed)

NAME = PACKAGE.name
SOURCES = (
    *("CHANGELOG.md", "LICENSE", "MANIFEST.in", "README.md"),
    *("pyproject.toml", "requirements.txt", "setup.py"),
)


def run(*command: str | Path, cwd: Path | None = None, status: int | None = 0) -> str:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "SOURCE_DATE_EPOCH": "1767225600",  # which makes all bytes of an archive reproducible
    }
    finished = subprocess.run(
        command, capture_output=True, check=False, cwd=cwd, env=environment, text=True
    )
    assert status in (None, finished.returncode), finished.stdout + finished.stderr
    return finished.stdout


# Building


def copy_sources(folder: Path) -> Path:
    """Copy what is committed, without what builds and checks have left there."""
    left = shutil.ignore_patterns("__pycache__", "*.pyi")
    shutil.copytree(PACKAGE, folder / NAME, ignore=left)
    for name in SOURCES:
        shutil.copy(ROOT / name, folder)
    return folder


def build(*options: str, source: Path, output: Path) -> Path:
    """Build a distribution, with the setuptools that is there."""
    command = (sys.executable, "-I", "-m", "build", "--no-isolation", "--outdir", str(output))
    run(*command, *options, source)
    (built,) = output.iterdir()
    return built


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = copy_sources(tmp_path_factory.mktemp("source"))
    built = build("--sdist", source=source, output=tmp_path_factory.mktemp("sdist"))
    assert not list(source.rglob("*.pyi"))  # it writes none into a clone
    return built


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that is made of the sdist, as pip does and ``python -m build``."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    return build("--wheel", source=source, output=tmp_path_factory.mktemp("wheel"))


def files_of_wheel(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_has_the_stubs_the_facts_and_the_mark_of_a_typed_package(wheel: Path) -> None:
    files = files_of_wheel(wheel)
    stubs = {name: content for name, content in files.items() if name.endswith(".pyi")}
    assert stubs == {f"{NAME}/{name}": text.encode() for name, text in make_stubs().items()}
    assert files[f"{NAME}/py.typed"] == b""
    for path in (PACKAGE / "catalog").glob("*.txt"):
        assert files[f"{NAME}/catalog/{path.name}"] == path.read_bytes()


def test_the_sdist_has_what_the_wheel_has(sdist: Path, wheel: Path) -> None:
    with tarfile.open(sdist) as archive:
        files = {
            one.name.partition("/")[2]: extracted.read()
            for one in archive.getmembers()
            if (extracted := archive.extractfile(one)) is not None
        }
    in_wheel = {
        name: content for name, content in files_of_wheel(wheel).items() if name.startswith(NAME)
    }
    assert {name: one for name, one in files.items() if name.startswith(f"{NAME}/")} == in_wheel


def test_a_wheel_that_is_made_of_a_clone_is_the_same_to_the_byte(
    wheel: Path, tmp_path: Path
) -> None:
    source = copy_sources(tmp_path / "clone")
    old = source / NAME / "apis" / "stickers_api.pyi"  # left by an earlier editable install
    old.touch()
    built = build("--wheel", source=source, output=tmp_path / "wheel")
    assert built.name == wheel.name
    assert built.read_bytes() == wheel.read_bytes()


def test_an_installed_package_is_small(wheel: Path) -> None:
    files = files_of_wheel(wheel)
    assert len(files) <= 400
    assert sum(map(len, files.values())) <= 15_000_000


def test_an_editable_install_writes_the_stubs_into_the_clone(tmp_path: Path) -> None:
    source = copy_sources(tmp_path / "clone")
    program = (
        "import sys; from setuptools import build_meta; build_meta.build_editable(sys.argv[1])"
    )
    run(sys.executable, "-I", "-c", program, tmp_path, cwd=source)

    written = {path.relative_to(source / NAME).as_posix() for path in source.rglob("*.pyi")}
    assert written == make_stubs().keys()
    # By a folder on the path: checkers do not run what would hook into imports.
    (editable,) = tmp_path.glob("*.whl")
    ways = {
        name: text for name, text in files_of_wheel(editable).items() if "dist-info" not in name
    }
    assert [name.rpartition(".")[2] for name in ways] == ["pth"]
    assert [Path(text.decode().strip()) for text in ways.values()] == [source]


# Type checkers


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "virtualenv", "--no-download", folder)
    (python,) = [*folder.glob("bin/python"), *folder.glob("Scripts/python.exe")]
    run(python, "-m", "pip", "install", "--no-index", "--no-deps", wheel)
    # The libraries that it needs are borrowed from the environment of this test.
    (packages,) = [path.parent.parent for path in folder.rglob("py.typed") if NAME in path.parts]
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


RIGHT = """
    from datetime import datetime

    from typing_extensions import assert_type

    import PureCloudPlatformClientV2
    from PureCloudPlatformClientV2 import ApiClient, Queue, QueueRequest, RoutingApi, paginate
    from PureCloudPlatformClientV2.apis import ConversationsApi
    from PureCloudPlatformClientV2.models import Literal, User

    api = RoutingApi(ApiClient())
    queue = api.get_routing_queue("id")
    assert_type(queue.id, str | None)
    queue.name = "Support"
    queue.scoring_method = "NewOnThePlatform"
    assert_type(api.put_routing_queue("id", queue), Queue)
    api.put_routing_queue("id", QueueRequest(name="Support", member_count=5))
    api.put_routing_queue("id", {"name": "Support"})
    for one in api.get_routing_queues(page_size=100, id=["1", "2"], _request_timeout=5):
        assert_type(one.date_created, datetime | None)
    assert_type(len(api.get_routing_queues()), int)
    assert_type(next(paginate(api.get_routing_queues)), Queue)
    assert_type(PureCloudPlatformClientV2.UsersApi().get_user("id", expand=["presence"]), User)
    assert_type(PureCloudPlatformClientV2.models.Queue(name="Support").to_json(), str)
    assert_type(Literal(datetime=datetime.now(), special="Null").datetime, datetime | None)
    deleted = ConversationsApi().delete_conversations_messaging_integrations_open_integration_id
    deleted("id", callback=print)
"""

WRONG = """
    import PureCloudPlatformClientV2
    from PureCloudPlatformClientV2 import Queue, RoutingApi, User
    from PureCloudPlatformClientV2 import RoutinApi as Misspelt  # wrong
    from PureCloudPlatformClientV2.apis import UserApi as Misspelt2  # wrong
    from PureCloudPlatformClientV2.models import Queu as Misspelt3  # wrong
    from PureCloudPlatformClientV2.apis.routing_apis import RoutingApi as Misspelt4  # wrong

    api = RoutingApi()
    queue = api.get_routing_queue("id")
    api.get_routing_queu("id")  # wrong
    api.get_routing_queue()  # wrong
    api.get_routing_queue(5)  # wrong
    api.get_routing_queues(25)  # wrong
    api.get_routing_queues(pageSize=25)  # wrong
    api.get_routing_queues(page_size="25")  # wrong
    api.get_routing_queues(_timeout=5)  # wrong
    api.put_routing_queue("id")  # wrong
    api.put_routing_queue("id", User())  # wrong
    api.put_routing_queue("id", api.get_routing_queues())  # wrong
    PureCloudPlatformClientV2.TelephonyApi().get_telephony_siptraces_download_download_id("1")
    PureCloudPlatformClientV2.AuthorizationApi().get_authorization_permissions_all()  # wrong
    print(queue.naem)  # wrong
    print(len(queue))  # wrong
    print(queue.name.upper())  # wrong
    queue.nam = "Support"  # wrong
    queue.name = 5  # wrong
    queue.division = "Support"  # wrong
    Queue(nam="Support")  # wrong
    Queue(name=5)  # wrong
    Queue("Support")  # wrong
    PureCloudPlatformClientV2.Queuee()  # wrong
    PureCloudPlatformClientV2.models.queue.Queue()  # wrong
"""
"""As a beginner writes it. Checkers object to the lines that say so, and to no other."""


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("programs")
    for name, text in (("right", RIGHT), ("wrong", WRONG)):
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
    return folder


def marked(programs: Path) -> set[tuple[str, int]]:
    return {
        (path.name, number)
        for path in programs.glob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if line.endswith("# wrong")
    }


def test_mypy_finds_the_mistakes_and_no_others(environment: Path, programs: Path) -> None:
    said = run(
        *(sys.executable, "-m", "mypy", "--strict", "--enable-error-code", "deprecated"),
        *("--python-executable", environment, "right.py", "wrong.py"),
        cwd=programs,
        status=1,
    )
    found = {
        (name, int(number)) for name, number in re.findall(r"^(\w+\.py):(\d+): error", said, re.M)
    }
    assert found == marked(programs), said


def test_pyright_finds_the_mistakes_and_no_others(environment: Path, programs: Path) -> None:
    settings = {"include": ["*.py"], "typeCheckingMode": "strict"}
    (programs / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    said = run(
        *(sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", environment),
        cwd=programs,
        status=1,
    )
    found = {
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1)
        for one in json.loads(said)["generalDiagnostics"]
        if one["severity"] == "error"
    }
    assert found == marked(programs), said


# Beside the vendor's, which has the same name


def wheel_of_the_vendor(folder: Path, version: str) -> None:
    """Make a wheel as the vendor names theirs, with next to nothing in it."""
    info = f"{NAME}-{version}.dist-info"
    files = {
        f"{NAME}/__init__.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
        record += f"{name},sha256={digest.rstrip('=')},{len(text)}\n"
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    with zipfile.ZipFile(folder / f"{NAME}-{version}-py3-none-any.whl", "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)


@pytest.fixture(scope="module")
def index(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which pip finds ours and theirs."""
    folder = tmp_path_factory.mktemp("index")
    wheel_of_the_vendor(folder, "269.0.0")
    shutil.copy(wheel, folder)
    return folder


@pytest.mark.parametrize(
    ("requirement", "found"),
    [
        (NAME, __version__),
        (f"{NAME}>=246", __version__),
        (f"{NAME}>=1!2", __version__),
        (f"{NAME}==269.0.0", "269.0.0"),  # who asks for theirs gets theirs
        (f"{NAME}<300", "269.0.0"),
    ],
)
def test_pip_takes_ours_for_the_newest(
    requirement: str, found: str, environment: Path, index: Path
) -> None:
    command = ("install", "--dry-run", "--ignore-installed", "--no-index", "--no-deps")
    said = run(environment, "-m", "pip", *command, "-f", index, requirement)
    assert said.splitlines()[-1] == f"Would install {NAME}-{found}"


@pytest.mark.parametrize("requirement", [NAME, f"{NAME}>=246"])
@pytest.mark.parametrize("version", ["269.0.0", "9999.12.31"])
def test_pip_keeps_ours_when_it_upgrades(
    requirement: str, version: str, environment: Path, tmp_path: Path
) -> None:
    wheel_of_the_vendor(tmp_path, version)  # nothing else is there, as on the index
    command = ("install", "--upgrade", "--no-index", "--no-deps")
    run(environment, "-m", "pip", *command, "-f", tmp_path, requirement)
    program = f"import {NAME} as package; print(package.__version__, package.RoutingApi.__name__)"
    assert run(environment, "-I", "-c", program).strip() == f"{__version__} RoutingApi"
