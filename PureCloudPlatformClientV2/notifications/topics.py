"""Topics: their names, for users, queues and conversations, and what their events are.

Each function writes a topic with an id in it, and stands for a line of the catalog's
``topics.txt``. Every other topic is a text: ``f"v2.flows.{flow_id}"``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from .. import models
from .._wire.parameters import value_to_text
from ..catalog.lines import find_lines

__all__ = [
    "combined",
    "conversation_acd_end",
    "conversation_acd_start",
    "conversation_acw",
    "conversation_attributes",
    "conversation_customer_end",
    "conversation_customer_start",
    "conversation_flow_end",
    "conversation_flow_start",
    "conversation_transcription",
    "conversation_user_end",
    "conversation_user_start",
    "conversation_wrapup",
    "queue_conversations",
    "queue_conversations_callbacks",
    "queue_conversations_calls",
    "queue_conversations_chats",
    "queue_conversations_emails",
    "queue_conversations_messages",
    "queue_observations",
    "queue_users",
    "user_activity",
    "user_aggregates",
    "user_conversations",
    "user_conversations_callbacks",
    "user_conversations_calls",
    "user_conversations_chats",
    "user_conversations_emails",
    "user_conversations_inbound_typing_event",
    "user_conversations_messages",
    "user_conversationsummary",
    "user_geolocation",
    "user_out_of_office",
    "user_presence",
    "user_routing_status",
    "user_station",
]

MAX_TOPICS = 1000
"""Topics that a channel of the platform may have."""

MAX_LENGTH = 200
"""Characters that a topic may have."""


def conversation_acd_end(conversation_id: str) -> str:
    """That a conversation has left a queue."""
    return _topic("v2.detail.events.conversation.{id}.acd.end", conversation_id)


def conversation_acd_start(conversation_id: str) -> str:
    """That a conversation has come to a queue."""
    return _topic("v2.detail.events.conversation.{id}.acd.start", conversation_id)


def conversation_acw(conversation_id: str) -> str:
    """That the work after a conversation has ended."""
    return _topic("v2.detail.events.conversation.{id}.acw", conversation_id)


def conversation_attributes(conversation_id: str) -> str:
    """That attributes of a participant were set."""
    return _topic("v2.detail.events.conversation.{id}.attributes", conversation_id)


def conversation_customer_end(conversation_id: str) -> str:
    """That a customer has left a conversation."""
    return _topic("v2.detail.events.conversation.{id}.customer.end", conversation_id)


def conversation_customer_start(conversation_id: str) -> str:
    """That a customer has come to a conversation."""
    return _topic("v2.detail.events.conversation.{id}.customer.start", conversation_id)


def conversation_flow_end(conversation_id: str) -> str:
    """That a flow has ended in a conversation."""
    return _topic("v2.detail.events.conversation.{id}.flow.end", conversation_id)


def conversation_flow_start(conversation_id: str) -> str:
    """That a flow has begun in a conversation."""
    return _topic("v2.detail.events.conversation.{id}.flow.start", conversation_id)


def conversation_transcription(conversation_id: str) -> str:
    """What is said in a conversation, as it is transcribed."""
    return _topic("v2.conversations.{id}.transcription", conversation_id)


def conversation_user_end(conversation_id: str) -> str:
    """That an agent has left a conversation."""
    return _topic("v2.detail.events.conversation.{id}.user.end", conversation_id)


def conversation_user_start(conversation_id: str) -> str:
    """That an agent has come to a conversation."""
    return _topic("v2.detail.events.conversation.{id}.user.start", conversation_id)


def conversation_wrapup(conversation_id: str) -> str:
    """That a conversation was wrapped up."""
    return _topic("v2.detail.events.conversation.{id}.wrapup", conversation_id)


def queue_conversations(queue_id: str) -> str:
    """The conversations of a queue, of every medium."""
    return _topic("v2.routing.queues.{id}.conversations", queue_id)


def queue_conversations_callbacks(queue_id: str) -> str:
    """The callbacks of a queue."""
    return _topic("v2.routing.queues.{id}.conversations.callbacks", queue_id)


def queue_conversations_calls(queue_id: str) -> str:
    """The calls of a queue."""
    return _topic("v2.routing.queues.{id}.conversations.calls", queue_id)


def queue_conversations_chats(queue_id: str) -> str:
    """The chats of a queue."""
    return _topic("v2.routing.queues.{id}.conversations.chats", queue_id)


def queue_conversations_emails(queue_id: str) -> str:
    """The emails of a queue."""
    return _topic("v2.routing.queues.{id}.conversations.emails", queue_id)


def queue_conversations_messages(queue_id: str) -> str:
    """The message conversations of a queue; an event names messages and has no text."""
    return _topic("v2.routing.queues.{id}.conversations.messages", queue_id)


def queue_observations(queue_id: str) -> str:
    """A queue's figures of this moment."""
    return _topic("v2.analytics.queues.{id}.observations", queue_id)


def queue_users(queue_id: str) -> str:
    """Who joins and leaves a queue."""
    return _topic("v2.routing.queues.{id}.users", queue_id)


def user_activity(user_id: str) -> str:
    """What a user does: presence, routing status, out of office, in one event."""
    return _topic("v2.users.{id}.activity", user_id)


def user_aggregates(user_id: str) -> str:
    """A user's figures of the present interval."""
    return _topic("v2.analytics.users.{id}.aggregates", user_id)


def user_conversations(user_id: str) -> str:
    """A user's conversations, of every medium."""
    return _topic("v2.users.{id}.conversations", user_id)


def user_conversations_callbacks(user_id: str) -> str:
    """A user's callbacks."""
    return _topic("v2.users.{id}.conversations.callbacks", user_id)


def user_conversations_calls(user_id: str) -> str:
    """A user's calls."""
    return _topic("v2.users.{id}.conversations.calls", user_id)


def user_conversations_chats(user_id: str) -> str:
    """A user's chats."""
    return _topic("v2.users.{id}.conversations.chats", user_id)


def user_conversations_emails(user_id: str) -> str:
    """A user's emails."""
    return _topic("v2.users.{id}.conversations.emails", user_id)


def user_conversations_inbound_typing_event(user_id: str) -> str:
    """That somebody is writing to a user."""
    return _topic("v2.users.{id}.conversations.inbound.typing.event", user_id)


def user_conversations_messages(user_id: str) -> str:
    """A user's message conversations; an event names messages and has no text."""
    return _topic("v2.users.{id}.conversations.messages", user_id)


def user_conversationsummary(user_id: str) -> str:
    """How many conversations of each medium a user has."""
    return _topic("v2.users.{id}.conversationsummary", user_id)


def user_geolocation(user_id: str) -> str:
    """Where a user is."""
    return _topic("v2.users.{id}.geolocation", user_id)


def user_out_of_office(user_id: str) -> str:
    """Whether a user is out of office."""
    return _topic("v2.users.{id}.outofoffice", user_id)


def user_presence(user_id: str) -> str:
    """The presence of a user, such as Available."""
    return _topic("v2.users.{id}.presence", user_id)


def user_routing_status(user_id: str) -> str:
    """The routing status of a user, such as IDLE."""
    return _topic("v2.users.{id}.routingStatus", user_id)


def user_station(user_id: str) -> str:
    """The station that a user has."""
    return _topic("v2.users.{id}.station", user_id)


def combined(*topics: str) -> str:
    """Write several topics of one prefix as one, which counts as one of the 1,000 of a channel.

    >>> combined(user_presence("8f3c"), user_routing_status("8f3c"))
    'v2.users.8f3c?presence&routingStatus'

    Events come by the name of the topic that they are of.

    Args:
        *topics: Two or more that differ in what follows the last id alone.

    Raises:
        ValueError: They have no common prefix, or are too long for one.
    """
    names = check_topics(topics)
    prefix = _common_prefix(names)
    if len(names) < 2 or prefix.count(".") < 2:
        raise ValueError("topics: give two or more that begin alike, such as those of one user")
    endings = "&".join(name[len(prefix) + 1 :] for name in names)
    return check_topics([f"{prefix}?{endings}"])[0]


def _common_prefix(names: list[str]) -> str:
    """The segments with which all begin, without the last one of any."""
    columns = zip(*(name.split(".")[:-1] for name in names), strict=False)
    common: list[str] = []
    for segments in columns:
        if len(set(segments)) > 1:
            break
        common.append(segments[0])
    return ".".join(common)


def _topic(template: str, value: object) -> str:
    name = template.partition(".{id}")[0].rpartition(".")[2].removesuffix("s")
    text = value_to_text(f"{name}_id", value)
    if not text or any(sign in ".?&{}/" for sign in text):
        raise ValueError(f"{name}_id: {text!r} is no id")
    return check_topics([template.replace("{id}", text)])[0]


def check_topics(topics: Iterable[str]) -> list[str]:
    """Check topics, and leave out those that are there already.

    Raises:
        TypeError: It is one text, or has something that is none.
        ValueError: A topic cannot be one.
    """
    if isinstance(topics, (str, bytes)) or not isinstance(topics, Iterable):
        kind = type(topics).__name__
        raise TypeError(f"topics: give a list of topics, [topic] for one alone, not a {kind}")
    found: dict[str, None] = {}
    for topic in topics:
        if not isinstance(topic, str):
            raise TypeError(f"topics: give texts, not a value of type {type(topic).__name__}")
        if problem := _problem(topic):
            raise ValueError(f"topics: {topic[:MAX_LENGTH]!r} {problem}")
        found[topic] = None
    return list(found)


def _problem(topic: str) -> str:
    if not topic:
        return "is empty"
    if not topic.isprintable() or any(sign.isspace() for sign in topic):
        return "has a blank or a character that cannot be seen"
    if "{" in topic or "}" in topic:
        return "has braces: put the id in their place"
    if len(topic) > MAX_LENGTH:
        return f"is longer than {MAX_LENGTH} characters"
    return ""


def model_of(topic_name: str, body: Any) -> type[models.Model] | None:
    """Find the model of an event.

    Args:
        topic_name: Its topic, perhaps several as one.
        body: What it holds.

    Returns:
        The class; ``None`` for a topic that the catalog does not have, or no object.
    """
    if not isinstance(body, Mapping):
        return None
    found = _models(topic_name)
    if len(found) > 1:  # of several topics, the one that has all of its fields
        found = tuple(one for one in found if body.keys() <= set(one.attribute_map.values()))
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _models(topic_name: str) -> tuple[type[models.Model], ...]:
    prefix, mark, endings = topic_name.partition("?")
    names = [f"{prefix}.{one}" for one in endings.split("&")] if mark else [topic_name]
    definitions = dict.fromkeys(found for name in names if (found := _definition(name)))
    return tuple(getattr(models, one) for one in definitions)


def _definition(topic: str) -> str | None:
    """Find the name of a topic's definition, by the template with the fewest ids."""
    segments = topic.split(".")
    for places, definitions in _catalog():
        if len(segments) > (places[-1] if places else 0):
            masked = ["{id}" if number in places else one for number, one in enumerate(segments)]
            if (found := definitions.get(".".join(masked))) is not None:
                return found
    return None


@cache
def _catalog() -> list[tuple[tuple[int, ...], dict[str, str]]]:
    """The definitions of the topics, by where the ids stand in these; the fewest ids first."""
    found: dict[tuple[int, ...], dict[str, str]] = {}
    for line in find_lines("topics.txt", ""):
        template, _, definition = line.partition(" ")
        segments = template.split(".")
        places = tuple(number for number, one in enumerate(segments) if one == "{id}")
        found.setdefault(places, {})[template] = definition
    return sorted(found.items(), key=lambda one: len(one[0]))
