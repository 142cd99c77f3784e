"""Commands are found by words."""

from __future__ import annotations

import sys

import pytest
from platform_facts import methods

from PureCloudPlatformClientV2.cli.index import full_name, group_name, list_methods

from .shell import Cli, in_a_process


def found(cli: Cli, *words: str) -> list[str]:
    """The commands that are found, the best first."""
    rows = cli("find", *words, "--all", "--output", "json").json
    return [row["command"] for row in rows]


@pytest.mark.parametrize(
    ("words", "best"),
    [
        (["queue", "members"], "routing get-queue-members"),
        (["members", "queues"], "routing get-queue-members"),
        (["create", "user"], "users post-users"),
        (["routing:queue:view", "list", "queues"], "routing get-queues"),
        (["list", "queues"], "routing get-queues"),
        (["list", "users"], "users get-users"),
        (["get_users_me"], "users get-me"),
        (["/api/v2/users/me"], "users get-me"),
        (["sticker"], "messaging get-sticker"),
        (["line", "integration", "delete"], "messaging delete-integrations-line-integration-id"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_best_comes_first(cli: Cli, words: list[str], best: str) -> None:
    assert found(cli, *words)[0] == best


def test_a_line_has_the_command_to_type_and_what_it_calls(cli: Cli) -> None:
    finished = cli("find", "queue", "members")
    assert (finished.code, finished.err) == (0, "")
    lines = [line.split() for line in finished.out.splitlines()]
    path = "/api/v2/routing/queues/{queueId}/members"
    assert ["routing", "get-queue-members", "GET", path] in lines
    for group, command, verb, path in lines:
        assert f"\n  {verb} {path}" in cli(group, command, "--help").out


def test_a_method_is_found_by_the_words_that_it_is_described_with(cli: Cli) -> None:
    assert found(cli, "not", "delivered", "accepted") == ["conversations post-messages-agentless"]


def test_every_method_is_found_by_its_name(cli: Cli) -> None:
    """One of a hundred and one stands for the others."""
    for method in methods()[::101]:
        rows = cli("find", method.name, "--all", "-o", "json").json
        named = [(row["class"], row["method"], row["verb"], row["path"]) for row in rows]
        assert (method.api, method.name, method.verb, method.path) in named


def test_every_written_method_is_found_too(cli: Cli) -> None:
    commands = {f"messaging {full_name(name)}" for name in list_methods("MessagingApi")}
    rows = cli("find", "messaging", "--all", "-o", "json").json
    full = {f"{group_name(row['class'])} {full_name(row['method'])}" for row in rows}
    assert commands <= full


def test_what_is_found_by_a_parameter_stands_behind_what_is_called_so(cli: Cli) -> None:
    commands = found(cli, "capacity")
    assert "capacity" in commands[0]
    assert "capacity" not in commands[-1]


@pytest.mark.parametrize(
    ("words", "topics"),
    [
        (
            ["queue", "conversations", "messages"],
            "v2.routing.queues.{id}.conversations.messages",
        ),
        (["user", "presence"], "v2.users.{id}.presence"),
        (["notification", "topic", "user", "station"], "v2.users.{id}.station"),
        (["queue", "conversations", "emails", "v2"], "v2.routing.queues.{id}.conversations.emails"),
    ],
)
def test_topics_of_notifications_are_told_beside(cli: Cli, words: list[str], topics: str) -> None:
    said = cli("find", *words).err
    assert f"a NotificationChannel has these words as topics: {topics}" in said


def test_what_is_asked_of_a_command_is_no_topic(cli: Cli) -> None:
    assert "topic" not in cli("find", "list", "queues").err
    assert "topic" not in cli("find", "user").err  # too many


def test_few_are_shown_unless_all_are_wanted(cli: Cli) -> None:
    finished = cli("find", "conversation")
    assert len(finished.out.splitlines()) == 20
    assert finished.err.startswith("note: 20 of ")
    assert finished.err.endswith("are shown; give another word, or --all.\n")
    assert len(cli("find", "conversation", "--all").out.splitlines()) > 300


def test_formats_and_queries_are_those_of_other_commands(cli: Cli) -> None:
    query = ("--query", "[].path | [0]", "--output", "csv")
    assert cli("find", "users", "me", *query).out == "/api/v2/users/me\n"
    rows = cli("find", "users", "me", "--all", "--output", "csv").csv
    assert rows[:2] == [
        ["command", "verb", "path", "class", "method"],
        ["users get-me", "GET", "/api/v2/users/me", "UsersApi", "get_users_me"],
    ]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["queue", "membrs"], "no command has the word 'membrs'; did you mean 'members'?"),
        (["zzzzz"], "no command has the word 'zzzzz'."),
        (["stickers", "gamification"], "no command has all of these words; by itself, each has:"),
        ([], "WORDS"),
        (["--"], "WORDS"),
        ([" - "], "give a word"),
    ],
)
def test_nothing_found_is_an_error_that_says_why(
    cli: Cli, words: list[str], complaint: str
) -> None:
    finished = cli("find", *words)
    assert finished.code == 2
    assert complaint in finished.error


def test_nothing_is_loaded_for_it_but_the_lines_of_the_catalog() -> None:
    program = (
        "import sys; from PureCloudPlatformClientV2.__main__ import main; main();"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    finished = in_a_process("find", "queue", "members", command=(sys.executable, "-c", program))
    modules = set(finished.err.split())
    assert "PureCloudPlatformClientV2.catalog.lines" in modules
    package = "PureCloudPlatformClientV2"
    assert modules.isdisjoint({"urllib3", f"{package}.api_client", f"{package}.models.base"})
    assert modules.isdisjoint({f"{package}.apis.messaging_api", "rich", "jmespath"})
