"""The names of topics, and what their events are."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from platform_facts import notifications

from PureCloudPlatformClientV2.catalog.lines import find_lines
from PureCloudPlatformClientV2.notifications import topics
from PureCloudPlatformClientV2.notifications.topics import check_topics, model_of

ID = "8f3c7a4e-3f0e-4a43-8f5b-5f6a1c9e2b10"

OTHERWISE = {
    "queue_observations": "v2.analytics.queues.{id}.observations",
    "user_aggregates": "v2.analytics.users.{id}.aggregates",
    "conversation_transcription": "v2.conversations.{id}.transcription",
    "user_out_of_office": "v2.users.{id}.outofoffice",
    "user_routing_status": "v2.users.{id}.routingStatus",
}
"""Functions whose topics are not what their names say word by word."""

PREFIXES = {
    "user": "v2.users.{id}",
    "queue": "v2.routing.queues.{id}",
    "conversation": "v2.detail.events.conversation.{id}",
}

FUNCTIONS = [one for one in topics.__all__ if one != "combined"]


def test_each_function_writes_the_topic_that_its_name_says_and_the_platform_has() -> None:
    for name in FUNCTIONS:
        kind, _, ending = name.partition("_")
        expected = OTHERWISE.get(name) or f"{PREFIXES[kind]}.{ending.replace('_', '.')}"
        topic = getattr(topics, name)(ID)
        assert topic.replace(ID, "{id}") == expected
        assert expected in notifications()["topics"]


def test_an_id_may_be_a_uuid() -> None:
    assert topics.user_presence(UUID(ID)) == f"v2.users.{ID}.presence"  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - as for paths


@pytest.mark.parametrize(
    "bad", ["", "a.b", "a/b", "a?b", "a&b", "{id}", "a b", "a\n", "\x00", "x" * 200, None, 1.5j, []]
)
def test_an_id_that_would_make_another_topic_is_refused(bad: object) -> None:
    for name in FUNCTIONS:
        kind = name.partition("_")[0]
        with pytest.raises((ValueError, TypeError), match=f"{kind}_id|{kind}Id|topics"):
            getattr(topics, name)(bad)


def test_several_topics_of_one_prefix_are_written_as_one() -> None:
    presence, status = topics.user_presence(ID), topics.user_routing_status(ID)
    messages, calls = (
        topics.queue_conversations_messages(ID),
        topics.queue_conversations_calls(ID),
    )
    assert topics.combined(presence, status) == f"v2.users.{ID}?presence&routingStatus"
    assert (
        topics.combined(messages, calls) == f"v2.routing.queues.{ID}.conversations?messages&calls"
    )


def test_what_does_not_begin_alike_cannot_be_written_as_one() -> None:
    with pytest.raises(ValueError, match="begin alike"):
        topics.combined(topics.user_presence("a"), topics.user_presence("b"))
    with pytest.raises(ValueError, match="two or more"):
        topics.combined(topics.user_presence("a"))
    many = [f"v2.users.{ID}.ending-that-is-rather-long-{number}" for number in range(9)]
    with pytest.raises(ValueError, match="longer than 200"):
        topics.combined(*many)


@pytest.mark.parametrize("one", ["v2.users.a.presence", b"v2.users.a.presence", 7, None])
def test_one_text_is_no_list_of_topics(one: object) -> None:
    with pytest.raises(TypeError, match=r"topics: give a list of topics, \[topic\] for one alone"):
        check_topics(one)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] - the mistake


@pytest.mark.parametrize(
    ("topic", "problem"),
    [
        ("", "is empty"),
        ("v2.users.a b.presence", "blank"),
        ("v2.users.a\x07.presence", "cannot be seen"),
        ("v2.users.{id}.presence", "has braces"),
        ("v2." + "x" * 198, "longer than 200"),
    ],
)
def test_a_topic_that_cannot_be_one_is_refused(topic: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        check_topics(["v2.users.a.presence", topic])
    with pytest.raises(TypeError, match="NoneType"):
        check_topics([None])  # type: ignore[list-item] # pyright: ignore[reportArgumentType] - the mistake


def test_a_topic_that_is_there_twice_counts_once() -> None:
    assert check_topics(iter(["b", "a", "b"])) == ["b", "a"]


@given(st.lists(st.text(max_size=250)))
def test_any_texts_are_taken_as_they_are_or_refused(texts: list[str]) -> None:
    fits = all(re.fullmatch(r"[^\s{}]{1,200}", one) and one.isprintable() for one in texts)
    if fits:
        assert check_topics(texts) == list(dict.fromkeys(texts))
    else:
        with pytest.raises(ValueError, match="topics"):
            check_topics(texts)


def test_an_event_of_each_topic_of_the_platform_is_of_its_definition() -> None:
    wrong = {}
    for line in notifications()["topics"]:
        model = model_of(line.replace("{id}", ID), {})
        if model is None or _catalog()[line] != model.__name__:
            wrong[line] = model
    assert wrong == {}


def _catalog() -> dict[str, str]:
    return dict(line.split(" ") for line in find_lines("topics.txt", ""))


def test_an_event_of_several_topics_as_one_is_of_the_one_whose_fields_it_has() -> None:
    topic = f"v2.users.{ID}?presence&routingStatus"
    status = model_of(topic, {"id": ID, "routingStatus": {}})
    presence = model_of(topic, {"source": "PURECLOUD", "presenceDefinition": {}})
    assert (status and status.__name__) == "UserRoutingStatusUserRoutingStatus"
    assert (presence and presence.__name__) == "PresenceEventUserPresence"
    assert model_of(topic, {}) is None  # may be either


def test_a_topic_that_the_catalog_does_not_have_has_no_model() -> None:
    assert model_of("v2.users.a.something.new", {}) is None
    assert model_of("", {}) is None
    assert model_of("v2.users.a.presence", ["no object"]) is None
