"""The topics: which there are, what one needs for them, and several written as one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

from . import payloads

MAX_LENGTH = 200
"""Characters of several topics that are written as one."""

_ID = "[^.?&]+"
_ALIKE = 0.6
"""How alike two words must be for one to be taken for a slip of the other."""

# The platform tells this by a call that needs an account. Here a topic asks for what reading the
# same by a request would; the topics of which the sandbox knows nothing ask for a token alone.
_PERMISSIONS: dict[str, tuple[str, ...]] = {
    "v2.users.{id}.conversations": ("conversation:message:view",),
    "v2.users.{id}.conversations.messages": ("conversation:message:view",),
    "v2.users.{id}.conversations.inbound.typing.event": ("conversation:message:view",),
    "v2.routing.queues.{id}.conversations": ("conversation:message:view",),
    "v2.routing.queues.{id}.conversations.messages": ("conversation:message:view",),
    "v2.workflows.{id}.conversations.inbound.typing.event": ("conversation:message:view",),
    "v2.webmessaging.deployments.{id}.undelivered.messages": ("conversation:webmessaging:view",),
}
_DETAILS = "v2.detail.events.conversation."
_CURRENT_USER = frozenset(
    {
        "v2.users.{id}.badges.chats",
        "v2.users.{id}.tokens",
        "v2.users.{id}.voicemail.messages",
        "v2.users.{id}.workforcemanagement.notifications",
    }
)
"""What nobody may watch but the user."""


@dataclass(frozen=True)
class Template:
    """A topic with ``{id}`` for its ids."""

    id: str
    definition: str
    """Of its events, in the catalog."""

    @property
    def permissions(self) -> tuple[str, ...]:
        """What is needed for it, all of it; for a user's own topic, nothing is."""
        if self.id.startswith(_DETAILS):
            return ("conversation:message:view",)
        return _PERMISSIONS.get(self.id, ())

    @property
    def requires_current_user(self) -> bool:
        """Whether its first id must be that of the token's user."""
        return self.id in _CURRENT_USER

    @property
    def is_user_topic(self) -> bool:
        """Whether its first id is a user's."""
        return self.id.startswith("v2.users.{id}.")


@dataclass(frozen=True)
class Refusal:
    """Why a topic cannot be had."""

    reason: str
    missing_permissions: tuple[str, ...] = ()
    is_forbidden: bool = False
    """Whether there is such a topic, for others."""


@cache
def templates() -> tuple[Template, ...]:
    """All topics."""
    return tuple(Template(*one) for one in payloads.definitions().items())


@lru_cache(maxsize=4096)
def template_of(topic: str) -> Template | None:
    """Find the template of a topic; one with fewer ids goes before others."""
    same_length = _patterns().get(topic.count(".") + 1, ())
    fitting = [one for _, pattern, one in same_length if pattern.fullmatch(topic)]
    return min(fitting, key=lambda one: one.id.count("{id}"), default=None)


@cache
def _patterns() -> dict[int, list[tuple[list[str], re.Pattern[str], Template]]]:
    """The templates by their number of parts, with these and what fits them."""
    found: dict[int, list[tuple[list[str], re.Pattern[str], Template]]] = {}
    for one in templates():
        parts = one.id.split(".")
        pattern = re.compile(re.escape(one.id).replace(r"\{id\}", _ID))
        found.setdefault(len(parts), []).append((parts, pattern, one))
    return found


def names_in(topic: str) -> list[str]:
    """Take several topics of one prefix apart: ``v2.users.{id}?presence&routingStatus``."""
    prefix, mark, endings = topic.partition("?")
    return [f"{prefix}.{ending}" for ending in endings.split("&")] if mark else [topic]


def refusal_of(topic: str, user_id: str, permissions: frozenset[str]) -> Refusal | None:
    """Tell why a user cannot have a topic, or several written as one; ``None`` if he can."""
    names = names_in(topic)
    if len(names) > 1 and len(topic) > MAX_LENGTH:
        return Refusal(f"Several topics as one may have {MAX_LENGTH} characters at most.")
    for name in names:
        template = template_of(name)
        if template is None:
            return Refusal(unknown(name))
        is_own = template.is_user_topic and name.split(".")[2] == user_id
        if template.requires_current_user and not is_own:
            return Refusal("Only the user may subscribe to this topic.", is_forbidden=True)
        lacking = tuple(one for one in template.permissions if one not in permissions)
        if lacking and not is_own:
            return Refusal("A permission is missing.", lacking, is_forbidden=True)
    return None


def unknown(topic: str) -> str:
    """Say that there is no such topic, and which one may be meant."""
    words = topic.split(".")
    similar = {
        one.id: likeness
        for parts, _, one in _patterns().get(len(words), ())
        if (likeness := _likeness(parts, words)) is not None
    }
    like = max(similar, key=lambda one: similar[one], default=None)
    return f"There is no topic {topic}." + (f" Is it {_with_ids(like, words)}?" if like else "")


def _with_ids(template: str, words: list[str]) -> str:
    """Write a template with the ids of a topic where they would stand in it."""
    parts = zip(template.split("."), words, strict=True)
    return ".".join(given if given and part == "{id}" else part for part, given in parts)


def _likeness(parts: list[str], words: list[str]) -> float | None:
    """Tell how much the words are like those of a template; None if one of them is another word."""
    total = 0.0
    for part, word in zip(parts, words, strict=True):
        likeness = 1.0 if part in ("{id}", word) else _word_likeness(part, word)
        if likeness < _ALIKE:
            return None
        total += likeness
    return total


# Who has mistaken one topic has often mistaken it for a thousand queues.
@lru_cache(maxsize=4096)
def _word_likeness(part: str, word: str) -> float:
    return SequenceMatcher(None, part, word).ratio()


def topic_to_wire(template: Template, expand: frozenset[str]) -> dict[str, Any]:
    """Build the JSON object of a topic, with the fields that are asked for besides its id."""
    permissions = list(template.permissions)
    expanded: dict[str, Callable[[], dict[str, Any]]] = {
        "description": lambda: {"description": f"Events of {template.definition}."},
        "enforced": lambda: {"enforced": True},
        "schema": lambda: {"schema": payloads.schema(template.definition)},
        "visibility": lambda: {"visibility": "Public"},
        "transports": lambda: {"transports": ["Websocket"]},
        "publicApiTemplateUriPaths": lambda: {"publicApiTemplateUriPaths": []},
        "requiresPermissions": lambda: {"requiresPermissions": permissions},
        "permissionDetails": lambda: _permission_details(template),
        "topicParameters": lambda: {"topicParameters": ["id"] * template.id.count("{id}")},
    }
    wire: dict[str, Any] = {"id": template.id}
    for name, fields in expanded.items():
        if name in expand:
            wire |= fields()
    return wire


def _permission_details(template: Template) -> dict[str, Any]:
    permissions = list(template.permissions)
    details: list[dict[str, Any]] = []
    if template.requires_current_user:
        details.append({"type": "requiresCurrentUser", "permissions": [], "enforced": True})
    elif permissions:
        details.append(
            {"type": "requiresPermissions", "permissions": permissions, "enforced": True}
        )
    return {
        "permissionDetails": details,
        "requiresCurrentUser": template.requires_current_user,
        "requiresCurrentUserOrPermission": template.is_user_topic and bool(permissions),
    }
