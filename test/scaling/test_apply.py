"""plan and apply, with threads: what is sent, what is left alone, what is told."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sandbox.caller import wait_until

from PureCloudPlatformClientV2.sandbox import (
    LateFault,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
    TruncateFault,
)

from .estate import CANARY, Estate, creations, variable

MakeEstate = Callable[[int], Estate]

WRITES = {"POST", "PUT", "DELETE"}


def writes(sandbox: Sandbox) -> list[tuple[str, str]]:
    return [(one.method, one.path) for one in sandbox.requests if one.method in WRITES]


def test_a_plan_says_what_would_change_and_changes_nothing(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    first = estate.organizations[0].id
    sandbox.create_integration("facebook", organization_id=first, name="Page", pageId="4711")
    sandbox.create_integration("line", organization_id=first, name="Channel", channelId="1")
    sandbox.create_integration("twitter", organization_id=first, name="Old one")

    plan = estate.run("plan", "--prune")

    assert plan.returncode == 0, plan.stderr
    of_first, _, of_second = plan.stdout.partition("organization-1:\n")
    assert of_first.splitlines() == [
        "organization-0:",
        "  update line 'Channel' channel_id",
        "  create line 'Second channel'",
        "  create twitter 'Account'",
        "  delete twitter 'Old one'",
    ]
    assert of_second.count("create") == 4
    assert writes(sandbox) == []
    assert not estate.results.exists()


def test_apply_creates_updates_and_deletes_and_a_second_run_has_nothing_to_do(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(3)
    first = estate.organizations[0].id
    seeded = [
        sandbox.create_integration("facebook", organization_id=first, name="Page", pageId="4711"),
        sandbox.create_integration(
            "line", organization_id=first, name="Channel", channelId="1", status="Inactive"
        ),
        sandbox.create_integration("twitter", organization_id=first, name="Old one"),
    ]

    applied = estate.run("apply", "--prune")

    assert applied.returncode == 0, applied.stderr
    there = {(first, "facebook", "Page"), (first, "line", "Channel")}
    assert estate.carried_out("POST") == creations(estate.organizations, but=there)
    assert list(estate.carried_out("PUT")) == [(first, seeded[1]["selfUri"], "")]
    assert list(estate.carried_out("DELETE")) == [(first, seeded[2]["selfUri"], "")]
    assert estate.latest() == {"done": 3}
    estate.assert_as_wanted()

    sandbox.clear_requests()
    assert estate.run("apply", "--prune").returncode == 0
    assert sandbox.requests == []
    assert estate.run("apply", "--prune", "--all").returncode == 0
    assert len(sandbox.requests) == 9
    assert writes(sandbox) == []


def test_what_the_file_does_not_name_is_left_alone_without_prune(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(1)
    organization = estate.organizations[0]
    sandbox.create_integration("twitter", organization_id=organization.id, name="Old one")

    assert estate.run("apply").returncode == 0

    assert estate.carried_out("DELETE") == {}
    assert sum(estate.contents(organization)["twitter"].values()) == 2


def test_an_organization_whose_wanted_state_has_changed_is_taken_up_again(
    sandbox: Sandbox, make_estate: MakeEstate
) -> None:
    estate = make_estate(2)
    assert estate.run("apply").returncode == 0
    sandbox.clear_requests()

    changed = json.loads(json.dumps(estate.state["organization-1"]))
    changed["integrations"]["line"].append({"name": "Third channel"})
    estate.state["organization-1"] = changed
    assert estate.run("apply").returncode == 0

    organization = estate.organizations[1]
    assert {one.organization_id for one in sandbox.requests} == {organization.id}
    assert list(estate.carried_out("POST")) == [
        (organization.id, "/api/v2/messaging/integrations/line", "Third channel")
    ]


@pytest.mark.parametrize("with_replace", [False, True])
def test_what_cannot_be_updated_is_replaced_only_if_told(
    sandbox: Sandbox, make_estate: MakeEstate, with_replace: bool
) -> None:
    estate = make_estate(1)
    organization = estate.organizations[0]
    old = sandbox.create_integration(
        "facebook", organization_id=organization.id, name="Page", pageId="1"
    )

    finished = estate.run("apply", *(["--replace"] if with_replace else []))

    assert finished.returncode == (0 if with_replace else 1)
    if with_replace:
        assert list(estate.carried_out("DELETE")) == [(organization.id, old["selfUri"], "")]
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
    organization = estate.organizations[0]
    for _ in range(2):
        sandbox.create_integration(
            "facebook", organization_id=organization.id, name="Page", pageId="4711"
        )

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
    path = "/api/v2/messaging/integrations/facebook"
    assert f"FAILED organization-0: GET {sandbox.host}{path} was answered 401" in finished.stderr
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
    sandbox.faults.add(fault(method="POST", path="*/line", organization_id=organization.id))

    finished = estate.run("apply", "--settle", "0.2")

    assert finished.returncode == 0, finished.stderr
    assert "create line 'Channel', of which no answer came" in finished.stderr
    assert estate.carried_out("POST") == creations(estate.organizations)
    methods = [one.method for one in sandbox.requests if one.path.endswith("/line")]
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
        LateFault(0.5, method="POST", path="*/line", organization_id=estate.organizations[5].id)
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
