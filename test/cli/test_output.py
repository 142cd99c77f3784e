"""What commands write: tables, JSON, JSON lines, CSV."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from service import Service

from PureCloudPlatformClientV2.cli.output import write_result
from PureCloudPlatformClientV2.cli.results import Result
from PureCloudPlatformClientV2.models import LineIntegration, MessagingSticker
from PureCloudPlatformClientV2.rows import to_rows
from PureCloudPlatformClientV2.sandbox import Sandbox

from .shell import LINE, Cli

GET_LINE = ("messaging", "get-integrations-line")
STICKERS = ("messaging", "get-sticker", "line")


@pytest.fixture
def integration(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.create_integration("line", name="Käse & Co", channelId="1653")


def test_json_is_what_came(service: Service, cli: Cli) -> None:
    answer = {"id": None, "name": "ü", "fromTomorrow": [1.0], "dateCreated": "2019-08-14T09:30:00Z"}
    service.answer(200, answer)
    finished = cli(
        "--host", service.url, *GET_LINE[:1], "get-integrations-line-integration-id", "1"
    )
    assert finished.json == answer
    assert finished.out.count("\n") > 4  # for people to read


def test_json_of_all_pages_is_one_listing(cli: Cli, sandbox: Sandbox) -> None:
    listing = cli(*STICKERS, "--all", "--page-size", "7").json
    names = [one["name"] for one in listing["entities"]]
    assert listing["total"] == len(names) == len(set(names)) == 38
    assert len(sandbox.requests) == 6


def test_a_walk_begins_where_it_is_told_to(cli: Cli, sandbox: Sandbox) -> None:
    found = cli(*STICKERS, "--all", "--page-size", "30", "--page-number", "2").json
    assert len(found["entities"]) == 8


def test_json_lines_are_entities(cli: Cli, integration: dict[str, Any]) -> None:
    assert cli(*GET_LINE, "--output", "jsonl").lines == [integration]
    assert cli(*GET_LINE, "--output", "jsonl", "--all").lines == [integration]


def test_lines_are_written_as_the_pages_come(cli: Cli, service: Service) -> None:
    service.answer(200, {"entities": [{"id": "1"}], "pageCount": 2, "total": 2})
    service.answer(500)
    finished = cli("--host", service.url, *GET_LINE, "--output", "jsonl", "--all")
    assert (finished.code, finished.out) == (1, '{"id": "1"}\n')


def test_csv_has_the_same_columns_whatever_is_in_them(
    cli: Cli, integration: dict[str, Any], sandbox: Sandbox
) -> None:
    full = cli(*GET_LINE, "--output", "csv").csv
    sandbox.reset()
    empty = cli(*GET_LINE, "--output", "csv", "--all").csv
    assert empty == [full[0]] == [to_rows([], model=LineIntegration, wire_names=True).columns]
    row = dict(zip(*full, strict=True))
    assert row["name"] == "Käse & Co"
    assert row["createdBy.name"] == integration["createdBy"]["name"]
    assert row["version"] == "1"


def test_csv_of_one_entity_is_one_row(cli: Cli, integration: dict[str, Any]) -> None:
    command = "get-integrations-line-integration-id"
    rows = cli("messaging", command, integration["id"], "--output", "csv").csv
    assert [row[0] for row in rows] == ["id", integration["id"]]


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(
    begin: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"name": f"{begin}1+1", "providerVersion": -1, "packageName": "1-2"}]
    write_result(Result(rows, MessagingSticker), "csv")
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out, newline=""))
    assert row["name"] == f"'{begin}1+1"
    assert (row["providerVersion"], row["packageName"]) == ("-1", "1-2")


def test_secrets_are_masked_in_tables_and_csv(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("table", "csv"):
        write_result(Result([{"id": "1", "channelSecret": "hunter2"}]), form)
        out = capsys.readouterr().out
        assert "hunter2" not in out
        assert "***" in out


@pytest.mark.parametrize(
    ("expression", "form", "expected"),
    [
        ("total", "json", "38\n"),
        ("total", "table", "38\n"),
        ("entities[].name", "jsonl", '"Good morning"\n"Good night"\n'),
        ("entities[].name", "csv", "Good morning\nGood night\n"),
        ("entities[].[name, providerPackageId]", "csv", "Good morning,7301\nGood night,7301\n"),
        ("entities[].{b: name, a: total}", "csv", "b,a\nGood morning,\nGood night,\n"),
        ("entities[].name", "table", "Good morning\nGood night\n"),
    ],
)
def test_a_query_says_what_is_written(cli: Cli, expression: str, form: str, expected: str) -> None:
    finished = cli(*STICKERS, "--page-size", "2", "--query", expression, "--output", form)
    assert finished == (0, expected, "")


@pytest.mark.parametrize(
    ("expression", "form", "expected"),
    [
        ("nothing", "json", "null\n"),
        ("nothing", "jsonl", "null\n"),
        ("nothing", "table", ""),
        ("entities[].Name", "csv", ""),
        ("entities[?name=='x']", "json", "[]\n"),
    ],
)
def test_a_query_that_finds_nothing_is_told(
    cli: Cli, expression: str, form: str, expected: str
) -> None:
    finished = cli(*STICKERS, "--query", expression, "--output", form)
    assert finished == (0, expected, "note: --query found nothing\n")


def test_a_query_of_an_empty_listing_needs_no_note(cli: Cli) -> None:
    assert cli(*GET_LINE, "--query", "entities[].name") == (0, "[]\n", "")


def test_a_query_sees_the_entities_of_all_pages(cli: Cli) -> None:
    query = ("--query", "length(entities)")
    assert cli(*STICKERS, *query).json == 25
    assert cli(*STICKERS, "--all", *query).json == 38


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_page_that_is_not_all_is_noted(cli: Cli, form: str) -> None:
    finished = cli(*STICKERS, "--output", form)
    assert finished.err == "note: Page 1 of 2, 38 in total; --all brings them all.\n"
    assert cli(*STICKERS, "--output", form, "--all").err == ""
    assert cli(*STICKERS, "--output", form, "--page-size", "50").err == ""


def test_columns_can_be_chosen(cli: Cli, integration: dict[str, Any]) -> None:
    chosen = ("--columns", "name, createdBy.id,id", "--output")
    own = [integration["name"], integration["createdBy"]["id"], integration["id"]]
    for more in ([], ["--all"]):
        rows = cli(*GET_LINE, *more, *chosen, "csv").csv
        assert rows == [["name", "createdBy.id", "id"], own]
    lines = cli(*GET_LINE, *chosen, "table").out.splitlines()
    assert lines[0].split() == ["name", "createdBy.id", "id"]
    one = ("messaging", "get-integrations-line-integration-id", integration["id"])
    lines = cli(*one, *chosen, "table").out.splitlines()
    assert [line.split()[0] for line in lines] == ["name", "createdBy.id", "id"]


def test_a_table_has_all_columns_that_are_chosen(cli: Cli) -> None:
    names = "id,name,providerStickerId,providerPackageId,packageName,stickerType,uriLocation"
    text = cli(*STICKERS, "--columns", names, "--output", "table").out
    assert "No room for" not in text
    assert max(map(len, text.splitlines())) <= 80


def test_columns_of_results_of_a_command_of_its_own_can_be_chosen(cli: Cli) -> None:
    rows = cli("find", "queue", "members", "--columns", "verb,command", "--output", "csv").csv
    assert rows[:2] == [["verb", "command"], ["GET", "routing get-queue-members"]]
    (_, row) = cli("whoami", "--columns", "organizationName", "--output", "csv").csv
    assert row == ["sandbox"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ("csv --columns nam", "LineIntegration has no field 'nam'; did you mean 'name'?"),
        ("csv --columns created_by.id", "no field 'created_by'; did you mean 'createdBy'?"),
        ("csv --columns id,name,id", "'id' is there twice"),
        ("csv --columns id,", "give the names of one or more columns"),
        ("table --columns name --query total", "--query chooses them itself"),
        ("json --columns name", "json has none; add --output csv, or table"),
        ("jsonl --columns name --all", "jsonl has none; add --output csv, or table"),
    ],
)
def test_columns_that_cannot_be_are_told_before_anything_is_sent(
    cli: Cli, sandbox: Sandbox, options: str, why: str
) -> None:
    finished = cli(*GET_LINE, "--output", *options.split())
    assert finished.code == 2
    assert finished.error.startswith("--columns: ")
    assert why in finished.error
    assert sandbox.requests == []


@pytest.mark.parametrize("expression", ["[", "nonsense(total)", "abs(entities)"])
def test_a_query_that_cannot_be_used_is_wrong_use(cli: Cli, expression: str) -> None:
    finished = cli(*STICKERS, "--query", expression)
    assert finished.code == 2
    assert finished.error.startswith("--query: ")
    assert finished.error.endswith("messaging get-sticker --help")


def test_a_query_is_read_before_anything_is_sent(cli: Cli, sandbox: Sandbox) -> None:
    assert cli("messaging", "post-integrations-line", "--name", "A", "--query", "[").code == 2
    assert sandbox.requests == []


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_table_fits_the_terminal(
    cli: Cli, integration: dict[str, Any], width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = cli(*GET_LINE, "--output", "table").out
    assert integration["id"] in text
    assert max(map(len, text.splitlines())) <= width
    assert ("channelId" in text.splitlines()[0]) == (width > 40)
    headings = text.splitlines()[0].split()
    left_out = " ".join(text.partition("No room for: ")[2].partition(".\n")[0].split()).split(", ")
    assert {*headings, *left_out} >= {"id", "name", "channelId", "status", "createdBy.name"}
    assert text.endswith("1 in total.\n")


def test_a_table_has_id_status_and_name_before_anything_else(cli: Cli, sandbox: Sandbox) -> None:
    kept = sandbox.create_integration("line", name="An integration with a name that is very long")
    lines = cli(*GET_LINE, "--output", "table").out.splitlines()
    assert lines[0].split()[:3] == ["id", "name", "status"]
    assert any(kept["id"] in line and "Active" in line for line in lines)


def test_lists_that_a_query_gives_are_columns_of_a_table(cli: Cli) -> None:
    query = ("--query", "entities[:2].[name, providerStickerId]")
    lines = cli(*STICKERS, *query, "--output", "table").out.splitlines()
    assert [line.split() for line in lines] == [
        ["Good", "morning", "910100"],
        ["Good", "night", "910101"],
    ]


def test_a_table_says_that_there_are_more_pages(cli: Cli) -> None:
    text = cli(*STICKERS, "--page-size", "2", "--output", "table").out
    assert text.endswith("Page 1 of 19, 38 in total; --all brings them all.\n")


def test_an_empty_table_says_so(cli: Cli) -> None:
    assert cli(*GET_LINE, "--output", "table").out == "There are none.\n"
    assert cli(*GET_LINE, "--output", "table", "--page-number", "3").out == "There are none.\n"


def test_a_table_of_one_entity_has_a_line_for_each_field(
    cli: Cli, integration: dict[str, Any]
) -> None:
    command = "get-integrations-line-integration-id"
    text = cli("messaging", command, integration["id"], "--output", "table").out
    assert "channelId           1653" in text
    assert f"createdBy.id        {integration['createdBy']['id']}" in text


def test_what_a_terminal_would_obey_is_taken_out_of_a_table(
    capsys: pytest.CaptureFixture[str],
) -> None:
    write_result(Result([{"name": "a\x1b[31mb\x9bc\nd[bold]"}]), "table")
    out = capsys.readouterr().out
    assert "a [31mb c d[bold]" in out
    assert "\x1b" not in out


def test_json_is_ascii_where_the_output_takes_nothing_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="latin-1"))
    write_result(Result({"name": "日本"}), "json")
    sys.stdout.flush()
    assert json.loads(written.getvalue()) == {"name": "日本"}


def test_a_dry_run_shows_the_request_and_sends_nothing(
    cli: Cli, sandbox: Sandbox, tmp_path: Path
) -> None:
    file = tmp_path / "body.json"
    file.write_text(json.dumps({"name": "A", "channelSecret": "hunter2"}), encoding="utf-8")
    arguments = ("messaging", "post-integrations-line", "--body", f"@{file}", "--dry-run")
    shown = cli(*arguments).json
    assert (shown["method"], shown["url"]) == ("POST", sandbox.host + LINE)
    assert shown["headers"]["Authorization"] == "***"
    assert shown["body"] == {"name": "A", "channelSecret": "***"}
    text = cli(*arguments, "--output", "table").out
    assert text.startswith(f"POST {sandbox.host}{LINE}\n")
    assert "\nAuthorization: ***\n" in text
    assert '\n  "channelSecret": "***"\n' in text
    assert sandbox.requests == []


def test_a_dry_run_shows_the_query(cli: Cli, sandbox: Sandbox) -> None:
    shown = cli(*STICKERS, "--all", "--page-size", "7", "--dry-run").json
    assert shown["url"] == f"{sandbox.host}/api/v2/messaging/stickers/line?pageSize=7&pageNumber=1"


def test_a_dry_run_signs_nobody_in(
    cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    assert "Authorization" not in cli(*STICKERS, "--dry-run").json["headers"]
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_ID", sandbox.client_id)
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", sandbox.client_secret)
    assert cli(*STICKERS, "--dry-run").json["headers"]["Authorization"] == "***"
    assert sandbox.requests == []


def test_the_log_is_shown_on_request(cli: Cli) -> None:
    finished = cli(*STICKERS, "--verbose", "--query", "total")
    assert finished.out == "38\n"
    assert " DEBUG GET http://127.0.0.1:" in finished.err
    assert "requestHeaders" not in finished.err
    finished = cli(*STICKERS, "-vv")
    assert "requestHeaders" in finished.err
    assert "***" in finished.err
