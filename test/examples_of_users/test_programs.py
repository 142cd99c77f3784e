"""Programs of the kind that people have for 269 run as they are, one for each of the ten classes.

They know nothing of the server that plays the platform: as behind a company's gateway, the
configuration file in the home directory says where calls really go.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service import Service

from .played_platform import PlayedPlatform

FOLDER = Path(__file__).parent
SCRIPTS = sorted(FOLDER.glob("script_*.py"))


def run(script: Path, package: Path, home: Path, service: Service, *options: str) -> str:
    """Run a script with the package that is in a folder; give what it prints, and what it asks."""
    played = PlayedPlatform()
    service.answer_by(played)
    port = service.url.rpartition(":")[2]
    config = home / ".genesyscloudpython" / "config"
    config.parent.mkdir(exist_ok=True)
    gateway = f"[gateway]\nprotocol = http\nhost = 127.0.0.1\nport = {port}\n"
    config.write_text(gateway, encoding="utf-8")
    kept = {name: one for name, one in os.environ.items() if not name.startswith("GENESYSCLOUD_")}
    ran = subprocess.run(
        # -c, since the folder of a script would come before the package's.
        [sys.executable, *options, "-c", f"__import__('runpy').run_path({str(script)!r})"],
        cwd=home,
        env={
            **kept,
            "PYTHONPATH": str(package),
            "HOME": str(home),
            "GENESYS_CLIENT_ID": "the-id",
            "GENESYS_CLIENT_SECRET": "the-secret",
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stderr, ran.returncode) == ("", 0), ran.stderr
    assert played.tokens == {"Bearer a-token"}
    return "\n".join([ran.stdout, *played.requests, ""])


def expected(script: Path) -> str:
    """What a script prints, and what it asks, with 269 as well as with this package."""
    return (FOLDER / "printed" / f"{script.stem}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.stem)
def test_a_program_prints_what_it_should(script: Path, service: Service, tmp_path: Path) -> None:
    printed = run(script, FOLDER.parent.parent, tmp_path, service, "-W", "error")
    assert printed == expected(script)


def test_there_is_a_program_of_each_of_the_classes_that_are_used_most() -> None:
    classes = (
        *("Conversations", "Routing", "Users", "Analytics", "Architect", "Recording"),
        *("Authorization", "Outbound", "Notifications", "TelephonyProvidersEdge"),
    )
    texts = [script.read_text(encoding="utf-8").replace('" + "', "") for script in SCRIPTS]
    for name, one in ((name, f"{name}Api") for name in classes):
        assert sum(one in text for text in texts) == 1, name
    assert all(15 <= text.count("\n") <= 40 for text in texts)
