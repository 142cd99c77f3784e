"""``whoami``: which organization a command talks to, and as whom."""

from __future__ import annotations

import json
import shlex

import pytest
from service import Service

from PureCloudPlatformClientV2.cli.program import run

from .shell import Finished

TOKEN = {
    "organization": {"id": "org-1", "name": "Example"},
    "OAuthClient": {"id": "c-1", "name": "Sync", "authorizedGrantType": "CLIENT-CREDENTIALS"},
}
POLICY = {"domain": "routing", "entityName": "queue", "actions": ["view"]}
SUBJECT = {
    "id": "c-1",
    "grants": [
        {"role": {"name": "Reader", "policies": [POLICY]}, "division": {"id": "d", "name": "Home"}}
    ],
}


class Shell:
    """Runs commands against a service that answers as told."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, line: str) -> Finished:
        code = run(shlex.split(line))
        printed = self._capsys.readouterr()
        return Finished(code, printed.out, printed.err)


@pytest.fixture
def shell(
    service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    """A shell with an account on the service."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "canary-token")
    monkeypatch.setenv("COLUMNS", "80")
    return Shell(capsys)


def answer(service: Service) -> None:
    service.answer(200, TOKEN)
    service.answer(200, SUBJECT)


def test_whoami_writes_lines_for_people(shell: Shell, service: Service) -> None:
    answer(service)
    finished = shell("whoami")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out.splitlines() == [
        "Region          none of the public cloud",
        f"Host            {service.url}",
        "Platform        2019",
        "Organization    Example (org-1)",
        "OAuth client    Sync (c-1)",
        "Grant type      CLIENT-CREDENTIALS",
        "Roles           Reader",
        "Divisions       Home",
        "Permissions     routing:queue:view",
    ]


def test_whoami_writes_json_for_programs(shell: Shell, service: Service) -> None:
    answer(service)
    written = json.loads(shell("whoami --output json").out)
    assert written["organizationId"] == "org-1"
    assert written["permissions"] == ["routing:queue:view"]
    assert (written["userId"], written["unknown"]) == (None, {})
    answer(service)
    assert json.loads(shell("whoami --query organizationName").out) == "Example"
    answer(service)
    assert "organizationName" in shell("whoami --output csv").out.splitlines()[0]
    answer(service)
    assert "org-1" in shell("whoami --output table").out


def test_whoami_says_why_it_does_not_know(shell: Shell, service: Service) -> None:
    service.answer(200, TOKEN)
    service.answer(403, {"message": "You may not.", "code": "not.authorized"})
    finished = shell("whoami")
    assert finished.code == 0
    assert "No permissions" in finished.out
    assert "You may not." in finished.out


def test_whoami_of_a_token_that_is_not_accepted_fails(shell: Shell, service: Service) -> None:
    service.answer(401, {"message": "No.", "code": "bad.credentials"})
    finished = shell("whoami --error-format json")
    error = json.loads(finished.err)["error"]
    assert (finished.code, finished.out) == (3, "")
    assert (error["status"], error["code"], error["details"]) == (401, "bad.credentials", [])
    assert "canary" not in finished.err


def test_a_dry_run_of_whoami_shows_the_first_request(shell: Shell, service: Service) -> None:
    finished = shell("whoami --dry-run")
    request = json.loads(finished.out)
    assert request["method"] == "GET"
    assert request["url"] == f"{service.url}/api/v2/tokens/me?preserveIdleTTL=true"
    assert "canary" not in finished.out
    assert service.requests == []


def test_a_refusal_tells_a_script_the_fields(shell: Shell, service: Service) -> None:
    service.answer(
        400, {"message": "No.", "details": [{"errorCode": "too.long", "fieldName": "name"}]}
    )
    finished = shell("routing get-queues --error-format json")
    assert json.loads(finished.err)["error"]["details"] == [
        {"errorCode": "too.long", "fieldName": "name"}
    ]


def test_without_credentials_nothing_is_asked(
    shell: Shell, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    finished = shell("whoami")
    assert finished.code == 3
    assert service.requests == []


def test_the_help_screens_show_it(shell: Shell) -> None:
    assert "whoami" in shell("--help").out
    assert "--output json" in shell("whoami --help").out


def test_whoami_of_a_fresh_sandbox(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENESYSCLOUD_REGION")
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    written = json.loads(shell("--sandbox whoami --output json").out)
    assert written["organizationName"] == "sandbox"
    assert "routing:queue:view" in written["permissions"]
