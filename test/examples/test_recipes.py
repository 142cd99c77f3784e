"""The recipes do what their page says, as their readers run them."""

from __future__ import annotations

import csv
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.faults import ResetAfterFault, StatusFault

from .running import PROJECT, account, provision_number, run, writes

RECIPES = sorted((PROJECT / "docs" / "recipes").glob("*.py"))
SENDER = "+13175550100"
AGENTLESS = "/api/v2/conversations/messages/agentless"


def cook(name: str, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run(f"docs/recipes/{name}", *map(str, arguments), environment=environment)


def read_csv(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_a_recipe_is_short_and_the_page_shows_it(path: Path) -> None:
    text, page = path.read_text(encoding="utf-8"), PROJECT / "docs" / "recipes.md"
    code = [line for line in text.split('"""', 2)[2].splitlines() if line.strip()]
    assert 10 <= len(code) <= 40
    shown = page.read_text(encoding="utf-8")
    assert f"literalinclude}} recipes/{path.name}\n" in shown
    assert f"$ python docs/recipes/{path.name} " in shown


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.name)
def test_without_arguments_a_recipe_says_how_it_is_called(path: Path) -> None:
    shown = cook(path.name)
    assert (shown.returncode, shown.stdout) == (1, "")
    assert f"python {path.name} " in shown.stderr
    assert "Traceback" not in shown.stderr


# Queues and users, which the sandbox has


def test_the_members_of_all_queues_are_written(purecloud_sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"

    done = cook("queue_members.py", path, **account(purecloud_sandbox))

    heading, *rows = read_csv(path)
    assert heading == ["queue", "member.id", "member.name", "member.user.email", "member.joined"]
    assert {row[0] for row in rows} > {"Billing", "Support"}
    assert all(all(row) for row in rows)
    assert done.stdout == f"{len(rows)} members written to {path}\n"


def test_the_members_of_one_queue_are_written(purecloud_sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "members.csv"

    cook("queue_members.py", path, "Support", **account(purecloud_sandbox))

    assert {row[0] for row in read_csv(path)[1:]} == {"Support"}


def test_a_queue_that_is_not_there_leaves_the_file_as_it_was(
    purecloud_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "members.csv"
    path.write_text("of yesterday")

    done = cook("queue_members.py", path, "Suport", **account(purecloud_sandbox))

    assert done.returncode == 1
    assert "did you mean 'Support'" in done.stderr
    assert path.read_text() == "of yesterday"
    assert list(tmp_path.iterdir()) == [path]


def test_the_users_with_a_skill_are_listed(purecloud_sandbox: Sandbox) -> None:
    done = cook("users_with_skill.py", "Spanish", **account(purecloud_sandbox))

    assert done.stdout == "  5  Ada Example <ada.example@example.com>\n"


def test_users_who_are_equally_good_stay_in_the_order_of_the_platform(service: Service) -> None:
    def user(name: str, **fields: str) -> dict[str, Any]:
        return {"name": name, "skills": [{"id": "s-1", "proficiency": 3}], **fields}

    users = [user("Ann"), user("Ann", email="ann@example.com"), user("Zoe")]
    platform = Platform(
        {
            "GET routing/skills": [
                {"entities": [{"id": "s-1", "name": "Spanish"}], "pageCount": 1}
            ],
            "GET users": [{"entities": users, "pageNumber": 1, "pageCount": 1}],
        }
    )
    service.answer_by(platform)

    done = cook("users_with_skill.py", "Spanish", **at(service))

    assert (done.stderr, done.returncode) == ("", 0)
    assert done.stdout.splitlines() == ["  3  Ann", "  3  Ann <ann@example.com>", "  3  Zoe"]


# Messages


@pytest.fixture
def people(tmp_path: Path, purecloud_sandbox: Sandbox) -> Path:
    provision_number(purecloud_sandbox, SENDER)
    path = tmp_path / "people.csv"
    path.write_text("phone,name\n+15550123,Ann\n+15550124,Ben\n+15550125,Cem\n")
    return path


def campaign(people: Path, sandbox: Sandbox) -> subprocess.CompletedProcess[str]:
    results = people.with_name("results.csv")
    return cook("campaign.py", people, results, SENDER, "It is here", **account(sandbox))


def received(sandbox: Sandbox) -> list[str]:
    return sorted(one["customer"]["id"] for one in sandbox.conversations.all() if one["messages"])


def test_a_campaign_reaches_everybody_once(people: Path, purecloud_sandbox: Sandbox) -> None:
    with people.open("a") as file:
        file.write("+15550123,Ann\n")

    first = campaign(people, purecloud_sandbox)
    again = campaign(people, purecloud_sandbox)

    assert first.stdout == again.stdout
    assert first.stdout.startswith("3 of 3 accepted; see ")
    assert received(purecloud_sandbox) == ["+15550123", "+15550124", "+15550125"]


def test_a_message_whose_answer_is_lost_is_not_sent_again(
    people: Path, purecloud_sandbox: Sandbox
) -> None:
    purecloud_sandbox.faults.add(ResetAfterFault(method="POST", path=AGENTLESS, times=1))

    first = campaign(people, purecloud_sandbox)
    campaign(people, purecloud_sandbox)

    assert first.stdout.startswith("2 of 3 accepted")
    assert received(purecloud_sandbox) == ["+15550123", "+15550124", "+15550125"]
    rows = read_csv(people.with_name("results.csv"))
    assert [row[1] for row in rows if row[0] == "+15550123"] == ["begun", "unknown"]


def test_a_message_that_was_refused_is_sent_by_the_next_run(
    people: Path, purecloud_sandbox: Sandbox
) -> None:
    purecloud_sandbox.faults.add(StatusFault(400, method="POST", path=AGENTLESS, times=1))

    first = campaign(people, purecloud_sandbox)
    again = campaign(people, purecloud_sandbox)

    assert first.stdout.startswith("2 of 3 accepted")
    assert again.stdout.startswith("3 of 3 accepted")
    assert received(purecloud_sandbox) == ["+15550123", "+15550124", "+15550125"]


@pytest.mark.parametrize("cut", [5, 9, 10, 13])
def test_a_results_file_that_was_cut_off_is_continued(
    people: Path, purecloud_sandbox: Sandbox, cut: int
) -> None:
    results = people.with_name("results.csv")
    results.write_text("+15550123,begun,\r\n"[:cut], newline="")

    done = campaign(people, purecloud_sandbox)

    # Once there is a comma, it may have been sent.
    assert done.returncode == (1 if cut > 9 else 0)
    others = ["+15550124", "+15550125"]
    assert received(purecloud_sandbox) == (others if cut > 9 else ["+15550123", *others])
    assert len(writes(purecloud_sandbox)) == len(received(purecloud_sandbox)) + 1
    assert all(row[0] in ("+15550123", *others) for row in read_csv(results)[1:])


def test_what_follows_a_line_that_was_cut_off_is_not_sent_again(
    people: Path, purecloud_sandbox: Sandbox
) -> None:
    results = people.with_name("results.csv")
    cut = '+15550123,begun,\r\n+15550123,not sent,"POST x was answered 400 (code x, corr'
    results.write_text(f"{cut}\n+15550124,begun,\r\n+15550124,accepted,m-1\r\n", newline="")

    done = campaign(people, purecloud_sandbox)

    assert done.stdout.startswith("3 of 3 accepted")
    assert received(purecloud_sandbox) == ["+15550123", "+15550125"]


# What the sandbox does not have


class Platform:
    """Gives the answers of each request in turn, and the last of them from then on."""

    def __init__(self, answers: dict[str, list[Any]]) -> None:
        self.requests: list[str] = []
        self._answers = answers

    def __call__(self, request: Request) -> Answer:
        self.requests.append(f"{request.method} {request.target.removeprefix('/api/v2/')}")
        answers = self._answers[f"{request.method} {request.path.removeprefix('/api/v2/')}"]
        return make_answer(200, answers.pop(0) if len(answers) > 1 else answers[0])


def at(service: Service) -> dict[str, str]:
    return {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "a-token"}


JOBS = "analytics/conversations/details/jobs"


def test_all_conversations_of_a_day_are_written_with_unknown_fields(
    service: Service, tmp_path: Path
) -> None:
    sent = [{"conversationId": f"c-{one}", "newsOfTheDay": {"one": one}} for one in range(3)]
    platform = Platform(
        {
            f"POST {JOBS}": [{"jobId": "j-1"}],
            f"GET {JOBS}/j-1": [{"state": "FULFILLED"}],
            f"GET {JOBS}/j-1/results": [
                {"conversations": sent[:2], "cursor": "more"},
                {"conversations": sent[2:]},
            ],
        }
    )
    service.answer_by(platform)
    path = tmp_path / "day.jsonl"

    done = cook("conversations_of_a_day.py", "2026-02-28", path, **at(service))

    assert (done.stderr, done.stdout) == ("", f"3 conversations written to {path}\n")
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == sent
    assert service.requests[0].json == {"interval": "2026-02-28T00:00:00Z/2026-03-01T00:00:00Z"}
    assert platform.requests == [
        f"POST {JOBS}",
        f"GET {JOBS}/j-1",
        f"GET {JOBS}/j-1/results?pageSize=1000",
        f"GET {JOBS}/j-1/results?cursor=more&pageSize=1000",
    ]


def flow(name: str, published: str | None, **fields: Any) -> dict[str, Any]:
    versions = {"checkedInVersion": {"id": "7.0", "commitVersion": "7"}}
    if published:
        versions["publishedVersion"] = {"id": f"{published}.0", "commitVersion": published}
    return {"id": name.lower(), "name": name, "type": "INBOUNDCALL", **versions, **fields}


def flows(*entities: dict[str, Any]) -> dict[str, Any]:
    return {"entities": entities, "pageNumber": 1, "pageCount": 1, "total": len(entities)}


def test_flows_that_are_newer_than_their_publication_are_published(service: Service) -> None:
    # The flow tells of the last try until the new one has begun.
    failed = {"id": "o-0", "complete": True, "actionStatus": "FAILURE", "errorMessage": "Empty."}
    platform = Platform(
        {
            "GET flows": [flows(flow("Old", "6"), flow("Live", "7"), flow("New", None))],
            "POST flows/actions/publish": [{"id": "o-1"}],
            "GET flows/old": [flow("Old", "6", currentOperation=failed), flow("Old", "7")],
            "GET flows/new": [flow("New", "7")],
        }
    )
    service.answer_by(platform)

    done = cook("publish_flows.py", "Support*", **at(service))

    assert (done.stderr, done.stdout) == (
        "",
        "published INBOUNDCALL Old\npublished INBOUNDCALL New\n",
    )
    assert platform.requests == [
        "GET flows?pageNumber=1&pageSize=100&name=Support%2A",
        "POST flows/actions/publish?flow=old",
        "GET flows/old",
        "GET flows/old",
        "POST flows/actions/publish?flow=new",
        "GET flows/new",
    ]


def test_a_flow_that_cannot_be_published_is_told_with_the_reason(service: Service) -> None:
    failed = {"id": "o-1", "complete": True, "actionStatus": "FAILURE"}
    failed = {**failed, "errorMessage": "A task is empty."}
    platform = Platform(
        {
            "GET flows": [flows(flow("Old", "6"), flow("New", None))],
            "POST flows/actions/publish": [{"id": "o-1"}],
            "GET flows/old": [flow("Old", "6", currentOperation=failed)],
        }
    )
    service.answer_by(platform)

    done = cook("publish_flows.py", "Support*", **at(service))

    assert done.returncode == 1
    assert done.stdout == ""
    assert "ApiException: old was not done: A task is empty." in done.stderr


@pytest.fixture
def storage() -> Iterator[Service]:
    """Where the platform has its files."""
    with Service() as service:
        yield service


def recording(storage: Service, number: int) -> dict[str, object]:
    urls = {
        str(channel): {"mediaUri": f"{storage.url}/r-{number}.wav?channel={channel}&Signature=s"}
        for channel in range(2)
    }
    return {"id": f"r-{number}", "fileState": "AVAILABLE", "mediaUris": urls}


RECORDINGS = "recordings_of_a_conversation.py"


def test_all_recordings_are_downloaded_when_the_platform_has_made_them(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    service.answer(202)
    service.answer(200, [recording(storage, 1), {"id": "r-2", "fileState": "UPLOADING"}])
    service.answer(200, [recording(storage, 1), recording(storage, 2)])
    storage.answer_by(lambda request: make_answer(200, request.target.encode()))

    done = cook(RECORDINGS, "c-1", tmp_path, **at(service))

    assert (done.stderr, done.stdout) == ("", "r-1 AVAILABLE\nr-2 AVAILABLE\n")
    names = [f"r-{number}-{channel}.wav" for number in (1, 2) for channel in (0, 1)]
    assert sorted(one.name for one in tmp_path.iterdir()) == names
    assert (tmp_path / names[3]).read_bytes() == b"/r-2.wav?channel=1&Signature=s"
    assert service.requests[0].query == {"formatId": "WAV"}
    assert {one.headers["Authorization"] for one in storage.requests} == {None}


def test_the_next_run_downloads_the_recordings_that_are_missing(
    service: Service, storage: Service, tmp_path: Path
) -> None:
    service.answer_always(200, [recording(storage, 1), {"id": "r-2", "fileState": "DELETED"}])
    storage.answer(200, b"first")
    storage.answer(403, b"<Error>expired</Error>")
    storage.answer(200, b"second")

    stopped = cook(RECORDINGS, "c-1", tmp_path, **at(service))
    again = cook(RECORDINGS, "c-1", tmp_path, **at(service))

    assert stopped.returncode == 1
    assert "the signed URL may have expired" in stopped.stderr.splitlines()[-1]
    assert "Signature=s" not in stopped.stderr
    assert (again.stderr, again.stdout) == ("", "r-1 AVAILABLE\nr-2 DELETED\n")
    found = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert found == {"r-1-0.wav": b"first", "r-1-1.wav": b"second"}
