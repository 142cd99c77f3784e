"""The first lesson, run as a reader runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from contract_facts import Operation, operations

from PureCloudPlatformClientV2.sandbox import Sandbox

PROJECT = Path(__file__).parent.parent


def run_quickstart(**account: str) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("GENESYSCLOUD_")
    }
    finished = subprocess.run(
        [sys.executable, "-W", "error", "docs/examples/quickstart.py"],
        cwd=PROJECT,
        env={**environment, "PYTHONPATH": str(PROJECT), **account},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, ""), finished.stderr
    return finished.stdout


def test_without_an_account_the_lesson_is_given_on_a_sandbox_and_says_so() -> None:
    printed = run_quickstart()

    assert "here is a sandbox on this machine" in printed
    assert "FacebookIntegration(\n    id=" in printed
    assert "Channel 1653000000, version 2" in printed
    assert "Status 404: " in printed
    assert "Correlation id, for support: " in printed
    assert printed.endswith("Deleted the three integrations.\n")


def test_no_secret_of_the_lesson_is_printed() -> None:
    printed = run_quickstart()

    assert "access_token_secret='***'" in printed
    assert "example-token-secret" not in printed
    assert "example-page-token" not in printed


def test_the_account_in_the_environment_is_used_and_left_as_it_was(
    purecloud_sandbox: Sandbox,
) -> None:
    kept = purecloud_sandbox.create_integration("line", name="Mine")

    printed = run_quickstart(
        GENESYSCLOUD_REGION=purecloud_sandbox.host,
        GENESYSCLOUD_ACCESS_TOKEN=purecloud_sandbox.access_token,
    )

    assert printed.startswith(f"Working on your account at {purecloud_sandbox.host}.\n")
    calls = [f"{request.method} {request.path}" for request in purecloud_sandbox.requests]
    assert sum(call.startswith("DELETE") for call in calls) == 3
    assert f"DELETE {kept['selfUri']}" not in calls


def test_an_oauth_client_in_the_environment_is_an_account_as_well(
    purecloud_sandbox: Sandbox,
) -> None:
    printed = run_quickstart(
        GENESYSCLOUD_REGION=purecloud_sandbox.host,
        GENESYSCLOUD_OAUTHCLIENT_ID=purecloud_sandbox.client_id,
        GENESYSCLOUD_OAUTHCLIENT_SECRET=purecloud_sandbox.client_secret,
    )

    assert printed.startswith(f"Working on your account at {purecloud_sandbox.host}.\n")


def test_the_lesson_makes_every_call_of_the_contract(purecloud_sandbox: Sandbox) -> None:
    run_quickstart(
        GENESYSCLOUD_REGION=purecloud_sandbox.host,
        GENESYSCLOUD_ACCESS_TOKEN=purecloud_sandbox.access_token,
    )

    left = list(operations)
    for request in purecloud_sandbox.requests:
        left = [one for one in left if not is_call_of(one, request.method, request.path)]
    assert [str(operation) for operation in left] == []


def is_call_of(operation: Operation, verb: str, path: str) -> bool:
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(operation.path))
    return operation.verb == verb and re.fullmatch(pattern, path) is not None


def test_ci_runs_the_second_command_of_the_readme() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    ci = (PROJECT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]

    assert len(commands) == 2
    assert commands[0].endswith("docs/examples/quickstart.py")
    assert ci.rstrip().splitlines()[-1] == commands[1]


def test_a_file_at_home_does_not_make_it_work_on_an_account(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / ".genesyscloudpython" / "config"
    file.parent.mkdir()
    file.write_text(
        f"[general]\nhost = {purecloud_sandbox.host}\n"
        f"access_token = {purecloud_sandbox.access_token}\n"
    )

    printed = run_quickstart(HOME=str(tmp_path))

    assert printed.startswith("There is no account in the environment")
    assert purecloud_sandbox.requests == []
