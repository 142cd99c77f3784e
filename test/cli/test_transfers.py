"""Files from a shell: where they go, what is printed, and what the exit code says."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import Behaviour, RawServer, Service, closing, hanging

from PureCloudPlatformClientV2.cli.program import run

from .shell import COMMAND, Cli, Finished, environment
from .test_terminal import Terminal

CONTENT = bytes(200_000)


@pytest.fixture
def here(
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Cli:
    """Runs a command in an empty folder, with an account at ``service``."""
    monkeypatch.setenv("GENESYSCLOUD_REGION", service.url)
    monkeypatch.setenv("GENESYSCLOUD_ACCESS_TOKEN", "the-token")
    monkeypatch.chdir(tmp_path)

    def run_here(*arguments: str) -> Finished:
        code = run(arguments)
        printed = capsys.readouterr()
        return Finished(code, printed.out, printed.err)

    return run_here


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_download_goes_into_the_present_folder(
    here: Cli, service: Service, tmp_path: Path
) -> None:
    service.answer(200, CONTENT, headers={"Content-Disposition": "attachment; filename=a.csv"})
    assert here("download", "/api/v2/downloads/1") == (0, f"{tmp_path / 'a.csv'}\n", "")
    assert (tmp_path / "a.csv").read_bytes() == CONTENT


def test_a_download_goes_where_it_is_sent(here: Cli, service: Service, tmp_path: Path) -> None:
    service.answer_always(200, b"content")
    right = "sha256:ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73"
    options = ("--checksum", right, "--resume", "--to", "b")
    assert here("download", f"{service.url}/a", *options).out == f"{tmp_path / 'b'}\n"
    assert here("download", "/a", "--to", "-").out == "content"
    again = here("download", "/a", "--to", "b", "--no-overwrite")
    assert again.code == 2
    assert again.error.startswith("to: there is a file")
    assert names(tmp_path) == ["b"]


def test_a_signed_url_may_come_from_a_file_and_needs_no_account(
    here: Cli, service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    url = f"{service.url}/a.wav?Signature=1"
    service.answer_always(200, b"content")
    for text in (f"{url}\n", json.dumps(url)):
        (tmp_path / "url").write_text(text)
        assert here("download", "@url", "--to", "x") == (0, f"{tmp_path / 'x'}\n", "")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(url.encode())))
    assert here("download", "@-").out == f"{tmp_path / 'a.wav'}\n"
    assert service.requests[-1].headers["Authorization"] is None


def test_an_upload_takes_what_the_platform_has_answered(
    here: Cli, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "a.wav").write_bytes(CONTENT)
    answer = {"url": f"{service.url}/k?Signature=1", "headers": {"x-amz-a": "b"}, "uploadKey": "k"}
    (tmp_path / "answer.json").write_text(json.dumps(answer))
    service.answer(200)
    assert here("upload", "a.wav", "@answer.json") == (0, "", "")
    request = service.requests[-1]
    assert (request.method, request.body, request.headers["x-amz-a"]) == ("PUT", CONTENT, "b")


def test_an_upload_to_the_platform_prints_its_answer(
    here: Cli, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_bytes(b"a,b")
    service.answer_always(200, {"correlationId": "c"})
    fields = ("--field", "id=1=2", "--field", "id=3", "--field", "fileType=contactlist")
    assert here("upload", "a.csv", "/uploads/v2/contactlist", *fields).json == {
        "correlationId": "c"
    }
    assert b'name="id"\r\n\r\n1=2\r\n' in service.requests[-1].body
    assert b'name="id"\r\n\r\n3\r\n' in service.requests[-1].body
    assert here("upload", "a.csv", "/x", "--query", "correlationId").json == "c"
    service.answer(200, b"thanks")
    assert here("upload", "a.csv", "/x", "--method", "PUT").json == "thanks"


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (("download", "x"), 2, "url_or_path: give a path that begins with a slash"),
        (("download", "http://storage.example/x"), 2, "must be reached over https"),
        (("download", "@no"), 2, "no: cannot be read"),
        (("download", "@answer"), 2, "that is JSON, but no text with a URL"),
        (("upload", "no", "/x"), 2, "file: no: No such file"),
        (("upload", "answer", "/x", "--field", "a"), 2, "--field 'a': give NAME=VALUE"),
        (("download", "/x", "--checksum", "7"), 2, "checksum: give the name"),
        (("download", "/x", "--resume"), 2, "--resume: give the path of the file itself with --to"),
    ],
)
def test_wrong_use_is_said_and_nothing_is_sent(
    here: Cli, service: Service, tmp_path: Path, arguments: Any, code: int, complaint: str
) -> None:
    (tmp_path / "answer").write_text("{}")
    finished = here(*arguments)
    assert finished.code == code
    assert complaint in finished.error
    assert service.requests == []


def test_without_an_account_a_path_is_code_3(here: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GENESYSCLOUD_ACCESS_TOKEN")
    assert here("download", "/x").code == 3


def test_refusals_have_their_codes(
    here: Cli, service: Service, raw_server: Callable[..., RawServer], tmp_path: Path
) -> None:
    service.answer(404, {"message": "no such download"})
    assert here("download", "/x").code == 1
    service.answer(401)
    assert here("download", "/x").code == 3
    service.answer(200, b"content")
    assert here("download", "/x", "--checksum", f"md5:{'0' * 32}").code == 4
    (tmp_path / "a").write_bytes(b"a")
    closed = raw_server(closing)
    finished = here("upload", "a", "/x", "--region", closed.url, "--error-format", "json")
    assert (finished.code, json.loads(finished.err)["error"]["outcomeUnknown"]) == (5, True)
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(
    not hasattr(signal, "SIGXFSZ"), reason="only Unix limits how large the files of a process are"
)
def test_a_full_disk_is_code_74(service: Service, tmp_path: Path) -> None:
    service.answer(200, CONTENT)
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "t"}
    limited = (
        "import resource, signal, sys\n"
        "from PureCloudPlatformClientV2.cli.program import run\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
        "sys.exit(run(['download', '/x', '--to', sys.argv[1]]))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-B", "-c", limited, str(tmp_path / "a")],
        env=environment(account),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (74, "")
    assert ran.stderr == "error: The file cannot be written: File too large\n"
    assert names(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs pipes of Unix")
def test_whoever_reads_may_go(service: Service, tmp_path: Path) -> None:
    service.answer(200, bytes(10_000_000))
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "t"}
    command = [*COMMAND, "download", "/x", "--to", "-"]
    with subprocess.Popen(
        command, env=environment(account), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert (process.wait(60), process.stderr.read()) == (141, b"")


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows sends Ctrl-C to all processes of a console, not to one"
)
@pytest.mark.parametrize(
    ("options", "said"),
    [(["--resume"], "error: Interrupted: run the same command again to go on.\n"), ([], "")],
)
def test_a_download_that_is_interrupted_says_how_to_go_on(
    raw_server: Callable[[Behaviour], RawServer], tmp_path: Path, options: list[str], said: str
) -> None:
    def begin(connection: socket.socket, _request: bytes) -> None:
        head = b'HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\nETag: "1"\r\n\r\n'
        connection.sendall(head + bytes(4_000_000))
        # What has been sent is not yet received: the part of the file has to be there first.
        give_up = time.monotonic() + 30
        while not any(part.stat().st_size for part in tmp_path.glob("*.part")):
            assert time.monotonic() < give_up, "nothing was written"
            time.sleep(0.001)
        process.send_signal(signal.SIGINT)
        hanging(connection, _request)

    account = {"GENESYSCLOUD_REGION": raw_server(begin).url, "GENESYSCLOUD_ACCESS_TOKEN": "t"}
    with subprocess.Popen(
        [*COMMAND, "download", "/x", "--to", str(tmp_path / "a"), *options],
        env=environment(account),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.lstrip()) == (130, "", said)
    assert ("a.part" in names(tmp_path)) == bool(options)


def test_a_dry_run_shows_the_request(here: Cli, service: Service, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    shown = here("download", f"{service.url}/x?Signature=secret", "--dry-run").json
    assert (shown["method"], shown["url"]) == ("GET", f"{service.url}/x?Signature=***")
    shown = here("upload", "a", "/x", "--dry-run").json
    assert shown["method"] == "POST"
    assert shown["headers"]["Content-Type"].startswith("multipart/form-data")
    assert service.requests == []
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(sys.platform != "linux", reason="pseudo-terminals are Linux's here")
def test_a_terminal_sees_a_bar(service: Service, tmp_path: Path) -> None:
    service.answer(200, CONTENT)
    account = {"GENESYSCLOUD_REGION": service.url, "GENESYSCLOUD_ACCESS_TOKEN": "t"}
    terminal = Terminal(account, "download", "/x", "--to", str(tmp_path / "a"))
    code, screen = terminal.finish()
    assert code == 0
    assert "Downloading" in screen
    assert (tmp_path / "a").read_bytes() == CONTENT
