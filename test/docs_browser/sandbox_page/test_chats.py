"""Playing customer and agent on the sandbox's page, with a real middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PureCloudPlatformClientV2.sandbox import BotRule, Sandbox

from .conftest import Call, OpenTab
from .middleware import Middleware

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page


def begin(tab: Page, text: str = "Hello") -> None:
    """Write as a new customer, and wait for the chat."""
    tab.get_by_role("link", name="New").click()
    tab.get_by_label("Customer's id").fill("ann@example.com")
    tab.get_by_label("Name").fill("Ann Lee")
    tab.get_by_label("Message").fill(text)
    tab.get_by_role("button", name="Send").click()
    tab.locator(".message.customer .bubble").filter(has_text=text).wait_for()


def write(tab: Page, sender: str, text: str) -> Locator:
    """Write in the chat that is open, and wait for the bubble."""
    tab.get_by_label(f"as {sender}").check()
    tab.get_by_placeholder("Write a message").fill(text)
    tab.keyboard.press("Enter")
    bubble = tab.locator(f".message.{sender}").filter(has_text=text)
    bubble.wait_for()
    return bubble


def test_a_customer_writes_and_is_answered_by_webhook(
    middleware: Middleware, open_tab: OpenTab
) -> None:
    tab = open_tab()
    begin(tab)
    answer = write(tab, "agent", "Hi Ann, what can I do?")
    answer.get_by_text("sent", exact=True).wait_for()

    assert middleware.texts == ["Hi Ann, what can I do?"]
    entry = tab.locator("#panel-webhooks li").first
    assert entry.locator(".pill").inner_text() == "200"
    entry.locator("summary").click()
    assert "Hi Ann, what can I do?" in entry.locator("pre.json").first.inner_text()
    assert "sha256=" in entry.locator(".parts").inner_text()
    assert '"taken": true' in entry.locator("pre.json").last.inner_text()


def test_what_others_do_shows_without_reloading(
    middleware: Middleware, call: Call, open_tab: OpenTab
) -> None:
    customer, agent = open_tab(), open_tab()
    begin(customer)
    agent.locator(".message.customer").get_by_text("Hello").wait_for()
    write(agent, "agent", "Good morning")

    customer.locator(".message.agent").get_by_text("Good morning").wait_for()
    assert customer.locator(".conversations").get_by_text("agent: Good morning").is_visible()


def test_somebody_who_types_is_seen_typing(middleware: Middleware, open_tab: OpenTab) -> None:
    customer, agent = open_tab(), open_tab()
    begin(customer)
    agent.locator(".message.customer").first.wait_for()
    agent.get_by_label("as agent").check()
    agent.get_by_placeholder("Write a message").press_sequentially("Hm")

    customer.locator(".message.agent.typing").wait_for()
    agent.keyboard.press("Enter")
    customer.locator(".message.agent").get_by_text("Hm").wait_for()
    assert customer.locator(".typing").count() == 0


def test_a_webhook_is_tried_again_when_the_clock_is_turned(
    middleware: Middleware, open_tab: OpenTab
) -> None:
    middleware.statuses = [503]
    tab = open_tab()
    begin(tab)
    answer = write(tab, "agent", "One moment")
    entry = tab.locator("#panel-webhooks li").first
    entry.get_by_text("try 2").wait_for()
    assert entry.locator("summary .pill").inner_text() == "503"
    entry.locator("summary").click()

    tab.get_by_role("button", name="+5 s").click()
    entry.get_by_text("2 attempts").wait_for()
    answer.get_by_text("sent", exact=True).wait_for()
    assert entry.locator("summary .pill").inner_text() == "200"
    # What was open is still open, and shows the new attempt as well.
    assert entry.locator(".attempts .pill").all_inner_texts() == ["503", "200"]
    assert middleware.texts == ["One moment"]


def test_a_webhook_that_nobody_takes_is_given_up_after_85_seconds(
    middleware: Middleware, open_tab: OpenTab
) -> None:
    middleware.statuses = [500] * 6
    tab = open_tab()
    begin(tab)
    answer = write(tab, "agent", "Lost")
    tab.locator("#panel-webhooks").get_by_text("try 2").wait_for()
    tab.get_by_role("button", name="+85 s").click()

    tab.locator("#panel-webhooks").get_by_text("6 attempts").wait_for()
    answer.locator(".state.failed").wait_for()
    tab.locator("#panel-webhooks summary").first.click()
    tab.get_by_role("button", name="Send now").click()
    tab.locator("#panel-webhooks .pill.good").first.wait_for()
    assert middleware.texts == ["Lost"]


def test_wrong_signatures_are_switched_on(middleware: Middleware, open_tab: OpenTab) -> None:
    tab = open_tab()
    begin(tab)
    tab.get_by_role("link", name="Faults").click()
    tab.get_by_label("wrong", exact=True).check()
    tab.get_by_role("link", name="Chats").click()
    write(tab, "agent", "Forged")

    tab.locator("#panel-webhooks .pill.bad").wait_for()
    assert (middleware.forged, middleware.texts) == (1, [])


def test_the_bot_answers_by_a_rule_that_was_added_on_the_page(
    middleware: Middleware, open_tab: OpenTab
) -> None:
    tab = open_tab()
    tab.get_by_role("link", name="Bot").click()
    tab.get_by_label("Words").fill("menu")
    tab.get_by_label("The bot answers").fill("What shall it be?")
    tab.get_by_label("Quick replies").fill("Tea, Coffee")
    tab.get_by_role("button", name="Add the rule").click()
    tab.locator(".rules").get_by_text("“menu”").wait_for()
    tab.get_by_role("link", name="Chats").click()
    begin(tab, "Menu")
    tab.get_by_role("button", name="Coffee").click()

    tab.locator(".message.customer").get_by_text("Coffee").wait_for()
    assert tab.get_by_role("button", name="Tea").is_disabled()
    tab.locator(".reply.chosen").get_by_text("Coffee").wait_for()
    choices = [one["quickReply"]["text"] for one in middleware.received[0]["content"]]
    assert choices == ["Tea", "Coffee"]


def test_an_agent_writes_once_the_bot_has_handed_over(
    sandbox: Sandbox, middleware: Middleware, open_tab: OpenTab
) -> None:
    sandbox.bot.add(
        BotRule(text="hello", reply="Hello, I am a bot."),
        BotRule(text="agent", reply="One moment.", hand_over=True),
    )
    tab = open_tab()
    begin(tab)
    tab.get_by_text("The bot has it").wait_for()
    assert tab.get_by_label("as agent").is_disabled()
    write(tab, "customer", "Agent")
    tab.locator(".message.bot").get_by_text("One moment.").wait_for()

    write(tab, "agent", "Here I am")


def test_a_conversation_ends_and_the_customer_may_write_again(
    middleware: Middleware, open_tab: OpenTab
) -> None:
    tab = open_tab()
    begin(tab)
    tab.get_by_role("button", name="End", exact=True).click()
    tab.locator(".head .pill").get_by_text("ended").wait_for()
    assert tab.get_by_label("as agent").is_disabled()

    write(tab, "customer", "One more thing")


def test_text_is_never_taken_for_html(middleware: Middleware, open_tab: OpenTab) -> None:
    tab = open_tab()
    text = "<img src=x onerror=alert(1)><b>&amp;</b>"
    begin(tab, text)
    write(tab, "agent", text)

    assert tab.locator(".bubble p").all_inner_texts() == [text, text]
    assert tab.locator("main img, main b").count() == 0


def test_everything_is_done_with_the_keyboard(middleware: Middleware, open_tab: OpenTab) -> None:
    tab = open_tab()

    def tab_to(selector: str) -> None:
        for _ in range(60):
            tab.keyboard.press("Tab")
            if tab.evaluate("selector => document.activeElement.matches(selector)", selector):
                outline = tab.evaluate(
                    """() => {
                        const one = document.activeElement;
                        const shown = one.matches("[type=radio]") ? one.nextElementSibling : one;
                        return getComputedStyle(shown).outlineStyle;
                    }"""
                )
                assert outline == "solid", f"{selector}: one cannot see that it has the focus"
                return
        raise AssertionError(f"{selector}: not reached by Tab")

    tab_to(".skip")
    tab.keyboard.press("Enter")
    tab_to(".side a.button")
    tab.keyboard.press("Enter")
    tab.locator("input[name=from]:focus").wait_for()
    tab_to(".sheet .primary")
    tab.keyboard.press("Enter")
    tab.locator(".message.customer").first.wait_for()
    tab_to(".composer [type=radio]")
    tab.keyboard.press("ArrowRight")
    tab_to(".composer textarea")
    tab.keyboard.type("By keyboard")
    tab.keyboard.press("Enter")
    tab.locator(".message.agent").get_by_text("sent", exact=True).wait_for()
    tab_to("[role=tab]")
    tab.keyboard.press("ArrowRight")
    assert tab.locator("#tab-requests").get_attribute("aria-selected") == "true"
    tab.keyboard.press("ArrowRight")
    tab_to("#panel-webhooks summary")
    tab.keyboard.press("Enter")
    tab.locator("#panel-webhooks .parts").wait_for()
    assert middleware.texts == ["By keyboard"]
