"""Scripts that people have for the vendor's release 269 run as they are.

They know nothing of the sandbox: as behind a company's gateway, the configuration file in the home
directory, which has the vendor's form, says where calls really go.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from PureCloudPlatformClientV2.sandbox import Sandbox

FOLDER = Path(__file__).parent

PRINTED = {
    "with_a_client": """\
region us_east_1 https://api.mypurecloud.com
created Made by a script True
rows 4 ['Made by a script', 'One', 'Three', 'Two']
record Made by a script T Made by a script
refused 404 Not Found not.found None
total 4 200 1
""",
    "with_an_http_client": """\
same True True
created Sent by another client
total 4
refused 404 not.found
requests 4
""",
    "with_the_shared_configuration": """\
body {"channelId": "1653", "channelSecret": "made-up", "name": "Made by reflection"}
created Made by reflection
entity One 1
entity Two 1
entity Three 1
entity Made by reflection 1653
refused 404 not.found
shared True 200
null None Made by reflection
""",
}


@pytest.fixture
def home(purecloud_sandbox: Sandbox, tmp_path: Path) -> Path:
    """A home directory whose configuration file leads to a sandbox with three integrations."""
    for name in ("One", "Two", "Three"):
        purecloud_sandbox.create_integration("line", name=name, channelId="1")
    config = tmp_path / ".genesyscloudpython" / "config"
    config.parent.mkdir()
    config.write_text(
        f"[gateway]\nprotocol = http\nhost = 127.0.0.1\nport = {purecloud_sandbox.port}\n",
        encoding="utf-8",
    )
    return tmp_path


def run(script: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith("GENESYSCLOUD_")
    }
    here = {"PYTHONPATH": str(FOLDER.parent.parent), "HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-W", "error", str(FOLDER / f"{script}.py")],
        env={**inherited, **here, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_every_script_is_run() -> None:
    scripts = {path.stem for path in FOLDER.glob("*.py")} - {"__init__", Path(__file__).stem}
    assert scripts == PRINTED.keys()


@pytest.mark.parametrize("script", PRINTED)
def test_a_script_prints_what_it_should(
    script: str, purecloud_sandbox: Sandbox, home: Path
) -> None:
    ran = run(
        script,
        home,
        GENESYS_REGION="us_east_1",
        GENESYS_CLIENT_ID=purecloud_sandbox.client_id,
        GENESYS_CLIENT_SECRET=purecloud_sandbox.client_secret,
    )
    assert (ran.stdout, ran.stderr, ran.returncode) == (PRINTED[script], "", 0)


def test_an_unknown_region_is_a_key_error(home: Path) -> None:
    ran = run("with_a_client", home, GENESYS_REGION="us-nowhere-1")
    assert (ran.stderr, ran.returncode) == ("unknown region\n", 1)
