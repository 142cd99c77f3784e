"""Something to look at, and a middleware that repeats what an agent says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.demo import MENU, Demo

from .caller import wait_until


@pytest.fixture
def demo() -> Iterator[tuple[Sandbox, Demo]]:
    with Sandbox() as sandbox, Demo(sandbox) as demo:
        yield sandbox, demo


def conversation_with(sandbox: Sandbox, customer: str) -> dict[str, Any]:
    (found,) = (one for one in sandbox.conversations.all() if one["customer"]["name"] == customer)
    return sandbox.conversations.get(found["id"])


def texts(sandbox: Sandbox, customer: str) -> list[str | None]:
    return [one.get("text") for one in conversation_with(sandbox, customer)["messages"]]


def test_there_are_customers_who_write_and_a_bot_that_answers(demo: tuple[Sandbox, Demo]) -> None:
    sandbox, _ = demo

    hello, reply = conversation_with(sandbox, "Ann Lee")["messages"][:2]
    assert (hello["text"], reply["sender"]) == ("Hello", "bot")
    assert [one["quickReply"]["text"] for one in reply["content"]] == list(MENU)
    assert conversation_with(sandbox, "Ben Ode")["messengerType"] == "whatsapp"


def test_the_bots_words_are_confirmed_by_the_middleware(demo: tuple[Sandbox, Demo]) -> None:
    sandbox, _ = demo

    def confirmed() -> bool:
        messages = conversation_with(sandbox, "Ann Lee")["messages"]
        said = [one["status"] for one in messages if one["sender"] == "bot"]
        return set(said) == {"delivery-success"}

    wait_until(confirmed)
    sandbox.advance(0)  # the middleware confirms before it answers the webhook
    assert {one["state"] for one in map(vars, sandbox.webhooks.deliveries)} == {"delivered"}


def test_the_middleware_repeats_what_the_agent_says_once(demo: tuple[Sandbox, Demo]) -> None:
    sandbox, _ = demo
    conversation = conversation_with(sandbox, "Cleo Marsh")

    sandbox.conversations.answer(conversation["id"], "Good morning")
    wait_until(lambda: "\u201cGood morning\u201d" in texts(sandbox, "Cleo Marsh"))
    for delivery in sandbox.webhooks.deliveries:
        sandbox.webhooks.retry(delivery.id)
    sandbox.advance(1)

    assert texts(sandbox, "Cleo Marsh").count("\u201cGood morning\u201d") == 1


def test_a_wrong_signature_is_refused(demo: tuple[Sandbox, Demo]) -> None:
    sandbox, _ = demo
    sandbox.webhooks.sign("wrong")
    conversation = conversation_with(sandbox, "Cleo Marsh")

    sandbox.conversations.answer(conversation["id"], "Who is this?")
    sandbox.advance(0)

    assert sandbox.webhooks.deliveries[-1].attempts[-1].status == 403
