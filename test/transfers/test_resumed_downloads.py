"""A download goes on where it broke off if that is the same file for sure, else it begins anew."""

from __future__ import annotations

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import RawServer, Service, sending

from PureCloudPlatformClientV2 import ApiException, ForbiddenException

from .storage import Fault, Headers, Storage, Told, client_of, names

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]  # on Windows

CONTENT = hashlib.shake_128(b"content").digest(300_000)
CHECKSUM = f"sha256:{hashlib.sha256(CONTENT).hexdigest()}"

Serve = Callable[[Any], RawServer]


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    """Let nobody wait for the next try."""
    monkeypatch.setattr("random.random", lambda: 0.0)


@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=3))
@settings(max_examples=40)
def test_wherever_it_breaks_off_the_file_is_the_same(cuts: list[int]) -> None:
    storage = Storage(CONTENT, faults=[Fault(cut=cut) for cut in cuts])
    file, told = io.BytesIO(), Told()
    with RawServer(storage) as server, client_of(server, retries=3) as client:
        client.download("/x", file, checksum=CHECKSUM, progress=told)
    assert file.getvalue() == CONTENT
    assert told.pairs[-1] == (len(CONTENT), len(CONTENT))
    starts = [int(one[6:-1]) for one in storage.starts() if one]
    assert starts == sorted(starts)


@given(
    cuts=st.lists(st.integers(0, len(CONTENT)), max_size=3),
    etag=st.sampled_from([None, 'W/"1"', '"1', '"1" "2"']),
)
@settings(max_examples=20)
def test_without_a_version_it_begins_anew(cuts: list[int], etag: str | None) -> None:
    storage = Storage(CONTENT, etag=etag, faults=[Fault(cut=cut) for cut in cuts])
    file = io.BytesIO(b"x")
    file.seek(1)
    with RawServer(storage) as server, client_of(server, retries=3) as client:
        client.download("/x", file, checksum=CHECKSUM)
    assert file.getvalue() == b"x" + CONTENT
    assert set(storage.starts()) == {None}


def test_the_rest_is_asked_for_with_the_version(raw_server: Serve, tmp_path: Path) -> None:
    storage = Storage(CONTENT, faults=[Fault(cut=200_000), Fault(status=503)])
    with client_of(raw_server(storage), retries=3) as client:
        path = client.download("/x", tmp_path / "a", checksum=CHECKSUM)
    assert path.read_bytes() == CONTENT
    first, second, third = storage.asked
    assert "range" not in first
    assert "if-range" not in first
    assert second["range"] == third["range"] != "bytes=0-"
    assert second["if-range"] == '"v1"'
    assert names(tmp_path) == ["a"]


def test_a_file_that_changes_meanwhile_begins_anew(raw_server: Serve, tmp_path: Path) -> None:
    storage = Storage(b"old" * 100_000, faults=[Fault(cut=200_000)])

    def change() -> None:
        storage.content, storage.etag = CONTENT, '"v2"'

    storage.then = change
    with client_of(raw_server(storage), retries=1) as client:
        path = client.download("/x", tmp_path / "a", checksum=CHECKSUM)
    assert path.read_bytes() == CONTENT


def test_a_server_without_ranges_begins_anew(raw_server: Serve, tmp_path: Path) -> None:
    storage = Storage(CONTENT, ranges=False, faults=[Fault(cut=200_000)])
    with client_of(raw_server(storage), retries=1) as client:
        assert client.download("/x", tmp_path / "a", checksum=CHECKSUM).read_bytes() == CONTENT


def changed(name: str, value: str | None) -> Callable[[Headers], Headers]:
    def change(headers: Headers) -> Headers:
        others = {key: one for key, one in headers.items() if key != name}
        return others if value is None else {**others, name: value}

    return change


@pytest.mark.parametrize(
    "change",
    [
        changed("Content-Range", "bytes 0-99/300000"),
        changed("Content-Range", "bytes 196608-299999/300001"),
        changed("Content-Range", "nonsense"),
        changed("Content-Range", None),
        changed("ETag", '"v2"'),
        changed("ETag", None),
    ],
)
def test_another_part_than_was_asked_for_is_not_taken(
    raw_server: Serve, tmp_path: Path, change: Callable[[Headers], Headers]
) -> None:
    storage = Storage(CONTENT, faults=[Fault(cut=200_000), Fault(change=change)])
    with client_of(raw_server(storage), retries=2) as client:
        path = client.download("/x", tmp_path / "a", checksum=CHECKSUM)
    assert path.read_bytes() == CONTENT
    assert storage.starts()[2] is None

    storage.faults = [Fault(cut=200_000), Fault(change=change)]
    with (
        client_of(raw_server(storage), retries=1) as client,
        pytest.raises(ApiException, match="another part came than was asked for"),
    ):
        client.download("/x", tmp_path / "b")
    assert names(tmp_path) == ["a"]


def test_a_part_of_the_part_is_followed_by_another_request(
    raw_server: Serve, tmp_path: Path
) -> None:
    def behave(connection: Any, request: bytes) -> None:
        start = int(request.partition(b"bytes=")[2].partition(b"-")[0] or 0)
        end = min(start + 100_000, len(CONTENT))
        head = f"HTTP/1.1 206 Part\r\nContent-Range: bytes {start}-{end - 1}/300000\r\n"
        if not start:
            head = "HTTP/1.1 200 OK\r\n"
        length = end - start if start else len(CONTENT)
        head += f'ETag: "1"\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n'
        connection.sendall(head.encode() + CONTENT[start:end])

    with client_of(raw_server(behave), retries=9) as client:
        assert client.download("/x", tmp_path / "a", checksum=CHECKSUM).read_bytes() == CONTENT


def test_a_part_of_a_file_whose_size_nobody_says_is_not_taken_for_the_rest(
    raw_server: Serve,
) -> None:
    def behave(connection: Any, request: bytes) -> None:
        if b"bytes=5-" in request:
            head, body = b"206 Part\r\nContent-Range: bytes 5-9/*\r\nContent-Length: 5", b"56789"
        elif len(server.requests) == 1:  # which breaks off
            head, body = b"200 OK\r\nTransfer-Encoding: chunked", b"5\r\n01234\r\n"
        else:
            head, body = (
                b"200 OK\r\nTransfer-Encoding: chunked",
                b"a\r\n0123456789\r\n3\r\nabc\r\n0\r\n\r\n",
            )
        connection.sendall(b"HTTP/1.1 " + head + b'\r\nETag: "1"\r\n\r\n' + body)

    server, file = raw_server(behave), io.BytesIO()
    with client_of(server, retries=2) as client:
        client.download("/x", file)
    assert file.getvalue() == b"0123456789abc"


def test_a_try_that_brings_much_is_not_counted(raw_server: Serve, tmp_path: Path) -> None:
    much = 17 * 1024 * 1024
    storage = Storage(bytes(4 * much), faults=[Fault(cut=much + 9) for _ in range(3)])
    with client_of(raw_server(storage), retries=1) as client:
        assert client.download("/x", tmp_path / "a").stat().st_size == 4 * much
    assert len(storage.asked) == 4

    little = Storage(CONTENT, faults=[Fault(cut=70_000) for _ in range(3)])
    with client_of(raw_server(little), retries=1) as client, pytest.raises(ApiException):
        client.download("/x", tmp_path / "b")
    assert len(little.asked) == 2


def test_a_server_that_has_one_begin_anew_for_ever_is_given_up(raw_server: Serve) -> None:
    much = bytes(17 * 1024 * 1024)
    answers = iter([much, much * 2, much, much * 2, much, *[b""] * 10])

    def behave(connection: Any, _request: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\nConnection: close\r\n\r\n"
        connection.sendall(head + next(answers))

    server = raw_server(behave)
    with client_of(server, retries=2) as client, pytest.raises(ApiException):
        client.download("/x", io.BytesIO())
    assert len(server.requests) == 4

    storage = Storage(CONTENT, faults=[Fault(cut=200_000), Fault(status=416)] * 5)
    with client_of(raw_server(storage), retries=1) as client, pytest.raises(ApiException) as caught:
        client.download("/x", io.BytesIO())
    assert (caught.value.status, len(storage.asked)) == (416, 4)


def test_what_cannot_be_taken_back_is_an_error(raw_server: Serve) -> None:
    class Pipe(io.RawIOBase):
        written = b""

        def writable(self) -> bool:
            return True

        def write(self, piece: Any) -> int:
            self.written += bytes(piece[:1000])
            return min(len(piece), 1000)

    storage = Storage(CONTENT, faults=[Fault(cut=200_000)])
    pipe = Pipe()
    with client_of(raw_server(storage), retries=1) as client:
        client.download("/x", pipe)  # type: ignore[call-overload]  # a raw stream is no IO to mypy
    assert pipe.written == CONTENT

    storage = Storage(CONTENT, etag=None, faults=[Fault(cut=200_000)])
    with (
        client_of(raw_server(storage), retries=1) as client,
        pytest.raises(ApiException, match="cannot be taken back"),
    ):
        client.download("/x", Pipe())  # type: ignore[call-overload]  # as above


def test_a_signed_url_that_expires_meanwhile_is_asked_for_anew(
    service: Service, raw_server: Serve, tmp_path: Path
) -> None:
    storage = Storage(CONTENT, faults=[Fault(cut=200_000), Fault(status=403)])
    url = raw_server(storage).url
    for number in (1, 2):
        service.answer(302, None, headers={"Location": f"{url}/a?Signature={number}"})
    with client_of(service, retries=1) as client:
        path = client.download("/api/v2/downloads/1", tmp_path / "a", checksum=CHECKSUM)
    assert path.read_bytes() == CONTENT
    assert [one["target"][-1] for one in storage.asked] == ["1", "1", "2"]
    assert storage.starts()[2] is not None
    assert len(service.requests) == 2

    storage.faults = [Fault(status=403)]
    service.answer(302, None, headers={"Location": f"{url}/a?Signature=3"})
    with (
        client_of(service) as client,
        pytest.raises(ForbiddenException, match="the signed URL may have expired"),
    ):
        client.download("/api/v2/downloads/1", tmp_path / "b")


def test_a_platform_that_gives_no_other_url_is_not_asked_again(
    service: Service, raw_server: Serve
) -> None:
    storage = Storage(CONTENT, faults=[Fault(cut=200_000), Fault(status=403)])
    url = raw_server(storage).url
    service.answer(302, None, headers={"Location": f"{url}/a?Signature=1"})
    service.answer_always(403, {"message": "no longer"})
    with (
        client_of(service, retries=1) as client,
        pytest.raises(ForbiddenException, match="no longer"),
    ):
        client.download("/api/v2/downloads/1", io.BytesIO())
    assert len(service.requests) == 2


# From one call to the next


def begin(raw_server: Serve, path: Path, cut: int = 200_000) -> None:
    server = raw_server(Storage(CONTENT, faults=[Fault(cut=cut)]))
    with client_of(server) as client, pytest.raises(ApiException):
        client.download("/x", path, resume=True)


def test_another_call_goes_on_where_one_has_ended(raw_server: Serve, tmp_path: Path) -> None:
    begin(raw_server, tmp_path / "a")
    assert names(tmp_path) == ["a.part", "a.part.json"]
    storage, told = Storage(CONTENT), Told()
    with client_of(raw_server(storage)) as client:
        client.download("/y", tmp_path / "a", resume=True, checksum=CHECKSUM, progress=told)
    assert (tmp_path / "a").read_bytes() == CONTENT
    (asked,) = storage.asked
    there = int(asked["range"][6:-1])
    assert 0 < there <= 200_000
    assert told.pairs[0] == (there, len(CONTENT))
    assert names(tmp_path) == ["a"]


def test_a_single_byte_is_gone_on_with(raw_server: Serve, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(CONTENT[:1])
    (tmp_path / "a.part.json").write_text(json.dumps({"etag": '"v1"', "total": len(CONTENT)}))
    storage = Storage(CONTENT)
    with client_of(raw_server(storage)) as client:
        client.download("/x", tmp_path / "a", resume=True, checksum=CHECKSUM)
    assert storage.starts() == ["bytes=1-"]


def test_a_download_from_the_beginning_leaves_alone_what_another_can_go_on_with(
    raw_server: Serve, tmp_path: Path
) -> None:
    begin(raw_server, tmp_path / "a")
    with client_of(raw_server(Storage(CONTENT))) as client:
        client.download("/x", tmp_path / "a")
    assert names(tmp_path) == ["a", "a.part", "a.part.json"]


def test_what_is_complete_but_was_not_put_in_place_is_made_sure_of(
    raw_server: Serve, tmp_path: Path
) -> None:
    (tmp_path / "a.part").write_bytes(CONTENT + b"more")
    notes = json.dumps({"etag": '"v1"', "total": len(CONTENT)})
    (tmp_path / "a.part.json").write_text(notes)
    storage = Storage(CONTENT)
    with client_of(raw_server(storage)) as client:
        client.download("/x", tmp_path / "a", resume=True, checksum=CHECKSUM)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert storage.starts() == ["bytes=299999-"]
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize(
    "notes",
    [
        *("", "null", "[]", "{", "7"),
        '{"etag": 7, "total": 300000}',
        '{"etag": "\\"v\\"", "total": "x"}',
        '{"etag": "\\"v1\\"", "total": 0}',
        '{"etag": "v", "total": 300000}',
        '{"etag": "\\"\u2026\\"", "total": 300000}',
        '{"etag": "\\"v\\"\\r\\nX-Header: 1", "total": 300000}',
    ],
)
def test_a_part_without_its_version_is_worth_nothing(
    raw_server: Serve, tmp_path: Path, notes: str
) -> None:
    (tmp_path / "a.part").write_bytes(b"something else")
    (tmp_path / "a.part.json").write_text(notes, encoding="utf-8")
    storage = Storage(CONTENT)
    with client_of(raw_server(storage)) as client:
        client.download("/x", tmp_path / "a", resume=True)
    assert storage.starts() == [None]
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert names(tmp_path) == ["a"]


def test_a_part_that_is_a_link_is_not_followed(raw_server: Serve, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "a.part").symlink_to(tmp_path / "mine")
    storage = Storage(CONTENT)
    with (
        client_of(raw_server(storage)) as client,
        pytest.raises(ValueError, match=r"to: .*a\.part"),
    ):
        client.download("/x", tmp_path / "a", resume=True)
    assert (storage.asked, (tmp_path / "mine").read_text()) == ([], "mine")


def test_a_file_that_has_become_shorter_begins_anew(raw_server: Serve, tmp_path: Path) -> None:
    begin(raw_server, tmp_path / "a")
    short = Storage(CONTENT[:1000])  # with the same version, as no server should
    with client_of(raw_server(short)) as client:
        client.download("/x", tmp_path / "a", resume=True)
    assert (tmp_path / "a").read_bytes() == CONTENT[:1000]
    assert [one is None for one in short.starts()] == [False, True]


def test_a_digest_that_is_wrong_lets_the_next_call_begin_anew(
    raw_server: Serve, tmp_path: Path
) -> None:
    begin(raw_server, tmp_path / "a")
    part = tmp_path / "a.part"
    part.write_bytes(bytes(1000) + part.read_bytes()[1000:])
    with client_of(raw_server(Storage(CONTENT))) as client:
        with pytest.raises(ApiException, match="by checksum"):
            client.download("/x", tmp_path / "a", resume=True, checksum=CHECKSUM)
        assert names(tmp_path) == []
        client.download("/x", tmp_path / "a", resume=True, checksum=CHECKSUM)


def test_a_digest_of_the_whole_is_checked_over_both_parts(
    raw_server: Serve, tmp_path: Path
) -> None:
    begin(raw_server, tmp_path / "a")
    wrong = {"x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="}
    of_the_part = {
        "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg==",
        "Content-Digest": "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:",
    }
    with (
        client_of(raw_server(Storage(CONTENT, headers=wrong | of_the_part))) as client,
        pytest.raises(ApiException, match="by x-amz-checksum"),
    ):
        client.download("/x", tmp_path / "a", resume=True)
    begin(raw_server, tmp_path / "a")
    with client_of(raw_server(Storage(CONTENT, headers=of_the_part))) as client:
        client.download("/x", tmp_path / "a", resume=True)
    assert names(tmp_path) == ["a"]


def test_what_was_noted_of_one_version_is_not_believed_of_the_next(
    raw_server: Serve, tmp_path: Path
) -> None:
    begin(raw_server, tmp_path / "a")
    endless = b'HTTP/1.1 200 OK\r\nETag: "v2"\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nother'
    with client_of(raw_server(sending(endless))) as client, pytest.raises(ApiException):
        client.download("/x", tmp_path / "a", resume=True)
    assert names(tmp_path) == []


def test_nothing_is_kept_of_what_cannot_be_gone_on_with(raw_server: Serve, tmp_path: Path) -> None:
    storage = Storage(CONTENT, etag=None, faults=[Fault(cut=200_000)])
    with client_of(raw_server(storage)) as client, pytest.raises(ApiException):
        client.download("/x", tmp_path / "a", resume=True)
    assert names(tmp_path) == []


@pytest.mark.skipif(fcntl is None, reason="needs locks of Unix")
def test_another_download_to_the_same_path_is_refused_until_the_first_has_ended(
    raw_server: Serve, tmp_path: Path
) -> None:
    storage, refused = Storage(CONTENT), list[str]()
    with client_of(raw_server(storage)) as client:

        def again(_done: int, _total: int | None) -> None:
            with pytest.raises(ValueError, match=r"resume: another download writes to .*a\.part'"):
                client.download("/x", tmp_path / "a", resume=True)
            refused.append("")

        client.download("/x", tmp_path / "a", resume=True, progress=again, checksum=CHECKSUM)
        assert len(refused) > 1
        assert (len(storage.asked), names(tmp_path)) == (1, ["a"])
        client.download("/x", tmp_path / "a", resume=True)


@pytest.mark.skipif(fcntl is None, reason="needs locks of Unix")
def test_a_part_that_is_put_in_place_while_another_download_opens_it_is_left_alone(
    raw_server: Serve, tmp_path: Path
) -> None:
    (tmp_path / "a.part").write_bytes(b"whole")

    def audit(name: str, _arguments: tuple[Any, ...]) -> None:
        if name == "fcntl.flock" and armed:
            armed.clear()
            (tmp_path / "a.part").replace(tmp_path / "of the other")

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it has fired
    with client_of(raw_server(Storage(CONTENT))) as client:
        client.download("/x", tmp_path / "a", resume=True)
    assert (tmp_path / "of the other").read_bytes() == b"whole"
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.skipif(fcntl is None, reason="needs locks of Unix")
def test_what_interrupts_the_second_try_to_open_a_part_comes_out_untouched(
    raw_server: Serve, tmp_path: Path
) -> None:
    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        if fcntl is not None and name == "fcntl.flock" and arguments[1] & fcntl.LOCK_EX and left:
            left.pop()()

    def interrupt() -> None:
        raise KeyboardInterrupt

    left = [interrupt, (tmp_path / "a.part").unlink]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once both are done
    storage = Storage(CONTENT)
    with client_of(raw_server(storage)) as client, pytest.raises(KeyboardInterrupt):
        client.download("/x", tmp_path / "a", resume=True)
    assert storage.asked == []


def test_a_part_that_another_download_begins_once_this_one_is_in_place_stays(
    raw_server: Serve, tmp_path: Path
) -> None:
    def audit(name: str, arguments: tuple[Any, ...]) -> None:
        is_ours = name == "os.remove" and str(arguments[0]).startswith(str(tmp_path))
        if is_ours and armed and (tmp_path / "a").exists():
            armed.clear()
            (tmp_path / "a.part").write_bytes(b"another's")

    armed = [True]
    sys.addaudithook(audit)  # cannot be taken away, and does nothing once it has fired
    with client_of(raw_server(Storage(CONTENT))) as client:
        client.download("/x", tmp_path / "a", resume=True)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert (tmp_path / "a.part").read_bytes() == b"another's"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_does_not_keep_a_download_from_going_on(
    raw_server: Serve, tmp_path: Path
) -> None:
    program = """
import os, signal, sys
from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration
configuration = Configuration(host=sys.argv[1], access_token="t")
configuration.retries = 0
client = ApiClient(configuration=configuration)
reading, writing = os.pipe()
child = None

def progress(done, total):
    global child
    if child is None:
        child = os.fork()
        if not child:
            os.close(writing)
            os.read(reading, 1)  # until the parent is over
            os._exit(0)

try:
    client.download("/x", sys.argv[2], resume=True, progress=progress)
except ApiException as error:
    client.download("/x", sys.argv[2], resume=True)
"""
    server = raw_server(Storage(CONTENT, faults=[Fault(cut=200_000)]))
    arguments = [sys.executable, "-B", "-c", program, server.url, str(tmp_path / "a")]
    subprocess.run(arguments, timeout=60, check=True)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert names(tmp_path) == ["a"]
