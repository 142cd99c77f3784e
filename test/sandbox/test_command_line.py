"""python -m PureCloudPlatformClientV2.sandbox"""

from __future__ import annotations

import inspect
import os
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme
import urllib3

from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.__main__ import main

from .caller import LINE
from .token_requests import SAML

COMMAND = [sys.executable, "-W", "error", "-m", "PureCloudPlatformClientV2.sandbox"]
ROOT = Path(__file__).parents[2]
"""Where the package can be imported from, whether or not it is installed."""


class Running:
    """A sandbox in another process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.banner = ""
        assert process.stdout is not None
        for line in process.stdout:
            self.banner += line
            if "Ctrl-C" in line:
                break

    def printed(self, label: str) -> str:
        """Read a value from the banner."""
        found = re.search(rf"{label} +(\S+)", self.banner)
        assert found is not None, self.banner
        return found[1]

    @property
    def host(self) -> str:
        return self.printed("listens at")

    def end(self, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; return the exit code and what was printed since the banner."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


@contextmanager
def run(*arguments: str) -> Generator[Running, None, None]:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def finish(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to end by itself."""
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_ends_it(
    pool: urllib3.PoolManager, number: signal.Signals
) -> None:
    with run() as sandbox:
        token = sandbox.printed("access token")
        response = pool.request("GET", sandbox.host + LINE, headers=bearer(token))

        assert response.status == 200
        assert sandbox.end(number) == (0, "Stopped.\n", "")


def test_it_ends_in_peace_when_nobody_reads_any_more() -> None:
    with run() as sandbox:
        process = sandbox.process
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.send_signal(signal.SIGINT)

        assert process.wait(timeout=30) == 0
        assert process.stderr.read() == ""


def test_it_prints_how_to_use_it(pool: urllib3.PoolManager) -> None:
    with run() as sandbox:
        host, token = sandbox.host, sandbox.printed("access token")
        control = bearer(sandbox.printed("control token"))
        fields = {
            "grant_type": "client_credentials",
            "client_id": sandbox.printed("client id"),
            "client_secret": sandbox.printed("client secret"),
        }

        assert f"export GENESYSCLOUD_REGION={host}\n" in sandbox.banner
        assert f"export GENESYSCLOUD_ACCESS_TOKEN={token}\n" in sandbox.banner
        signed_in = pool.request(
            "POST", host + "/oauth/token", fields=fields, encode_multipart=False
        )
        assert signed_in.status == 200
        assert pool.request("GET", host + "/sandbox/requests", headers=control).status == 200
        _, out, err = sandbox.end()
        assert signed_in.json()["access_token"] not in out + err


def test_a_demo_has_something_to_look_at(pool: urllib3.PoolManager) -> None:
    with run("--demo") as sandbox:
        control = bearer(sandbox.printed("control token"))
        response = pool.request("GET", f"{sandbox.host}/sandbox/conversations", headers=control)

        assert len(response.json()["conversations"]) == 3
        assert sandbox.end(signal.SIGINT)[0] == 0


@pytest.mark.parametrize("option", ["--database", "--client-ca"])
def test_a_demo_keeps_nothing_and_shows_no_certificate(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--demo", option, "file"])

    assert f"no {option}" in capsys.readouterr().err


def test_its_options_reach_the_sandbox(pool: urllib3.PoolManager) -> None:
    with run(
        *("--address", "127.0.0.1", "--access-token", "mine", "--rate-limit", "2"),
        *("--rate-limit-window", "3600", "--rate-limit-headers", "--max-page-size", "7"),
        *("--token-lifetime", "5", "--client-id", "me", "--client-secret", "hidden"),
        *("--control-token", "control", "--organization", "acme"),
    ) as sandbox:
        assert sandbox.printed("access token") == "mine"
        url = sandbox.host + LINE
        fields = {"grant_type": "client_credentials", "client_id": "me", "client_secret": "hidden"}
        responses = [
            pool.request("GET", url + "?pageSize=8", headers=bearer("mine")),
            pool.request("GET", url, headers=bearer("mine")),
            pool.request("GET", url, headers=bearer("mine")),
        ]
        signed_in = pool.request(
            "POST", sandbox.host + "/oauth/token", fields=fields, encode_multipart=False
        )
        saml = {"grant_type": SAML, "orgName": "acme", "assertion": "PGEvPg=="}
        signed_in_by_saml = pool.request(
            "POST", sandbox.host + "/oauth/token", fields=fields | saml, encode_multipart=False
        )

        assert signed_in_by_saml.status == 200
        assert [response.status for response in responses] == [400, 200, 429]
        assert responses[0].headers["inin-ratelimit-allowed"] == "2"
        assert signed_in.json()["expires_in"] == 5
        assert sandbox.end()[0] == 0


def test_the_rate_limit_can_be_switched_off(pool: urllib3.PoolManager) -> None:
    with run("--rate-limit", "off") as sandbox:
        headers = bearer(sandbox.printed("access token"))
        statuses = {
            pool.request("GET", sandbox.host + LINE, headers=headers).status for _ in range(301)
        }

        assert statuses == {200}


def test_a_database_survives_a_restart(pool: urllib3.PoolManager, tmp_path: Path) -> None:
    database = str(tmp_path / "sandbox.sqlite3")
    with run("--database", database) as first:
        headers = bearer(first.printed("access token"))
        url = first.host + LINE
        created = pool.request("POST", url, json={"name": "A"}, headers=headers).json()
        assert first.end()[0] == 0

    with run("--database", database) as second:
        url = second.host + created["selfUri"]
        assert pool.request("GET", url, headers=headers).json()["name"] == "A"


def test_a_port_in_use_is_an_error_in_a_line(sandbox: Sandbox) -> None:
    failed = finish("--port", str(sandbox.port))

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == (
        f"error: cannot listen at 127.0.0.1 port {sandbox.port}: Address already in use\n"
    )


def test_an_address_of_another_machine_is_an_error_in_a_line() -> None:
    failed = finish("--address", "192.0.2.1")  # reserved for documentation

    assert (failed.returncode, failed.stdout) == (1, "")
    assert re.fullmatch(r"error: cannot listen at 192\.0\.2\.1 port 0: [^\[(]+\n", failed.stderr)


def test_it_says_that_it_listens_everywhere(pool: urllib3.PoolManager) -> None:
    with run("--address", "0.0.0.0") as sandbox:
        headers = bearer(sandbox.printed("access token"))

        assert re.match(r"http://127\.0\.0\.1:\d+$", sandbox.host)
        assert f"{sandbox.host} and at every other address of this machine\n" in sandbox.banner
        assert pool.request("GET", sandbox.host + LINE, headers=headers).status == 200


def test_behind_a_gateway_it_prints_where_things_are(pool: urllib3.PoolManager) -> None:
    with run("--login-path", "/login/", "--api-path", "genesys/api") as sandbox:
        headers = bearer(sandbox.printed("access token"))
        port = int(sandbox.host.rpartition(":")[2])

        assert sandbox.printed("  API") == sandbox.host + "/genesys/api"
        assert sandbox.printed("sign-in") == sandbox.host + "/login"
        gateway = f'("127.0.0.1", "http", {port}, "login", "genesys/api")\n'
        assert "api_client.set_gateway" + gateway in sandbox.banner
        assert "GENESYSCLOUD_REGION" not in sandbox.banner
        url = sandbox.printed("  API") + LINE
        assert pool.request("GET", url, headers=headers).status == 200


def test_it_speaks_https(authority: trustme.CA, ca_file: str, tmp_path: Path) -> None:
    server, certificate, key = authority.issue_cert("127.0.0.1"), "server.pem", "key.pem"
    server.cert_chain_pems[0].write_to_path(str(tmp_path / certificate))
    server.private_key_pem.write_to_path(str(tmp_path / key))
    client = tmp_path / "client.pem"
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(
        str(client)
    )
    with (
        run(
            *("--certificate", str(tmp_path / certificate), "--key", str(tmp_path / key)),
            *("--client-ca", ca_file),
        ) as sandbox,
        urllib3.PoolManager(ca_certs=ca_file, cert_file=str(client), retries=False) as pool,
    ):
        headers = bearer(sandbox.printed("access token"))

        assert f"export GENESYSCLOUD_REGION={sandbox.host}\n" in sandbox.banner
        assert sandbox.host.startswith("https://127.0.0.1:")
        assert "configuration.ssl_ca_cert" in sandbox.banner
        assert pool.request("GET", sandbox.host + LINE, headers=headers).status == 200
        with (
            urllib3.PoolManager(ca_certs=ca_file, retries=False) as stranger,
            pytest.raises(urllib3.exceptions.SSLError),
        ):
            stranger.request("GET", sandbox.host + LINE)
        assert sandbox.end() == (0, "Stopped.\n", "")


def test_an_unusable_certificate_is_an_error_in_a_line() -> None:
    failed = finish("--certificate", "nowhere.pem")

    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr == "error: cannot read nowhere.pem: No such file or directory\n"


def test_an_unusable_database_is_an_error_in_a_line(tmp_path: Path) -> None:
    failed = finish("--database", str(tmp_path / "nowhere" / "file"))

    assert (failed.returncode, failed.stdout) == (1, "")
    assert re.fullmatch(r"error: cannot open the database .*\n", failed.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "x"],
        ["--port", "65536"],
        ["--port", "-1"],
        ["--rate-limit", "0"],
        ["--rate-limit", "none"],
        ["--token-lifetime", "0"],
        ["--max-page-size", "1.5"],
        ["--key", "key.pem"],
        ["--api-path", "sandbox"],
        ["--address", ""],
        ["--nonsense"],
        ["--data", "file"],
    ],
)
def test_wrong_usage_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2
    assert arguments[0].strip("-").replace("-", "_") in capsys.readouterr().err.replace("-", "_")


def test_its_help_explains_every_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])

    text = capsys.readouterr().out
    assert caught.value.code == 0
    for option in inspect.signature(Sandbox).parameters.keys() - {"log_size", "clock"}:
        assert f"--{option.replace('_', '-')} " in text
    assert "examples:" in text
    assert "GENESYSCLOUD_REGION" in text


MISSING = """
import sys
sys.modules[{module!r}] = None
from PureCloudPlatformClientV2.sandbox.__main__ import main
sys.exit(main({arguments!r}))
"""


@pytest.mark.parametrize(
    ("module", "arguments", "words"),
    [
        ("flask", [], "the sandbox needs Flask and cheroot"),
        ("cheroot", [], "the sandbox needs Flask and cheroot"),
        ("websockets", ["--streaming-port", "8081"], "notifications need websockets 13 or later"),
    ],
)
def test_a_missing_dependency_is_told_in_a_line(
    module: str, arguments: list[str], words: str
) -> None:
    failed = subprocess.run(
        [sys.executable, "-c", MISSING.format(module=module, arguments=arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )

    assert failed.returncode == 1
    assert failed.stderr == (f"error: {words}: install this package with its extra [sandbox]\n")
