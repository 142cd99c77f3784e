"""The fixture purecloud_sandbox, as users of the package have it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLUGIN = "PureCloudPlatformClientV2.sandbox.pytest_plugin"

USERS_TESTS = """
import urllib3

hosts = set()

def create(sandbox):
    hosts.add(sandbox.host)
    url = sandbox.host + "/api/v2/messaging/integrations/line"
    headers = {"Authorization": "Bearer " + sandbox.access_token}
    with urllib3.PoolManager() as pool:
        assert pool.request("POST", url, json={"name": "A"}, headers=headers).status == 200
        assert pool.request("GET", url, headers=headers).json()["total"] == 1
    assert len(sandbox.requests) == 2

def test_one(purecloud_sandbox):
    create(purecloud_sandbox)

def test_another(purecloud_sandbox):
    create(purecloud_sandbox)
    assert len(hosts) == 1
"""

HEAVY = ("cheroot", "flask", "sqlite3", "werkzeug")

IMPORTS = f"""
import sys
import PureCloudPlatformClientV2
before = set(sys.modules)
import {PLUGIN}
print(sorted(set({HEAVY!r}) & (set(sys.modules) - before)))
"""


def run(directory: Path, *arguments: str) -> str:
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    return finished.stdout


def test_every_test_gets_the_same_server_as_new(tmp_path: Path) -> None:
    (tmp_path / "test_users.py").write_text(USERS_TESTS, encoding="utf-8")

    out = run(tmp_path, "-m", "pytest", "-q", "-W", "error", "-p", PLUGIN, "-p", "no:cacheprovider")

    assert "2 passed" in out


def test_the_fixture_is_explained(tmp_path: Path) -> None:
    out = run(tmp_path, "-m", "pytest", "--fixtures", "-p", PLUGIN, "-p", "no:cacheprovider")

    assert "purecloud_sandbox" in out
    assert "A running stand-in for Genesys Cloud" in out
    assert "_purecloud_sandbox_server" not in out


def test_loading_the_plugin_imports_nothing_heavy(tmp_path: Path) -> None:
    assert run(tmp_path, "-c", IMPORTS) == "[]\n"
