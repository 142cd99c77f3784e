"""An upload goes as it is to a signed URL, and in a form to the platform; whole, or it says so."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import socket
import time
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from service import RawServer, Request, Service, closing, hanging, resetting

from PureCloudPlatformClientV2 import (
    AbstractHttpClient,
    ApiClient,
    ApiException,
    ApiTimeoutException,
    Configuration,
    CsvUploadResponse,
    DataTableImportJob,
    ForbiddenException,
    Header,
    HttpRequestOptions,
    MessageMediaUploadData,
    PromptAssetUpload,
    ServiceException,
    UploadUrlResponse,
)

from .storage import Told, client_of

CONTENT = hashlib.shake_128(b"content").digest(200_000)

Serve = Callable[[Any], RawServer]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def signed(service: Service) -> str:
    """A URL as the platform gives it."""
    return f"{service.url}/bucket/key?X-Amz-Expires=60&X-Amz-Signature=the-signature"


def test_a_signed_url_gets_the_file_as_it_is_and_nothing_of_the_platform(
    api_client: ApiClient, service: Service, signed: str, path: Path
) -> None:
    api_client.set_default_header("X-Tenant", "mine")
    api_client.cookie = "session=1"
    service.answer(200, None, headers={"ETag": '"1"'})
    told = Told()
    response = api_client.upload(path, signed, headers={"x-amz-tagging": "a=b"}, progress=told)
    assert (response.status, response.headers["ETag"]) == (200, '"1"')
    request = service.requests[-1]
    assert (request.method, request.body) == ("PUT", CONTENT)
    assert request.target.endswith("X-Amz-Signature=the-signature")
    assert {name.lower(): value for name, value in request.headers.items()} == {
        "accept": "*/*",
        "accept-encoding": "identity",
        "content-length": "200000",
        "host": service.url.removeprefix("http://"),
        "user-agent": api_client.user_agent,
        "x-amz-tagging": "a=b",
    }
    assert told.pairs[0] == (0, 200_000)
    assert told.pairs[-1] == (200_000, 200_000)


ANSWERS: list[Callable[[str, dict[str, str]], Any]] = [
    lambda url, headers: UploadUrlResponse(url=url, headers=headers),
    lambda url, headers: PromptAssetUpload(url=url, headers=headers),
    lambda url, headers: MessageMediaUploadData(upload_url=url, upload_headers=headers),
    lambda url, headers: DataTableImportJob(upload_uri=url, upload_headers=headers),
    lambda url, headers: CsvUploadResponse(
        upload_url=url, upload_headers=[Header(name=k, value=v) for k, v in headers.items()]
    ),
    lambda url, headers: {"url": url, "headers": headers, "uploadKey": "k"},
    lambda url, headers: {"uploadUrl": url, "uploadHeaders": headers},
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_what_the_platform_has_answered_says_where_and_how(
    api_client: ApiClient,
    service: Service,
    signed: str,
    path: Path,
    answer: Callable[[str, dict[str, str]], Any],
) -> None:
    service.answer(200)
    api_client.upload(path, answer(signed, {"x-amz-acl": "private", "Content-Type": "text/csv"}))
    request = service.requests[-1]
    assert (request.method, request.target, request.body) == (
        "PUT",
        signed.removeprefix(service.url),
        CONTENT,
    )
    assert [request.headers[name] for name in ("x-amz-acl", "Content-Type")] == [
        "private",
        "text/csv",
    ]


def parts(request: Request) -> list[tuple[Any, ...]]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    found: list[tuple[Any, ...]] = []
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        name = part["Content-Disposition"].params["name"]
        kind = part.get_content_type() if "Content-Type" in part else None
        found.append((name, part.get_filename(), kind, part.get_payload(decode=True)))
    return found


def test_the_platform_gets_a_form_with_the_token(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    service.answer(200, {"correlationId": "c"})
    told = Told()
    response = api_client.upload(
        path,
        "/uploads/v2/contactlist",
        fields={"id": "l-1", "fileType": "contactlist", "skip": None, "count": 3},
        progress=told,
    )
    assert response.data == '{"correlationId": "c"}'
    request = service.requests[-1]
    assert (request.method, request.path) == ("POST", "/uploads/v2/contactlist")
    assert request.headers["Authorization"] == "Bearer the-token"
    assert request.headers["Content-Length"] == str(len(request.body))
    assert parts(request) == [
        ("id", None, None, b"l-1"),
        ("fileType", None, None, b"contactlist"),
        ("count", None, None, b"3"),
        ("file", "contacts.csv", "text/csv", CONTENT),
    ]
    assert told.pairs[-1] == (200_000, 200_000)


def test_a_file_in_a_form_may_be_called_otherwise(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    service.answer_always(200)
    for file in (path, io.BytesIO(CONTENT)):
        api_client.upload(
            file, "/x", field="scriptFile", name="naïve.script", content_type="text/plain"
        )
        assert parts(service.requests[-1]) == [
            ("scriptFile", "naïve.script", "text/plain", CONTENT)
        ]
    api_client.upload(io.BytesIO(b""), "/x")
    assert parts(service.requests[-1]) == [("file", "file", "application/octet-stream", b"")]


def test_the_way_can_be_chosen(
    api_client: ApiClient, service: Service, signed: str, path: Path
) -> None:
    service.answer_always(200)
    api_client.upload(path, "/x", method="PUT", content_type="audio/wav")
    put = service.requests[-1]
    assert (put.method, put.body, put.headers["Content-Type"]) == ("PUT", CONTENT, "audio/wav")
    assert put.headers["Authorization"] == "Bearer the-token"
    api_client.upload(path, signed, fields={"key": "k"})  # a form that is signed
    post = service.requests[-1]
    assert (post.method, post.headers["Authorization"]) == ("POST", None)
    assert parts(post)[0] == ("key", None, None, b"k")


def test_an_open_file_is_read_from_where_it_stands(
    api_client: ApiClient, service: Service, signed: str, path: Path
) -> None:
    service.answer_always(200)
    with path.open("rb") as file:
        file.seek(150_000)
        api_client.upload(file, signed)
        assert service.requests[-1].body == CONTENT[150_000:]
        assert not file.closed


@given(size=st.integers(0, 200_000), start=st.integers(0, 300))
@settings(max_examples=15)
def test_every_size_arrives(service: Service, size: int, start: int) -> None:
    service.reset()
    service.answer_always(200)
    content = CONTENT[:size]
    with ApiClient(configuration=Configuration(host=service.url, access_token="t")) as client:
        file = io.BytesIO(content)
        file.seek(min(start, size))
        client.upload(file, f"{service.url}/x?Signature=1")
        assert service.requests[-1].body == content[start:]
        file.seek(min(start, size))
        client.upload(file, "/x")
        assert parts(service.requests[-1])[0][3] == content[start:]


# What is refused before anything is sent


def test_wrong_use_is_refused_before_anything_is_sent(
    api_client: ApiClient, service: Service, signed: str, path: Path
) -> None:
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        wrong: list[tuple[Any, Any, dict[str, Any], str]] = [
            (path.parent / "no", "/x", {}, "file: .*no: No such file"),
            (path.parent, "/x", {}, "file: .*: Is a directory"),
            (pipe, "/x", {}, "file: one that has no size, such as a pipe"),
            (path, "/x", {"method": "PATCH"}, "method: give 'PUT' or 'POST'"),
            (path, signed, {"method": "PUT", "fields": {"a": 1}}, "fields: they go into the form"),
            (path, {"uploadKey": "k"}, {}, "to: there is no URL in it"),
            (path, UploadUrlResponse(), {}, "to: there is no URL in it"),
            (
                path,
                "http://storage.example/a",
                {},
                "to: storage.example must be reached over https",
            ),
            (path, "/x", {"content_type": "a\nb"}, "content_type: "),
            (path, "/x", {"_deadline": -1}, "deadline"),
        ]
        for file, to, options, complaint in wrong:
            with pytest.raises(ValueError, match=complaint):
                api_client.upload(file, to, **options)
    for device in filter(os.path.exists, ["/dev/zero"]):  # whose size seems to be 0
        with pytest.raises(ValueError, match="file: /dev/zero: one that has no size"):
            api_client.upload(device, "/x")
    unlike: list[tuple[Any, Any, dict[str, Any], str]] = [
        (io.StringIO("text"), "/x", {}, "file: give a path, or a file opened in binary mode"),
        (7, "/x", {}, "file: give a path"),
        (path, 7, {}, "to: give a path, a URL"),
        (path, "/x", {"progress": 7}, "progress"),
        (path, "/x", {"fields": 7}, "post_params|fields"),
    ]
    for file, to, options, complaint in unlike:
        with pytest.raises(TypeError, match=complaint):
            api_client.upload(file, to, **options)
    assert service.requests == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_named_pipe_is_refused_and_not_waited_for(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match=r"file: .*pipe: one that has no size"):
        api_client.upload(tmp_path / "pipe", "/x")
    assert service.requests == []


@pytest.mark.parametrize(
    ("header", "name"),
    [("Content-MD5", "md5"), ("x-amz-checksum-sha256", "sha256"), ("X-Amz-Checksum-Sha1", "sha1")],
)
def test_another_file_than_the_url_was_made_for_is_refused(
    api_client: ApiClient, service: Service, signed: str, path: Path, header: str, name: str
) -> None:
    right = base64.b64encode(hashlib.new(name, CONTENT).digest()).decode()
    service.answer(200)
    api_client.upload(path, {"url": signed, "headers": {header: right}})
    assert service.requests[-1].headers[header] == right
    path.write_bytes(b"another")
    with pytest.raises(ValueError, match=f"(?i)file: its {header} is .*, and the URL was made for"):
        api_client.upload(path, {"url": signed, "headers": {header: right}})
    assert len(service.requests) == 1


def test_an_http_client_of_ones_own_is_refused(api_client: ApiClient, path: Path) -> None:
    class Own(AbstractHttpClient):
        def request(self, http_request_options: Any) -> Any:
            raise AssertionError("nothing is sent")

    api_client.set_http_client(Own())
    with pytest.raises(ValueError, match="http_client: a Own cannot send a file piece by piece"):
        api_client.upload(path, "/x")


# What goes wrong


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction] - by name
    """Let nobody wait for the next try."""
    monkeypatch.setattr("random.random", lambda: 0.0)


@pytest.mark.usefixtures("_no_pauses")
def test_a_put_is_sent_again_from_its_beginning(
    api_client: ApiClient, configuration: Configuration, service: Service, signed: str, path: Path
) -> None:
    configuration.retries = 2
    service.answer(503)
    service.answer(503)
    service.answer(200)
    told = Told()
    with path.open("rb") as file:
        file.seek(1000)
        api_client.upload(file, signed, progress=told)
    assert [one.body for one in service.requests] == [CONTENT[1000:]] * 3
    assert [done for done, _ in told.pairs].count(0) == 3


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("behave", [closing, resetting])
def test_a_put_that_gets_no_answer_is_sent_again_and_a_post_is_not(
    raw_server: Serve, path: Path, behave: Any
) -> None:
    server = raw_server(behave)
    with client_of(server, retries=2) as client:
        with pytest.raises(ApiException) as caught:
            client.upload(path, f"{server.url}/x?Signature=1")
        assert (len(server.requests), caught.value.outcome_unknown) == (3, True)
        with pytest.raises(ApiException) as caught:
            client.upload(path, "/x")
        assert (len(server.requests), caught.value.outcome_unknown) == (4, True)


@pytest.mark.usefixtures("_no_pauses")
def test_a_post_is_sent_again_where_it_certainly_did_not_happen(
    api_client: ApiClient, configuration: Configuration, service: Service, path: Path
) -> None:
    configuration.retries = 2
    service.answer(429, headers={"Retry-After": "0"})
    service.answer(503)
    with pytest.raises(ServiceException) as caught:
        api_client.upload(path, "/x")
    assert caught.value.outcome_unknown
    assert [len(parts(one)[0][3]) for one in service.requests] == [200_000] * 2


def test_a_refusal_is_told_without_the_signature(
    api_client: ApiClient, service: Service, signed: str, path: Path, log_file: Path
) -> None:
    service.answer(403, b"<Error><Signature>the-signature</Signature></Error>")
    with pytest.raises(ForbiddenException, match="the signed URL may have expired") as caught:
        api_client.upload(path, {"url": signed, "headers": {"X-Amz-Security-Token": "the-secret"}})
    shown = f"{caught.value} {caught.value.url} {caught.value.body} {log_file.read_text()}"
    assert "the-signature" not in shown
    assert "the-secret" not in shown


def test_a_server_that_refuses_before_the_end_is_heard(raw_server: Serve, path: Path) -> None:
    def refuse(connection: Any, _request: bytes) -> None:
        connection.sendall(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno")

    server = raw_server(refuse)
    with client_of(server) as client, pytest.raises(ForbiddenException, match="no"):
        client.upload(path, f"{server.url}/x?Signature=1")


def test_a_server_that_does_not_read_is_given_up(tmp_path: Path) -> None:
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        configuration = Configuration(host=url, access_token="t")
        configuration.retries, configuration.request_timeout = 0, (10, 0.1)
        with ApiClient(configuration=configuration) as client:
            with pytest.raises(ApiTimeoutException) as caught:
                client.upload(large, "/x")
            assert caught.value.outcome_unknown
            with pytest.raises(ApiTimeoutException):
                client.upload(large, "/x", _deadline=0.05, _request_timeout=60)


def test_what_progress_takes_at_the_end_is_not_counted_as_the_servers_silence(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    requests: list[HttpRequestOptions] = []
    api_client.get_http_client().set_pre_request_hook(requests.append)

    def progress(done: int, total: int | None) -> None:
        if done == total:  # as if it had taken very long
            requests[-1].limits.piece_until = time.monotonic()

    service.answer(200)
    api_client.upload(path, "/x", progress=progress)
    assert len(service.requests[-1].body) > 200_000


def test_a_server_that_does_not_answer_is_given_up(raw_server: Serve, path: Path) -> None:
    with (
        client_of(raw_server(hanging), request_timeout=(10, 0.05)) as client,
        pytest.raises(ApiTimeoutException, match=r"nothing arrived for 0\.05 s"),
    ):
        client.upload(path, "/x")


@pytest.mark.parametrize("raised", [OSError("mine"), ValueError("mine"), KeyboardInterrupt()])
def test_what_progress_raises_comes_out_untouched(
    api_client: ApiClient, configuration: Configuration, signed: str, path: Path, raised: Any
) -> None:
    configuration.retries = 3

    def progress(done: int, _total: int | None) -> None:
        if done:
            raise raised

    with pytest.raises(type(raised)) as caught:
        api_client.upload(path, signed, progress=progress)
    assert caught.value is raised


@pytest.mark.parametrize(("to", "read"), [("signed", 70_000), ("/x", 0)])
def test_a_file_that_cannot_be_read_to_its_end_is_an_error_and_nothing_has_happened(
    raw_server: Serve, to: str, read: int
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= read:
                raise OSError(5, "Input/output error")
            return super().read(size)

    server = raw_server(closing)
    url = f"{server.url}/x?Signature=1" if to == "signed" else to
    with client_of(server, retries=3) as client, pytest.raises(ApiException) as caught:
        client.upload(Broken(CONTENT), url)
    assert "Input/output error" in str(caught.value)
    assert (caught.value.outcome_unknown, caught.value.attempts) == (False, 1)


def test_a_file_that_becomes_shorter_is_an_error(raw_server: Serve, path: Path) -> None:
    server = raw_server(closing)

    def shorten(_done: int, _total: int | None) -> None:
        os.truncate(path, 100)

    with (
        client_of(server, retries=3) as client,
        pytest.raises(ApiException, match="the file has become shorter while it was sent"),
    ):
        client.upload(path, f"{server.url}/x?Signature=1", progress=shorten)
