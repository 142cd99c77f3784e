"""One and the same script adds a page on the platform of 2019 and on today's."""

from __future__ import annotations

import subprocess

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2.sandbox import Sandbox

from .running import account, calls, run, writes

OF_2019 = "/api/v2/messaging/integrations/facebook"
TODAY = "/api/v2/conversations/messaging/integrations/facebook"
PLATFORMS = pytest.mark.parametrize(
    ("platform", "path"), [("2019", OF_2019), ("today", TODAY)], ids=["2019", "today"]
)


def add(
    environment: dict[str, str], platform: str, *, token: str = "a-page-token\n"
) -> subprocess.CompletedProcess[str]:
    finished = run(
        "docs/examples/add_facebook_page.py",
        "Support",
        environment={**environment, "GENESYSCLOUD_PLATFORM": platform},
        answers=token,
    )
    assert "Traceback" not in finished.stderr
    assert "a-page-token" not in finished.stdout + finished.stderr
    return finished


@PLATFORMS
def test_a_page_is_added_once_on_either_platform(
    purecloud_sandbox: Sandbox, platform: str, path: str
) -> None:
    environment = account(purecloud_sandbox)

    first = add(environment, platform)
    second = add(environment, platform)

    assert (first.returncode, first.stderr) == (0, "")
    assert (second.returncode, second.stdout) == (0, first.stdout)
    assert writes(purecloud_sandbox) == [f"POST {path}"]
    assert {call.split()[1].partition(path)[0] for call in calls(purecloud_sandbox)} == {""}


def test_today_it_waits_until_the_integration_is_complete(service: Service) -> None:
    created = {"id": "f-1", "name": "Support", "createStatus": "Initiated"}
    service.answer(200, {"entities": [], "pageCount": 0})
    service.answer(202, created)
    service.answer(404, {"message": "not yet"})
    service.answer(200, {**created, "createStatus": "Completed", "pageId": "4711"})

    finished = add(of(service), "today")

    assert (finished.returncode, finished.stdout) == (0, "'Support': page 4711, f-1\n")
    assert [f"{one.method} {one.path}" for one in service.requests] == [
        f"GET {TODAY}",
        f"POST {TODAY}",
        f"GET {TODAY}/f-1",
        f"GET {TODAY}/f-1",
    ]


def test_one_that_cannot_be_completed_is_told_with_the_reason_and_the_id(service: Service) -> None:
    created = {"id": "f-1", "name": "Support", "createStatus": "Initiated"}
    why = {"message": "the token is of another page"}
    service.answer(200, {"entities": [], "pageCount": 0})
    service.answer(202, created)
    service.answer(200, {**created, "createStatus": "Error", "createError": why})

    stopped = add(of(service), "today")

    assert (stopped.returncode, stopped.stdout) == (1, "")
    assert "the token is of another page" in stopped.stderr
    assert "look at integration f-1" in stopped.stderr


@PLATFORMS
def test_a_lost_answer_is_told_and_the_next_run_looks(
    service: Service, platform: str, path: str
) -> None:
    there = [{"id": "f-1", "name": "Support", "pageId": "4711", "status": "Active"}]
    service.answer(200, {"entities": [], "pageCount": 0})
    service.answer(504, b"gateway")
    service.answer_always(200, {"entities": there, "pageCount": 1})

    first = add(of(service), platform)
    second = add(of(service), platform)

    assert (first.returncode, second.returncode) == (1, 0)
    assert second.stdout == "'Support': page 4711, f-1\n"
    assert [one.method for one in service.requests] == ["GET", "POST", "GET"]


def test_it_is_looked_for_on_all_pages(service: Service) -> None:
    def respond(request: Request) -> Answer:
        number = int(request.query["pageNumber"])
        name = "Support" if number == 3 else f"Sales {number}"
        return make_answer(200, {"entities": [{"id": f"f-{number}", "name": name}], "pageCount": 3})

    service.answer_by(respond)

    assert add(of(service), "today").stdout.endswith("f-3\n")
    assert len(service.requests) == 3


def test_one_in_error_is_not_taken_for_done(service: Service) -> None:
    there = [{"id": "f-1", "name": "Support", "status": "Error"}]
    service.answer(200, {"entities": there, "pageCount": 1})

    assert add(of(service), "today").returncode == 1


def of(service: Service) -> dict[str, str]:
    return {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "a-token"}
