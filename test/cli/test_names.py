"""What groups and commands are called, and what is said of names that nothing has."""

from __future__ import annotations

import pytest

from PureCloudPlatformClientV2.cli.index import command_name, command_names, group_name

from .shell import Cli


@pytest.mark.parametrize(
    ("class_name", "expected"),
    [
        ("RoutingApi", "routing"),
        ("TelephonyProvidersEdgeApi", "telephony-providers-edge"),
        ("OAuthApi", "oauth"),
        ("SCIMApi", "scim"),
        ("AIStudioApi", "ai-studio"),
        ("AgentUIApi", "agent-ui"),
    ],
)
def test_a_group_has_the_words_of_its_class(class_name: str, expected: str) -> None:
    assert group_name(class_name) == expected


@pytest.mark.parametrize(
    ("class_name", "method", "expected"),
    [
        ("RoutingApi", "get_routing_queues", "get-queues"),
        ("RoutingApi", "get_user_queues", "get-user-queues"),
        ("UsersApi", "get_users", "get-users"),
        (
            "WorkforceManagementApi",
            "get_workforcemanagement_agent_managementunit",
            "get-agent-managementunit",
        ),
        ("TelephonyProvidersEdgeApi", "get_telephony_providers_edges_sites", None),
        ("ConversationsApi", "get_conversation_participant_wrapup", None),
    ],
)
def test_the_words_of_the_class_are_left_out_be_they_joined_or_apart(
    class_name: str, method: str, expected: str | None
) -> None:
    assert command_name(class_name, method) == (expected or method.replace("_", "-"))


def test_commands_that_would_be_called_alike_keep_all_their_words() -> None:
    names = [
        "get_red_tape_rolls",
        "get_redtape_rolls",
        "get_red_tape_red_tape_ends",
        "get_redtape",
        "post_red_tape_rolls",
    ]
    assert command_names("RedTapeApi", names) == {
        "get-red-tape-rolls": "get_red_tape_rolls",
        "get-redtape-rolls": "get_redtape_rolls",
        "get-red-tape-ends": "get_red_tape_red_tape_ends",
        "get-redtape": "get_redtape",
        "post-rolls": "post_red_tape_rolls",
    }


def test_a_short_name_that_is_the_whole_name_of_another_command_is_not_given() -> None:
    names = ["get_tape_rolls", "get_tape_tape_rolls", "get_rolls"]
    assert command_names("TapeApi", names) == {
        "get-tape-rolls": "get_tape_rolls",
        "get-tape-tape-rolls": "get_tape_tape_rolls",
        "get-rolls": "get_rolls",
    }


def test_the_whole_name_of_the_method_is_understood_as_well(cli: Cli) -> None:
    short = cli("routing", "get-queues", "--help").out
    full = cli("routing", "get-routing-queues", "--help").out
    assert full.split() == short.replace("get-queues", "get-routing-queues").split()
    assert "get-routing-queues" not in cli("routing", "--help").out


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["rooting"], "No such class or command 'rooting'; did you mean 'routing'? To look for"),
        (["get-queues"], "V2 find get queues."),
        (["sandbox"], "python -m PureCloudPlatformClientV2.sandbox starts one that stays, and --s"),
        (["routing", "get-queus"], "No such command 'get-queus'; did you mean 'get-queues'?"),
        (["users", "get_user_queues"], "did you mean 'get-user-queues'?"),
        (["scim", "post-zebras"], "V2 find post zebras."),
    ],
)
def test_a_name_that_nothing_has_is_answered_by_one_that_is_like_it_and_where_to_look(
    cli: Cli, words: list[str], complaint: str
) -> None:
    finished = cli(*words)
    assert finished.code == 2
    assert complaint in finished.error
