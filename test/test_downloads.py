"""Names of files that are downloaded: understood, and such as every system can have."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from service import RawServer, Service, sending

from PureCloudPlatformClientV2 import AbstractHttpClient, ApiClient, ApiException, Configuration
from PureCloudPlatformClientV2.rest import RESTResponse


@pytest.fixture
def download(
    api_client: ApiClient, configuration: Configuration, service: Service, tmp_path: Path
) -> Callable[[bytes], Path]:
    """Downloads a file with a Content-Disposition, and gives where it is."""
    configuration.temp_folder_path = str(tmp_path)

    def call(disposition: bytes) -> Path:
        # A header's bytes are characters of Latin-1 to the standard library, on both sides.
        headers = {"Content-Disposition": disposition.decode("latin-1")}
        service.answer(200, b"content", headers=headers)
        path = Path(api_client.call_api("/x", "GET", response_type="file"))
        assert path.parent.parent == tmp_path
        assert path.read_bytes() == b"content"
        assert list(path.parent.iterdir()) == [path]
        return path

    return call


@pytest.mark.skipif(
    not hasattr(signal, "SIGXFSZ"), reason="only Unix limits how large the files of a process are"
)
@pytest.mark.parametrize("room", [0, 3])
def test_a_file_that_there_is_no_room_for_leaves_nothing_behind(
    service: Service, tmp_path: Path, room: int
) -> None:
    service.answer(200, b"content")
    program = """
import resource, signal, sys
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration
configuration = Configuration(host=sys.argv[1], access_token="t")
configuration.temp_folder_path = sys.argv[2]
client = ApiClient(configuration=configuration)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    client.call_api("/x", "GET", response_type="file")
except ApiException as error:
    sys.stderr.write(str(error))
"""
    ran = subprocess.run(
        [sys.executable, "-B", "-c", program, service.url, str(tmp_path), str(room)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=True,
    )
    assert "File too large" in ran.stderr
    assert str(tmp_path) in ran.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="needs signals and pipes of Unix")
@pytest.mark.parametrize("kind", [TimeoutError, OSError, KeyError, KeyboardInterrupt, SystemExit])
def test_what_a_signal_handler_raises_while_a_file_is_saved_comes_out_untouched(
    api_client: ApiClient,
    configuration: Configuration,
    service: Service,
    tmp_path: Path,
    kind: type[BaseException],
) -> None:
    configuration.temp_folder_path = str(tmp_path)
    raised = kind("the job has taken too long")

    def interrupt(_number: int, _frame: Any) -> None:
        raise raised

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if armed and event == "open" and str(arguments[0]).startswith(str(tmp_path)):
            armed.clear()
            signal.raise_signal(signal.SIGUSR1)

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it has fired
    service.answer(200, b"content")
    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        with pytest.raises(kind) as caught:
            api_client.call_api("/x", "GET", response_type="file")
    finally:
        armed.clear()
        signal.signal(signal.SIGUSR1, before)
    assert caught.value is raised
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_taken_away_while_a_file_is_saved_is_named(
    api_client: ApiClient, configuration: Configuration, service: Service, tmp_path: Path
) -> None:
    configuration.temp_folder_path = str(tmp_path)

    def audit(event: str, arguments: tuple[Any, ...]) -> None:
        if armed and event == "open" and str(arguments[0]).startswith(str(tmp_path)):
            armed.clear()
            folders.extend(tmp_path.iterdir())
            folders[0].rmdir()

    armed, folders = [True], list[Path]()
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it has fired
    service.answer(200, b"content")
    with pytest.raises(ApiException) as caught:
        api_client.call_api("/x", "GET", response_type="file")
    [folder] = folders
    error = caught.value.__cause__
    assert isinstance(error, FileNotFoundError)
    assert (error.strerror, error.filename) == ("No such file or directory", str(folder))
    assert str(folder) in str(caught.value)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("report 10:30?.csv", "report 10_30_.csv"),
        ("a<b>|c*.txt", "a_b__c_.txt"),
        ("???", "___"),
        ('quo\\"ted.txt', "quo_ted.txt"),
        ("C:report.txt", "C_report.txt"),
        ("file.txt:stream", "file.txt_stream"),
        ("tab\there.txt", "tabhere.txt"),
        ("bell\x07\x7f\x1b.txt", "bell.txt"),
        ("dots...", "dots"),
        ("blank ", "blank"),
        ("both. . ", "both"),
        ("  leading", "leading"),
        (".hidden", "hidden"),
        ("semi;colon.txt", "semi;colon.txt"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("Nul.tar.gz", "_Nul.tar.gz"),
        ("prn .txt", "_prn .txt"),
        ("com1", "_com1"),
        ("LPT9.log", "_LPT9.log"),
        ("conin$", "_conin$"),
        ("CON.", "_CON"),
        ("folder/CON", "_CON"),
        ("console.txt", "console.txt"),
        ("com10.txt", "com10.txt"),
        ("auxiliary", "auxiliary"),
        ("..", "download"),
        (". . .", "download"),
        ("a/..", "download"),
        ("..\\\\..\\\\boot.ini", "boot.ini"),
        ("/etc/passwd", "passwd"),
        ("\\\\\\\\server\\\\share\\\\a.txt", "a.txt"),
        ("", "download"),
        ("\x01\x02", "download"),
    ],
)
def test_a_name_is_one_that_every_system_can_have(
    download: Callable[[bytes], Path], said: str, name: str
) -> None:
    assert download(f'attachment; filename="{said}"'.encode()).name == name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="büro.pdf"'.encode(), "büro.pdf"),
        ('attachment; filename="日本 №1.pdf"'.encode(), "日本 №1.pdf"),
        ("attachment; filename=büro.pdf".encode(), "büro.pdf"),
        ('attachment; filename="büro.pdf"'.encode("latin-1"), "büro.pdf"),
        (b"attachment; filename*=UTF-8''b%C3%BCro.pdf", "büro.pdf"),
        (b"attachment; filename*=utf-8'de'b%C3%BCro.pdf", "büro.pdf"),
        (b"attachment; filename*=ISO-8859-1''b%FCro.pdf", "büro.pdf"),
        (b"attachment; filename=\"buro.pdf\"; filename*=UTF-8''b%C3%BCro.pdf", "büro.pdf"),
        (b"attachment; filename*=UTF-8''b%C3%BCro.pdf; filename=\"buro.pdf\"", "büro.pdf"),
        (b"attachment; filename=a.txt; filename*=UTF-8''", "a.txt"),
        (b"attachment; filename*=UTF-8''; filename=\"a.txt\"", "a.txt"),
        (b"attachment; filename*=UTF-8''", "download"),
        (b'attachment; FileName="a.txt"', "a.txt"),
        (b'inline; size=3; filename="a.txt"', "a.txt"),
        (b'attachment; filename*0="a"; filename*1="b.txt"', "ab.txt"),
        (b"attachment; filename*=UTF-8''a%2F..%2Fcon.txt", "_con.txt"),
        (b"attachment; filename*=UTF-8''%E2%80%AEfdp.exe", "fdp.exe"),
        (b"attachment; filename*=UTF-8''a%0D%0Ab", "ab"),
        (b"attachment; filename*=no-such-charset''a.txt", "a.txt"),
        (b"attachment; filename", "download"),
        (b"attachment; name=a.txt", "download"),
        (b";;;=", "download"),
    ],
)
def test_a_name_is_understood(
    download: Callable[[bytes], Path], disposition: bytes, name: str
) -> None:
    assert download(disposition).name == name


@pytest.mark.parametrize("letter", ["x", "ü", "日", "😀"])
def test_a_long_name_keeps_its_end(download: Callable[[bytes], Path], letter: str) -> None:
    name = download(f'attachment; filename="{letter * 300}.tar.gz"'.encode()).name
    assert name.endswith(f"{letter}.tar.gz")
    assert len(name.encode()) <= 255


def test_a_long_name_is_no_device_after_all(download: Callable[[bytes], Path]) -> None:
    end = "con." + "x" * 56
    assert download(f'attachment; filename="{"y" * 100}{end}"'.encode()).name == f"_{end}"


def test_a_header_as_it_stands_on_the_wire(
    raw_server: Callable[..., RawServer], tmp_path: Path
) -> None:
    server = raw_server(
        sending(
            b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n"
            + 'Content-Disposition: attachment; filename="Übersicht: März?.csv"\r\n\r\nx'.encode()
        )
    )
    configuration = Configuration(host=server.url, access_token="t")
    configuration.temp_folder_path = str(tmp_path)
    with ApiClient(configuration=configuration) as client:
        path = client.call_api("/x", "GET", response_type="file")
    assert Path(path).name == "Übersicht_ März_.csv"


def test_an_http_client_of_ones_own_may_have_decoded_the_header(
    api_client: ApiClient, configuration: Configuration, tmp_path: Path
) -> None:
    class Own(AbstractHttpClient):
        def request(self, http_request_options: Any) -> RESTResponse:
            headers = {"Content-Disposition": 'attachment; filename="日本.pdf"'}
            return RESTResponse(200, "OK", headers, b"x")

    configuration.temp_folder_path = str(tmp_path)
    api_client.set_http_client(Own())
    assert Path(api_client.call_api("/x", "GET", response_type="file")).name == "日本.pdf"
