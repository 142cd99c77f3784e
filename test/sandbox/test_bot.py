"""The bot: rules that answer what customers write."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from PureCloudPlatformClientV2.sandbox import BotReply, BotRule, Sandbox
from PureCloudPlatformClientV2.sandbox.bot import Bot

from .caller import Caller
from .platform.calls import assert_valid

CARD: dict[str, Any] = {
    "title": "Tea",
    "description": "Green",
    "image": "https://shop.example.com/tea.png",
    "actions": [
        {"type": "Postback", "text": "Buy", "payload": "buy"},
        {"type": "Link", "text": "More", "url": "https://shop.example.com/tea"},
    ],
}
ATTACHMENT = {"mediaType": "Image", "url": "https://shop.example.com/a.png", "mime": "image/png"}


@pytest.fixture
def bot() -> Bot:
    return Bot()


def ask(bot: Bot, text: str, integration_id: str = "i-1") -> list[BotReply]:
    return bot.replies("o-1", integration_id, text)


def test_a_bot_without_rules_is_silent(bot: Bot) -> None:
    assert ask(bot, "Hello") == []


@pytest.mark.parametrize(
    ("rule", "fitting", "other"),
    [
        (BotRule(text="Straße", reply="!"), ["straße", "STRASSE", " Straße\n"], ["Straßen", ""]),
        (BotRule(pattern=r"\bagent\b", reply="!"), ["An AGENT, please", "agent"], ["agents", ""]),
        (BotRule(reply="!"), ["anything", ""], []),
        (BotRule(text="", reply="!"), ["", " "], ["anything"]),
    ],
    ids=["text", "pattern", "anything", "nothing"],
)
def test_a_rule_answers_what_fits(
    bot: Bot, rule: BotRule, fitting: list[str], other: list[str]
) -> None:
    bot.add(rule)

    assert [ask(bot, text) for text in fitting] == [[BotReply("!")]] * len(fitting)
    assert [ask(bot, text) for text in other] == [[]] * len(other)


def test_the_first_rule_that_fits_is_the_answer(bot: Bot) -> None:
    bot.add(BotRule(text="tea", reply="1"), BotRule(pattern="t", reply="2"))
    bot.add(BotRule(reply="3"))

    answers = [ask(bot, text)[0].text for text in ("tea", "toast", "else")]

    assert answers == ["1", "2", "3"]
    assert [rule.reply for rule in bot.rules] == ["1", "2", "3"]


def test_a_rule_may_be_for_one_integration_or_one_organization(bot: Bot) -> None:
    bot.add(
        BotRule(integration_id="i-1", reply="first"),
        BotRule(organization_id="o-2", reply="second"),
        BotRule(reply="all"),
    )

    assert bot.replies("o-2", "i-1", "Hi") == [BotReply("first")]
    assert bot.replies("o-2", "i-2", "Hi") == [BotReply("second")]
    assert bot.replies("o-1", "i-2", "Hi") == [BotReply("all")]
    bot.clear("o-2")
    assert bot.replies("o-2", "i-2", "Hi") == [BotReply("all")]
    bot.clear()
    assert bot.replies("o-2", "i-1", "Hi") == []


def quick_reply(text: str, **more: str) -> dict[str, Any]:
    choice = {"text": text, "payload": text, "action": "Message", **more}
    return {"contentType": "QuickReply", "quickReply": choice}


@pytest.mark.parametrize(
    ("rule", "replies"),
    [
        (BotRule(reply="Hi", hand_over=True), [BotReply("Hi", hand_over=True)]),
        (BotRule(hand_over=True), [BotReply(hand_over=True)]),
        (
            BotRule(reply="Tea?", quick_replies=["Yes", {"text": "No", "payload": "no"}]),
            [BotReply("Tea?", (quick_reply("Yes"), quick_reply("No", payload="no")))],
        ),
        (BotRule(card=CARD), [BotReply(content=({"contentType": "Card", "card": CARD},))]),
        (
            BotRule(reply="Look", carousel=[CARD, CARD], hand_over=True),
            [
                BotReply("Look"),
                BotReply(
                    content=({"contentType": "Carousel", "carousel": {"cards": [CARD, CARD]}},),
                    hand_over=True,
                ),
            ],
        ),
        (
            BotRule(reply="Look", attachment=ATTACHMENT),
            [BotReply("Look", ({"contentType": "Attachment", "attachment": ATTACHMENT},))],
        ),
    ],
    ids=["text", "hand-over", "quick replies", "card", "carousel", "attachment"],
)
def test_an_answer_is_what_the_contract_has_for_it(
    bot: Bot, rule: BotRule, replies: list[BotReply]
) -> None:
    bot.add(rule)

    assert ask(bot, "Hi") == replies
    for element in (element for reply in replies for element in reply.content):
        assert_valid("ConversationMessageContent", element)


def test_a_reply_says_what_kind_of_message_it_is() -> None:
    (card,) = BotRule(card=CARD).replies()
    (attachment,) = BotRule(attachment=ATTACHMENT).replies()
    (hand_over,) = BotRule(hand_over=True).replies()

    assert [one.type for one in (BotReply("Hi"), card, attachment)] == [
        "Text",
        "Structured",
        "Text",
    ]
    assert [one.is_message for one in (BotReply("Hi"), card, attachment)] == [True] * 3
    assert (hand_over.is_message, hand_over.hand_over) == (False, True)


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        (BotRule(text="Hi"), "a rule needs an answer: reply, quick_replies, card"),
        (BotRule(text="a", pattern="a", reply="!"), "text and pattern"),
        (BotRule(pattern="(", reply="!"), "pattern is no regular expression: missing"),
        (BotRule(quick_replies=["Yes"]), "quick_replies need a question"),
        (BotRule(reply="!", quick_replies=["Yes"], attachment=ATTACHMENT), "one message"),
        (BotRule(reply="!", quick_replies=[{"text": "Yes"}]), "quickReply.payload is required"),
        (BotRule(card={"title": "Tea"}), "card.actions is required"),
        (BotRule(card={**CARD, "actions": [{"type": "Buy"}]}), r"card.actions.0.type must be one"),
        (BotRule(carousel=[CARD, {"actions": []}]), r"carousel.cards.1.title is required"),
        (BotRule(attachment={"url": "https://shop.example.com"}), "attachment.mediaType is req"),
    ],
)
def test_a_rule_that_cannot_answer_is_refused(bot: Bot, rule: BotRule, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        bot.add(BotRule(reply="!"), rule)
    assert bot.rules == []


def test_what_is_no_rule_is_refused(bot: Bot) -> None:
    wrong: Any = {"text": "Hi", "reply": "Hello"}
    with pytest.raises(TypeError, match="give BotRule"):
        bot.add(wrong)


# In a sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


def test_a_reset_takes_the_rules_away(sandbox: Sandbox) -> None:
    other = sandbox.create_organization("Bonn")
    mine, everybodys = BotRule(organization_id=other.id, reply="!"), BotRule(reply="?")

    sandbox.bot.add(mine, everybodys)
    sandbox.reset(other.id)
    left = sandbox.bot.rules
    sandbox.reset()

    assert (left, sandbox.bot.rules) == ([everybodys], [])


def test_the_control_api_adds_and_lists_rules(sandbox: Sandbox, pool: urllib3.PoolManager) -> None:
    control = Caller(sandbox, pool).control
    rules: list[dict[str, Any]] = [
        {"text": "menu", "reply": "What?", "quickReplies": ["Tea", {"text": "C", "payload": "c"}]},
        {"pattern": "tea", "card": CARD, "integrationId": "i-1"},
        {"carousel": [CARD], "organizationId": sandbox.organization_id},
        {"attachment": ATTACHMENT, "handOver": True},
    ]

    added = [control("POST", "/bot-rules", rule).json for rule in rules]

    assert added == control("GET", "/bot-rules").json["rules"] == rules
    assert sandbox.bot.rules[1] == BotRule(pattern="tea", card=CARD, integration_id="i-1")
    assert control("DELETE", "/bot-rules").status == 204
    assert sandbox.bot.rules == []


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ({}, "a rule needs an answer"),
        ({"card": {"title": "Tea"}}, "card.actions"),
        ({"reply": 7}, "reply"),
        ({"reply": "!", "quickReplies": [7]}, "quickReplies"),
        ({"replies": "!"}, "replies"),
    ],
)
def test_the_control_api_refuses_what_is_no_rule(
    sandbox: Sandbox, pool: urllib3.PoolManager, rule: dict[str, Any], complaint: str
) -> None:
    refused = Caller(sandbox, pool).control("POST", "/bot-rules", rule)

    assert refused.status == 400
    assert complaint in refused.json["message"]
    assert sandbox.bot.rules == []
