"""Builds the site, serves it on loopback, and opens every page of it in Chromium, in two views.

Where there is no Chromium, these tests are skipped. Nothing here needs a network: whatever a page
asks of another host is refused and written down.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .visits import DOCS, VIEWS, Visits, visit_all

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and does not write a line for each."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the site has been built into."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--quiet", "--fail-on-warning", "--keep-going", "-d", str(folder / "doctrees")]
    subprocess.run(
        [sys.executable, "-m", "sphinx", *options, str(DOCS), str(folder / "html")], check=True
    )
    return folder / "html"


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served: a base URL without a slash at its end."""
    handler = partial(_Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def executable(playwright: Playwright) -> str | None:
    """The Chromium of the system, or the one that Playwright has installed, or nothing."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    own = playwright.chromium.executable_path
    return found or (own if Path(own).exists() else None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window and without a host but loopback."""
    # Imported here, as plain `pytest` comes by where the extra is not installed.
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs the extra docs-browser")
    with sync_api.sync_playwright() as playwright:
        path = executable(playwright)
        if path is None:
            pytest.skip(f"no Chromium here: none of {', '.join(CHROMIUM)} is installed")
        arguments = ["--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        with playwright.chromium.launch(executable_path=path, args=arguments) as chromium:
            yield chromium


@pytest.fixture(scope="session")
def visits(browser: Browser, address: str) -> Visits:
    """What was seen on each page, by page and view."""
    seen: Visits = {}
    for view, options in VIEWS.items():
        with browser.new_context(**options) as context:
            for page, visit in visit_all(context, address).items():
                seen[page, view] = visit
    return seen
