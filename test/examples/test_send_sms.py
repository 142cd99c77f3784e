"""Sends SMS, and follows them, whatever happens in between."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from .running import run

AGENTLESS = "/api/v2/conversations/messages/agentless"
TOKEN = "the-token-of-this-test"
ANN, BEN, CEM = "+15550123", "+15550124", "+15550125"

REASON = {"code": "InvalidDestination", "message": "there is no such number"}


class Platform:
    """Plays what the program needs of the platform, on a service that answers as told."""

    def __init__(self, service: Service) -> None:
        self.sent: list[dict[str, Any]] = []
        self.fates: dict[str, list[str]] = {}
        """What is said of a message, one after another, by number."""
        self.refusals: dict[str, list[Answer]] = {}
        """How posts are answered instead, by number."""
        self.unreadable: dict[str, list[Answer]] = {}
        """How questions for a message are answered instead, by number."""
        self.asked: list[str] = []
        """The numbers whose messages were asked for, one after another."""
        service.answer_by(self.respond)

    def respond(self, request: Request) -> Answer:
        if request.path != AGENTLESS:
            return self.details(self.sent[int(request.path.split("/")[-2])]["toAddress"])
        refusals = self.refusals.get(request.json["toAddress"])
        if refusals:
            return refusals.pop(0)
        self.sent.append(request.json)
        return make_answer(200, {"id": str(len(self.sent) - 1), "conversationId": "c"})

    def details(self, number: str) -> Answer:
        self.asked.append(number)
        if unreadable := self.unreadable.get(number):
            return unreadable.pop(0)
        fates = self.fates.get(number, ["delivery-success"])
        status = fates.pop(0) if len(fates) > 1 else fates[0]
        receipts = [{"id": "r", "type": "Receipt", "reasons": [REASON]}]
        failed = {"normalizedReceipts": receipts} if status == "delivery-failed" else {}
        return make_answer(
            200, {"status": status, "timestamp": "2026-01-02T03:04:05.678Z", **failed}
        )

    def received(self) -> Counter[str]:
        return Counter(one["toAddress"] for one in self.sent)


@pytest.fixture
def platform(service: Service) -> Platform:
    return Platform(service)


@pytest.fixture
def people(tmp_path: Path) -> Path:
    return Path(shutil.copy(Path(__file__).parent / "people.csv", tmp_path))


def send(
    people: Path, service: Service, *options: str, text: str = "Dear {name}"
) -> subprocess.CompletedProcess[str]:
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": TOKEN}
    arguments = [str(people), "--from", "+15550100", "--text", text, *options]
    return run("docs/examples/send_sms.py", *arguments, environment=account)


def results(people: Path) -> dict[str, dict[str, str]]:
    lines = people.with_name("people.csv.results").read_text().splitlines()
    return {noted["phone"]: noted for noted in map(json.loads, lines) if "phone" in noted}


def test_everybody_gets_a_message_and_it_is_followed(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.fates[BEN] = ["queued", "delivery-success"]

    finished = send(people, service)

    assert (finished.returncode, finished.stderr) == (0, "")
    assert finished.stdout.splitlines()[-1] == "3 delivery-success"
    assert platform.sent[0] == {
        "fromAddress": "+15550100",
        "toAddress": ANN,
        "toAddressMessengerType": "sms",
        "textBody": "Dear Ann",
    }
    assert platform.received() == Counter([ANN, BEN, CEM])
    assert TOKEN not in finished.stdout + people.with_name("people.csv.results").read_text()


def test_a_message_that_does_not_arrive_is_told_with_the_reason(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.fates[BEN] = ["delivery-failed"]
    finished = send(people, service)
    assert finished.returncode == 1
    assert f"{BEN} delivery-failed InvalidDestination: there is no such number" in finished.stdout
    assert results(people)[ANN]["status"] == "delivery-success"


def test_nobody_gets_a_message_twice(people: Path, service: Service, platform: Platform) -> None:
    send(people, service)
    again = send(people, service)
    assert again.returncode == 0
    assert platform.received() == Counter([ANN, BEN, CEM])


def test_what_was_refused_is_sent_by_the_next_run(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.refusals[BEN] = [make_answer(409, {"message": "a conversation is connected"})]
    first = send(people, service)
    assert first.returncode == 1
    assert "1 not sent" in first.stdout
    assert "a conversation is connected" in first.stdout
    assert send(people, service).returncode == 0
    assert platform.received() == Counter([ANN, BEN, CEM])


@pytest.mark.parametrize("status", [408, 500, 502, 504])
def test_a_lost_answer_is_reported_and_the_message_never_sent_again(
    people: Path, service: Service, platform: Platform, status: int
) -> None:
    platform.refusals[BEN] = [make_answer(status, b"<html>gateway</html>")]
    for _ in range(2):
        finished = send(people, service)
        assert finished.returncode == 1
        assert finished.stdout.splitlines()[-1] == "2 delivery-success, 1 unknown"
    assert platform.received() == Counter([ANN, CEM])


def test_a_run_that_was_cut_off_while_it_sent_is_reported(
    people: Path, service: Service, platform: Platform
) -> None:
    begun = {"phone": ANN, "status": "begun"}
    torn = '{"phone": "+15550124", "sta'
    people.with_name("people.csv.results").write_text(f"{json.dumps(begun)}\n{torn}")
    finished = send(people, service)
    assert f"{ANN} unknown cut off while it was sent" in finished.stdout
    assert platform.received() == Counter([BEN, CEM])


def test_what_takes_long_is_followed_by_the_next_run(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.fates[CEM] = ["sent"]
    first = send(people, service, "--patience", "0.2")
    assert first.returncode == 1
    assert first.stdout.splitlines()[-1] == "2 delivery-success, 1 sent"
    platform.fates[CEM] = ["read"]
    second = send(people, service)
    assert second.returncode == 0
    assert second.stdout.splitlines()[-1] == "2 delivery-success, 1 read"
    assert platform.received() == Counter([ANN, BEN, CEM])


def test_all_are_followed_in_rounds_within_one_patience(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.fates = {ANN: ["queued"], BEN: ["sent", "delivery-success"], CEM: ["sent"]}
    first = send(people, service, "--patience", "3")
    assert platform.asked[:6] == [ANN, BEN, CEM] * 2
    assert BEN not in platform.asked[6:]
    assert first.returncode == 1
    assert first.stdout.splitlines()[-1] == "1 accepted, 1 delivery-success, 1 sent"


@pytest.mark.parametrize("status", [400, 403])
def test_a_message_that_cannot_be_read_stops_no_other(
    people: Path, service: Service, platform: Platform, status: int
) -> None:
    platform.unreadable[ANN] = [make_answer(status, {"message": "not for you"})]
    finished = send(people, service)
    assert finished.returncode == 1
    assert f"{ANN} accepted cannot be read: " in finished.stdout
    assert "not for you" in finished.stdout
    assert finished.stdout.splitlines()[-1] == "1 accepted, 2 delivery-success"
    assert send(people, service).stdout.splitlines()[-1] == "3 delivery-success"


def test_a_message_that_is_not_there_yet_is_asked_for_again(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.unreadable[ANN] = [make_answer(404, {"message": "no such message"})]
    finished = send(people, service)
    assert finished.returncode == 0
    assert platform.asked == [ANN, BEN, CEM, ANN]


def test_a_message_that_is_never_there_is_reported(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.unreadable[ANN] = [make_answer(404, {"message": "no such message"})] * 9
    finished = send(people, service, "--patience", "0.2")
    assert finished.returncode == 1
    assert f"{ANN} accepted is not found" in finished.stdout
    assert finished.stdout.splitlines()[-1] == "1 accepted, 2 delivery-success"


def test_a_token_that_is_refused_while_they_are_followed_ends_it(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.unreadable[ANN] = [make_answer(401), make_answer(401)]
    stopped = send(people, service)
    assert stopped.returncode == 2
    assert "was answered 401" in stopped.stderr
    assert set(platform.asked) == {ANN}


def test_an_accepted_message_without_an_id_is_unknown(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.refusals[BEN] = [make_answer(200, {"conversationId": "c"})]
    for _ in range(2):
        finished = send(people, service)
        assert finished.stdout.splitlines()[-1] == "2 delivery-success, 1 unknown"
    assert platform.received() == Counter([ANN, CEM])


@pytest.mark.parametrize("end", ["\n", ""])
def test_whoever_has_looked_says_by_a_line_what_became_of_an_unknown_message(
    people: Path, service: Service, platform: Platform, end: str
) -> None:
    platform.refusals[BEN] = [make_answer(500)]
    send(people, service)
    with people.with_name("people.csv.results").open("a") as file:
        file.write(json.dumps({"phone": BEN, "status": "not sent"}) + end)
    assert send(people, service).returncode == 0
    assert platform.received() == Counter([ANN, BEN, CEM])


@pytest.mark.parametrize(
    "line", ["no JSON", "[]", "{}", '{"status": "not sent"}', '{"phone": "+1", "status": "sent"}']
)
def test_a_line_that_is_no_result_is_named(
    people: Path, service: Service, platform: Platform, line: str
) -> None:
    send(people, service)
    with people.with_name("people.csv.results").open("a") as file:
        number = len(people.with_name("people.csv.results").read_text().splitlines()) + 1
        file.write(f"{line}\n")
    stopped = send(people, service)
    assert stopped.returncode == 2
    assert f"people.csv.results, line {number}: " in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1


def test_another_text_wants_another_file_of_results(
    people: Path, service: Service, platform: Platform
) -> None:
    send(people, service)
    stopped = send(people, service, text="Bye {name}")
    assert stopped.returncode == 2
    assert "is of another text, 'Dear {name}'" in stopped.stderr
    assert "--results" in stopped.stderr
    other = str(people.with_name("bye.results"))
    assert send(people, service, "--results", other, text="Bye {name}").returncode == 0
    assert platform.received() == Counter([ANN, BEN, CEM] * 2)


@pytest.mark.parametrize("patience", ["0", "-1", "nan", "inf", "soon", "1e300"])
def test_a_patience_that_is_none_is_refused_before_anything_is_sent(
    people: Path, service: Service, patience: str
) -> None:
    stopped = send(people, service, f"--patience={patience}")
    assert stopped.returncode == 2
    assert "--patience" in stopped.stderr
    assert service.requests == []


def test_a_file_that_is_not_utf8_is_named(people: Path, service: Service) -> None:
    people.write_bytes("phone,name\n+15550123,Jürgen\n".encode("latin-1"))
    stopped = send(people, service)
    assert stopped.returncode == 2
    assert f"{people} is no CSV file in UTF-8" in stopped.stderr
    assert service.requests == []


def test_a_refused_token_ends_it_before_the_others_are_tried(
    people: Path, service: Service, platform: Platform
) -> None:
    platform.refusals[ANN] = [make_answer(401), make_answer(401)]
    stopped = send(people, service)
    assert stopped.returncode == 2
    assert "was answered 401" in stopped.stderr
    assert platform.sent == []


@pytest.mark.parametrize(
    ("content", "text", "complaint"),
    [
        ("name\nAnn\n", "Hi", "has no column 'phone'"),
        ("phone\n+15550123\n", "Dear {name}", "has no column 'name'"),
        ("phone\n0555 0123\n", "Hi", "is no number such as"),
        ("phone\n+15550123\n+15550123\n", "Hi", "is there twice"),
        ("phone\n+15550123\n", "x" * 766, "766 characters of 765"),
        (
            "phone,name\n+15550123\n",
            "Dear {name}",
            "line 2: not as many cells as columns",
        ),
        ("phone,name\n+15550123,Ann,x\n", "Hi", "line 2: not as many cells as columns"),
        ("", "Hi", "there is nobody in it"),
        ("phone,name\n", "Dear {name}", "there is nobody in it"),
        ("phone,name\n+15550123,Ann\n", "{name.foo}", "has no column 'name.foo'"),
        ("phone,name\n+15550123,Ann\n", "{name.__class__}", "has no column 'name.__class__'"),
        ("phone,name\n+15550123,Ann\n", "{name[x]}", "has no column 'name[x]'"),
        ("phone,name\n+15550123,Ann\n", "{}", "has no column ''"),
        ("phone,name\n+15550123,Ann\n", "{name!r}", "has no column 'name!r'"),
        ("phone,name\n+15550123,Ann\n", "{name:>9}", "has no column 'name:>9'"),
        ("phone,name\n+15550123,Ann\n", "Dear {name", "--text: braces go around"),
        ("phone,name\n+15550123,Ann\n", "Dear name}", "--text: braces go around"),
        ("phone,name\n+15550123,Ann\n", "Dear {{name}}", "--text: braces go around"),
    ],
)
def test_a_file_that_cannot_be_sent_is_refused_as_a_whole(
    people: Path,
    service: Service,
    platform: Platform,
    content: str,
    text: str,
    complaint: str,
) -> None:
    people.write_text(content)
    stopped = send(people, service, text=text)
    assert stopped.returncode == 2
    assert complaint in stopped.stderr
    assert "Traceback" not in stopped.stderr
    assert service.requests == []
