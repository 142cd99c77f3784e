"""What a shell offers when somebody presses the tabulator."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .shell import Cli, environment

SCRIPT = "PureCloudPlatformClientV2"


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the console script, as an installation makes it."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / SCRIPT
    script.write_text(
        f"#!{sys.executable}\nimport sys\nfrom {SCRIPT}.__main__ import main\nsys.exit(main())\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    return folder


def offered(bin_folder: Path, *words: str) -> list[str]:
    """What is offered for the last word, by the protocol that the script for bash uses."""
    finished = subprocess.run(
        [bin_folder / SCRIPT],
        capture_output=True,
        text=True,
        check=False,
        env=environment(
            {
                "_PURECLOUDPLATFORMCLIENTV2_COMPLETE": "bash_complete",
                "COMP_WORDS": " ".join([SCRIPT, *words]),
                "COMP_CWORD": str(len(words)),
            }
        ),
    )
    assert finished.stderr == ""
    return [line.partition(",")[2] for line in finished.stdout.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["mess"], ["messaging"]),
        (["fin"], ["find"]),
        (["telephony"], ["telephony", "telephony-providers-edge"]),
        (["routing", "get-queue-mem"], ["get-queue-members"]),
        (["routing", "get-routing-queue-mem"], ["get-routing-queue-members"]),
        (["routing", "get-queues", "--sort"], ["--sort-order"]),
        (["routing", "get-queues", "--sort-order", ""], ["asc", "desc"]),
        (["routing", "put-queue", "1", "--scoring-method", "Time"], ["TimestampAndPriority"]),
        (["messaging", "get-integrations-fa"], None),
        (["messaging", "get-sticker", "--page-s"], ["--page-size"]),
        (["messaging", "get-sticker", "--output", "json"], ["json", "jsonl"]),
        (["messaging", "get-sticker", "--profile", "b"], ["berlin"]),
        (["--region", "eu-central-1"], ["eu-central-1"]),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_the_tabulator_completes(
    bin_folder: Path, home: Path, words: list[str], expected: list[str] | None
) -> None:
    found = offered(bin_folder, *words)
    assert found == (
        expected or ["get-integrations-facebook", "get-integrations-facebook-integration-id"]
    )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory whose configuration file has profiles."""
    config = tmp_path / ".genesyscloudpython" / "config"
    config.parent.mkdir()
    config.write_text("[profile berlin]\nhost = eu-central-1\n[profile paris]\n", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_file_is_completed_behind_the_sign(bin_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "request.json").touch()
    (tmp_path / "requests").mkdir()
    command = ("messaging", "post-integrations-line", "--body")
    assert offered(bin_folder, *command, f"@{tmp_path}/req") == [
        f"@{tmp_path}/request.json",
        f"@{tmp_path}/requests/",
    ]


def test_bash_takes_the_script(bin_folder: Path) -> None:
    finished = subprocess.run(
        ["bash", "-c", f'eval "$({SCRIPT} completion bash)" && complete -p {SCRIPT}'],
        capture_output=True,
        text=True,
        check=False,
        env=environment({"PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}),
    )
    assert (finished.returncode, finished.stderr) == (0, "")
    assert SCRIPT in finished.stdout


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_have_scripts_of_their_own(cli: Cli, shell: str) -> None:
    finished = cli("completion", shell)
    assert f"{shell}_complete" in finished.out
    assert "_PURECLOUDPLATFORMCLIENTV2_COMPLETE" in finished.out


def test_there_is_no_script_for_other_shells(cli: Cli) -> None:
    assert "'csh' is not one of 'bash', 'zsh', 'fish'" in cli("completion", "csh").error


def test_the_help_shows_the_lines_to_copy_as_they_are(cli: Cli) -> None:
    lines = cli("completion", "--help").out.splitlines()
    assert '    eval "$(PureCloudPlatformClientV2 completion bash)"' in lines
    assert "    PureCloudPlatformClientV2 completion fish \\" in lines
