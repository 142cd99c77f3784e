"""Takes the picture of the sandbox's page, docs/sandbox.png: ``python test/sandbox_picture.py``.

It needs the extras sandbox and docs-browser, and a Chromium.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docs_browser.conftest import executable
from docs_browser.sandbox_page.middleware import SECRET, Middleware, running_middleware
from playwright.sync_api import sync_playwright

from PureCloudPlatformClientV2.sandbox import BotRule, Sandbox

PICTURE = Path(__file__).parents[1] / "docs" / "sandbox.png"

MIDDLEWARE_PORT = 9000
MORNING = 1_772_443_800.0  # 2026-03-02T09:30:00Z

RULES = (
    BotRule(
        text="hello",
        reply="Welcome to the tea shop! What can we do for you?",
        quick_replies=["Track my order", "Return an item", "Talk to somebody"],
    ),
    BotRule(
        text="talk to somebody",
        reply="Somebody will be with you in a minute.",
        hand_over=True,
    ),
)


def play(sandbox: Sandbox, middleware: Middleware) -> str:
    """Let a few customers write; answer the id of the conversation to look at."""
    chat = sandbox.create_integration(
        "open",
        name="Tea shop",
        outboundNotificationWebhookUrl=middleware.url,
        outboundNotificationWebhookSignatureSecretToken=SECRET,
        webhookHeaders={"X-Api-Key": "a key of the middleware's"},
    )["id"]
    phone = sandbox.create_integration("whatsapp", name="+44 20 7946 0018")["id"]
    page = sandbox.create_integration("facebook", name="Tea & Kettles")["id"]
    conversations = sandbox.conversations
    sandbox.bot.add(*RULES)
    kim = conversations.write(page, "2871", "Thanks, it has arrived!", name="Kim Sato")
    sandbox.advance(95)
    conversations.end(kim["id"])
    conversations.write(phone, "447700900123", "Do you ship to Lisbon?", name="Miguel Santos")
    sandbox.advance(140)
    ann = conversations.write(chat, "ann@example.com", "Hello", name="Ann Lee")
    sandbox.advance(21)
    conversations.write(chat, "ann@example.com", "Talk to somebody")
    sandbox.advance(34)
    conversations.answer(ann["id"], "Hi Ann, this is Lena. How can I help?")
    sandbox.advance(19)
    conversations.write(chat, "ann@example.com", "My kettle leaks. It is order 4711.")
    sandbox.advance(42)
    middleware.statuses = [503]
    conversations.answer(ann["id"], "I am sorry! A courier picks it up tomorrow, if you like.")
    sandbox.advance(0)
    return str(ann["id"])


def main() -> int:
    """Take the picture."""
    with (
        running_middleware(MIDDLEWARE_PORT) as middleware,
        Sandbox(clock=lambda: MORNING) as sandbox,
        sync_playwright() as playwright,
    ):
        conversation = play(sandbox, middleware)
        browser = playwright.chromium.launch(executable_path=executable(playwright))
        tab = browser.new_page(
            viewport={"width": 1440, "height": 860},
            color_scheme="light",
            locale="en-GB",
            timezone_id="UTC",
        )
        tab.goto(sandbox.page_url)
        tab.wait_for_selector("#live[data-state=live]")
        tab.locator(f".conversations a[href$='{conversation}']").click()
        tab.locator("#panel-webhooks summary").last.click()
        tab.locator("#panel-webhooks .parts").wait_for()
        tab.mouse.move(640, 600)
        tab.screenshot(path=PICTURE, animations="disabled")
        browser.close()
    sys.stdout.write(f"{PICTURE.name}: {PICTURE.stat().st_size // 1000} kB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
