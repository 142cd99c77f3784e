"""A sandbox with one open integration, its middleware, and tabs that show the sandbox's page."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .middleware import SECRET, Middleware, running_middleware

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PATIENCE = 10_000
"""Milliseconds; what takes longer than this does not come."""

OPEN = "/api/v2/conversations/messaging/integrations/open"

Call = Callable[..., Any]
OpenTab = Callable[..., "Page"]


@pytest.fixture(scope="module")
def _sandbox_of_the_module() -> Iterator[Sandbox]:  # pyright: ignore[reportUnusedFunction] - by name
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(_sandbox_of_the_module: Sandbox) -> Sandbox:
    """One for all, as new."""
    _sandbox_of_the_module.reset()
    return _sandbox_of_the_module


@pytest.fixture
def call(sandbox: Sandbox) -> Call:
    """Calls the API: the status, and what came as JSON."""

    def send(method: str, path: str, body: object = None) -> tuple[int, Any]:
        headers = {
            "Authorization": f"Bearer {sandbox.access_token}",
            "Content-Type": "application/json",
        }
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            sandbox.host + path, method=method, data=sent, headers=headers
        )
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    return send


@pytest.fixture
def middleware(call: Call) -> Iterator[Middleware]:
    """A middleware, with an integration that posts to it."""
    with running_middleware() as middleware:
        status, _ = call(
            "POST",
            OPEN,
            {
                "name": "Shop chat",
                "outboundNotificationWebhookUrl": middleware.url,
                "outboundNotificationWebhookSignatureSecretToken": SECRET,
            },
        )
        assert status == 202
        yield middleware


@dataclass
class Trouble:
    """What must not happen on a page.

    Attributes:
        errors: Errors of scripts and of the console.
        elsewhere: URLs that do not belong to the sandbox.
        expected: Whether the test itself makes the page fail.
    """

    errors: list[str] = field(default_factory=list[str])
    elsewhere: list[str] = field(default_factory=list[str])
    expected: bool = False


@pytest.fixture
def trouble() -> Iterator[Trouble]:
    """Whatever goes wrong on the pages, which after the test must be nothing."""
    trouble = Trouble()
    yield trouble
    assert trouble.elsewhere == []
    assert trouble.expected or trouble.errors == []


@pytest.fixture
def open_tab(sandbox: Sandbox, browser: Browser, trouble: Trouble) -> Iterator[OpenTab]:
    """Opens the page in a browser of its own, 1280 pixels wide and light unless told otherwise."""
    with ExitStack() as stack:

        def open_tab(url: str = "", **options: Any) -> Page:
            view: dict[str, Any] = {
                "viewport": {"width": 1280, "height": 900},
                "color_scheme": "light",
                **options,
            }
            context = stack.enter_context(browser.new_context(**view))
            context.set_default_timeout(PATIENCE)
            tab = context.new_page()
            tab.on("pageerror", lambda error: trouble.errors.append(str(error)))
            tab.on(
                "console",
                lambda one: (
                    trouble.errors.append(one.text) if one.type in ("error", "warning") else None
                ),
            )
            tab.on(
                "request",
                lambda one: (
                    None
                    if one.url.startswith(f"{sandbox.host}/")
                    else trouble.elsewhere.append(one.url)
                ),
            )
            tab.goto(url or sandbox.page_url)
            if not url:
                tab.wait_for_selector("#live[data-state=live]")
            return tab

        yield open_tab
