"""plan and apply, with threads: what is sent, what is left alone, what is told."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sandbox.caller import wait_until

from PureCloudPlatformClientV2 import ConversationsApi, paginate
from PureCloudPlatformClientV2.sandbox import (
    LateFault,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
    TruncateFault,
)

from .estate import CANARY, PATH, SECRET, URL, Estate, creations, requests_of, stale, variable

MakeEstate = Callable[[int], Estate]

WRITES = {"POST", "PATCH", "DELETE"}


def writes(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in sandbox.requests if one.method in WRITES]


def test_a_plan_says_what_would_change_and_changes_nothing(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    estate.seed(0, "facebook", "Page")
    estate.seed(0, "open", "Hook", outboundNotificationWebhookUrl="https://example.com/")
    estate.seed(0, "open", "Old one")

    plan = estate.run("plan", "--prune")

    assert plan.returncode == 0, plan.stderr
    of_first, _, of_second = plan.stdout.partition("organization-1:\n")
    assert of_first.splitlines() == [
        "organization-0:",
        "  create facebook 'Second page'",
        "  update open 'Hook' outbound_notification_webhook_url",
        "  create open 'Second hook'",
        "  delete open 'Old one'",
    ]
    assert of_second.count("create") == 4
    assert writes(sandbox) == []
    assert not estate.results.exists()


def test_apply_creates_updates_and_deletes_and_a_second_run_has_nothing_to_do(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(3)
    first = estate.organizations[0].id
    estate.seed(0, "facebook", "Page")
    hook = estate.seed(0, "open", "Hook", outboundNotificationWebhookUrl="https://example.com/")
    old = estate.seed(0, "open", "Old one")

    applied = estate.run("apply", "--prune")

    assert applied.returncode == 0, applied.stderr
    there = {(first, "facebook", "Page"), (first, "open", "Hook")}
    assert estate.carried_out("POST") == creations(estate.organizations, but=there)
    assert list(estate.carried_out("PATCH")) == [(first, hook, "Hook")]
    assert list(estate.carried_out("DELETE")) == [(first, old, "")]
    assert estate.latest() == {"done": 3}
    estate.assert_as_wanted()

    sandbox.clear_requests()
    assert estate.run("apply", "--prune").returncode == 0
    assert sandbox.requests == []
    assert estate.run("apply", "--prune", "--all", "--settle", "0").returncode == 0
    assert len(sandbox.requests) == 6
    assert writes(sandbox) == []


def test_what_the_file_does_not_name_is_left_alone_without_prune(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    estate.seed(0, "open", "Old one")

    assert estate.run("apply").returncode == 0

    assert estate.carried_out("DELETE") == {}
    assert sum(estate.contents(estate.organizations[0])["open"].values()) == 3


def test_an_organization_whose_wanted_state_has_changed_is_taken_up_again(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    assert estate.run("apply").returncode == 0
    sandbox.clear_requests()

    changed = json.loads(json.dumps(estate.state["organization-1"]))
    changed["integrations"]["facebook"].append({"name": "Third page"})
    estate.state["organization-1"] = changed
    assert estate.run("apply", "--settle", "0").returncode == 0

    organization = estate.organizations[1]
    assert {one.organization_id for one in sandbox.requests} == {organization.id}
    assert list(estate.carried_out("POST")) == [(organization.id, PATH + "facebook", "Third page")]


@pytest.mark.parametrize("with_replace", [False, True])
def test_what_cannot_be_updated_is_replaced_only_if_told(
    sandbox: Sandbox, make_estate: MakeEstate, with_replace: bool
) -> None:
    estate = make_estate(1)
    old = estate.seed(0, "facebook", "Page", pageId="1")

    finished = estate.run("apply", *(["--replace"] if with_replace else []))

    assert finished.returncode == (0 if with_replace else 1)
    if with_replace:
        assert list(estate.carried_out("DELETE")) == [(estate.organizations[0].id, old, "")]
        estate.assert_as_wanted()
    else:
        assert "differs facebook 'Page' page_id: --replace would" in finished.stderr
        assert estate.carried_out("DELETE") == {}
        # The rest is done all the same.
        assert sum(estate.carried_out("POST").values()) == 3


@pytest.mark.parametrize("with_prune", [False, True])
def test_twins_that_were_there_before_are_for_a_person_to_judge(
    sandbox: Sandbox, make_estate: MakeEstate, with_prune: bool
) -> None:
    estate = make_estate(1)
    for _ in range(2):
        estate.seed(0, "facebook", "Page")

    finished = estate.run("apply", *(["--prune"] if with_prune else []))

    assert finished.returncode == (0 if with_prune else 1)
    if with_prune:
        estate.assert_as_wanted()
    else:
        assert "there are 2 facebook integrations called 'Page'" in finished.stderr
        assert writes(sandbox) == []


def test_failures_are_gathered_by_key_and_the_others_are_done(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(4)
    refused, broken, *others = estate.organizations
    estate.secrets[variable(refused)] = "no-token-of-anybody"
    del estate.secrets[variable(broken)]

    finished = estate.run("apply")

    assert finished.returncode == 1
    assert finished.stderr.endswith("2 done, 2 failed, 0 left\n")
    assert (
        f"FAILED organization-0: GET {sandbox.host}{PATH}facebook was answered 401"
        in finished.stderr
    )
    assert f"FAILED organization-1: there is no environment variable {variable(broken)}\n" in (
        finished.stderr
    )
    assert "no-token-of-anybody" not in finished.stderr
    # What does not pass by itself is not tried again.
    assert len([one for one in sandbox.requests if one.status == 401]) == 1
    assert estate.carried_out("POST") == creations(others)

    estate.secrets |= {variable(one): one.access_token for one in (refused, broken)}
    assert estate.run("apply").returncode == 0
    assert estate.carried_out("POST") == creations(estate.organizations)
    estate.assert_as_wanted()


def test_a_failure_that_may_pass_is_tried_again_a_number_of_times(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    passing, lasting = estate.organizations
    sandbox.faults.add(
        StatusFault(500, organization_id=passing.id, times=1),  # which the client does not retry
        StatusFault(500, organization_id=lasting.id, times=None),
    )

    finished = estate.run("apply", "--retries", "1")

    assert finished.returncode == 1
    assert "1 done, 1 failed, 0 left" in finished.stderr
    assert estate.carried_out("POST") == creations([passing])
    assert len([one for one in sandbox.requests if one.organization_id == lasting.id]) == 2


@pytest.mark.parametrize(
    "fault",
    [ResetBeforeFault, ResetAfterFault, TruncateFault],
)
def test_a_write_whose_answer_was_lost_is_looked_up_before_it_is_sent_again(
    sandbox: Sandbox, make_estate: MakeEstate, fault: Any
) -> None:
    estate = make_estate(1)
    organization = estate.organizations[0]
    sandbox.faults.add(fault(method="POST", path="*/open", organization_id=organization.id))

    finished = estate.run("apply", "--settle", "0.2")

    assert finished.returncode == 0, finished.stderr
    assert "create open 'Hook', of which no answer came" in finished.stderr
    assert estate.carried_out("POST") == creations(estate.organizations)
    methods = [one.method for one in sandbox.requests if one.path.endswith("/open")]
    assert methods[:3] == ["GET", "POST", "GET"]
    estate.assert_as_wanted()


def test_ctrl_c_lets_what_is_under_way_end_and_the_next_run_takes_up_the_rest(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(30)
    estate.hold(6, 7)
    with estate.start("apply", "--workers", "2") as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("[3/30]"):
                process.send_signal(signal.SIGINT)
                break
        told = process.stderr.read()
    assert process.returncode == 130
    assert "Stopping after those under way" in told
    done = estate.latest()["done"]
    assert 3 <= done <= 10, told
    assert f"{done} done, 0 failed, {30 - done} left" in told
    assert estate.latest()["begun"] == 0

    assert estate.run("apply").returncode == 0

    assert estate.carried_out("POST") == creations(estate.organizations)
    estate.assert_as_wanted()


def test_a_run_that_was_killed_is_resumed_although_its_last_request_comes_late(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(10)
    sandbox.faults.add(
        LateFault(0.5, method="POST", path="*/open", organization_id=estate.organizations[5].id)
    )
    with estate.start("apply", "--workers", "1") as process:
        wait_until(lambda: len(sandbox.faults) == 0)  # the request has come, and waits
        process.kill()
    assert estate.latest()["begun"] >= 1

    finished = estate.run("apply", "--settle", "3")

    assert finished.returncode == 0, finished.stderr
    assert estate.carried_out("POST") == creations(estate.organizations)
    estate.assert_as_wanted()


def test_threads_reach_the_wanted_state_under_faults(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(60)
    for number, organization in enumerate(estate.organizations):
        whose = organization.id
        fault = (
            StatusFault(429, retry_after=0, times=2, method="POST", organization_id=whose),
            ResetBeforeFault(method="POST", organization_id=whose, after=1),
            StatusFault(429, retry_after=0, times=3, organization_id=whose),
            ResetAfterFault(method="POST", organization_id=whose, after=2),
            ResetBeforeFault(method="GET", organization_id=whose),
        )[number % 5]
        sandbox.faults.add(fault)

    finished = estate.run("apply", "--settle", "0.2")

    assert finished.returncode == 0, finished.stderr
    assert len(sandbox.faults) == 0
    assert estate.carried_out("POST") == creations(estate.organizations)
    estate.assert_as_wanted()


def test_no_secret_is_in_the_results(make_estate: MakeEstate) -> None:
    estate = make_estate(2)
    assert estate.run("apply").returncode == 0

    written = estate.results.read_text(encoding="utf-8")

    for secret in (CANARY, *(one.access_token for one in estate.organizations)):
        assert secret not in written


def test_only_what_differs_is_changed_and_secrets_that_are_shown_are_compared(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    token = "outboundNotificationWebhookSignatureSecretToken"
    first = estate.seed(0, "open", "Hook", **{token: "a-token-of-long-ago"})
    with estate.client(estate.organizations[1]) as client:
        setting = ConversationsApi(client).post_conversations_messaging_settings({"name": "Quiet"})
    wanted = json.loads(json.dumps(estate.state["organization-1"]))
    wanted["integrations"]["facebook"][0] |= {"messaging_setting": setting.id}
    wanted["integrations"]["open"][0] |= {"webhook_headers": {"X-Api-Key": SECRET, "X-Id": SECRET}}
    estate.state["organization-1"] = wanted
    page = estate.seed(1, "facebook", "Page")
    second = estate.seed(1, "open", "Hook")

    finished = estate.run("apply")

    assert finished.returncode == 0, finished.stderr
    assert "a-token-of-long-ago" not in finished.stdout + finished.stderr
    sent = {one.path: one.json for one in sandbox.requests if one.method == "PATCH"}
    assert {path: set(body) for path, body in sent.items()} == {
        first: {"name", token},
        page: {"name", "messagingSetting"},
        second: {"name", "webhookHeaders"},
    }
    assert sent[page] == {"name": "Page", "messagingSetting": {"id": setting.id}}
    estate.assert_as_wanted()


def decide(estate: Estate, there: int, *, failing: str = "") -> None:
    """Wait until there are so many integrations, and say what becomes of the creations."""
    (organization,) = estate.organizations
    with estate.client(organization) as client:
        api = ConversationsApi(client)

        def found() -> list[Any]:
            return [
                *paginate(api.get_conversations_messaging_integrations_facebook),
                *paginate(api.get_conversations_messaging_integrations_open),
            ]

        wait_until(lambda: len(found()) == there)
        for one in found():
            if one.name == failing:
                error = {"message": "The webhook does not answer.", "status": 400}
                estate.sandbox.set_create_status(one.id, "Error", error=error)
            else:
                estate.sandbox.set_create_status(one.id, "Completed")


def test_creations_are_waited_for_and_those_that_fail_are_told_with_their_reason(
    tmp_path: Path,
) -> None:
    with Sandbox(creation_time=3600) as sandbox:
        estate = Estate(sandbox, tmp_path, 1)

        with estate.start("apply") as process:
            decide(estate, 4, failing="Hook")
            _, told = process.communicate(timeout=60)

        assert process.returncode == 1
        assert "FAILED organization-0: failed open 'Hook' (The webhook does not answer.)" in told
        assert estate.carried_out("POST") == creations(estate.organizations)
        assert estate.carried_out("DELETE") == {}


@pytest.mark.parametrize("failing", ["Hook", ""])
def test_what_the_service_failed_to_create_is_created_anew_once_if_told(
    tmp_path: Path, failing: str
) -> None:
    with Sandbox(creation_time=3600) as sandbox:
        estate = Estate(sandbox, tmp_path, 1)
        old = estate.seed(0, "open", "Hook")
        sandbox.set_create_status(old.rpartition("/")[2], "Error")

        with estate.start("apply", "--replace") as process:
            wait_until(lambda: estate.carried_out("DELETE"))
            decide(estate, 4, failing=failing)
            _, told = process.communicate(timeout=60)

        assert process.returncode == (1 if failing else 0), told
        assert ("FAILED: failed open 'Hook' (The webhook" in told) == bool(failing)
        assert list(estate.carried_out("DELETE").values()) == [1]
        assert estate.carried_out("POST") == creations(estate.organizations)


def test_what_somebody_else_is_creating_is_waited_for_and_not_created_again(
    tmp_path: Path,
) -> None:
    with Sandbox(creation_time=3600) as sandbox:
        estate = Estate(sandbox, tmp_path, 1)
        hook = estate.seed(0, "open", "Hook")
        assert "await open 'Hook'" in estate.run("plan").stdout

        with estate.start("apply") as process:
            wait_until(lambda: [one for one in sandbox.requests if one.path == hook])
            decide(estate, 4)
            _, told = process.communicate(timeout=60)

        assert process.returncode == 0, told
        there = {(estate.organizations[0].id, "open", "Hook")}
        assert estate.carried_out("POST") == creations(estate.organizations, but=there)


def test_a_creation_that_takes_its_time_is_seen_through(tmp_path: Path) -> None:
    with Sandbox(creation_time=0.5) as sandbox:
        estate = Estate(sandbox, tmp_path, 8)

        finished = estate.run("apply")

        assert finished.returncode == 0, finished.stderr
        assert estate.carried_out("POST") == creations(estate.organizations)
        estate.assert_as_wanted()


def test_listings_that_lag_behind_lead_to_nothing_twice(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(5)
    replaced, changed, pruned, created, missing = estate.organizations
    old = {"appId": "17", "pageId": "1", "name": "Page"}
    page = estate.seed(0, "facebook", **old)
    elsewhere = {"outboundNotificationWebhookUrl": "https://example.com/"}
    hook = estate.seed(1, "open", "Hook", **elsewhere)
    unwanted = estate.seed(2, "open", "Old one")
    sandbox.faults.add(
        # What every second look shows is as before.
        stale("facebook", replaced, {**old, "id": page.rpartition("/")[2]}, after=1),
        stale(
            "open", changed, {**elsewhere, "name": "Hook", "id": hook.rpartition("/")[2]}, after=1
        ),
        stale("open", pruned, {"name": "Old one", "id": unwanted.rpartition("/")[2]}, after=1),
        stale("open", created, after=1),
        StatusFault(404, method="GET", path="*/open/*", organization_id=missing.id, times=2),
    )

    finished = estate.run("apply", "--prune", "--replace")

    assert finished.returncode == 0, finished.stderr
    assert len(sandbox.faults) == 0
    there = {(changed.id, "open", "Hook")}
    assert estate.carried_out("POST") == creations(estate.organizations, but=there)
    assert estate.carried_out("PATCH") == {(changed.id, hook, "Hook"): 1}
    assert estate.carried_out("DELETE") == {
        (replaced.id, page, ""): 1,
        (pruned.id, unwanted, ""): 1,
    }
    estate.assert_as_wanted()


def test_an_organization_that_was_changed_is_left_alone_until_listings_show_it(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    _, retried = estate.organizations
    sandbox.faults.add(StatusFault(500, method="GET", path="*/open/*", organization_id=retried.id))

    first = estate.run("apply", "--settle", "1")

    assert first.returncode == 0, first.stderr
    write = next(one for one in requests_of(sandbox, retried) if one.applied)
    looks = [one for one in requests_of(sandbox, retried) if one.path == PATH + "facebook"]
    after = [look for look in looks if look.method == "GET" and look.time > write.time]
    assert min(look.time for look in after) - write.time >= timedelta(seconds=1)

    ended = {one.organization_id: one.time for one in sandbox.requests}
    sandbox.clear_requests()
    again = estate.run("apply", "--all", "--settle", "2")
    assert again.returncode == 0, again.stderr
    assert writes(sandbox) == []
    for one in sandbox.requests:
        assert one.time - ended[one.organization_id] >= timedelta(seconds=2)


@pytest.mark.parametrize("deleted", [False, True])
def test_what_is_listed_but_not_found_is_judged_by_the_listing_of_later(
    sandbox: Sandbox, make_estate: MakeEstate, deleted: bool
) -> None:
    estate = make_estate(1)
    organization = estate.organizations[0]
    path = estate.seed(0, "open", "Hook", outboundNotificationWebhookUrl=URL)
    sandbox.faults.add(StatusFault(404, method="PATCH", organization_id=organization.id))

    with estate.start("apply", "--settle", "1.5" if deleted else "0") as process:
        wait_until(lambda: len(sandbox.faults) == 0)
        if deleted:
            with estate.client(organization) as client:
                client.call_api(path, "DELETE")
        _, told = process.communicate(timeout=60)

    assert process.returncode == 0, told
    assert "outbound_notification_webhook_url, which was not there" in told
    there = set() if deleted else {(organization.id, "open", "Hook")}
    assert estate.carried_out("POST") == creations([organization], but=there)
    estate.assert_as_wanted()
