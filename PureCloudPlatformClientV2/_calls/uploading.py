"""How a file is uploaded: as it is to a signed URL, or in a form to the platform itself."""

from __future__ import annotations

import base64
import io
import mimetypes
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from urllib3 import encode_multipart_formdata

from .._settings.checks import RequestTimeout
from .._transport.failures import UnreadableFileError, tell_caller
from .._transport.http_client import DefaultHttpClient
from .._transport.limits import PIECE
from .._transport.request import HttpRequestOptions, Transfer
from .._wire.digests import new_digest
from .._wire.forms import form_fields
from .._wire.headers import check_headers, is_header_text, to_text
from .._wire.names import expand_home
from .._wire.redaction import Masked
from .._wire.response import RESTResponse
from ..models.base import Model
from .sending import end_of_transfer, find_place, request_to, send_to

if TYPE_CHECKING:
    from .._auth.session import Session
    from .transfers import Progress

_URLS = ("url", "uploadUrl", "uploadUri", "uploadURI")
_HEADERS = ("headers", "uploadHeaders")
"""The fields, by wire name, of what the platform answers to who wants to upload something."""

_NOTHING = Masked(b"")

_NO_SIZE = "one that has no size, such as a pipe, cannot be uploaded; write it to the disk first"

_DIGESTS = {"content-md5": "md5", "x-amz-checksum-sha256": "sha256", "x-amz-checksum-sha1": "sha1"}
"""The headers by which a storage service checks what it gets."""


def upload(
    session: Session,
    given: str | os.PathLike[str] | IO[bytes],
    to: Masked[Any],
    method: str | None,
    headers: Masked[Any],
    fields: Masked[Any],
    field: str,
    name: str | None,
    content_type: str | None,
    all_headers: Masked[list[Any]],
    progress: Progress | None,
    request_timeout: RequestTimeout | None,
    deadline: float | None,
) -> RESTResponse:
    """Upload a file; the arguments are those of ``ApiClient.upload``."""
    if progress is not None and not callable(progress):
        raise TypeError("progress: give a function that takes two numbers")
    if method not in (None, "PUT", "POST"):
        raise ValueError(f"method: give 'PUT' or 'POST', not {method!r}")
    if not isinstance(fields.value, (Mapping, list, tuple, type(None))):
        kind = type(fields.value).__name__
        raise TypeError(f"fields: give a dict or pairs, not a value of type {kind}")
    if content_type is not None and not is_header_text(to_text("content_type", content_type)):
        raise ValueError(f"content_type: {content_type!r} is none")
    _check_http_client(session)
    url, answered = _read_answer(to)
    settings = session.service.configuration.snapshot()
    place = find_place(session, settings, "to", url)
    all_headers.value[2] = check_headers(answered.value, headers.value)
    in_form = method == "POST" or (method is None and (place.is_own or bool(fields.value)))
    if fields.value and not in_form:
        raise ValueError("fields: they go into the form of a POST, and this is a PUT")
    with _open(given) as file:
        size = _size(file)
        if in_form:
            called = to_text("name", name or _name(given, file) or field)
            kind = content_type or mimetypes.guess_type(called)[0] or "application/octet-stream"
            head, tail, kind = _form(fields, to_text("field", field), called, kind)
            transfer = Upload(file, size, progress, head, tail)
        else:
            kind = content_type or ""
            transfer = Upload(file, size, progress)
            _check_digests(all_headers, file)
        if kind and (in_form or _find(all_headers.value[2], "content-type") is None):
            all_headers.value[2] = check_headers(all_headers.value[2], {"Content-Type": kind})
        request = request_to(
            settings,
            place,
            "POST" if in_form else "PUT",
            transfer,
            all_headers,
            request_timeout,
            end_of_transfer(deadline),
        )
        response: RESTResponse = send_to(session, request, place, all_headers, lambda one: one)
    return response


def _check_http_client(session: Session) -> None:
    http_client = session.service.http_client
    if not isinstance(http_client, DefaultHttpClient):
        raise ValueError(
            f"http_client: a {type(http_client).__name__} cannot send a file piece by piece; give "
            "a DefaultHttpClient, or upload with call_api and files"
        )


def _read_answer(to: Masked[Any]) -> tuple[Masked[str], Masked[dict[str, Any]]]:
    """Find URL and headers in what the platform has answered."""
    if isinstance(to.value, str):
        return to, Masked({})
    given = Masked(to.value)
    if isinstance(to.value, Model):
        names = type(to.value).attribute_map.items()
        given.value = {wire_name: getattr(to.value, name, None) for name, wire_name in names}
    if not isinstance(given.value, Mapping):
        kind = type(to.value).__name__
        raise TypeError(f"to: give a path, a URL, or what the platform has answered, not a {kind}")
    url: Masked[Any] = Masked(next(filter(None, map(given.value.get, _URLS)), None))
    if not isinstance(url.value, str):
        raise ValueError(f"to: there is no URL in it; it has none of {', '.join(_URLS)}")
    headers: Masked[Any] = Masked(next(filter(None, map(given.value.get, _HEADERS)), {}))
    if not isinstance(headers.value, Mapping):
        headers.value = map(_read_header, headers.value)  # as external contacts have them
    return url, Masked(dict(headers.value))


def _read_header(header: Any) -> tuple[Any, Any]:
    fields = header.to_dict() if isinstance(header, Model) else header
    return fields["name"], fields["value"]


def _open(given: Any) -> Any:
    if isinstance(given, (str, os.PathLike)):
        path = Path(expand_home(os.fspath(given)))
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ValueError(f"file: {path}: {_NO_SIZE}")  # to open it might wait for its writer
        try:
            return path.open("rb")
        except OSError as error:
            if error.errno is None:  # none of the system's, but from a caller's signal handler
                raise
            raise ValueError(f"file: {error.filename}: {error.strerror}") from None
    if isinstance(given, io.TextIOBase) or not hasattr(given, "read"):
        kind = type(given).__name__
        raise TypeError(f"file: give a path, or a file opened in binary mode, not a {kind}")
    return nullcontext(given)


def _size(file: Any) -> int:
    """How many bytes there are from where a file stands."""
    try:
        here = file.tell()
        size: int = file.seek(0, os.SEEK_END) - here
        file.seek(here)
    except (OSError, AttributeError, ValueError) as error:
        raise ValueError(f"file: {_NO_SIZE}") from error
    if size < 0:
        raise ValueError("file: it stands behind its end; call seek first")
    return size


def _name(given: Any, file: Any) -> str:
    name = getattr(file, "name", None)
    if isinstance(given, (str, os.PathLike)):
        name = os.fspath(given)
    return Path(name).name if isinstance(name, str) and not name.startswith("<") else ""


def _form(
    fields: Masked[Any], field: str, name: str, content_type: str
) -> tuple[Masked[bytes], bytes, str]:
    """Make what stands before and behind a file in a form, and the Content-Type of it all."""
    boundary = secrets.token_hex(16)
    try:
        pairs = form_fields(fields.value or {})
    except (TypeError, ValueError) as error:
        raise error.with_traceback(None) from None  # whose frames have all the fields
    pairs = list(pairs.items()) if isinstance(pairs, Mapping) else pairs
    pairs.append((field, (name, b"", content_type)))
    form, kind = encode_multipart_formdata(pairs, boundary)
    tail = f"\r\n--{boundary}--\r\n".encode("ascii")
    return Masked(form.removesuffix(tail)), tail, kind


def _check_digests(headers: Masked[list[Any]], file: Any) -> None:
    """Compare a file with what the platform was told of it when it made the URL."""
    for header, name in _DIGESTS.items():
        value = _find(headers.value[2], header)
        if value is not None:
            here, digest = file.tell(), new_digest(name)
            for piece in iter(lambda: file.read(PIECE), b""):
                digest.update(piece)
            file.seek(here)
            found = base64.b64encode(digest.digest()).decode("ascii")
            if found != value.strip():
                raise ValueError(
                    f"file: its {header} is {found}, and the URL was made for one with {value}"
                )


def _find(headers: Mapping[str, str], name: str) -> str | None:
    return next((value for one, value in headers.items() if one.lower() == name), None)


class Upload(Transfer):
    """A file that goes with a request."""

    def __init__(
        self,
        file: IO[bytes],
        size: int,
        progress: Progress | None,
        head: Masked[bytes] = _NOTHING,
        tail: bytes = b"",
    ) -> None:
        """Begin where it stands.

        Args:
            file: The file.
            size: How many bytes there are of it from here.
            progress: Is told how many of them have left.
            head: What goes before it; there may be secrets in it.
            tail: What goes behind it.
        """
        self._file = file
        self._start = file.tell()
        self._size = size
        self._progress = progress
        self._head = head
        self._tail = tail

    def begin(self, request: HttpRequestOptions) -> None:
        """Put it in place, from its beginning."""
        for name in [name for name in request.headers if name.lower() == "content-length"]:
            del request.headers[name]
        length = len(self._head.value) + self._size + len(self._tail)
        request.headers["Content-Length"] = str(length)
        request.content = self._content(request)
        request.limits.await_piece()

    def _content(self, request: HttpRequestOptions) -> Iterator[bytes]:
        yield self._head.value
        moved = 0
        tell_caller(self._progress, moved, self._size)
        for piece in self._pieces():
            request.limits.await_piece()
            yield piece
            moved += len(piece)
            tell_caller(self._progress, moved, self._size)
        request.limits.await_piece()
        yield self._tail
        request.limits.await_piece()  # which is the answer now

    def _pieces(self) -> Iterator[bytes]:
        left = self._size
        try:
            self._file.seek(self._start)
            while left:
                piece = self._file.read(min(left, PIECE))
                if not piece:
                    raise UnreadableFileError("the file has become shorter while it was sent")
                left -= len(piece)
                yield piece
        except (OSError, ValueError) as error:
            raise UnreadableFileError(f"the file cannot be read: {error}") from error
