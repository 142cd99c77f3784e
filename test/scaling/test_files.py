"""The state file and the results file: what is refused, and what a cut-off run leaves behind."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable
from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .estate import SECRET, Estate, creations

MakeEstate = Callable[[int], Estate]

HOST = "http://127.0.0.1:9"
TOKEN = {"env": "TOKEN"}


def organization(**changes: Any) -> dict[str, Any]:
    return {"host": HOST, "access_token": TOKEN, "integrations": {}, **changes}


def hook(**changes: Any) -> dict[str, Any]:
    needed = {
        "name": "A",
        "outbound_notification_webhook_url": "https://example.com/",
        "outbound_notification_webhook_signature_secret_token": TOKEN,
    }
    return organization(integrations={"open": [{**needed, **changes}]})


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (organization(access_token="plain"), 'berlin: access_token: write {"env": "NAME"}'),
        (organization(access_token={"env": "A", "file": "B"}), "berlin: access_token: write"),
        (organization(token=TOKEN), "berlin: there is no setting 'token'"),
        ({"host": HOST, "client_id": TOKEN, "integrations": {}}, "berlin: give host, and"),
        (organization(host={"env": "HOST"}), "berlin: give host, and"),
        ({"host": HOST, "access_token": TOKEN}, "has not the form"),
        (organization(integrations={"sms": []}), "berlin: sms is none of facebook, open"),
        (organization(integrations={"facebook": [{"page_id": "1"}]}), "has not the form"),
        (
            organization(integrations={"facebook": [{"name": "A"}, {"name": "A"}]}),
            "berlin: two facebook integrations have one name",
        ),
        (
            organization(integrations={"facebook": [{"name": "A", "channel_id": "1"}]}),
            "berlin: facebook 'A': channel_id: there is no such field",
        ),
        (
            organization(integrations={"facebook": [{"name": "A", "self_uri": "/"}]}),
            "berlin: facebook 'A': self_uri: there is no such field",
        ),
        (
            organization(integrations={"open": [{"name": "A"}]}),
            "berlin: open 'A': there must be outbound_notification_webhook_signature_secret_token "
            "and outbound_notification_webhook_url",
        ),
        (
            hook(outbound_notification_webhook_signature_secret_token="plain"),
            "berlin: open 'A': outbound_notification_webhook_signature_secret_token: write",
        ),
        (hook(webhook_headers="plain"), "webhook_headers: write headers and their values"),
        (hook(webhook_headers={"X-Key": "plain"}), "berlin: open 'A': webhook_headers: X-Key: w"),
        (hook(supported_content={"id": "1"}), "berlin: open 'A': supported_content: write"),
        (
            organization(integrations={"facebook": [{"name": "A", "page_id": 1}]}),
            "page_id: write",
        ),
    ],
)
def test_a_state_file_that_cannot_be_used_is_refused_before_anything_is_done(
    make_estate: MakeEstate, wanted: Any, message: str
) -> None:
    estate = make_estate(1)
    estate.state["berlin"] = wanted

    finished = estate.run("apply")

    assert finished.returncode == 2
    assert message in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "plain" not in finished.stderr
    assert estate.sandbox.requests == []
    assert not estate.results.exists()


def test_a_secret_may_be_in_a_file(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    (estate.folder / "token").write_text(estate.organizations[0].access_token + "\n", "utf-8")
    estate.state["organization-0"]["access_token"] = {"file": str(estate.folder / "token")}

    assert estate.run("apply").returncode == 0

    estate.assert_as_wanted()


def test_an_organization_may_sign_in_by_its_client(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    (one,) = estate.organizations
    estate.secrets |= {"ID": one.client_id, "CLIENT_SECRET": one.client_secret}
    wanted = estate.state[one.name]
    del wanted["access_token"]
    wanted |= {"client_id": {"env": "ID"}, "client_secret": {"env": "CLIENT_SECRET"}}

    assert estate.run("apply").returncode == 0

    assert estate.carried_out("POST") - creations(estate.organizations) == {
        (one.id, "/oauth/token", ""): 1
    }
    estate.assert_as_wanted()


def test_a_line_that_was_cut_off_is_no_obstacle(sandbox: Sandbox, make_estate: MakeEstate) -> None:
    estate = make_estate(2)
    assert estate.run("apply").returncode == 0
    whole = estate.results.read_bytes()
    last = json.loads(whole.splitlines()[-1])["organization"]
    estate.results.write_bytes(whole[:-7])
    sandbox.clear_requests()

    assert estate.run("apply", "--settle", "0").returncode == 0

    names = {one.id: one.name for one in estate.organizations}
    assert {names[str(one.organization_id)] for one in sandbox.requests} == {last}
    assert estate.latest() == {"done": 2}


def test_a_file_of_something_else_is_told_and_left_alone(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    estate.results.write_text("my diary\n", encoding="utf-8")

    finished = estate.run("apply")

    assert finished.returncode == 2
    assert "state.json.results is not a file of results" in finished.stderr
    assert estate.results.read_text(encoding="utf-8") == "my diary\n"


def test_two_runs_at_once_on_the_same_results_are_refused(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    with estate.results.open("ab") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        refused = estate.run("apply")

    assert refused.returncode == 2
    assert "another run is writing to" in refused.stderr
    assert estate.sandbox.requests == []
    assert estate.run("apply").returncode == 0


def test_a_missing_secret_is_told_by_the_name_of_its_variable(make_estate: MakeEstate) -> None:
    estate = make_estate(1)
    del estate.secrets[SECRET["env"]]

    finished = estate.run("apply")

    assert finished.returncode == 1
    assert "there is no environment variable ROLLOUT_SECRET" in finished.stderr
