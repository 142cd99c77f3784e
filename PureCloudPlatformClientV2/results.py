"""What becomes of an answer, by the type that a call returns."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any

from .configuration import Configuration
from .exceptions import RESTResponse
from .serialization import Decoder, decode, decoder_for, parse_json

_LONGEST_FILE_NAME = 60
"""Characters; file systems allow 255 bytes, and there are up to four in a character."""


def result_maker(
    response_type: str | type[Any] | None, configuration: Configuration
) -> Callable[[RESTResponse], Any]:
    """Choose what to make of an answer.

    Args:
        response_type: A model class, a swagger type name, ``file``, or ``None`` for nothing.
        configuration: Says where files go.

    Returns:
        Makes the result; raises ``ValueError`` if the answer is not of that type.

    Raises:
        ValueError: There is no such type, or no such folder.
    """
    if response_type is None:
        return _refuse_html
    if not isinstance(response_type, (str, type)):
        raise ValueError(f"response_type: there is no type named {response_type!r}")
    if response_type == "file":
        folder = configuration.temp_folder_path
        if folder is not None and not Path(folder).is_dir():
            raise ValueError(f"temp_folder_path: there is no folder {folder!r}")
        return lambda response: _save(response, folder)
    name = response_type if isinstance(response_type, str) else response_type.__name__
    decoder = decoder_for(name)
    if name == "str":
        return lambda response: _decode_text(response, decoder)
    return lambda response: decode(parse_json(response.content), decoder)


def _refuse_html(response: RESTResponse) -> None:
    # A login page or the like behind a 200 is never the service's doing.
    html = response.headers.get("Content-Type", "").lower().startswith("text/html")
    if response.content and html:
        raise ValueError("an HTML page came instead of an answer of the service")


def _decode_text(response: RESTResponse, decoder: Decoder) -> Any:
    if "json" in response.headers.get("Content-Type", "json"):
        return decode(parse_json(response.content), decoder)
    _refuse_html(response)
    return response.data


def _save(response: RESTResponse, folder: str | None) -> str:
    """Save a body under the name the service gave it, in a new folder, and give its path."""
    name = PurePosixPath(_file_name(response).replace("\\", "/")).name
    name = "".join(filter(str.isprintable, name))[-_LONGEST_FILE_NAME:].strip(". ")
    path = Path(mkdtemp(dir=folder)) / (name or "download")
    path.write_bytes(response.content)
    return str(path)


def _file_name(response: RESTResponse) -> str:
    disposition = Message()
    disposition["Content-Disposition"] = response.headers.get("Content-Disposition", "")
    try:
        return disposition.get_filename() or ""
    except (LookupError, TypeError, ValueError):
        # The standard library trips over some broken continuations (RFC 2231).
        return ""
