"""The name of a downloaded file: what the service says, as every system can have it."""

from __future__ import annotations

import re
from email.message import Message
from email.utils import collapse_rfc2231_value

_LONGEST = 60
"""Characters; file systems allow 255 bytes, and there are up to four in a character."""

_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³]) *(\.|$)", re.IGNORECASE)
"""Names that mean a device to Windows, whatever comes behind the dot."""


def file_name(disposition: str) -> str:
    """Find a name for a file, with which it stays in its folder on every system.

    Args:
        disposition: The Content-Disposition header (RFC 6266).
    """
    name = re.split(r"[/\\]", _said(disposition))[-1]
    name = re.sub(r'[<>:"|?*]', "_", "".join(filter(str.isprintable, name)))
    name = name[-_LONGEST:].strip(". ")  # from its end, where the kind of the file stands
    return f"_{name}" if _DEVICE.match(name) else name or "download"


def _said(disposition: str) -> str:
    header = Message()
    header["Content-Disposition"] = _decoded(disposition)
    try:
        parameters = header.get_params([], "Content-Disposition")
        names = [value for name, value in parameters if name.lower() == "filename"]
        # That of filename*, which is a tuple, goes before that of filename, unless it is empty.
        names.sort(key=lambda name: isinstance(name, tuple), reverse=True)
        return next(filter(None, map(collapse_rfc2231_value, names)), "")
    except (LookupError, TypeError, ValueError):
        # There is none, or the standard library trips over a broken continuation (RFC 2231).
        return ""


def _decoded(header: str) -> str:
    """Undo that what comes as UTF-8 has been read as Latin-1, as all headers are."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header
