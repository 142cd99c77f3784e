"""Files that are sent: every way to name one, and what is none."""

from __future__ import annotations

import io
import os
import traceback
import zipfile
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from tempfile import NamedTemporaryFile, SpooledTemporaryFile, TemporaryFile
from typing import Any, NamedTuple

import pytest
from service import Request, Service

from PureCloudPlatformClientV2 import ApiClient, Configuration, HttpRequestOptions, LineIntegration

CONTENT = b"content\x00\xff"


class Part(NamedTuple):
    """One part of a form, as a server reads it."""

    field: str
    file: str | None
    kind: str
    content: bytes


def parts(request: Request) -> list[Part]:
    head = f"Content-Type: {request.headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=policy.HTTP).parsebytes(head + request.body)
    assert message.is_multipart()
    return [part_of(one) for one in message.iter_parts() if isinstance(one, EmailMessage)]


def part_of(message: EmailMessage) -> Part:
    content = message.get_payload(decode=True)
    assert isinstance(content, bytes)
    field = message["Content-Disposition"].params["name"]
    kind = message.get_content_type() if "Content-Type" in message else ""
    return Part(field, message.get_filename(), kind, content)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_bytes(CONTENT)
    return path


def send(client: ApiClient, service: Service, files: Any, **more: Any) -> list[Part]:
    service.answer(200)
    client.call_api("/x", "POST", files=files, **more)
    return parts(service.requests[-1])


class _PathLike:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __fspath__(self) -> str:
        return str(self.path)


@pytest.mark.parametrize("kind", [str, Path, _PathLike], ids=lambda kind: kind.__name__)
def test_a_path_may_be_of_any_kind(
    api_client: ApiClient, service: Service, path: Path, kind: Any
) -> None:
    found = send(api_client, service, {"file": kind(path)})
    assert found == [Part("file", "report.txt", "text/plain", CONTENT)]


def test_a_path_may_be_in_the_home_folder(
    api_client: ApiClient, service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    for file in ("~/report.txt", Path("~") / "report.txt"):
        (found,) = send(api_client, service, {"file": file})
        assert (found.file, found.content) == ("report.txt", CONTENT)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_the_content_of_a_file(
    api_client: ApiClient, service: Service, kind: Any
) -> None:
    (found,) = send(api_client, service, {"photo": kind(CONTENT)})
    assert (found.field, found.file, found.content) == ("photo", "photo", CONTENT)


def test_open_files_are_read_from_where_they_are(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    with path.open("rb") as binary, path.with_suffix(".csv").open("w+") as text:
        text.write("ü;1\n")
        text.seek(0)
        binary.seek(3)
        found = send(api_client, service, {"one": binary, "two": text, "three": io.BytesIO(b"3")})
    assert [(one.file, one.content) for one in found] == [
        ("report.txt", CONTENT[3:]),
        ("report.csv", "ü;1\n".encode()),
        ("three", b"3"),
    ]


def test_open_files_without_a_name_have_that_of_their_field(
    api_client: ApiClient, service: Service, tmp_path: Path
) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        writer.writestr("folder/inner.txt", CONTENT)
    with (
        TemporaryFile() as nameless,
        SpooledTemporaryFile() as spooled,
        NamedTemporaryFile(suffix=".bin") as named,
        zipfile.ZipFile(archive) as reader,
        reader.open("folder/inner.txt") as inner,
    ):
        for file in (nameless, spooled, named):
            file.write(CONTENT)
            file.seek(0)
        files = {"a": nameless, "b": spooled, "c": named, "d": inner}
        found = send(api_client, service, files)
        names = ["a", "b", Path(named.name).name, "inner.txt"]
    assert [one.file for one in found] == names
    assert {one.content for one in found} == {CONTENT}


def test_a_tuple_says_the_name_and_the_type(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    files = [
        ("a", ("naïve.txt", CONTENT)),
        ("b", ("b.bin", path, "text/csv")),
        ("b", [("c.json", io.StringIO("{}")), path, ("d", bytearray(b"d"), None)]),
    ]
    found = send(api_client, service, files)
    assert [(one.field, one.kind, one.content) for one in found] == [
        ("a", "text/plain", CONTENT),
        ("b", "text/csv", CONTENT),
        ("b", "application/json", b"{}"),
        ("b", "text/plain", CONTENT),
        ("b", "application/octet-stream", b"d"),
    ]
    assert b'filename="na\xc3\xafve.txt"' in service.requests[-1].body


def test_none_is_left_out(api_client: ApiClient, service: Service, path: Path) -> None:
    form = {"field": True, "other": None}
    found = send(api_client, service, {"a": None, "b": [None, path], "c": []}, post_params=form)
    assert [(one.field, one.file) for one in found] == [("field", None), ("b", "report.txt")]

    service.answer(200)
    api_client.call_api("/x", "POST", files={"a": None})
    request = service.requests[-1]
    assert (request.body, request.headers["Content-Type"]) == (b"", None)


def test_paths_that_are_found_one_by_one_will_do(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    found = send(api_client, service, {"all": path.parent.glob("*.txt"), "set": {path}})
    assert [one.file for one in found] == ["report.txt", "report.txt"]


def test_a_hook_may_change_a_form_with_files(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    def hook(request: HttpRequestOptions) -> None:
        request.post_params.append(("more", [1, None, True]))
        request.post_params.append(("file", ("b.txt", b"b")))

    api_client.get_http_client().set_pre_request_hook(hook)
    found = send(api_client, service, {"a": path})
    assert [(one.file, one.content) for one in found] == [
        ("report.txt", CONTENT),
        (None, b"1,true"),
        ("b.txt", b"b"),
    ]


def test_a_hook_puts_no_file_into_another_form(api_client: ApiClient, service: Service) -> None:
    def hook(request: HttpRequestOptions) -> None:
        request.post_params["photo"] = FILE

    api_client.get_http_client().set_pre_request_hook(hook)
    with pytest.raises(TypeError, match=r"^photo: .*multipart/form-data"):
        api_client.call_api("/x", "POST", post_params={"a": "b"})
    assert service.requests == []


class _Async:
    def read(self) -> object:
        return object()


NO_FILES: dict[type[Exception], list[Any]] = {
    TypeError: [
        5,
        True,
        object(),
        {"name": "a.txt"},
        LineIntegration(id="1"),
        _Async(),
        ("a.txt",),
        ("a.txt", "b.txt"),
        ("a.txt", "b.txt", "c.txt", "d.txt"),
        (None, b"content"),
        (5, b"content"),
        ("a.txt", None),
        ("a.txt", 5),
        ("a.txt", b"content", 5),
    ],
    ValueError: [
        "a\0b",
        ("a\ud800", b"content"),
        ("a.txt", b"content", "text/plain\r\nX-Injected: yes"),
        ["a\0b"],
    ],
}


@pytest.mark.parametrize(
    ("kind", "file"),
    [(kind, file) for kind, files in NO_FILES.items() for file in files],
    ids=lambda one: ascii(one).partition(" at 0x")[0],
)
def test_what_is_no_file_is_refused_by_the_name_of_its_field(
    api_client: ApiClient, service: Service, kind: type[Exception], file: Any
) -> None:
    with pytest.raises(kind, match=r"^files, photo: "):
        api_client.call_api("/x", "POST", files={"photo": file})
    assert service.requests == []


@pytest.mark.parametrize("files", ["a.txt", b"a", 5, object(), ["a.txt"], [("a", "b", "c")]])
def test_what_are_no_files_is_refused(api_client: ApiClient, service: Service, files: Any) -> None:
    kind = type(files).__name__
    with pytest.raises(TypeError, match=rf"^files: give a dict or pairs, .* type {kind}$"):
        api_client.call_api("/x", "POST", files=files)
    assert service.requests == []


def test_a_file_that_cannot_be_read_is_refused(
    api_client: ApiClient, service: Service, path: Path
) -> None:
    closed = path.open("rb")
    closed.close()
    at_end = io.BytesIO()
    at_end.write(CONTENT)
    with path.with_name("new").open("wb") as write_only:
        for file, complaint in ((closed, "closed"), (write_only, "read"), (at_end, r"seek\(0\)")):
            with pytest.raises(ValueError, match=f"^files, photo: .*{complaint}"):
                api_client.call_api("/x", "POST", files={"photo": file})
    missing = path.with_name("missing")
    places: list[Any] = [path.parent, missing, str(missing), [path, missing], ("a", missing)]
    for wrong in places:
        with pytest.raises(ValueError, match=f"^files, photo: .*(missing|{path.parent.name}): "):
            api_client.call_api("/x", "POST", files={"photo": wrong})
    assert service.requests == []


def test_an_empty_file_is_a_file(api_client: ApiClient, service: Service) -> None:
    (found,) = send(api_client, service, {"a": io.BytesIO()})
    assert found.content == b""


def test_a_pipe_is_read_to_its_end(api_client: ApiClient, service: Service) -> None:
    reader, writer = os.pipe()
    os.write(writer, CONTENT)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        (found,) = send(api_client, service, {"a": pipe})
    assert (found.file, found.content) == ("a", CONTENT)


FILE = ("a.txt", b"content")


@pytest.fixture
def without_token(service: Service) -> ApiClient:
    """Would ask the service for a token, were anything to be sent."""
    configuration = Configuration(host=service.url, client_id="id", client_secret="secret")
    return ApiClient(configuration=configuration)


@pytest.mark.parametrize("kind", [None, "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("form", [{"photo": FILE}, [("a", "b"), ("photo", FILE)]])
def test_a_file_goes_into_no_other_form(
    without_token: ApiClient, service: Service, form: Any, kind: str | None
) -> None:
    headers = {"content-type": kind} if kind else None
    with pytest.raises(TypeError, match=r"^photo: .*multipart/form-data"):
        without_token.call_api("/x", "POST", post_params=form, header_params=headers)
    assert service.requests == []


@pytest.mark.parametrize(
    "form", [{"post_params": {"a": "b"}}, {"post_params": [("a", 1)]}, {"files": {"photo": FILE}}]
)
@pytest.mark.parametrize("body", [{}, "text", 0])
def test_a_body_and_a_form_are_refused_before_a_token_is_fetched(
    without_token: ApiClient, service: Service, form: dict[str, Any], body: Any
) -> None:
    with pytest.raises(ValueError, match=r"^body: leave it out"):
        without_token.call_api("/x", "POST", body=body, **form)
    assert service.requests == []


@pytest.mark.parametrize("name", ["content-type", "CONTENT-TYPE", "Content-Type"])
@pytest.mark.parametrize("where", ["header_params", "_headers"])
def test_there_is_one_content_type_however_it_is_spelt(
    api_client: ApiClient, service: Service, name: str, where: str
) -> None:
    headers: Any = {where: {name: "multipart/form-data"}}
    send(api_client, service, {"photo": FILE}, **headers)
    (kind,) = service.requests[-1].headers.get_all("Content-Type", [])
    assert kind.startswith("multipart/form-data; boundary=")


def test_files_are_no_local_variables_of_a_frame(api_client: ApiClient) -> None:
    wrong: list[Any] = [{"photo": ("a.txt", b"hunter2", 5)}, {"photo": [b"hunter2", 5]}]
    for files in wrong:
        with pytest.raises(TypeError) as caught:
            api_client.call_api("/x", "POST", files=files)
        shown = [
            repr(frame.f_locals)
            for frame, _ in traceback.walk_tb(caught.tb)
            if frame.f_code.co_filename != __file__
        ]
        assert shown
        assert not any("hunter2" in text for text in shown)
