"""The modules of the vendor's SDK are there under their names, for every way of importing them."""

from __future__ import annotations

import importlib
import os
import pickle
import subprocess
import sys
import warnings
import zipfile
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from house import FILES, OF_THE_VENDOR, PACKAGE

import PureCloudPlatformClientV2
from PureCloudPlatformClientV2 import LineIntegrationRequest
from PureCloudPlatformClientV2.utils import deprecated, sanitize_for_serialization

NAME = PACKAGE.name

CLASSES = {
    "abstract_http_client": "AbstractHttpClient",
    "api_null_value": "ApiNullValue",
    "default_http_client": "DefaultHttpClient",
    "gateway_configuration": "GatewayConfiguration",
    "http_request_options": "HttpRequestOptions",
    "purecloud_region_hosts": "PureCloudRegionHosts",
    "year_month": "YearMonth",
}


def python(*arguments: str, path: Path = PACKAGE.parent) -> str:
    """Run Python with the package that is found there."""
    finished = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        env={**os.environ, "PYTHONPATH": str(path)},
        check=False,
        capture_output=True,
        text=True,
        cwd=sys.prefix,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    return finished.stdout


def test_every_module_is_tested_here() -> None:
    assert {*CLASSES, "utils"} == OF_THE_VENDOR


@pytest.mark.parametrize(("module", "name"), CLASSES.items(), ids=[*CLASSES])
def test_a_module_has_the_class_of_the_package(module: str, name: str) -> None:
    found = importlib.import_module(f"{NAME}.{module}")
    assert getattr(found, name) is getattr(PureCloudPlatformClientV2, name)


@pytest.mark.parametrize(
    "program",
    [
        "import {0}.{1}; print({0}.{1}.__name__)",
        "import {0}.{1} as found; print(found.__name__)",
        "from {0} import {1}; print({1}.__name__)",
        "import {0} as gc; print(gc.{1}.__name__)",
        "import {0} as gc; print(getattr(gc, '{1}').__name__)",
        "import importlib, {0}; importlib.reload({0}.{1}); print({0}.{1}.__name__)",
        "import importlib.util as i; print(i.find_spec('{0}.{1}').name)",
        "import pkgutil, {0}; print(*['{0}.' + m.name for m in pkgutil.iter_modules({0}.__path__)"
        " if m.name == '{1}'])",
    ],
)
def test_every_module_is_found(program: str) -> None:
    modules = sorted(OF_THE_VENDOR)
    printed = python("-c", "\n".join(program.format(NAME, module) for module in modules))
    assert printed.split() == [f"{NAME}.{module}" for module in modules]


@pytest.mark.parametrize("module", sorted(OF_THE_VENDOR))
def test_a_module_may_be_run(module: str) -> None:
    assert python("-m", f"{NAME}.{module}") == ""


def test_a_star_gives_the_class() -> None:
    lines = "".join(f"from {NAME}.{module} import *\n" for module in sorted(OF_THE_VENDOR))
    names = [*CLASSES.values(), "sanitize_for_serialization", "deprecated"]
    assert python("-c", f"{lines}print({', '.join(names)})")


def test_modules_are_found_in_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "package.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for path in FILES:
            target.write(path, f"{NAME}/{path.relative_to(PACKAGE).as_posix()}")
    program = (
        f"from {NAME}.abstract_http_client import AbstractHttpClient\n"
        f"import {NAME}.utils as utils\n"
        "print(utils.__file__)"
    )
    assert python("-c", program, path=archive).startswith(str(archive))


@pytest.mark.parametrize(("module", "name"), CLASSES.items(), ids=[*CLASSES])
def test_a_pickle_that_names_a_module_of_the_vendor_can_be_read(module: str, name: str) -> None:
    by_name = f"c{NAME}.{module}\n{name}\n.".encode("ascii")
    assert pickle.loads(by_name) is getattr(PureCloudPlatformClientV2, name)


def test_the_package_itself_loads_no_module_of_the_vendor() -> None:
    loaded = python("-c", f"import sys, {NAME}; {NAME}.MessagingApi(); print(*sys.modules)")
    assert {f"{NAME}.{module}" for module in OF_THE_VENDOR}.isdisjoint(loaded.split())


# utils


def test_what_would_be_sent_is_given_by_a_function() -> None:
    moment = datetime(2019, 8, 14, 9, 30, tzinfo=timezone.utc)
    body = LineIntegrationRequest(name="A")
    assert sanitize_for_serialization({"body": [body], "at": moment, "none": None}) == {
        "body": [{"name": "A"}],
        "at": "2019-08-14T09:30:00.000Z",
        "none": None,
    }


def test_a_function_of_the_users_may_be_deprecated() -> None:
    @deprecated("use add_all")
    def add(one: int, other: int) -> int:
        """Add."""
        return one + other

    with pytest.warns(DeprecationWarning, match=r"^Call to deprecated function add \(use") as seen:
        assert add(1, other=2) == 3
    assert (add.__name__, add.__doc__, seen[0].filename) == ("add", "Add.", __file__)


def test_a_class_of_the_users_may_be_deprecated_without_a_reason() -> None:
    class Old:
        pass

    filters = list(warnings.filters)
    with pytest.warns(DeprecationWarning, match=r"^Call to deprecated class Old\.$"):
        deprecated(Old)()
    assert warnings.filters == filters  # which are the user's


@pytest.mark.parametrize("reason", [None, 5, b"bytes"])
def test_a_reason_is_text(reason: Any) -> None:
    with pytest.raises(TypeError, match=r"^reason: give text"):
        deprecated(reason)
