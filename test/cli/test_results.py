"""Results of every type, and lists of every style."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from service import Answer, Request, Service, make_answer

from .shell import Cli


@pytest.fixture
def target(service: Service, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> Service:
    """The service, and somebody who has signed in there."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "the-token")
    return service


def numbered(
    name: str, key: str = "id", *, in_body: bool = False, **more: Any
) -> Callable[[Request], Answer]:
    """Answer with two pages, told by their number, of which each has two items."""

    def answer(request: Request) -> Answer:
        body = request.json if in_body else {}
        number = int((body.get("paging", body) if in_body else request.query).get("pageNumber", 1))
        items = [{key: f"{number}-{one}", "unheardOf": None} for one in "ab"] if number < 3 else []
        return make_answer(200, {name: items, "pageNumber": number, "pageCount": 2, **more})

    return answer


def cursors(request: Request) -> Answer:
    after = request.query.get("after")
    page: dict[str, Any] = {"entities": [{"id": after or "first"}], "nextUri": None}
    return make_answer(200, page if after else {**page, "nextUri": f"{request.path}?after=second"})


def both_pages(key: str) -> list[dict[str, Any]]:
    return [{key: f"{page}-{one}", "unheardOf": None} for page in (1, 2) for one in "ab"]


@pytest.mark.parametrize(
    ("words", "answer", "names"),
    [
        ("routing get-queues", numbered("entities", total=4), ("entities", "id")),
        ("routing get-queue-members q", numbered("entities"), ("entities", "id")),
        (
            'users post-search --body {"query":[],"pageSize":2}',
            numbered("results", in_body=True, total=4),
            ("results", "id"),
        ),
        (
            "analytics post-conversations-details-query --body "
            '{"interval":"2026-11-01/2026-11-02","paging":{"pageSize":2,"pageNumber":1}}',
            numbered("conversations", "conversationId", in_body=True, totalHits=4),
            ("conversations", "conversationId"),
        ),
    ],
    ids=lambda value: value.split(" -")[0] if isinstance(value, str) else "",
)
@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
def test_all_pages_come_as_they_are_on_the_wire(
    cli: Cli,
    target: Service,
    words: str,
    answer: Callable[[Request], Answer],
    names: tuple[str, str],
    form: str,
) -> None:
    target.answer_by(answer)
    finished = cli(*words.split(), "--all", "--output", form)
    assert (finished.code, finished.err) == (0, "")
    listing, key = names
    if form == "json":
        assert finished.json == {listing: both_pages(key), "total": 4}
    elif form == "jsonl":
        assert finished.lines == both_pages(key)
    else:
        assert all(one[key] in finished.out for one in both_pages(key))
    assert len(target.requests) >= 2


def test_a_list_whose_pages_refer_to_each_other_is_walked(cli: Cli, target: Service) -> None:
    target.answer_by(cursors)
    command = ("task-management", "get-workbin-versions", "w", "--all", "-o", "jsonl")
    assert cli(*command).lines == [{"id": "first"}, {"id": "second"}]
    assert [one.query for one in target.requests] == [{}, {"after": "second"}]


def test_without_all_a_note_says_that_there_is_more(cli: Cli, target: Service) -> None:
    target.answer_by(cursors)
    command = ("task-management", "get-workbin-versions", "w")
    finished = cli(*command, "-o", "jsonl")
    assert finished.err == "note: 1 on this page; --all brings those of all pages.\n"
    assert "1 on this page; --all brings" in cli(*command, "-o", "table").out


CALENDAR = b"BEGIN:VCALENDAR\r\nEND:VCALENDAR"


@pytest.mark.parametrize(
    ("words", "content", "headers", "as_json", "as_csv"),
    [
        ("authorization get-divisions-limit", 42, {}, 42, "42\n"),
        ("languages get-translations-builtin --language en", {"a": "b"}, {}, {"a": "b"}, "a\nb\n"),
        (
            "telephony-providers-edge "
            "get-telephony-providers-edges-site-numberplans-classifications 1",
            ["National", "Emergency"],
            {},
            ["National", "Emergency"],
            "National\nEmergency\n",
        ),
        (
            "integrations get-action-template 1 success.vm",
            b"Hello",
            {"Content-Type": "text/plain"},
            "Hello",
            "Hello\n",
        ),
        (
            "workforce-management get-calendar-data-ics --calendar-id c",
            CALENDAR,
            {"Content-Type": "text/calendar"},
            CALENDAR.decode(),
            None,
        ),
    ],
    ids=lambda value: value.split(" ")[1][:24] if isinstance(value, str) and " " in value else "",
)
def test_results_of_every_type_are_written(
    cli: Cli,
    target: Service,
    words: str,
    content: Any,
    headers: dict[str, str],
    as_json: Any,
    as_csv: str | None,
) -> None:
    target.answer_always(200, content, headers=headers)
    assert cli(*words.split(), "-o", "json").json == as_json
    assert cli(*words.split(), "-o", "jsonl").lines == [
        *(as_json if isinstance(as_json, list) else [as_json])
    ]
    table = cli(*words.split(), "-o", "table")
    assert (table.code, table.err) == (0, "")
    assert table.out.strip()
    csv = cli(*words.split(), "-o", "csv")
    assert (csv.code, csv.err) == (0, "")
    assert as_csv in (None, csv.out)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (404, 1)])
def test_what_has_no_result_ends_by_a_code(
    cli: Cli, target: Service, status: int, code: int
) -> None:
    target.answer(status)
    finished = cli("tokens", "head-me")
    assert (finished.code, finished.out) == (code, "")
    assert [one.method for one in target.requests] == ["HEAD"]


def test_a_listing_without_a_total_is_counted(cli: Cli, target: Service) -> None:
    target.answer_always(200, {"entities": [{"id": "1"}, {"id": "2"}]})
    assert cli("users", "get-user-skillgroups", "u", "-o", "table").out.endswith("2 in total.\n")


def test_only_what_needs_a_sign_in_asks_for_credentials(
    cli: Cli, target: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    target.answer_always(200, {"entities": []})
    assert cli("users", "get-me").code == 3
    assert target.requests == []
    assert cli("knowledge", "get-guest-session-categories", "s").code == 0
    assert target.requests[0].headers["Authorization"] is None


def test_a_body_that_need_not_be_there_may_be_left_out(cli: Cli, target: Service) -> None:
    target.answer_always(204)
    assert cli("ai-studio", "post-guide-versions", "g").code == 0
    assert cli("ai-studio", "post-guide-versions", "g", "--body", "{}").code == 0
    assert [one.body for one in target.requests] == [b"", b"{}"]


def test_a_body_of_another_name_is_a_body_all_the_same(cli: Cli, target: Service) -> None:
    target.answer_always(204)
    row = '{"key": "a", "count": 1}'
    assert cli("architect", "post-flows-datatable-rows", "t", "--body", row).code == 0
    assert target.requests[0].json == {"key": "a", "count": 1}
    assert "give --body" in cli("architect", "post-flows-datatable-rows", "t").error


def test_a_dry_run_shows_the_headers_of_the_endpoint(cli: Cli, target: Service) -> None:
    calendar = ("workforce-management", "get-calendar-data-ics", "--calendar-id", "c")
    shown = cli(*calendar, "--dry-run", "-o", "json").json["headers"]["Accept"]
    target.answer(200, CALENDAR, headers={"Content-Type": "text/calendar"})
    assert cli(*calendar).code == 0
    assert shown == target.requests[0].headers["Accept"] == "text/calendar"
