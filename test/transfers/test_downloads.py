"""A download ends with the whole file or with what there was before, and says what went wrong."""

from __future__ import annotations

import base64
import errno
import gzip
import hashlib
import io
import os
import stat
import sys
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from service import RawServer, Service, sending

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    Configuration,
)
from PureCloudPlatformClientV2.rest import RESTResponse

from .storage import Told, client_of, names

CONTENT = bytes(range(256)) * 1000
MD5 = base64.b64encode(hashlib.md5(CONTENT).digest()).decode()

Serve = Callable[[Any], RawServer]


# Where it goes


def test_a_path_has_the_whole_file_in_the_end(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    service.answer(200, CONTENT)
    path = api_client.download("/api/v2/x", str(tmp_path / "a.bin"))
    assert path == tmp_path / "a.bin"
    assert path.read_bytes() == CONTENT
    assert names(tmp_path) == ["a.bin"]
    request = service.requests[-1]
    assert (request.method, request.headers["Authorization"]) == ("GET", "Bearer the-token")
    assert request.headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    ("disposition", "target", "name"),
    [
        ('attachment; filename="../../a b.csv"', "/x/y", "a b.csv"),
        ("attachment", "/x/r%20s.wav?X-Amz-Signature=abc", "r s.wav"),
        ("", "/x/..%2f..%2fetc%2fpasswd", "passwd"),
        ("", "/", "download"),
    ],
)
def test_in_a_folder_a_file_has_the_name_that_the_service_says(
    api_client: ApiClient,
    service: Service,
    tmp_path: Path,
    disposition: str,
    target: str,
    name: str,
) -> None:
    service.answer(200, b"content", headers={"Content-Disposition": disposition})
    assert api_client.download(service.url + target, tmp_path) == tmp_path / name
    assert names(tmp_path) == [name]


def test_in_a_folder_no_file_is_replaced_unless_one_says_so(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "main.py").write_text("mine")
    headers = {"Content-Disposition": 'attachment; filename="main.py"'}
    service.answer(200, b"theirs", headers=headers)
    told = Told()
    with pytest.raises(ApiException, match=r"there is a file .*main.py' already; see overwrite"):
        api_client.download("/x", tmp_path, progress=told)
    assert told.pairs == []  # before all of it has come in vain
    assert (names(tmp_path), (tmp_path / "main.py").read_text()) == (["main.py"], "mine")

    service.answer(200, b"theirs", headers=headers)
    api_client.download("/x", tmp_path, overwrite=True)
    assert (names(tmp_path), (tmp_path / "main.py").read_text()) == (["main.py"], "theirs")


def test_a_file_that_comes_meanwhile_is_not_replaced(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    def somebody_writes(_done: int, _total: int | None) -> None:
        (tmp_path / "a").write_text("mine")

    for to, options in [(tmp_path, {}), (tmp_path / "a", {"overwrite": False})]:
        service.answer(200, b"theirs", headers={"Content-Disposition": "attachment; filename=a"})
        download: Any = api_client.download
        with pytest.raises(ApiException, match="already; see overwrite"):
            download("/x", to, progress=somebody_writes, **options)
        assert (names(tmp_path), (tmp_path / "a").read_text()) == (["a"], "mine")
        (tmp_path / "a").unlink()


def test_a_file_that_is_replaced_keeps_its_permissions_and_its_links(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "old").write_text("old")
    (tmp_path / "old").chmod(0o600)
    (tmp_path / "link").symlink_to(tmp_path / "old")
    service.answer(200, b"new")
    assert api_client.download("/x", tmp_path / "link") == tmp_path / "old"
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "old").read_bytes() == b"new"
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("mode", "meanwhile"), [(0o600, 0o600), (0o440, 0o640)])
@pytest.mark.parametrize("to", ["old", "."], ids=["file", "folder"])
def test_nobody_else_reads_a_file_while_it_comes_who_could_not_before(
    api_client: ApiClient, service: Service, tmp_path: Path, to: str, mode: int, meanwhile: int
) -> None:
    old, modes = tmp_path / "old", set[int]()
    old.touch()
    old.chmod(mode)

    def look(_done: int, _total: int | None) -> None:
        modes.update(stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir() if one != old)

    service.answer(200, CONTENT, headers={"Content-Disposition": "attachment; filename=old"})
    api_client.download("/x", tmp_path / to, overwrite=True, progress=look)
    assert (old.read_bytes(), names(tmp_path)) == (CONTENT, ["old"])
    assert (modes, stat.S_IMODE(old.stat().st_mode)) == ({meanwhile}, mode)


def test_an_open_file_is_written_from_where_it_stands_and_stays_open(
    api_client: ApiClient, service: Service
) -> None:
    service.answer(200, CONTENT)
    file = io.BytesIO(b"begin:")
    file.seek(6)
    api_client.download("/x", file)
    assert file.getvalue() == b"begin:" + CONTENT


def test_an_unbuffered_pipe_takes_what_it_can(api_client: ApiClient, service: Service) -> None:
    service.answer(200, b"content")
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as out, os.fdopen(writing, "wb", buffering=0) as file:
        api_client.download("/x", file)
        file.close()
        assert out.read() == b"content"


def test_a_file_that_buffers_has_all_of_it_when_the_call_returns(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    service.answer(200, b"content")
    with (tmp_path / "a").open("wb") as file:
        api_client.download("/x", file)
        assert (tmp_path / "a").read_bytes() == b"content"


def test_whatever_writes_bytes_will_do(api_client: ApiClient, service: Service) -> None:
    class Writer:
        written = b""

        def write(self, piece: bytes) -> None:
            assert len(self.written) < len(CONTENT)
            self.written += piece

    service.answer(200, CONTENT)
    writer: Any = Writer()
    api_client.download("/x", writer)
    assert writer.written == CONTENT


def test_where_files_have_no_second_name_none_is_replaced_either(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if armed and name == "os.link" and str(arguments[0]).startswith(str(tmp_path)):
            if content is not None:
                (tmp_path / "a").write_bytes(content)
            raise PermissionError(errno.EPERM, "Operation not permitted")

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it is not armed
    headers = {"Content-Disposition": "attachment; filename=a"}
    try:
        for content, found in [(b"mine", b"mine"), (None, b"theirs")]:
            service.answer(200, b"theirs", headers=headers)
            outcome = pytest.raises(ApiException, match="already") if content else nullcontext()
            with outcome:
                api_client.download("/x", tmp_path)
            assert (names(tmp_path), (tmp_path / "a").read_bytes()) == (["a"], found)
            (tmp_path / "a").unlink()
    finally:
        armed.clear()


def test_wrong_places_are_refused_before_anything_is_sent(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    (tmp_path / "there").write_text("mine")
    download: Any = api_client.download
    wrong: list[tuple[Any, dict[str, Any], str]] = [
        (tmp_path / "no" / "a", {}, "to: there is no folder"),
        (tmp_path, {"resume": True}, "resume: give the path of the file itself as to"),
        (tmp_path / "there", {"overwrite": False}, "to: there is a file"),
        ("/dev/null", {}, "to: '/dev/null' is a device"),
        (tmp_path / ("n" * 300), {"resume": True}, "to: .*too long"),
        (io.BytesIO(), {"resume": True}, "resume: an open file"),
        (tmp_path / "a", {"checksum": "sha256:123"}, "checksum: give the name of a digest"),
        (tmp_path / "a", {"checksum": "sha256"}, "checksum: give the name of a digest"),
        (tmp_path / "a", {"checksum": 256}, "checksum: give the name of a digest"),
        (tmp_path / "a", {"checksum": f"md5:*{MD5}"}, "checksum: give the name of a digest"),
        (tmp_path / "a", {"checksum": "crc:12345678"}, "known are md5, sha1, sha256, sha512"),
        (tmp_path / "a", {"max_bytes": -1}, "max_bytes: give a whole number"),
        (tmp_path / "a", {"_deadline": 0}, "deadline: give a number of seconds"),
        (tmp_path / "a", {"_headers": {"range": "bytes=1-"}}, "_headers: leave range out"),
        ("", {}, "to: give a path"),
    ]
    for to, options, complaint in wrong:
        with pytest.raises(ValueError, match=complaint):
            download("/x", to, **options)
    unlike: list[tuple[Any, dict[str, Any], str]] = [
        (io.StringIO(), {}, "to: give a path, or a file .*, not a StringIO$"),
        (7, {}, "to: give a path, or a file .*, not a int$"),
        (tmp_path / "a", {"progress": 7}, "progress: give a function"),
    ]
    for to, options, complaint in unlike:
        with pytest.raises(TypeError, match=complaint):
            download("/x", to, **options)
    with pytest.raises(TypeError, match=r"url_or_path: give a path or .*, not a .*int"):
        download(7, tmp_path / "a")
    assert service.requests == []
    assert names(tmp_path) == ["there"]


# What is checked


def test_progress_counts_to_the_end(api_client: ApiClient, service: Service) -> None:
    service.answer(200, CONTENT)
    told = Told()
    api_client.download("/x", io.BytesIO(), progress=told)
    assert told.pairs[0] == (0, len(CONTENT))
    assert told.pairs[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told.pairs] == sorted(done for done, _ in told.pairs)


def test_what_progress_raises_comes_out_untouched_and_leaves_nothing(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    for raised in (OSError("mine"), ValueError("mine"), KeyboardInterrupt()):
        service.answer(200, CONTENT)

        def progress(_done: int, _total: int | None, raised: BaseException = raised) -> None:
            raise raised

        with pytest.raises(type(raised)) as caught:
            api_client.download("/x", tmp_path / "a", progress=progress)
        assert caught.value is raised
        assert names(tmp_path) == []


def digest(name: str, content: bytes) -> str:
    return base64.b64encode(hashlib.new(name, content).digest()).decode()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-MD5", "{md5}"),
        ("Digest", "MD5=1B2M2Y8AsgTpgAmY7PhCfg==,SHA-256={sha256}"),
        ("Repr-Digest", "sha-512=:{sha512}:, unixsum=:MA==:"),
        ("Content-Digest", "sha-256=:{sha256}:"),
        ("x-amz-checksum-sha256", "{sha256}"),
        ("x-amz-checksum-sha1", "{sha1}"),
    ],
)
def test_a_digest_of_the_service_is_checked(
    api_client: ApiClient, service: Service, tmp_path: Path, header: str, value: str
) -> None:
    algorithms = ("md5", "sha1", "sha256", "sha512")
    headers = {header: value.format(**{name: digest(name, b"content") for name in algorithms})}
    service.answer(200, b"content", headers=headers)
    api_client.download("/x", tmp_path / "a")
    service.answer(200, b"CONTENT", headers=headers)
    with pytest.raises(
        ApiException, match=r"the body cannot be used: its .* is .*, and "
    ) as caught:
        api_client.download("/x", tmp_path / "b")
    assert caught.value.status == 200
    assert header.startswith(str(caught.value).rpartition(" by ")[2])
    assert names(tmp_path) == ["a"]


def test_what_is_no_digest_of_the_file_is_passed_over(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    for header in [
        ("ETag", '"0123456789abcdef0123456789abcdef"'),
        ("Content-MD5", "nonsense"),
        ("Repr-Digest", "sha-256"),
        ("Digest", "sha-256=,,="),
    ]:
        service.answer(200, b"content", headers=dict([header]))
        api_client.download("/x", tmp_path / "a")
    composite = {"x-amz-checksum-type": "COMPOSITE", "x-amz-checksum-sha256": digest("sha256", b"")}
    service.answer(200, b"content", headers=composite)
    api_client.download("/x", tmp_path / "a")


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512", "SHA-256"])
def test_a_digest_of_the_caller_is_checked(
    api_client: ApiClient, service: Service, tmp_path: Path, name: str
) -> None:
    right = hashlib.new(name.lower().replace("-2", "2"), b"content")
    for value in (right.hexdigest(), base64.b64encode(right.digest()).decode()):
        service.answer(200, b"content")
        api_client.download("/x", tmp_path / "a", checksum=f"{name}:{value}")
        service.answer(200, b"CONTENT")
        with pytest.raises(ApiException, match=f"and {right.hexdigest()} by checksum"):
            api_client.download("/x", tmp_path / "b", checksum=f"{name}:{value}")
    assert names(tmp_path) == ["a"]


def test_a_size_may_have_a_limit(
    api_client: ApiClient, service: Service, raw_server: Serve, tmp_path: Path
) -> None:
    service.answer(200, b"content")
    api_client.download("/x", tmp_path / "a", max_bytes=7)
    service.answer(200, b"content")
    with pytest.raises(ApiException, match="larger than max_bytes, 6"):
        api_client.download("/x", tmp_path / "b", max_bytes=6)
    endless = raw_server(sending(b"HTTP/1.1 200 OK\r\n\r\n" + CONTENT))
    with client_of(endless) as client, pytest.raises(ApiException, match="max_bytes, 100000"):
        client.download("/x", tmp_path / "b", max_bytes=100_000)
    assert names(tmp_path) == ["a"]


def test_max_response_bytes_is_not_for_files(
    api_client: ApiClient, configuration: Configuration, service: Service, tmp_path: Path
) -> None:
    configuration.max_response_bytes = 10
    service.answer(200, CONTENT)
    assert api_client.download("/x", tmp_path / "a").stat().st_size == len(CONTENT)


@pytest.mark.parametrize(
    ("coding", "encoded"),
    [
        ("gzip", gzip.compress(CONTENT)),
        ("gzip", gzip.compress(CONTENT[:1000]) + gzip.compress(CONTENT[1000:])),
        ("x-gzip", gzip.compress(CONTENT)),
        ("deflate", zlib.compress(CONTENT)),
    ],
)
def test_what_is_encoded_all_the_same_is_decoded(
    api_client: ApiClient, service: Service, tmp_path: Path, coding: str, encoded: bytes
) -> None:
    headers = {"Content-Encoding": coding, "Content-MD5": digest("md5", encoded), "ETag": '"1"'}
    service.answer(200, encoded, headers=headers)
    checksum = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"
    told = Told()
    path = api_client.download("/x", tmp_path / "a", checksum=checksum, progress=told)
    assert path.read_bytes() == CONTENT
    assert told.pairs[-1] == (len(encoded), len(encoded))


@pytest.mark.parametrize(
    ("coding", "body", "complaint"),
    [
        ("gzip", gzip.compress(CONTENT)[:-20], "it ends before its encoding does"),
        ("gzip", b"no gzip at all", "Error -3"),
        ("br", b"content", "it is encoded as 'br'"),
    ],
)
def test_what_cannot_be_decoded_is_an_error(
    api_client: ApiClient,
    service: Service,
    tmp_path: Path,
    coding: str,
    body: bytes,
    complaint: str,
) -> None:
    service.answer(200, body, headers={"Content-Encoding": coding})
    with pytest.raises(ApiException, match=complaint):
        api_client.download("/x", tmp_path / "a")
    assert names(tmp_path) == []


def test_zeros_that_fill_the_disk_are_cut_off_at_the_limit(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    bomb = gzip.compress(bytes(30_000_000))
    service.answer(200, bomb, headers={"Content-Encoding": "gzip"})
    with pytest.raises(ApiException, match="max_bytes, 1000000"):
        api_client.download("/x", tmp_path / "a", max_bytes=1_000_000)
    service.answer(200, bomb, headers={"Content-Encoding": "gzip"})
    assert api_client.download("/x", tmp_path / "a").stat().st_size == 30_000_000


def test_an_http_client_of_ones_own_brings_the_whole_file(
    api_client: ApiClient, tmp_path: Path
) -> None:
    class Own(AbstractHttpClient):
        def request(self, http_request_options: Any) -> RESTResponse:
            headers = {
                "content-disposition": 'attachment; filename="a.csv"',
                "content-encoding": "gzip",
                "content-md5": digest("md5", b"something compressed"),
            }
            return RESTResponse(200, "OK", headers, b"content")

    api_client.set_http_client(Own())
    right = f"sha256:{hashlib.sha256(b'content').hexdigest()}"
    assert api_client.download("/x", tmp_path, checksum=right).read_bytes() == b"content"
    with pytest.raises(ApiException, match="by checksum"):
        api_client.download("/x", tmp_path / "b", checksum=f"md5:{'0' * 32}")
    assert names(tmp_path) == ["a.csv"]
