"""What is seen on the sandbox's page besides conversations, by whom, and how it looks."""

from __future__ import annotations

import re
import socket
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import connect

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.events import STREAMS

from .conftest import Call, OpenTab, Trouble
from .middleware import Middleware
from .test_chats import begin, write

LINE = "/api/v2/messaging/integrations/line"

LOOK = (Path(__file__).parents[1] / "look.js").read_text(encoding="utf-8")

PARTS = [
    "chats",
    "chats/new",
    "activity/webhooks",
    "activity/requests",
    "setup",
    "bot",
    "faults",
    "channels",
]


def test_each_request_shows_as_it_comes_with_its_secrets_masked(
    call: Call, open_tab: OpenTab
) -> None:
    tab = open_tab()
    tab.get_by_role("tab", name="Requests").click()
    call("POST", LINE, {"name": "Channel", "channelId": "1653", "channelSecret": "very-secret"})
    entry = tab.locator("#panel-requests li").first
    entry.locator("summary").click()
    entry.locator(".parts").wait_for()

    shown = entry.inner_text()
    assert "POST" in shown
    assert '"channelId": "1653"' in shown
    assert '"channelSecret": "***"' in shown
    assert '"status": "Inactive"' in shown
    assert "very-secret" not in tab.content()


def test_requests_are_filtered(call: Call, open_tab: OpenTab) -> None:
    call("GET", LINE)
    call("GET", "/api/v2/messaging/stickers/line")
    tab = open_tab()
    tab.get_by_role("tab", name="Requests").click()
    tab.get_by_label("Filter").fill("stickers")

    assert tab.locator("#panel-requests li").count() == 1
    assert "stickers" in tab.locator("#panel-requests .path").inner_text()


def test_a_fault_is_switched_on_and_called_off(call: Call, open_tab: OpenTab) -> None:
    tab = open_tab()
    tab.get_by_role("link", name="Faults").click()
    tab.get_by_role("button", name="Switch on: Down").click()
    tab.locator(".faults").get_by_text("until called off").wait_for()
    assert tab.locator(".rail .count").inner_text() == "1"
    assert call("GET", LINE)[0] == 500
    tab.get_by_role("tab", name="Requests").click()
    tab.locator("#panel-requests").get_by_text("fault: status").wait_for()

    tab.get_by_role("button", name="Call all off").click()
    tab.get_by_text("None: every call is answered").wait_for()
    assert call("GET", LINE)[0] == 200


def test_a_fault_of_ones_own_is_planned(sandbox: Sandbox, call: Call, open_tab: OpenTab) -> None:
    tab = open_tab(viewport={"width": 1280, "height": 1400})
    tab.get_by_role("link", name="Faults").click()
    tab.get_by_label("Status", exact=True).fill("429")
    tab.get_by_label("Retry-After").fill("7")
    tab.get_by_label("Method").select_option("GET")
    tab.get_by_label("Path").fill("*/line")
    tab.get_by_label("Times").fill("2")
    tab.get_by_label("Pass first").fill("1")
    tab.get_by_role("button", name="Switch on", exact=True).last.click()
    tab.locator(".faults").get_by_text("2 times").wait_for()

    assert [call("GET", LINE)[0] for _ in range(4)] == [200, 429, 429, 200]
    tab.get_by_text("None: every call is answered").wait_for()


def test_a_fault_that_is_being_written_outlasts_what_happens(
    sandbox: Sandbox, open_tab: OpenTab
) -> None:
    tab = open_tab()
    tab.get_by_role("link", name="Faults").click()
    tab.get_by_label("What happens").select_option("delay")
    tab.get_by_label("Seconds", exact=True).fill("7")
    tab.get_by_label("Path").fill("*/line")
    sandbox.create_integration("line", name="Support")
    sandbox.create_organization("Berlin")
    sandbox.create_integration("line", name="Another")
    own = tab.locator("form", has_text="What happens")
    own.get_by_label("Organization").locator("option", has_text="Berlin").wait_for(state="attached")

    assert tab.get_by_label("Seconds", exact=True).input_value() == "7"
    assert tab.get_by_label("Path").input_value() == "*/line"
    assert tab.evaluate("document.activeElement.name") == "path"


def test_what_is_left_of_wrong_signatures_is_shown(
    middleware: Middleware, sandbox: Sandbox, open_tab: OpenTab
) -> None:
    # Imported here, as plain `pytest` comes by where the extra is not installed.
    from playwright.sync_api import expect

    tab = open_tab()
    begin(tab)
    tab.get_by_role("link", name="Faults").click()
    tab.get_by_label("For so many webhooks").fill("2")
    with tab.expect_response("**/sandbox/signatures"):
        tab.get_by_label("wrong", exact=True).check()
    (conversation,) = sandbox.conversations.all()
    sandbox.conversations.answer(conversation["id"], "Forged")
    tab.locator("#panel-webhooks .pill.bad").wait_for()
    expect(tab.get_by_label("For so many webhooks")).to_have_value("1")
    sandbox.conversations.answer(conversation["id"], "Forged, too")

    expect(tab.get_by_label("right", exact=True)).to_be_checked()


def test_organizations_are_made_and_looked_at_one_by_one(
    sandbox: Sandbox, call: Call, open_tab: OpenTab
) -> None:
    call("GET", LINE)
    tab = open_tab()
    tab.get_by_role("tab", name="Requests").click()
    assert tab.locator("#panel-requests li").count() == 1
    assert not tab.get_by_label("Organization").first.is_visible()
    tab.get_by_role("link", name="Setup").click()
    tab.locator("form", has_text="Make organization").get_by_label("Name").fill("Berlin")
    tab.get_by_role("button", name="Make organization").click()
    tab.get_by_text("Berlin is there").wait_for()
    assert tab.get_by_text("accessToken").is_visible()

    tab.locator("#organization select").select_option("Berlin")
    tab.locator("#panel-requests .empty").wait_for()


def test_channels_are_listed(call: Call, open_tab: OpenTab) -> None:
    tab = open_tab()
    status, channel = call("POST", "/api/v2/notifications/channels")
    assert status == 200
    tab.get_by_role("link", name="Channels").click()

    tab.locator(".cards").get_by_text(channel["id"]).wait_for()
    assert tab.get_by_text("nobody listens").is_visible()


def test_it_shows_when_a_channel_is_listened_to_and_no_more(call: Call, open_tab: OpenTab) -> None:
    tab = open_tab()
    tab.get_by_role("link", name="Channels").click()
    _, channel = call("POST", "/api/v2/notifications/channels")
    card = tab.locator(".cards > li")
    card.get_by_text("nobody listens").wait_for()
    with connect(channel["connectUri"]):
        card.get_by_text("connected", exact=True).wait_for()
    card.get_by_text("nobody listens").wait_for()

    card.get_by_role("button", name="Close").click()
    tab.get_by_text("No channels").wait_for()


def test_a_reset_is_asked_about_and_empties_the_page(
    middleware: Middleware, sandbox: Sandbox, open_tab: OpenTab
) -> None:
    tab = open_tab()
    begin(tab)
    tab.get_by_role("button", name="Reset").click()
    tab.get_by_role("button", name="Leave it").click()
    assert tab.locator(".conversations li").count() == 1
    tab.get_by_role("button", name="Reset").click()
    tab.get_by_role("dialog").get_by_role("button", name="Reset").click()

    tab.get_by_text("No conversations yet").wait_for()
    assert sandbox.requests == []


def test_the_clock_is_turned_by_any_number(sandbox: Sandbox, open_tab: OpenTab) -> None:
    tab = open_tab()
    tab.get_by_label("Seconds to turn the clock forward").fill("43200")
    before = tab.locator("#clock time").inner_text()
    tab.get_by_role("button", name="Turn").click()

    tab.get_by_text("turned forward by 43200 s").wait_for()
    tab.locator("#clock time").filter(has_not_text=re.compile(f"^{before[:3]}")).wait_for()


# Who watches


def test_the_token_leaves_the_address_and_is_kept_for_the_tab(
    sandbox: Sandbox, open_tab: OpenTab
) -> None:
    tab = open_tab()
    assert sandbox.control_token not in tab.url
    tab.reload()
    tab.wait_for_selector("#live[data-state=live]")


def test_without_a_token_the_page_asks_for_it(
    sandbox: Sandbox, open_tab: OpenTab, trouble: Trouble
) -> None:
    trouble.expected = True  # Chromium writes down each 401
    tab = open_tab(f"{sandbox.host}/")
    dialog = tab.get_by_role("dialog")
    tab.keyboard.press("Escape")
    dialog.get_by_label("Control token").fill("a wrong one")
    dialog.get_by_role("button").click()
    dialog.get_by_role("alert").wait_for()
    dialog.get_by_label("Control token").fill(sandbox.control_token)
    dialog.get_by_role("button").click()

    tab.wait_for_selector("#live[data-state=live]")
    assert not dialog.is_visible()


def test_a_page_that_had_to_make_room_comes_back_on_demand(
    sandbox: Sandbox, open_tab: OpenTab
) -> None:
    tab = open_tab()
    headers = {"Authorization": f"Bearer {sandbox.control_token}"}
    request = urllib.request.Request(f"{sandbox.host}/sandbox/events", headers=headers)
    with ExitStack() as stack:
        for _ in range(STREAMS):
            stack.enter_context(urllib.request.urlopen(request))
        tab.get_by_role("button", name="Watch here again").click()

        tab.wait_for_selector("#live[data-state=live]")


def test_the_page_finds_a_sandbox_that_was_started_again(
    open_tab: OpenTab, trouble: Trouble
) -> None:
    trouble.expected = True  # Chromium writes down each refused connection
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    other = Sandbox(port=port)
    with other:
        tab = open_tab(other.page_url)
        tab.wait_for_selector("#live[data-state=live]")
    tab.wait_for_selector("#live[data-state=lost]")
    with other:
        tab.wait_for_selector("#live[data-state=live]")
    trouble.elsewhere.clear()  # it was another sandbox's


# How it looks


def luminance(tab: Any) -> float:
    """How light the page is: from 0 to 1."""
    seen: float = tab.evaluate(LOOK)["luminance"]
    return seen


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (800, "light"), (1280, "dark")]
)
def test_everything_fits_and_can_be_read(
    middleware: Middleware, call: Call, open_tab: OpenTab, width: int, scheme: str
) -> None:
    middleware.statuses = [503]
    call(
        "GET",
        "/api/v2/conversations/messaging/integrations/open/0123456789012345678901234567890123456789",
    )
    tab = open_tab(viewport={"width": width, "height": 800}, color_scheme=scheme)
    begin(tab, "A_word_that_is_much_longer_than_a_phone_is_wide_" * 3)
    write(tab, "agent", "And an answer")
    chat = tab.url.partition("#/")[2]
    for part in [*PARTS, chat]:
        tab.goto(tab.url.partition("#")[0] + f"#/{part}")
        for summary in tab.locator(".wire summary:visible").all():
            summary.click()
        seen = tab.evaluate(LOOK)
        assert seen["overflow"] <= 0, part
        assert seen["protruding"] == [], part
        assert seen["faint"] == [], part
        assert (seen["luminance"] > 0.5) == (scheme == "light")


def test_the_theme_is_switched_and_stays_switched(open_tab: OpenTab) -> None:
    tab = open_tab()
    assert luminance(tab) > 0.5
    for _ in range(2):
        tab.get_by_role("button", name="Theme").click()
    assert luminance(tab) < 0.2
    tab.reload()
    assert luminance(tab) < 0.2
