"""The methods of an ApiClient that move files, past the memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, overload

from .._auth.session import Session
from .._lazy import loading
from .._settings.checks import RequestTimeout
from .._wire.redaction import Masked

if TYPE_CHECKING:
    from .._wire.response import RESTResponse
    from ..models.base import Model

Progress = Callable[[int, int | None], object]
"""Is told how many bytes have moved, and of how many, if that is known."""


class Transfers:
    """What an ApiClient can do with files."""

    _session: Session
    default_headers: dict[str, str | bytes]
    cookie: str | None

    @overload
    def download(
        self,
        url_or_path: str,
        to: str | os.PathLike[str],
        *,
        path_params: Mapping[str, Any] | None = ...,
        query_params: Mapping[str, Any] | None = ...,
        progress: Progress | None = ...,
        checksum: str | None = ...,
        resume: bool = ...,
        overwrite: bool | None = ...,
        max_bytes: int | None = ...,
        _request_timeout: RequestTimeout | None = ...,
        _deadline: float | None = ...,
        _headers: Mapping[str, str | bytes] | None = ...,
    ) -> Path: ...

    @overload
    def download(
        self,
        url_or_path: str,
        to: IO[bytes],
        *,
        path_params: Mapping[str, Any] | None = ...,
        query_params: Mapping[str, Any] | None = ...,
        progress: Progress | None = ...,
        checksum: str | None = ...,
        max_bytes: int | None = ...,
        _request_timeout: RequestTimeout | None = ...,
        _deadline: float | None = ...,
        _headers: Mapping[str, str | bytes] | None = ...,
    ) -> None: ...

    def download(
        self,
        url_or_path: str,
        to: str | os.PathLike[str] | IO[bytes],
        *,
        path_params: Mapping[str, Any] | None = None,
        query_params: Mapping[str, Any] | None = None,
        progress: Progress | None = None,
        checksum: str | None = None,
        resume: bool = False,
        overwrite: bool | None = None,
        max_bytes: int | None = None,
        _request_timeout: RequestTimeout | None = None,
        _deadline: float | None = None,
        _headers: Mapping[str, str | bytes] | None = None,
    ) -> Path | None:
        """Download a file of any size.

        The access token goes to the platform alone: with a path, and with a URL of the configured
        host, or of ``apps`` and ``api-downloads`` of the same region. A signed URL gets none.
        Redirects are followed, without it where they lead elsewhere.

        A connection that breaks is taken up where it broke, within the retries of the
        configuration, if the server says which version of the file it sends (ETag). The size is
        checked, and a digest if the server gives one. A path has the whole file in the end, or what
        it had before.

        Args:
            url_or_path: A path of the platform, such as ``/api/v2/downloads/{downloadId}``, or an
                https URL.
            to: Where the file goes: its path, a folder, in which it is called as the service says,
                or a file opened in binary mode.
            path_params: Values for the placeholders of a path.
            query_params: The query of a path.
            progress: Called with the number of bytes that have come, and the number of all, or
                ``None`` where the server does not say it.
            checksum: The digest that the file must have, such as ``sha256:9f86d0...``; md5, sha1
                and sha512 will do as well, and Base64.
            resume: Whether to leave what has come when the download fails, in ``<path>.part``, and
                to go on with what an earlier one has left there.
            overwrite: Whether to replace a file that is there; if omitted, only one whose path was
                given.
            max_bytes: How large the file may be; without limit if omitted.
            _request_timeout: Seconds for connecting and for each wait between bytes, or a
                (connect, read) pair of seconds. 64 KiB may take five times that.
            _deadline: Seconds for the whole download; without limit if omitted, whatever the
                configuration says.
            _headers: Extra headers for the first request.

        Returns:
            The path of the file, or ``None`` if ``to`` is an open file.

        Raises:
            ApiException: It was refused, or did not come as a whole; or it cannot be written, with
                status 200 and the ``OSError`` in the chain of causes.
            ValueError: An argument cannot be used; nothing was sent.
            TypeError: An argument is of the wrong type; nothing was sent.
        """
        place = Masked(url_or_path)
        headers = self._headers_of_transfer(Masked(_headers))
        del url_or_path, _headers
        with loading:
            # Imported here for the sake of start-up time: few programs move files.
            from .downloading import download

            return download(
                self._session,
                place,
                to,
                path_params,
                query_params,
                headers,
                progress,
                checksum,
                resume,
                overwrite,
                max_bytes,
                _request_timeout,
                _deadline,
            )

    def upload(
        self,
        file: str | os.PathLike[str] | IO[bytes],
        to: str | Model | Mapping[str, Any],
        *,
        method: Literal["PUT", "POST"] | None = None,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        field: str = "file",
        name: str | None = None,
        content_type: str | None = None,
        progress: Progress | None = None,
        _request_timeout: RequestTimeout | None = None,
        _deadline: float | None = None,
        _headers: Mapping[str, str | bytes] | None = None,
    ) -> RESTResponse:
        """Upload a file of any size.

        To a signed URL, as the platform gives it for most uploads, the file goes by PUT as it is,
        with the headers that came with the URL and without the access token:

        >>> answer = uploads_api.post_uploads_recordings({"fileName": "a.wav"})
        >>> client.upload("a.wav", answer)

        To a path or a host of the platform itself it goes by POST in a form, with the token:

        >>> fields = {"id": contact_list_id, "fileType": "contactlist", "contact-id-name": "Id"}
        >>> client.upload("contacts.csv", "/uploads/v2/contactlist", fields=fields)

        A PUT is sent again where the retries of the configuration allow it, a POST only if it
        certainly did not arrive.

        Args:
            file: The path of the file, or a file opened in binary mode, which is read from where it
                stands.
            to: What the platform has answered, a model or a dict with the URL and headers in it; or
                an https URL; or a path of the platform.
            method: PUT or POST; as said above if omitted.
            headers: Headers that came with a URL.
            fields: Fields of the form, before the file: a dict, or pairs where one is repeated.
            field: The name that the file has in the form.
            name: What the file is called in the form; as it is if omitted.
            content_type: What it is; by its name if omitted.
            progress: Called with the number of bytes that have left, and the number of all.
            _request_timeout: Seconds for connecting and for each wait between bytes, or a
                (connect, read) pair of seconds. 64 KiB may take five times that.
            _deadline: Seconds for the whole upload; without limit if omitted, whatever the
                configuration says.
            _headers: Extra headers.

        Returns:
            The response.

        Raises:
            ApiException: It was refused, or no usable response came, or the file cannot be read to
                its end; ``outcome_unknown`` says whether it may have arrived all the same.
            ValueError: An argument cannot be used; nothing was sent.
            TypeError: An argument is of the wrong type; nothing was sent.
        """
        place, form = Masked(to), Masked(fields)
        all_headers = self._headers_of_transfer(Masked(_headers))
        given = Masked(headers)
        del to, fields, headers, _headers
        with loading:
            # Imported here for the sake of start-up time, as above.
            from .uploading import upload

            return upload(
                self._session,
                file,
                place,
                method,
                given,
                form,
                field,
                name,
                content_type,
                all_headers,
                progress,
                _request_timeout,
                _deadline,
            )

    def _headers_of_transfer(self, extra: Masked[Any]) -> Masked[list[Any]]:
        cookie = {"Cookie": self.cookie} if self.cookie else None
        return Masked([self.default_headers, cookie, None, extra.value])
