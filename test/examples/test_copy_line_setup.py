"""The target gets what it lacks, once."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2 import ApiClient, Configuration, MessagingApi
from PureCloudPlatformClientV2.sandbox import ResetAfterFault, ResetBeforeFault, Sandbox

from .running import run, writes


@pytest.fixture
def target() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def copy(
    source: Sandbox, target: Sandbox, *arguments: str, secrets: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return run(
        "docs/examples/copy_line_setup.py",
        *(["--secrets", str(secrets)] if secrets else []),
        *arguments,
        environment={
            # These count for neither of the two.
            "GENESYSCLOUD_REGION": "http://127.0.0.1:9",
            "GENESYSCLOUD_ACCESS_TOKEN": "of-neither",
            "SOURCE_REGION": source.host,
            "SOURCE_ACCESS_TOKEN": source.access_token,
            "TARGET_REGION": target.host,
            "TARGET_OAUTHCLIENT_ID": target.client_id,
            "TARGET_OAUTHCLIENT_SECRET": target.client_secret,
        },
    )


@pytest.fixture
def secrets(purecloud_sandbox: Sandbox, tmp_path: Path) -> Path:
    """The secret of the channel 1653, which the source has besides an account without one."""
    purecloud_sandbox.create_integration("line", name="Support", channelId="1653")
    purecloud_sandbox.create_integration("line", name="New")
    path = tmp_path / "secrets.json"
    path.write_text(json.dumps({"1653": {"channelSecret": "a-line-secret"}}), encoding="utf-8")
    return path


def listed(sandbox: Sandbox) -> list[tuple[Any, Any]]:
    configuration = Configuration(host=sandbox.host, access_token=sandbox.access_token)
    with ApiClient(configuration=configuration) as client:
        return [
            (one.name, one.channel_id)
            for one in MessagingApi(client).get_messaging_integrations_line()
        ]


def test_what_is_missing_is_copied_once(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    first = copy(purecloud_sandbox, target, secrets=secrets)
    second = copy(purecloud_sandbox, target, secrets=secrets)

    assert (first.returncode, second.returncode, first.stderr) == (0, 0, "")
    assert sorted(listed(target), key=str) == [("New", None), ("Support", "1653")]
    assert first.stdout.count("webhook to enter at LINE: " + target.host) == 2
    assert [line[:9] for line in second.stdout.splitlines()] == ["is there "] * 2
    assert "a-line-secret" not in first.stdout
    assert writes(purecloud_sandbox) == []


def test_a_dry_run_copies_nothing_and_needs_no_secret(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    shown = copy(purecloud_sandbox, target, "--dry-run")

    assert (shown.returncode, shown.stdout.count("missing ")) == (1, 2)
    assert not any(one.endswith("/line") for one in writes(target))


def test_a_channel_without_a_secret_is_left_out_and_the_others_are_copied(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    secrets.write_text("{}", encoding="utf-8")

    finished = copy(purecloud_sandbox, target, secrets=secrets)

    assert finished.returncode == 1
    assert "left out  'Support', channel 1653" in finished.stdout
    assert listed(target) == [("New", None)]


def test_one_of_the_same_name_is_left_as_it_is(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    target.create_integration("line", name="New", channelId="1700")
    target.create_integration("line", name="Renamed", channelId="1653")

    finished = copy(purecloud_sandbox, target, secrets=secrets)

    assert (finished.returncode, finished.stdout.count("is there ")) == (0, 2)
    assert not any(one.endswith("/line") for one in writes(target))


def test_a_copy_whose_answer_is_lost_is_found_and_not_sent_again(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    target.faults.add(ResetAfterFault(method="POST", path="*/line"))

    finished = copy(purecloud_sandbox, target, secrets=secrets)

    assert finished.returncode == 0
    assert len(listed(target)) == 2


def test_a_copy_that_is_lost_stops_the_program_and_the_next_run_goes_on(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path
) -> None:
    target.faults.add(ResetBeforeFault(method="POST", path="*/line", after=1))

    stopped = copy(purecloud_sandbox, target, secrets=secrets)
    finished = copy(purecloud_sandbox, target, secrets=secrets)

    assert (stopped.returncode, finished.returncode) == (2, 0)
    assert "Run it again" in stopped.stderr
    assert target.host in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert len(listed(target)) == 2


@pytest.mark.parametrize(
    "content", ["a-line-secret", '["a-line-secret"]', '{"1653": "a-line-secret"}']
)
def test_secrets_that_cannot_be_read_are_reported_and_not_shown(
    purecloud_sandbox: Sandbox, target: Sandbox, secrets: Path, content: str
) -> None:
    secrets.write_text(content, encoding="utf-8")

    stopped = copy(purecloud_sandbox, target, secrets=secrets)

    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert str(secrets) in stopped.stderr
    assert "a-line-secret" not in stopped.stderr
    assert "Traceback" not in stopped.stderr


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        (
            [("Support", None), ("Support", "1653")],
            [("Support", None)],
            [("Support", "1653"), ("Support", None)],
        ),
        ([("Support", None), ("Support", None)], [], [("Support", None), ("Support", None)]),
        (
            [("Support", "1653")],
            [("Support", None), ("Sales", "1653")],
            [("Sales", "1653"), ("Support", None)],
        ),
    ],
    ids=["a namesake with a channel", "two namesakes", "the channel under another name"],
)
def test_a_channel_counts_before_a_name_and_each_copy_once(
    purecloud_sandbox: Sandbox,
    target: Sandbox,
    tmp_path: Path,
    here: list[tuple[str, str | None]],
    there: list[tuple[str, str | None]],
    expected: list[tuple[str, str | None]],
) -> None:
    for sandbox, integrations in ((purecloud_sandbox, here), (target, there)):
        for name, channel in integrations:
            fields = {"channelId": channel} if channel else {}
            sandbox.create_integration("line", name=name, **fields)
    secrets = tmp_path / "secrets.json"
    secrets.write_text(json.dumps({"1653": {"channelSecret": "a-line-secret"}}), encoding="utf-8")

    finished = copy(purecloud_sandbox, target, secrets=secrets)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert sorted(listed(target), key=str) == sorted(expected, key=str)
