"""Sends SMS by the sandbox, from a number that it has provisioned."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.faults import ResetAfterFault

from .running import provision_number, run_example

NUMBER = "+13175550100"
AGENTLESS = "/api/v2/conversations/messages/agentless"


@pytest.fixture
def people(tmp_path: Path, purecloud_sandbox: Sandbox) -> Path:
    provision_number(purecloud_sandbox, NUMBER)
    return Path(shutil.copy(Path(__file__).parent / "people.csv", tmp_path))


def received(sandbox: Sandbox) -> Counter[tuple[str, str]]:
    """Who has got which text, and how often."""
    return Counter(
        (conversation["customer"]["id"], message["text"])
        for conversation in sandbox.conversations.all()
        for message in conversation["messages"]
    )


def test_everybody_gets_one_message_although_an_answer_is_lost(
    people: Path, purecloud_sandbox: Sandbox
) -> None:
    sandbox = purecloud_sandbox
    sandbox.faults.add(ResetAfterFault(method="POST", path=AGENTLESS, times=1, after=1))
    arguments = (str(people), "--from", NUMBER, "--text", "Dear {name}")

    first = run_example("send_sms.py", *arguments, sandbox=sandbox)
    again = run_example("send_sms.py", *arguments, sandbox=sandbox)

    assert (first.returncode, again.returncode) == (1, 1)
    assert first.stdout.splitlines()[-1] == "2 delivery-success, 1 unknown"
    texts = {"+15550123": "Dear Ann", "+15550124": "Dear Ben", "+15550125": "Dear Cem"}
    assert received(sandbox) == Counter(texts.items())


def test_a_number_that_is_not_the_organizations_is_refused(
    people: Path, purecloud_sandbox: Sandbox
) -> None:
    arguments = (str(people), "--from", "+13175550199", "--text", "Dear {name}")

    finished = run_example("send_sms.py", *arguments, sandbox=purecloud_sandbox)

    assert finished.returncode == 1
    assert received(purecloud_sandbox) == Counter()
