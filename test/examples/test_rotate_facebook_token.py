"""A page gets a new token, and is never left without an integration in silence."""

from __future__ import annotations

import argparse
import json
import runpy
import shlex
import subprocess
from pathlib import Path
from typing import Any, NoReturn

import pytest

from PureCloudPlatformClientV2 import FacebookIntegrationRequest, MessagingApi
from PureCloudPlatformClientV2.rest import ApiConnectionException
from PureCloudPlatformClientV2.sandbox import (
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
)

from .running import PROJECT, account, calls, run, run_example, writes

FACEBOOK = "/api/v2/messaging/integrations/facebook"
TODAY = "/api/v2/conversations/messaging/integrations/facebook"

NEW_TOKEN = "a-new-page-token"


@pytest.fixture
def page(purecloud_sandbox: Sandbox, sandbox_api: MessagingApi) -> str:
    """The page of the new token, which has an integration called "old"."""
    body = FacebookIntegrationRequest(name="Probe", page_access_token=NEW_TOKEN)
    page = sandbox_api.post_messaging_integrations_facebook(body).page_id
    assert page
    purecloud_sandbox.reset()
    purecloud_sandbox.create_integration(
        "facebook", integration_id="old", name="A b", pageId=page, appId="app-1"
    )
    return page


def rotate(
    sandbox: Sandbox, *arguments: str, token: str = NEW_TOKEN
) -> subprocess.CompletedProcess[str]:
    finished = run_example(
        "rotate_facebook_token.py", *arguments, sandbox=sandbox, FACEBOOK_PAGE_TOKEN=token
    )
    assert finished.stderr == ""
    assert token not in finished.stdout
    return finished


def run_printed(command: str, sandbox: Sandbox) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        shlex.split(command),
        cwd=PROJECT,
        env={
            "PYTHONPATH": str(PROJECT),
            "FACEBOOK_PAGE_TOKEN": NEW_TOKEN,
            **account(sandbox),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def status_of_new(page: str, status: str) -> StatusFault:
    answer = json.dumps({"id": "new", "pageId": page, "status": status})
    return StatusFault(200, method="GET", path=f"{FACEBOOK}/*", body=answer)


def test_the_new_integration_works_before_the_old_one_is_deleted(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    finished = rotate(purecloud_sandbox, page)

    (new,) = sandbox_api.get_messaging_integrations_facebook()
    assert (finished.returncode, new.name, new.page_id) == (0, "A b", page)
    assert new.app_id == "app-1"
    assert f"{new.id} 'A b', Active, recipient {new.recipient and new.recipient.id}" in (
        finished.stdout
    )
    wanted = [f"POST {FACEBOOK}", f"GET {FACEBOOK}/{new.id}", f"DELETE {FACEBOOK}/old"]
    assert [one for one in calls(purecloud_sandbox) if one in wanted] == wanted


def test_it_works_on_todays_platform(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    finished = run_example(
        "rotate_facebook_token.py",
        page,
        sandbox=purecloud_sandbox,
        FACEBOOK_PAGE_TOKEN=NEW_TOKEN,
        GENESYSCLOUD_PLATFORM="today",
    )

    (new,) = sandbox_api.get_messaging_integrations_facebook()
    assert (finished.returncode, finished.stderr) == (0, "")
    assert (new.name, new.page_id) == ("A b", page)
    assert all(one.path.startswith(TODAY) for one in purecloud_sandbox.requests[:-1])
    assert writes(purecloud_sandbox) == [f"POST {TODAY}", f"DELETE {TODAY}/old"]


def test_the_new_token_may_come_from_standard_input(purecloud_sandbox: Sandbox, page: str) -> None:
    finished = run(
        "docs/examples/rotate_facebook_token.py",
        page,
        answers=f"{NEW_TOKEN}\n",
        environment={
            "GENESYSCLOUD_REGION": purecloud_sandbox.host,
            "GENESYSCLOUD_OAUTHCLIENT_ID": purecloud_sandbox.client_id,
            "GENESYSCLOUD_OAUTHCLIENT_SECRET": purecloud_sandbox.client_secret,
        },
    )

    assert (finished.returncode, finished.stderr) == (0, "")
    assert "Deleted old." in finished.stdout


def test_a_page_with_two_integrations_or_none_is_left_alone(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.create_integration("facebook", integration_id="second", pageId=page)

    two, none = rotate(purecloud_sandbox, page), rotate(purecloud_sandbox, "1")

    assert (two.returncode, none.returncode) == (2, 2)
    assert "more than one" in two.stdout
    assert (
        "MessagingApi().delete_messaging_integrations_facebook_integration_id('ID')" in two.stdout
    )
    assert "--name=NAME" in none.stdout
    assert writes(purecloud_sandbox) == []


def test_a_token_of_another_page_leaves_everything_as_it_was(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    finished = rotate(purecloud_sandbox, page, token="a-token-of-another-page")

    assert finished.returncode == 2
    assert f"not of page {page}" in finished.stdout
    assert [one.id for one in sandbox_api.get_messaging_integrations_facebook()] == ["old"]


@pytest.mark.parametrize("status", ["Error", "Inactive"])
def test_an_integration_that_does_not_work_is_taken_away_again(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str, status: str
) -> None:
    purecloud_sandbox.faults.add(status_of_new(page, status))

    finished = rotate(purecloud_sandbox, page, "--patience", "0")

    assert finished.returncode == 2
    assert f"its status is {status}" in finished.stdout
    assert [one.id for one in sandbox_api.get_messaging_integrations_facebook()] == ["old"]


def test_a_refused_creation_leaves_everything_as_it_was(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(StatusFault(409, method="POST"))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 2
    assert "was answered 409" in finished.stdout
    assert writes(purecloud_sandbox) == [f"POST {FACEBOOK}"]


def test_the_old_one_is_deleted_first_only_if_told(purecloud_sandbox: Sandbox, page: str) -> None:
    finished = rotate(purecloud_sandbox, page, "--delete-first")

    assert finished.returncode == 0
    assert writes(purecloud_sandbox) == [f"DELETE {FACEBOOK}/old", f"POST {FACEBOOK}"]


def test_a_page_that_is_left_without_an_integration_gets_one_by_the_command_that_is_printed(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    purecloud_sandbox.faults.add(StatusFault(400, method="POST"))

    stopped = rotate(purecloud_sandbox, page, "--delete-first")

    assert stopped.returncode == 1
    assert f"Page {page} has NO integration now" in stopped.stdout
    _, _, command = stopped.stdout.partition("creates one: ")
    finished = run_printed(command, purecloud_sandbox)
    assert (finished.returncode, finished.stderr) == (0, "")
    (new,) = sandbox_api.get_messaging_integrations_facebook()
    assert (new.name, new.app_id) == ("A b", "app-1")


def test_an_integration_that_does_not_work_yet_stays_where_the_old_one_is_gone(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(status_of_new(page, "Inactive"))

    finished = rotate(purecloud_sandbox, page, "--patience", "0", "--delete-first")

    assert finished.returncode == 1
    assert writes(purecloud_sandbox) == [f"DELETE {FACEBOOK}/old", f"POST {FACEBOOK}"]


def test_a_creation_whose_answer_is_lost_is_found_and_not_sent_again(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    purecloud_sandbox.faults.add(ResetAfterFault(method="POST"))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 0
    assert writes(purecloud_sandbox) == [f"POST {FACEBOOK}", f"DELETE {FACEBOOK}/old"]
    assert sandbox_api.get_messaging_integrations_facebook().total == 1


def test_a_creation_that_is_lost_and_not_found_is_left_to_the_reader(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(ResetBeforeFault(method="POST"))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 1
    assert "may have been carried out" in finished.stdout
    assert writes(purecloud_sandbox) == [f"POST {FACEBOOK}"]


def test_a_deletion_whose_answers_are_lost_is_looked_for(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(ResetAfterFault(method="DELETE"))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 0
    assert "Deleted old." in finished.stdout


def test_an_old_integration_that_cannot_be_deleted_is_reported(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(StatusFault(403, method="DELETE"))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 1
    assert "  old 'A b', Active" in finished.stdout
    assert "This deletes the one with the id ID" in finished.stdout


def test_a_new_integration_of_another_page_that_cannot_be_deleted_is_reported(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(StatusFault(403, method="DELETE"))

    finished = rotate(purecloud_sandbox, page, token="a-token-of-another-page")

    assert finished.returncode == 1
    assert "is left over: delete it, unless it is somebody else's." in finished.stdout


def test_a_creation_that_is_lost_stays_in_doubt_if_it_cannot_be_looked_for(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    purecloud_sandbox.faults.add(
        ResetBeforeFault(method="POST"), StatusFault(403, method="GET", path=FACEBOOK, after=2)
    )

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 1
    assert "was answered 403" in finished.stdout
    assert writes(purecloud_sandbox) == [f"POST {FACEBOOK}"]


def test_what_cannot_be_read_in_the_end_is_said(purecloud_sandbox: Sandbox, page: str) -> None:
    purecloud_sandbox.faults.add(StatusFault(403, method="GET", path=FACEBOOK, after=2))

    finished = rotate(purecloud_sandbox, page)

    assert finished.returncode == 1
    assert "could not be read, so look at it later" in finished.stdout


def test_a_name_that_the_terminal_cannot_show_is_escaped(
    purecloud_sandbox: Sandbox, page: str
) -> None:
    finished = run_example(
        "rotate_facebook_token.py",
        page,
        "--name=サポート",
        sandbox=purecloud_sandbox,
        FACEBOOK_PAGE_TOKEN=NEW_TOKEN,
        PYTHONIOENCODING="cp1252",
    )

    assert (finished.returncode, finished.stderr) == (0, "")
    assert r"'\u30b5\u30dd\u30fc\u30c8', Active" in finished.stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_fails_does_not_end_the_work_half_way(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        finished = run_example(
            "rotate_facebook_token.py",
            page,
            "--delete-first",
            sandbox=purecloud_sandbox,
            stdout=full,
            FACEBOOK_PAGE_TOKEN=NEW_TOKEN,
        )

    (new,) = sandbox_api.get_messaging_integrations_facebook()
    assert finished.returncode == 1
    assert finished.stderr.startswith(f"Deleted old.\nCreated {new.id}.\n")
    assert "Traceback" not in finished.stderr


def test_the_secret_of_the_app_is_sent(purecloud_sandbox: Sandbox, page: str) -> None:
    run_example(
        "rotate_facebook_token.py",
        page,
        sandbox=purecloud_sandbox,
        FACEBOOK_PAGE_TOKEN=NEW_TOKEN,
        FACEBOOK_APP_SECRET="an-app-secret",
    )

    (sent,) = (one.json for one in purecloud_sandbox.requests if one.method == "POST")
    assert sent["appSecret"]


@pytest.mark.parametrize("patience", ["nan", "inf", "-1", "long"])
def test_a_patience_that_never_ends_or_is_none_is_refused(
    purecloud_sandbox: Sandbox, page: str, patience: str
) -> None:
    refused = run_example(
        "rotate_facebook_token.py", page, f"--patience={patience}", sandbox=purecloud_sandbox
    )

    assert refused.returncode == 2
    assert f"argument --patience: invalid seconds value: '{patience}'" in refused.stderr


@pytest.mark.parametrize("of_the_same_page", [False, True])
def test_what_a_colleague_creates_meanwhile_is_never_deleted(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str, of_the_same_page: bool
) -> None:
    program = runpy.run_path(str(PROJECT / "docs" / "examples" / "rotate_facebook_token.py"))

    class Lost(MessagingApi):
        """Loses a POST, while a colleague creates an integration of the same name."""

        def post_messaging_integrations_facebook(self, *_: Any, **__: Any) -> NoReturn:
            purecloud_sandbox.create_integration(
                "facebook",
                integration_id="of-a-colleague",
                name="A b",
                pageId=page if of_the_same_page else "999",
                status="Error",
            )
            raise ApiConnectionException(0, "reset", outcome_unknown=True)

    options = argparse.Namespace(page=page, delete_first=False, patience=0.0)
    body = FacebookIntegrationRequest(page_access_token=NEW_TOKEN)

    api = Lost(sandbox_api.api_client)
    status = program["run"](api, program["list_all"](api), body, options)

    assert status == 1
    kept = {one.id for one in sandbox_api.get_messaging_integrations_facebook()}
    assert kept == {"old", "of-a-colleague"}
