"""Cron is told of integrations in error, and of nothing else."""

from __future__ import annotations

import json
from typing import Literal

from PureCloudPlatformClientV2.sandbox import Sandbox, StatusFault

from .running import run_example

KINDS: tuple[Literal["facebook", "line", "twitter"], ...] = ("facebook", "line", "twitter")


def test_nothing_is_said_while_all_is_well(purecloud_sandbox: Sandbox) -> None:
    purecloud_sandbox.create_integration("line", status="Inactive")

    quiet = run_example("find_integrations_in_error.py", sandbox=purecloud_sandbox)

    assert (quiet.returncode, quiet.stdout, quiet.stderr) == (0, "", "")


def test_integrations_in_error_are_reported_with_status_one(purecloud_sandbox: Sandbox) -> None:
    for kind in KINDS:
        purecloud_sandbox.create_integration(kind, name="Well")
        purecloud_sandbox.create_integration(kind, integration_id=f"{kind}-1", status="Error")

    alarm = run_example("find_integrations_in_error.py", sandbox=purecloud_sandbox)

    assert alarm.returncode == 1
    assert alarm.stdout.startswith(f"3 integrations at {purecloud_sandbox.host} need attention:\n")
    assert "LINE 'Line integration' (line-1): Error, changed 20" in alarm.stdout
    assert len(alarm.stdout.splitlines()) == 4


def test_what_is_not_active_is_reported_if_asked_for(purecloud_sandbox: Sandbox) -> None:
    purecloud_sandbox.create_integration("line", name="Waiting", status="Inactive")

    alarm = run_example(
        "find_integrations_in_error.py", "--unless-active", sandbox=purecloud_sandbox
    )

    assert alarm.returncode == 1
    assert "'Waiting'" in alarm.stdout
    assert alarm.stdout.startswith(f"1 integration at {purecloud_sandbox.host} needs attention:\n")


def test_the_reason_is_reported_where_the_service_gives_one(purecloud_sandbox: Sandbox) -> None:
    wire = {
        "id": "f-1",
        "name": "Sales",
        "status": "Error",
        "createError": {"code": "token.expired", "message": "The token\x1b[2J has expired."},
    }
    body = json.dumps({"entities": [wire], "pageCount": 1})
    purecloud_sandbox.faults.add(StatusFault(200, path="*/facebook", body=body))

    alarm = run_example("find_integrations_in_error.py", sandbox=purecloud_sandbox)

    assert alarm.returncode == 1
    assert "    token.expired: 'The token\\x1b[2J has expired.'" in alarm.stdout
