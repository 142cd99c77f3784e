"""Importing the package has no effect on anything else in the process, or outside of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import PureCloudPlatformClientV2

WATCH = """
import json, logging, os, sys, threading, warnings

opened, connected, started = [], [], []

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        opened.append(os.path.abspath(os.fsdecode(arguments[0])))
    elif event in ("os.listdir", "os.scandir", "os.mkdir"):
        opened.append(os.path.abspath(os.fsdecode(arguments[0] or ".")))
    elif event.startswith(("socket.connect", "socket.getaddrinfo", "socket.bind")):
        connected.append(event)
    elif event in ("subprocess.Popen", "os.fork", "os.exec", "_thread.start_new_thread"):
        started.append(event)

def loggers():
    everyone = {**logging.Logger.manager.loggerDict, "root": logging.root}
    return {
        name: (one.level, one.propagate, one.disabled, len(one.handlers), len(one.filters))
        for name, one in everyone.items()
        if isinstance(one, logging.Logger)
    }

import urllib3, urllib3.connectionpool, urllib3.util.retry, email.utils  # has loggers of its own
before = loggers()
filters = list(warnings.filters)
modules = set(sys.modules)
environment = dict(os.environ)
sys.addaudithook(watch)

import PureCloudPlatformClientV2 as package
{then}

after = loggers()
report = {
    "opened": opened,
    "connected": connected,
    "started": started,
    "threads": [thread.name for thread in threading.enumerate()],
    "loggers": [name for name in before if after[name] != before[name]],
    "handlers": [name for name, one in after.items() if one[3] and name not in before],
    "filters": warnings.filters != filters,
    "environment": dict(os.environ) != environment,
    "modules": sorted(set(sys.modules)),
}
print(json.dumps(report))
"""


def run(script: str, home: Path) -> str:
    environment = {
        **{name: value for name, value in os.environ.items() if "GENESYSCLOUD" not in name},
        "HOME": str(home),
        "PYTHONPATH": os.pathsep.join(sys.path),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("COVERAGE_PROCESS_CONFIG", None)  # it would have files and modules of its own
    environment.pop("COVERAGE_PROCESS_START", None)
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=sys.prefix,  # which is searched for modules as well
    )
    assert finished.stderr == ""
    return finished.stdout


def report_of(home: Path, then: str = "") -> dict[str, Any]:
    report: dict[str, Any] = json.loads(run(WATCH.replace("{then}", then), home))
    return report


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory whose configuration file nobody could use."""
    config = tmp_path / ".genesyscloudpython" / "config"
    config.parent.mkdir()
    config.write_text("[general]\nretries = many\n[logging]\nlog_level = trace\n")
    return tmp_path


@pytest.fixture
def report(home: Path) -> dict[str, Any]:
    """What the import did."""
    return report_of(home)


def test_nothing_is_printed_or_warned_of(home: Path) -> None:
    assert run("import PureCloudPlatformClientV2", home) == ""


def test_no_thread_and_no_process_is_started(report: dict[str, Any]) -> None:
    assert (report["started"], report["threads"]) == ([], ["MainThread"])


def test_nothing_goes_over_the_network(report: dict[str, Any]) -> None:
    assert report["connected"] == []


def test_only_code_is_read(report: dict[str, Any]) -> None:
    of_package = Path(PureCloudPlatformClientV2.__file__).parent
    code = [Path(entry).resolve() for entry in (*sys.path, sys.prefix, sys.base_prefix) if entry]
    code = [entry for entry in code if entry not in (Path.home(), Path("/"))]
    assert any(Path(name).parent == of_package for name in report["opened"])
    others = [
        name
        for name in report["opened"]
        if not any(Path(name).resolve().is_relative_to(entry) for entry in (*code, of_package))
    ]
    assert others == []


def test_nothing_below_home_is_touched(home: Path, report: dict[str, Any]) -> None:
    assert [name for name in report["opened"] if Path(name).is_relative_to(home)] == []
    assert [path.name for path in home.rglob("*")] == [".genesyscloudpython", "config"]


def test_other_loggers_are_left_alone_and_ours_has_no_handler(report: dict[str, Any]) -> None:
    assert (report["loggers"], report["handlers"]) == ([], [])


def test_warning_filters_and_environment_are_left_alone(report: dict[str, Any]) -> None:
    assert (report["filters"], report["environment"]) == (False, False)


def test_what_only_some_calls_need_is_not_imported(report: dict[str, Any]) -> None:
    needless = {
        "asyncio",
        "cheroot",
        "concurrent.futures",
        "configparser",
        "cryptography",
        "dateutil",
        "difflib",
        "flask",
        "multiprocessing",
        "pytest",
        "requests",
        "sqlite3",
        "typing_extensions",
        "unittest",
        "watchdog",
        "werkzeug",
        "PureCloudPlatformClientV2.sandbox",
    }
    assert needless & set(report["modules"]) == set()


def test_making_a_client_has_no_effect_either(home: Path) -> None:
    then = "package.MessagingApi(package.ApiClient()).api_client.close(); package.Configuration()"
    report = report_of(home, then)
    assert (report["started"], report["connected"], report["handlers"]) == ([], [], [])
    assert report["loggers"] == []


def test_only_the_configuration_file_below_home_is_read_when_settings_are_needed(
    home: Path,
) -> None:
    config = home / ".genesyscloudpython" / "config"
    config.write_text("[general]\nretries = 1\n")
    report = report_of(home, "assert package.configuration.retries == 1")
    touched = {name for name in report["opened"] if Path(name).is_relative_to(home)}
    assert touched == {str(config)}
    assert report["started"] == []
