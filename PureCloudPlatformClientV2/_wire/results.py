"""What becomes of a response, by the type that a call returns."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .json_values import parse_json

if TYPE_CHECKING:
    from .response import RESTResponse


def result_maker(
    response_type: str | type[Any] | None,
    find_model: Callable[[str], type | None],
    folder: str | None,
) -> Callable[[RESTResponse], Any]:
    """Choose what to make of a response.

    Args:
        response_type: A model class, the name of a type, ``file``, or ``None`` for nothing.
        find_model: Gives the model of a name, if there is one.
        folder: Where files go; the system's own place if ``None``.

    Returns:
        Makes the result, which is ``None`` where a 202 or 204 has no body; raises ``ValueError`` if
        the response is not of that type.

    Raises:
        ValueError: There is no such type, or no such folder.
    """
    if response_type is None:
        return _refuse_html
    if response_type == "file":
        if folder is not None and not Path(folder).is_dir():
            raise ValueError(f"temp_folder_path: there is no folder {folder!r}")
        return lambda response: _save(response, folder)
    # Imported here for the sake of start-up time: the first call needs them.
    from .decoder import decode
    from .types import is_model, parse_type

    if isinstance(response_type, str):
        wanted = parse_type(response_type, find_model)
    elif is_model(response_type):
        wanted = response_type
    else:
        wanted = parse_type(getattr(response_type, "__name__", repr(response_type)), find_model)
    is_text = wanted in ("str", "date", "datetime", "LocalDateTime", "YearMonth")

    def make(response: RESTResponse) -> Any:
        # Without a body these say all that there is to say, and a 200 does not.
        if not response.content and response.status in (202, 204):
            return None
        return decode(_text(response) if is_text else parse_json(response.content), wanted)

    return make


def accepted(response_type: str | type[Any] | None) -> str:
    """Give the Accept header for a response of a type: what else than JSON will do."""
    if response_type == "file":
        return "*/*"
    return "application/json, */*;q=0.5" if response_type in ("str", str) else "application/json"


def _refuse_html(response: RESTResponse) -> None:
    # A login page or the like behind a 200 is never the service's doing.
    html = response.headers.get("Content-Type", "").lower().startswith("text/html")
    if response.content and html:
        raise ValueError("an HTML page came instead of a response of the service")


def _text(response: RESTResponse) -> Any:
    """Give what may stand there without the quotes of JSON: a text, a date."""
    content_type = response.headers.get("Content-Type", "").lower()
    if "json" in content_type:
        return parse_json(response.content)
    _refuse_html(response)
    if content_type:
        return response.data
    try:
        return parse_json(response.content)
    except ValueError:
        return response.data


def _save(response: RESTResponse, folder: str | None) -> str:
    """Save a body under the name the service gave it, in a new folder, and give its path."""
    # Imported here for the sake of start-up time: few programs download files.
    from tempfile import mkdtemp

    from .files import file_name

    name = file_name(response.headers.get("Content-Disposition", ""))
    path = Path(mkdtemp(dir=folder)) / name
    try:
        path.write_bytes(response.content)
    except BaseException as error:  # nobody would know that a part of the file is there
        with suppress(OSError):
            path.unlink(missing_ok=True)
            path.parent.rmdir()
        # One without a number is none of the system's, but from a caller's signal handler.
        if not isinstance(error, OSError) or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path.parent)) from error
    return str(path)
