"""A bot that answers customers by rules."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from .platform import contract

QuickReply = str | Mapping[str, Any]
"""Its text, which is its payload as well; or a ConversationContentQuickReply."""


@dataclass(frozen=True)
class BotReply:
    """One message of the bot, or none if it only hands over."""

    text: str | None = None
    content: tuple[Mapping[str, Any], ...] = ()
    """Elements of a ConversationNormalizedMessage's content."""
    hand_over: bool = False
    """Whether an agent takes over after this."""

    @property
    def type(self) -> Literal["Text", "Structured"]:
        """The type of the message: one with an attachment is a text to the platform."""
        kinds = {one["contentType"] for one in self.content}
        return "Structured" if kinds - {"Attachment"} else "Text"

    @property
    def is_message(self) -> bool:
        """Whether there is something to send."""
        return self.text is not None or bool(self.content)


@dataclass(frozen=True, kw_only=True)
class BotRule:
    """To what the bot answers, and what.

    Cards, attachments and quick replies have the fields of the contract's ConversationContentCard,
    ConversationContentAttachment and ConversationContentQuickReply, by their wire names.
    """

    text: str | None = None
    """Answer to this, in capitals or not; to everything if there is no pattern either."""
    pattern: str | None = None
    """Answer to what this regular expression is found in, in capitals or not."""
    integration_id: str | None = None
    """Answer there only; None for all integrations."""
    organization_id: str | None = None
    """Answer there only; None for all organizations."""
    reply: str | None = None
    """The text of the answer."""
    quick_replies: Sequence[QuickReply] = ()
    """What a customer may choose from; needs a reply, which is the question."""
    card: Mapping[str, Any] | None = None
    carousel: Sequence[Mapping[str, Any]] = ()
    """Several cards."""
    attachment: Mapping[str, Any] | None = None
    hand_over: bool = False
    """Let an agent take over, after the answer if there is one."""

    def serves(self, organization_id: str, integration_id: str) -> bool:
        """Tell whether this is for the customers of an integration."""
        return self.organization_id in (None, organization_id) and (
            self.integration_id in (None, integration_id)
        )

    def fits(self, organization_id: str, integration_id: str, text: str) -> bool:
        """Tell whether this is an answer to something."""
        return (
            self.serves(organization_id, integration_id)
            and (self.text is None or self.text.strip().casefold() == text.strip().casefold())
            and (self.pattern is None or re.search(self.pattern, text, re.IGNORECASE) is not None)
        )

    def replies(self) -> list[BotReply]:
        """Make the messages of the answer: a card and a carousel have one of their own."""
        beside = [{"contentType": "QuickReply", "quickReply": one} for one in self._choices()]
        if self.attachment is not None:
            beside.append({"contentType": "Attachment", "attachment": dict(self.attachment)})
        messages: list[BotReply] = []
        if self.reply is not None or beside:
            messages.append(BotReply(self.reply, tuple(beside)))
        if self.card is not None:
            messages.append(_structured({"contentType": "Card", "card": dict(self.card)}))
        if self.carousel:
            cards = [dict(one) for one in self.carousel]
            messages.append(_structured({"contentType": "Carousel", "carousel": {"cards": cards}}))
        if self.hand_over:
            last = messages.pop() if messages else BotReply()
            messages.append(replace(last, hand_over=True))
        return messages

    def _choices(self) -> list[dict[str, Any]]:
        return [
            {"text": one, "payload": one, "action": "Message"}
            if isinstance(one, str)
            else {"action": "Message", **one}
            for one in self.quick_replies
        ]


def _structured(element: dict[str, Any]) -> BotReply:
    return BotReply(content=(element,))


class Bot:
    """The rules by which customers are answered. May be used from any thread."""

    def __init__(self) -> None:
        """Start without any rule: then the bot is silent."""
        self._lock = threading.Lock()
        self._rules: tuple[BotRule, ...] = ()

    @property
    def rules(self) -> list[BotRule]:
        """The rules, in the order in which they are tried."""
        return list(self._rules)

    def add(self, *rules: BotRule) -> None:
        """Answer by further rules; the first that fits what a customer writes is the answer.

        Args:
            *rules: To what the bot answers, and what.

        Raises:
            TypeError: One of them is no rule.
            ValueError: A rule has no answer, or one that no message can have.
        """
        for rule in rules:
            _check(rule)
        with self._lock:
            self._rules += rules

    def clear(self, organization_id: str | None = None) -> None:
        """Take all rules away, or those for one organization alone."""
        with self._lock:
            self._rules = tuple(
                rule
                for rule in self._rules
                if organization_id is not None and rule.organization_id != organization_id
            )

    def serves(self, organization_id: str, integration_id: str) -> bool:
        """Tell whether there is any rule for the customers of an integration."""
        return any(rule.serves(organization_id, integration_id) for rule in self._rules)

    def replies(self, organization_id: str, integration_id: str, text: str) -> list[BotReply]:
        """Answer something, with nothing if no rule fits."""
        for rule in self._rules:
            if rule.fits(organization_id, integration_id, text):
                return rule.replies()
        return []


def _check(rule: object) -> None:
    if not isinstance(rule, BotRule):
        raise TypeError(f"rules: give BotRule(...), not {rule!r}")
    if rule.text is not None and rule.pattern is not None:
        raise ValueError("text and pattern: a rule has one of them, or none for everything")
    if rule.pattern is not None:
        try:
            re.compile(rule.pattern)
        except re.error as error:
            raise ValueError(f"pattern is no regular expression: {error}") from error
    if rule.quick_replies and rule.reply is None:
        raise ValueError("quick_replies need a question: give it as reply")
    if rule.quick_replies and rule.attachment is not None:
        raise ValueError("quick_replies and attachment don't fit into one message")
    replies = rule.replies()
    if not replies:
        raise ValueError(
            "a rule needs an answer: reply, quick_replies, card, carousel, attachment or hand_over"
        )
    for element in (element for reply in replies for element in reply.content):
        for problem in contract.problems("ConversationMessageContent", dict(element)):
            raise ValueError(problem.message.format(fieldName=problem.field))
