"""What comes from files: the value of ``@FILE``, and secrets above all."""

from __future__ import annotations

import sys
from pathlib import Path

from .._settings.checks import file_path

EXPOSURE = (
    "a secret on the command line shows in the list of processes and in the history of the shell"
)
"""Why no secret may stand there."""


def read_argument(text: str) -> str:
    """Read ``@FILE``, or ``@-`` for standard input."""
    path = text[1:]
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(file_path(path)).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not text in UTF-8") from None


def read_secret(text: str) -> str:
    """Read a secret from ``@FILE``, without the line break at its end."""
    if not text.startswith("@"):
        raise ValueError(EXPOSURE)
    secret = read_argument(text).removesuffix("\n").removesuffix("\r")
    if not secret:
        raise ValueError(f"{text[1:]}: there is nothing in it")
    return secret
