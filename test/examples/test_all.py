"""What all examples have in common, and the page that shows them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

from .running import ARGUMENTS, COMMANDS, EXAMPLES, run, run_example


@pytest.mark.parametrize("name", COMMANDS)
def test_help_says_what_to_set_and_what_the_exit_status_means(name: str) -> None:
    shown = run(f"docs/examples/{name}", "--help", environment={})

    assert (shown.returncode, shown.stderr) == (0, "")
    assert "comes from the environment: " in shown.stdout
    assert "Exit status: 0 " in shown.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_without_an_account_nothing_is_done_and_the_reader_is_sent_to_the_help(name: str) -> None:
    arguments = ARGUMENTS.get(name, [])

    stopped = run(f"docs/examples/{name}", *arguments, environment={})

    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "--help" in stopped.stderr
    assert "Traceback" not in stopped.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_a_setting_that_cannot_be_used_is_named_in_one_paragraph(name: str) -> None:
    account = {"REGION": "atlantis-1", "ACCESS_TOKEN": "a-token"}
    environment = {
        f"{prefix}_{key}": value
        for prefix in ("GENESYSCLOUD", "SOURCE", "TARGET")
        for key, value in account.items()
    }
    arguments = ARGUMENTS.get(name, [])

    stopped = run(f"docs/examples/{name}", *arguments, answers="secret\n", environment=environment)

    assert stopped.returncode == 2
    assert "there is no region 'atlantis-1'" in stopped.stderr
    assert "Traceback" not in stopped.stderr


LISTING = [name for name in COMMANDS if not name.startswith(("copy", "open_messaging", "send"))]


@pytest.mark.parametrize("name", LISTING)
def test_a_refusal_is_one_paragraph_without_the_token(
    name: str, purecloud_sandbox: Sandbox
) -> None:
    purecloud_sandbox.expire_tokens()
    arguments = ARGUMENTS.get(name, [])

    stopped = run_example(
        name, *arguments, sandbox=purecloud_sandbox, FACEBOOK_PAGE_TOKEN="a-page-token"
    )

    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "was answered 401" in stopped.stderr
    assert len(stopped.stderr.splitlines()) == 1
    assert purecloud_sandbox.access_token not in stopped.stderr


def test_the_tests_with_the_sandbox_pass_where_they_are_copied_to(tmp_path: Path) -> None:
    shutil.copy(EXAMPLES / "test_with_sandbox.py", tmp_path)

    # As if the package were installed, be it or not.
    plugin = ("-p", "no:purecloud_sandbox", "-p", "PureCloudPlatformClientV2.sandbox.pytest_plugin")
    finished = run(
        "-m", "pytest", "-q", *plugin, "test_with_sandbox.py", environment={}, folder=tmp_path
    )

    assert finished.returncode == 0, finished.stdout
    assert "6 passed" in finished.stdout


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_every_example_is_shown_on_a_page(path: Path) -> None:
    pages = [page.read_text(encoding="utf-8") for page in EXAMPLES.parent.glob("*.md")]
    assert any("{literalinclude} examples/" + path.name in page for page in pages)
