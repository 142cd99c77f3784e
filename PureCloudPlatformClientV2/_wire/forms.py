"""Form fields and files, as they go into a request."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

import urllib3

from .headers import is_header_text, to_text
from .names import expand_home
from .parameters import values_to_text
from .redaction import is_file

File = str | bytes | os.PathLike[str] | IO[Any] | tuple[Any, ...] | None
"""The path of a file, its content, an open file, or a tuple of name, content and perhaps type."""

Files = Mapping[str, File | Sequence[File]] | Iterable[tuple[str, File | Sequence[File]]]
"""Files by the name of their field in a form."""

_FILE = "give the path of a file, its content as bytes, an open file, or a pair of name and content"


def form_fields(post_params: Any, files: Any = None) -> Any:
    """Make the fields of a form, with files among them.

    Args:
        post_params: Form fields, a dict or pairs; a value is what may stand in a query, or a file
            as this function gives it.
        files: A dict or pairs of a field name and a file, or a list of files.

    Returns:
        A dict if a dict is all that was given, else pairs; of names and texts, or files: tuples of
        name, content and perhaps type.

    Raises:
        ValueError: Something cannot be sent.
        TypeError: Something is of a kind that cannot be sent.
        OSError: A file cannot be read.
    """
    fields = [
        (_name(name), value if is_file(value) else values_to_text(_name(name), value))
        for name, value in _pairs("post_params", post_params)
        if value is not None
    ]
    if files:
        return [*fields, *_files(files)]
    return dict(fields) if isinstance(post_params, Mapping) else fields


def encode_form(post_params: Any, *, multipart: bool) -> tuple[bytes, str]:
    """Make the bytes of a form, and the Content-Type that says how to read them.

    Args:
        post_params: Form fields and files, as ``form_fields`` takes or gives them.
        multipart: Whether to make ``multipart/form-data`` of it.

    Raises:
        ValueError: Something cannot be sent.
        TypeError: Something is of a kind that cannot be sent, or a file is no part of such a form.
    """
    fields = form_fields(post_params)
    if multipart:
        return urllib3.encode_multipart_formdata(fields)
    check_no_files(fields)
    return urlencode(fields).encode("ascii"), "application/x-www-form-urlencoded"


def is_multipart(headers: Mapping[str, str]) -> bool:
    """Whether headers say that a form is ``multipart/form-data``."""
    return any(
        name.lower() == "content-type" and value.lower().startswith("multipart/form-data")
        for name, value in headers.items()
    )


def check_no_files(fields: Any) -> None:
    """Check that there are no files among the fields of a form that is not multipart.

    Args:
        fields: What ``form_fields`` gives.

    Raises:
        TypeError: There is one.
    """
    for name, value in _pairs("post_params", fields):
        if is_file(value):
            raise TypeError(f"{name}: a file goes into multipart/form-data alone; give it by files")


def _pairs(argument: str, given: Any) -> list[tuple[Any, Any]]:
    if isinstance(given, Mapping):
        return list(given.items())
    try:
        return [(name, value) for name, value in given or ()]
    except (TypeError, ValueError):
        kind = type(given).__name__
        raise TypeError(f"{argument}: give a dict or pairs, not a value of type {kind}") from None


def _name(name: Any) -> str:
    return to_text("the name of a form field", name)


def _files(files: Any) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for name, given in _pairs("files", files):
        field = _name(name)
        several = isinstance(given, (list, Set, Iterator)) and not hasattr(given, "read")
        for file in given if several else [given]:
            if file is not None:
                yield field, _file(field, file)


def _file(field: str, file: Any) -> tuple[Any, ...]:
    where = f"files, {field}"
    if not isinstance(file, tuple):
        return to_text(where, _file_name(file) or field), _content(where, file)
    # A text could be the path of a second file as well as the content of the first.
    if len(file) not in (2, 3) or isinstance(file[1], str):
        raise TypeError(f"{where}: {_FILE}, in bytes")
    name, content, *kinds = file
    types = [_content_type(where, kind) for kind in kinds if kind is not None]
    return to_text(where, name), _content(where, content), *types


def _file_name(file: Any) -> str:
    if isinstance(file, (str, os.PathLike)):
        return Path(file).name
    name = getattr(file, "name", None)  # where there is none, a number or such as <stdin>
    return Path(name).name if isinstance(name, str) and not name.startswith("<") else ""


def _content_type(where: str, kind: Any) -> str:
    text = to_text(where, kind)
    if not is_header_text(text):
        raise ValueError(f"{where}: {text!r} is no content type")
    return text


def _content(where: str, file: Any) -> bytes:
    if isinstance(file, (bytes, bytearray, memoryview)):
        return bytes(file)
    try:
        if isinstance(file, (str, os.PathLike)):
            # Not pathlib's, which fails where there is no such home.
            return Path(expand_home(os.fspath(file))).read_bytes()
        if hasattr(file, "read"):
            return _rest(file)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        if error.errno is None:  # none of the system's, but from a caller's signal handler
            raise
        raise ValueError(f"{where}: {error.filename}: {error.strerror}") from None
    except (TypeError, ValueError) as error:  # such as: I/O operation on closed file
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{where}: {error}") from None
    raise TypeError(f"{where}: {_FILE}, not a value of type {type(file).__name__}")


def _rest(file: Any) -> bytes:
    content = file.read()
    if isinstance(content, str):
        content = content.encode("utf-8")
    if not isinstance(content, (bytes, bytearray, memoryview)):
        raise TypeError(f"read() gives a value of type {type(content).__name__}, not bytes")
    if not content and hasattr(file, "tell") and file.seekable() and file.tell():
        raise ValueError("the file has been read or written to its end; call seek(0) first")
    return bytes(content)
