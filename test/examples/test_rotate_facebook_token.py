"""A page gets a new token, and is never left without an integration in silence."""

from __future__ import annotations

import json
import shlex
import subprocess

import pytest

from PureCloudPlatformClientV2 import FacebookIntegrationRequest, MessagingApi
from PureCloudPlatformClientV2.sandbox import (
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
)

from .running import calls, run, run_example, writes

FACEBOOK = "/api/v2/messaging/integrations/facebook"

NEW_TOKEN = "a-new-page-token"


@pytest.fixture
def page(purecloud_sandbox: Sandbox, sandbox_api: MessagingApi) -> str:
    """The page of the new token, which has an integration called "old"."""
    body = FacebookIntegrationRequest(name="Probe", page_access_token=NEW_TOKEN)
    page = sandbox_api.post_messaging_integrations_facebook(body).page_id
    assert page
    purecloud_sandbox.reset()
    purecloud_sandbox.create_integration("facebook", integration_id="old", name="A b", pageId=page)
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


def status_of_new(page: str, status: str) -> StatusFault:
    answer = json.dumps({"id": "new", "pageId": page, "status": status})
    return StatusFault(200, method="GET", path=f"{FACEBOOK}/*", body=answer)


def test_the_new_integration_works_before_the_old_one_is_deleted(
    purecloud_sandbox: Sandbox, sandbox_api: MessagingApi, page: str
) -> None:
    finished = rotate(purecloud_sandbox, page)

    (new,) = sandbox_api.get_messaging_integrations_facebook()
    assert (finished.returncode, new.name, new.page_id) == (0, "A b", page)
    assert f"{new.id} 'A b', Active, recipient {new.recipient and new.recipient.id}" in (
        finished.stdout
    )
    wanted = [f"POST {FACEBOOK}", f"GET {FACEBOOK}/{new.id}", f"DELETE {FACEBOOK}/old"]
    assert [one for one in calls(purecloud_sandbox) if one in wanted] == wanted


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
    assert "--name NAME" in none.stdout
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
    finished = rotate(purecloud_sandbox, *shlex.split(command)[1:])
    assert finished.returncode == 0
    assert [one.name for one in sandbox_api.get_messaging_integrations_facebook()] == ["A b"]


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
    assert "is left over: delete it." in finished.stdout


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
