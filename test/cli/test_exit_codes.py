"""How commands end, and what they say then."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from uuid import UUID

import pytest
import trustme
from service import Behaviour, RawServer, Service, closing, hanging, unused_url

from PureCloudPlatformClientV2 import ApiClient, ApiException
from PureCloudPlatformClientV2.cli.endpoints import read_endpoint
from PureCloudPlatformClientV2.cli.errors import ExitCode
from PureCloudPlatformClientV2.cli.failures import CallFailedError
from PureCloudPlatformClientV2.sandbox import ResetAfterFault, Sandbox, StatusFault

from .shell import COMMAND, Cli, Finished, account, environment, in_a_process

STICKERS = ("messaging", "get-sticker", "line")
CREATE = ("messaging", "post-integrations-line", "--name", "A")


def test_0_done(sandbox: Sandbox) -> None:
    assert in_a_process(*STICKERS, **account(sandbox)).code == ExitCode.DONE


def test_1_refused_by_the_service(sandbox: Sandbox) -> None:
    command = "get-integrations-line-integration-id"
    finished = in_a_process("messaging", command, "no-such", **account(sandbox))
    assert finished.code == ExitCode.REFUSED
    assert finished.error.startswith(
        f"GET {sandbox.host}/api/v2/messaging/integrations/line/no-such was answered 404 "
    )
    assert "correlation id" in finished.error


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("messaging", "get-stickers", "line"),
            "No such command 'get-stickers'; did you mean 'get-sticker'?",
        ),
        ((*STICKERS, "--page-sze", "1"), "--page-sze"),
        ((*STICKERS, "--page-size", "many"), "'many' is not a whole number"),
        ((*STICKERS[:2],), "Missing argument 'MESSENGER_TYPE'"),
        ((*STICKERS[:2], ".."), "messenger_type: '..' cannot be part of a path"),
        ((*STICKERS, "--output", "xml"), "'xml' is not one of"),
        ((*STICKERS, "--timeout", "0"), "deadline: give a number of seconds above zero"),
        ((*STICKERS, "--region", "atlantis"), "there is no region 'atlantis'"),
        ((*STICKERS, "--config-file", "nowhere"), "'nowhere' does not exist"),
        ((*STICKERS, "--profile", "berlin"), "there is no profile 'berlin'"),
        ((*STICKERS, "--sandbox", "--client-id", "x"), "leave --client-id out"),
        (("messaging", "get-integrations-line-integration-id", "1", "--all"), "--all"),
        (("messaging", "post-integrations-line"), "there is no body"),
        (("messaging", "post-integrations-line", "--body", "[1]"), "not a JSON object"),
        (("messaging", "post-integrations-line", "--body", "{"), "not JSON: "),
        (("messaging", "post-integrations-line", "--body", "@nowhere"), "nowhere: cannot be read"),
        (("messaging", "post-integrations-line", "--body", '{"channel_id": "1"}'), "'channelId'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_2_wrong_use(
    cli: Cli, sandbox: Sandbox, arguments: tuple[str, ...], complaint: str
) -> None:
    finished = cli(*arguments)
    assert finished.code == ExitCode.WRONG_USE
    assert complaint in finished.error
    assert " --help" in finished.error
    assert sandbox.requests == []


def test_2_wrong_use_from_a_process(sandbox: Sandbox) -> None:
    finished = in_a_process(*STICKERS, "--no-such-option", **account(sandbox))
    assert finished.code == 2
    assert finished.error.endswith(
        "python -m PureCloudPlatformClientV2 messaging get-sticker --help"
    )


def test_2_a_group_without_a_command_explains_itself(cli: Cli) -> None:
    for arguments in ((), ("messaging",)):
        finished = cli(*arguments)
        assert (finished.code, finished.out) == (2, "")
        assert "Commands:\n" in finished.err


def test_3_no_credentials(sandbox: Sandbox) -> None:
    finished = in_a_process(*STICKERS, GENESYSCLOUD_REGION=sandbox.host)
    assert finished.code == ExitCode.NOT_SIGNED_IN
    assert finished.error.startswith("There are no credentials: set GENESYSCLOUD_ACCESS_TOKEN")
    assert sandbox.requests == []


def test_3_credentials_that_the_service_does_not_know(
    cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "hunter2")
    finished = cli(*STICKERS)
    assert finished.code == ExitCode.NOT_SIGNED_IN
    assert "401" in finished.error
    assert "the access token is unknown to this host" in finished.error
    assert "hunter2" not in finished.error
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    monkeypatch.setenv("GENESYSCLOUD_OAUTHCLIENT_SECRET", "hunter2")
    finished = cli(*STICKERS, "--client-id", "nobody")
    assert finished.code == ExitCode.NOT_SIGNED_IN
    assert "/oauth/token was answered" in finished.error


def test_an_oauth_client_signs_in(
    cli: Cli, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    secret = tmp_path / "secret"
    secret.write_text(f"{sandbox.client_secret}\n", encoding="utf-8")
    options = ("--client-id", sandbox.client_id, "--client-secret", f"@{secret}")
    assert cli(*options, *STICKERS, "--query", "total").json == 38


def test_4_not_reached() -> None:
    finished = in_a_process(
        *STICKERS, "--host", unused_url(), "--timeout", "1", GENESYSCLOUD_ACCESS_TOKEN="a"
    )
    assert finished.code == ExitCode.NOT_REACHED
    assert re.search(r"got no answer(, in \d tries)?: ", finished.error)


def test_4_a_page_of_somebody_else(cli: Cli, service: Service) -> None:
    service.answer(200, b"<html>Sign in to the WLAN</html>")
    finished = cli("--host", service.url, *STICKERS)
    assert finished.code == ExitCode.NOT_REACHED


def test_4_too_late(cli: Cli, raw_server: Callable[[Behaviour], RawServer]) -> None:
    host = raw_server(hanging).url
    finished = cli("--host", host, "--timeout", "0.2", *STICKERS)
    assert finished.code == ExitCode.NOT_REACHED


def test_5_outcome_unknown(sandbox: Sandbox) -> None:
    sandbox.faults.add(ResetAfterFault(method="POST"))
    finished = in_a_process(*CREATE, **account(sandbox))
    assert finished.code == ExitCode.OUTCOME_UNKNOWN
    assert finished.error.endswith(
        "it may have been carried out all the same, so look before you send it again. To look: "
        "PureCloudPlatformClientV2 messaging get-integrations-line --all"
    )


def test_5_goes_before_the_response_of_a_gateway(cli: Cli, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(502, method="POST"))
    finished = cli(*CREATE)
    assert finished.code == ExitCode.OUTCOME_UNKNOWN
    assert "502 Bad Gateway" in finished.error
    assert finished.error.count("look before you send it again") == 1


@pytest.mark.parametrize(
    ("identifier", "shown"), [("a 1", "'a 1'"), ("-1", "-- -1")], ids=["quoted", "no option"]
)
def test_5_names_the_command_that_looks_at_one_integration(
    cli: Cli, raw_server: Callable[[Behaviour], RawServer], identifier: str, shown: str
) -> None:
    command = ("put-integrations-line-integration-id", "--name", "A", "--", identifier)
    finished = cli("--host", raw_server(closing).url, "--timeout", "1", "messaging", *command)
    assert finished.code == ExitCode.OUTCOME_UNKNOWN
    assert finished.error.endswith(f"messaging get-integrations-line-integration-id {shown}")


def test_5_names_no_command_where_none_reads_the_same_path() -> None:
    class Api:
        """Nothing can be read."""

        def __init__(self, api_client: ApiClient) -> None:
            self.api_client = api_client

        def post_orders(self) -> None:
            """Order."""
            self.api_client.call_api("/api/v2/orders", "POST")

    failure = ApiException(502, "Bad Gateway", method="POST", url="/", outcome_unknown=True)
    error = CallFailedError(failure, read_endpoint(Api, "post_orders"), {})
    assert error.message.endswith("so look before you send it again.")


def test_a_name_in_the_place_of_an_id_is_answered_by_how_to_find_the_id(
    cli: Cli, sandbox: Sandbox
) -> None:
    host = ("--host", sandbox.host)
    finished = cli(*host, "routing", "get-queue-members", "Sandbox Queue")
    assert finished.code == 1
    hint = "If 'Sandbox Queue' is a name, find the id: "
    _, said, command = finished.error.partition(hint)
    assert said
    words = shlex.split(command)
    assert words[:3] == ["PureCloudPlatformClientV2", "--region", sandbox.host]
    (queue_id,) = cli(*words[1:]).json
    assert cli("routing", "get-queue-members", queue_id).code == 0

    assert "is a name" not in cli("routing", "get-queue", str(UUID(int=1))).error
    assert "is a name" not in cli("users", "get-user", "Ann").error  # no list of them has names


def test_errors_are_json_on_request(cli: Cli, sandbox: Sandbox) -> None:
    sandbox.faults.add(StatusFault(429, retry_after=120))
    finished = cli(*STICKERS, "--error-format", "json")
    error = json.loads(finished.err)["error"]
    assert finished.code == error["exitCode"] == 1
    assert (error["status"], error["retryAfter"], error["outcomeUnknown"]) == (429, 120, False)
    assert error["url"] == f"{sandbox.host}/api/v2/messaging/stickers/line"
    assert error["method"] == "GET"
    assert error["correlationId"]
    finished = cli("--error-format=json", "messaging", "no-such")
    assert json.loads(finished.err)["error"]["exitCode"] == finished.code == 2


@pytest.fixture
def interrupted(raw_server: Callable[[Behaviour], RawServer]) -> Callable[..., Finished]:
    """Runs a command, and presses Ctrl-C when its request has come."""

    def run(*arguments: str) -> Finished:
        started: SimpleQueue[subprocess.Popen[str]] = SimpleQueue()

        def interrupt(connection: socket.socket, _request: bytes) -> None:
            process = started.get(timeout=60)
            # Python drops an interrupt that comes while it cleans up, such as after an import. Who
            # sees nothing happen presses again, and so does this.
            connection.settimeout(15)
            for _ in range(3):
                process.send_signal(signal.SIGINT)
                with suppress(TimeoutError):
                    connection.recv(1)
                    return

        process = subprocess.Popen(
            [*COMMAND, "--host", raw_server(interrupt).url, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment({"GENESYSCLOUD_ACCESS_TOKEN": "a"}),
        )
        started.put(process)
        out, err = process.communicate(timeout=60)
        return Finished(process.returncode, out, err)

    return run


def test_130_ctrl_c_ends_it_quietly(interrupted: Callable[..., Finished]) -> None:
    finished = interrupted(*STICKERS)
    assert finished.code == ExitCode.INTERRUPTED
    assert (finished.out, finished.err.strip()) == ("", "")


def test_130_ctrl_c_during_a_write_says_that_it_may_have_been_carried_out(
    interrupted: Callable[..., Finished],
) -> None:
    finished = interrupted(*CREATE)
    assert finished.code == ExitCode.INTERRUPTED
    assert "POST /api/v2/messaging/integrations/line may have been carried out" in finished.error
    assert "To look: PureCloudPlatformClientV2 --region http://127.0.0.1:" in finished.error
    assert finished.error.endswith("messaging get-integrations-line --all")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no full disk to try")
@pytest.mark.parametrize("form", ["json", "csv", "table"])
def test_74_output_that_cannot_be_written(sandbox: Sandbox, form: str) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        finished = subprocess.run(
            [*COMMAND, *CREATE, "--output", form],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env=environment(account(sandbox)),
        )
    assert finished.returncode == ExitCode.NOT_WRITTEN
    assert finished.stderr == (
        "error: The call is done, but its result cannot be written: No space left on device\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGPIPE, and no such shell")
@pytest.mark.parametrize("arguments", [(*STICKERS, "--all", "--output", "jsonl"), ("--help",)])
def test_141_a_closed_pipe_ends_it_quietly(sandbox: Sandbox, arguments: tuple[str, ...]) -> None:
    with subprocess.Popen(
        [*COMMAND, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(account(sandbox)),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == ExitCode.CLOSED_PIPE


def without(module: str, *arguments: str, **more: str) -> Finished:
    """Run a command where a module is missing."""
    program = (
        f"import sys; sys.modules[{module!r}] = None;"
        "from PureCloudPlatformClientV2.__main__ import main; sys.exit(main())"
    )
    return in_a_process(*arguments, command=(sys.executable, "-c", program), **more)


@pytest.mark.parametrize("name", ["click", "jmespath", "rich"])
def test_without_the_extra_it_says_what_to_install(sandbox: Sandbox, name: str) -> None:
    arguments = (*STICKERS, "--query", "entities", "--output", "table")
    finished = without(name, *arguments, **account(sandbox))
    assert (finished.code, finished.out) == (2, "")
    assert finished.err == (
        f"error: the command line needs {name}, which is not installed. Install this package with "
        "its extra [cli]; in a clone of it: pip install '.[cli]'\n"
    )


def test_a_missing_rich_stops_a_write_before_it_is_sent(sandbox: Sandbox) -> None:
    assert without("rich", *CREATE, "--output", "table", **account(sandbox)).code == 2
    assert sandbox.requests == []


def test_a_missing_module_of_another_kind_is_a_defect() -> None:
    finished = without("PureCloudPlatformClientV2.cli.results", "messaging", "get-sticker", "-h")
    assert finished.code == 1
    assert "ModuleNotFoundError" in finished.err


def test_a_warning_is_one_line(authority: trustme.CA, tmp_path: Path) -> None:
    certificate = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(certificate))
    config = tmp_path / "config"
    config.write_text("[tls]\nverify_ssl = false\n", encoding="utf-8")
    with Sandbox(certificate=certificate) as sandbox:
        finished = in_a_process(
            *("--config-file", str(config), *STICKERS, "--query", "total"),
            command=(sys.executable, "-m", "PureCloudPlatformClientV2"),
            **account(sandbox),
        )
    assert (finished.code, finished.out) == (0, "38\n")
    assert finished.err.startswith("warning: verify_ssl is False: ")
    assert finished.err.count("\n") == 1


def test_a_fresh_sandbox_serves_one_command() -> None:
    finished = in_a_process("--sandbox", *CREATE, "--query", "[name, status]")
    assert finished.json == ["A", "Inactive"]


def test_the_sandbox_needs_its_own_extra() -> None:
    finished = without("flask", "--sandbox", *STICKERS)
    assert finished.code == 2
    assert "install this package with its extra [sandbox]" in finished.error
