"""How a file is downloaded: from where, in how many tries, and whether it is the right one."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

import urllib3
from urllib3.exceptions import ProtocolError

from .._settings.checks import RequestTimeout, checked, optional, whole_number
from .._transport.failures import UnusableBodyError, forget_frames, tell_caller, unusable
from .._transport.limits import PIECE
from .._transport.request import HttpRequestOptions, Transfer
from .._transport.service import Place
from .._wire.digests import DigestCheck, offered_digests, read_checksum
from .._wire.files import Destination, NewFile, OpenFile, is_version
from .._wire.redaction import Masked
from .._wire.response import RESTResponse
from ..exceptions import ApiException, ForbiddenException
from .sending import end_of_transfer, find_place, request_to, send_to

if TYPE_CHECKING:
    from .._auth.session import Session
    from .._settings.snapshot import Snapshot
    from .transfers import Progress

_MOST_REDIRECTS = 5

_GREAT_ADVANCE = 16 * 1024 * 1024
"""Bytes; a try that comes as much further is not counted, and a large file may have several."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})

_DOWNLOAD = re.compile(r"/api/v2/downloads/[^/?]+$")
"""Where the platform says, by a redirect or in JSON, where a file is."""


def download(
    session: Session,
    given: Masked[str],
    to: str | os.PathLike[str] | IO[bytes],
    path_params: Mapping[str, Any] | None,
    query_params: Mapping[str, Any] | None,
    headers: Masked[list[Any]],
    progress: Progress | None,
    checksum: str | None,
    resume: bool,
    overwrite: bool | None,
    max_bytes: int | None,
    request_timeout: RequestTimeout | None,
    deadline: float | None,
) -> Path | None:
    """Download a file; the arguments are those of ``ApiClient.download``."""
    if progress is not None and not callable(progress):
        raise TypeError("progress: give a function that takes two numbers")
    for name in headers.value[-1] or ():
        if str(name).lower() in ("range", "if-range"):
            raise ValueError(
                f"_headers: leave {name} out, by which the rest of a file is asked for"
            )
    wanted = checked("checksum", optional(read_checksum), checksum)
    most = checked("max_bytes", optional(whole_number(0)), max_bytes)
    settings = session.service.configuration.snapshot()
    place = find_place(session, settings, "url_or_path", given, path_params, query_params)
    if place.is_own and _DOWNLOAD.search(place.url.partition("?")[0]):
        # A token that has expired shall be a 401, and no page for signing in.
        place = place.with_default("redirectToAuth", "false").with_default("issueRedirect", "true")
    destination: Destination
    if isinstance(to, (str, os.PathLike)):
        destination = NewFile(to, overwrite=overwrite, resume=resume)
    else:
        if resume:
            raise ValueError("resume: an open file is not found again by another call; give a path")
        destination = OpenFile(to)
    with destination:
        transfer = Download(destination, wanted, progress, most)
        return _fetch(session, settings, place, transfer, headers, request_timeout, deadline)


def _fetch(
    session: Session,
    settings: Snapshot,
    place: Place,
    transfer: Download,
    headers: Masked[list[Any]],
    request_timeout: RequestTimeout | None,
    deadline: float | None,
) -> Path | None:
    """Follow the redirects to a file, and get it."""
    first = place, headers
    end = end_of_transfer(deadline)
    for hop in count():
        request = request_to(settings, place, "GET", transfer, headers, request_timeout, end)
        try:
            response = _get(session, place, request, transfer, headers)
        except ForbiddenException:
            is_elsewhere = place is not first[0]
            if not (is_elsewhere and hop < _MOST_REDIRECTS and transfer.has_begun()):
                raise
            place, headers = first  # a signed URL has expired meanwhile; there is another one
            continue
        if not transfer.follows(response):
            break
        try:
            if hop == _MOST_REDIRECTS:
                raise ValueError(f"url: there are more than {hop}")
            there = Masked(response.headers["Location"])
            place = _redirected(session, settings, first[0], place, there)
        except ValueError as error:
            complaint = str(error).partition(": ")[2]
            failure = unusable(response, request, ValueError(f"redirects: {complaint}"))
            failure.redact(session.service.secrets(request))
            forget_frames(error)  # which have the URL
            raise failure from error
        if not place.is_own:
            # The others were for the place that the caller has named.
            headers = Masked([*headers.value[:2], None, None])
    return transfer.path


def _redirected(
    session: Session, settings: Snapshot, first: Place, before: Place, location: Masked[str]
) -> Place:
    """Find where a redirect leads.

    Raises:
        ValueError: Where the request should not go.
    """
    try:
        there = Masked(urljoin(before.url, location.value))
    except ValueError:  # a bracket that is not closed, for example
        raise ValueError("url: that is none") from None
    place = find_place(session, settings, "url", there)
    if place.is_this_machine() and not first.is_this_machine():
        raise ValueError("url: that is this very machine")
    if place.is_for_signing_in():
        raise ValueError("url: that is where one signs in; see the access token")
    # Else another's server could choose what is read with the token.
    return Place(place.url, is_own=place.is_own and before.is_own)


def _get(
    session: Session,
    place: Place,
    request: HttpRequestOptions,
    transfer: Download,
    headers: Masked[list[Any]],
) -> RESTResponse:
    def conclude(response: RESTResponse) -> RESTResponse:
        transfer.conclude(response, place.url)
        return response

    response: RESTResponse
    try:
        response = send_to(session, request, place, headers, conclude)
    except ApiException as failure:
        too_far = failure.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        if not (too_far and transfer.forget()):
            raise
        # What was begun is not of this file. A server that says so again might do it for ever.
        response = send_to(session, request, place, headers, conclude)
    return response


class Download(Transfer):
    """A file that comes with a response, and the rest of it with the next one."""

    def __init__(
        self,
        destination: Destination,
        wanted: tuple[str, bytes] | None,
        progress: Progress | None,
        most: int | None,
    ) -> None:
        """Begin with what is there already.

        Args:
            destination: Where it goes.
            wanted: Name and value of its digest, if the caller knows.
            progress: Is told how much has come.
            most: How many bytes it may have.
        """
        self._destination = destination
        self._wanted = wanted
        self._progress = progress
        self._most = most
        self._furthest = 0
        self._received = 0
        self._total: int | None = None
        self._decoder = _Decoder("")
        self._checks: dict[bool, DigestCheck | None] | None = None
        """Of what is received, and of what is written of it; ``None`` before anything has come."""
        self.path: Path | None = None

    def begin(self, request: HttpRequestOptions) -> None:
        """Ask for what is missing."""
        there = self._destination
        self._furthest = max(self._furthest, there.size)
        for name in ("Range", "If-Range"):
            request.headers.pop(name, None)
        if there.size and there.etag is not None:
            request.headers.update({"Range": f"bytes={there.size}-", "If-Range": there.etag})
        request.limits.await_piece()

    def has_advanced(self) -> bool:
        """Whether the last try has come much further than those before it."""
        return self._destination.size - self._furthest >= _GREAT_ADVANCE

    def follows(self, response: RESTResponse) -> bool:
        """Whether a response is a redirect."""
        return response.status in _REDIRECTS and "Location" in response.headers

    def takes(self, response: RESTResponse) -> bool:
        """Whether there is a file in the response, or a part of it."""
        return response.status in (200, 203, 206)

    def has_begun(self) -> bool:
        """Whether a part of the file is there, and the rest of it may be asked for."""
        return self._destination.size > 0 and self._destination.etag is not None

    def forget(self) -> bool:
        """Begin anew; tells whether there was anything."""
        had, self._destination.etag = self._destination.etag is not None, None
        return had

    def receive(
        self,
        incoming: urllib3.BaseHTTPResponse,
        response: RESTResponse,
        request: HttpRequestOptions,
    ) -> None:
        """Write the body away."""
        self._judge(response, request)
        tell_caller(self._progress, self._received, self._total)
        body: Any = incoming  # of all that this may be, the stubs know what each has
        since = 0
        while piece := body.read1(PIECE, decode_content=False):
            with request.limits.uncounted():  # a reader of the pipe that it goes to may be slow
                self._take(piece)
                tell_caller(self._progress, self._received, self._total)
            since += len(piece)
            if since >= PIECE:
                request.limits.await_piece()
                since = 0
        self._end()

    def _judge(self, response: RESTResponse, request: HttpRequestOptions) -> None:
        """See by the head of a response whether the file begins, or goes on."""
        headers = response.headers
        content_type = headers.get("Content-Type", "").lower()
        is_page = content_type.startswith("text/html") and "Content-Disposition" not in headers
        if self.is_own and is_page:  # such as one for signing in
            raise UnusableBodyError("an HTML page came instead of a file")
        with _writing():
            self._decoder = _Decoder(headers.get("Content-Encoding", ""))
            self._destination.check(*_names(headers, request.url))
        if response.status == HTTPStatus.PARTIAL_CONTENT:
            self._go_on(headers, request)
        else:
            self._start(headers)

    def _start(self, headers: Mapping[str, str]) -> None:
        length, etag = headers.get("Content-Length", ""), headers.get("ETag", "")
        is_known = length.isdecimal() and "Transfer-Encoding" not in headers
        self._total = int(length) if is_known else None
        self._check_size(self._total or 0)
        # A weak one is the same for versions that differ in a byte (RFC 9110, section 8.8.1), and
        # what is decoded on the way has other positions than those that a range counts.
        has_version = is_version(etag) and not self._decoder.is_needed
        with _writing():
            self._destination.restart(etag if has_version else None, self._total)
        self._received = 0
        self._checks = self._new_checks(offered_digests(headers, is_whole=True))

    def _go_on(self, headers: Mapping[str, str], request: HttpRequestOptions) -> None:
        there = self._destination
        if "Range" not in request.headers or self._decoder.is_needed:
            raise UnusableBodyError("a part of the file came, and that was not asked for")
        said = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+|\*)", headers.get("Content-Range", "").strip())
        total = int(said[3]) if said is not None and said[3] != "*" else there.total
        # Without its size there is no telling whether this part, which may end where the server
        # likes, is the last one. The ETag must be there (RFC 9110, section 15.3.7): some servers
        # do not know If-Range.
        if (
            said is None
            or int(said[1]) != there.size
            or total is None
            or there.total not in (None, total)
            or headers.get("ETag") != there.etag
        ):
            self.forget()
            raise ProtocolError("another part came than was asked for, or one of another version")
        self._total, self._received = total, there.size
        self._check_size(total)
        if self._checks is None:  # what is there is from another call
            self._checks = self._new_checks(offered_digests(headers, is_whole=False))
            with _writing():
                for piece in there.pieces():
                    self._note(piece, written=False)
                    self._note(piece, written=True)

    def _new_checks(self, offered: list[DigestCheck]) -> dict[bool, DigestCheck | None]:
        wanted = DigestCheck(*self._wanted, "checksum") if self._wanted else None
        return {False: offered[-1] if offered else None, True: wanted}

    def _note(self, piece: bytes, *, written: bool) -> None:
        check = self._checks[written] if self._checks else None
        if check is not None:
            check.digest.update(piece)

    def _take(self, piece: bytes) -> None:
        self._received += len(piece)
        self._note(piece, written=False)
        if self._decoder.is_needed:
            with _writing():
                for part in self._decoder.pieces(piece):
                    self._write(part)
        else:
            self._write(piece)

    def _write(self, piece: bytes) -> None:
        self._check_size(self._destination.size + len(piece))
        self._note(piece, written=True)
        with _writing():
            self._destination.write(piece)

    def _check_size(self, size: int) -> None:
        if self._most is not None and size > self._most:
            self.forget()
            raise UnusableBodyError(f"it is larger than max_bytes, {self._most}")

    def _end(self) -> None:
        # urllib3 has seen to the length of the body; that of the file may be another.
        if self._total is not None and self._received != self._total:
            raise ProtocolError(f"{self._received} bytes of {self._total} came")
        with _writing():
            self._decoder.end()
        for check in (self._checks or {}).values():
            if check is not None and not check.is_right():
                self.forget()
                raise UnusableBodyError(str(check))

    def conclude(self, response: RESTResponse, url: str) -> None:
        """Put the file in its place, or say why there is none.

        Raises:
            ValueError: There is none in the response.
            OSError: It cannot be put there.
        """
        if self.follows(response):
            return
        if not self.takes(response):
            raise ValueError("there is no file; if it is still being made, wait and try again")
        if self._checks is None:  # an HTTP client of the caller's own has brought the whole of it
            headers = response.headers.copy()
            headers["Content-Length"] = str(len(response.content))
            self._destination.check(*_names(headers, url))
            # Which has decoded it as well, so that digests of what has come say nothing.
            self._start({} if "Content-Encoding" in headers else headers)
            self._take(response.content)
            self._end()
        self.path = self._destination.finish(*_names(response.headers, url))


def _names(headers: Mapping[str, str], url: str) -> tuple[str, str]:
    """What says how a file is called: a header, or else the end of the path."""
    last_word = unquote(urlsplit(url).path).rpartition("/")[2]
    return headers.get("Content-Disposition", ""), last_word


@contextmanager
def _writing() -> Generator[None, None, None]:
    """Have what goes wrong on this machine told as the body's fate, and not as the connection's."""
    try:
        yield
    except (OSError, ValueError, TypeError, zlib.error) as error:
        raise UnusableBodyError(str(error)) from error


class _Decoder:
    """Undoes the content coding of a server that does not heed ``Accept-Encoding: identity``."""

    def __init__(self, coding: str) -> None:
        coding = coding.strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise ValueError(f"it is encoded as {coding!r}, and that was not asked for")
        self.is_needed = coding not in ("", "identity")
        self._inner = self._new()

    @staticmethod
    def _new() -> Any:
        return zlib.decompressobj(32 + zlib.MAX_WBITS)  # gzip or zlib, as it begins

    def pieces(self, piece: bytes) -> Iterator[bytes]:
        is_full = False
        while piece or is_full:
            if piece and self._inner.eof:  # gzip may have several members, one after the other
                self._inner = self._new()
            # No more at a time than a piece, be there as many zeros in it as there may.
            decoded = self._inner.decompress(piece, PIECE)
            yield decoded
            is_full = len(decoded) == PIECE and not self._inner.eof
            piece = self._inner.unconsumed_tail or self._inner.unused_data

    def end(self) -> None:
        if self.is_needed and not self._inner.eof:
            raise ValueError("it ends before its encoding does")
