"""Runs the programs in docs/examples as their users run them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

from PureCloudPlatformClientV2 import ApiClient, Configuration, RoutingApi
from PureCloudPlatformClientV2.sandbox import Sandbox

PROJECT = Path(__file__).parent.parent.parent
EXAMPLES = PROJECT / "docs" / "examples"
COMMANDS = sorted(
    path.name
    for path in EXAMPLES.glob("*.py")
    if "argparse" in path.read_text() and not path.stem.startswith("rollout")  # see test/scaling
)

ARGUMENTS = {
    "add_facebook_page.py": ["Support"],
    "export_analytics.py": ["2026-11-01T00:00:00Z/2026-11-02T00:00:00Z"],
    "open_messaging_middleware.py": ["--integration", "i-1"],
    "rotate_facebook_token.py": ["4711"],
    "send_sms.py": ["test/examples/people.csv", "--from", "+15550100", "--text", "Dear {name}"],
}
"""What a program cannot do without."""


def run(
    *arguments: str,
    environment: dict[str, str],
    folder: Path = PROJECT,
    answers: str = "",
    stdout: int | IO[str] = subprocess.PIPE,
) -> subprocess.CompletedProcess[str]:
    """Run Python as a user does, with nothing in the environment but what is given."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("GENESYSCLOUD_")
    }
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env={**inherited, "PYTHONPATH": str(PROJECT), "COLUMNS": "100", **environment},
        input=answers,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )


def run_example(
    name: str,
    *arguments: str,
    sandbox: Sandbox,
    stdout: int | IO[str] = subprocess.PIPE,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    return run(
        f"docs/examples/{name}",
        *arguments,
        environment=account(sandbox) | environment,
        stdout=stdout,
    )


def account(sandbox: Sandbox) -> dict[str, str]:
    return {
        "GENESYSCLOUD_REGION": sandbox.host,
        "GENESYSCLOUD_ACCESS_TOKEN": sandbox.access_token,
    }


def calls(sandbox: Sandbox) -> list[str]:
    return [f"{one.method} {one.path}" for one in sandbox.requests]


def writes(sandbox: Sandbox) -> list[str]:
    """What has changed something, or tried to."""
    return [call for call in calls(sandbox) if not call.startswith("GET")]


def provision_number(sandbox: Sandbox, number: str) -> None:
    """Have the organization own a number to send SMS from."""
    configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
    with ApiClient(configuration=configuration) as client:
        RoutingApi(client).post_routing_sms_phonenumbers(
            {"phoneNumber": number, "phoneNumberType": "local", "countryCode": "US"}
        )
