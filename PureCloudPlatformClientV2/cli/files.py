"""Files that a command reads, and the standard streams, such as a shell may have left them."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

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


def repair_streams() -> None:
    """Put the null device where a stream is closed, and have every text written somehow.

    Python has ``None`` for a stream that the shell closed (``>&-``), and nothing is ready for that.
    """
    sys.stdin = sys.stdin or _null_device("r")
    sys.stdout = sys.stdout or _null_device("w")
    sys.stderr = sys.stderr or _null_device("w")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name in Japanese, where the output takes Latin letters only, is no reason to fail.
        sys.stdout.reconfigure(errors="backslashreplace")


def give_up_output() -> None:
    """Send what is left of the output nowhere."""
    # Without this, Python would try to write the rest at its exit, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _null_device(mode: str) -> TextIO:
    # Open until the process ends, as the stream that it stands for would be.
    number = os.open(os.devnull, os.O_RDWR)
    binary = io.FileIO(number, mode, closefd=False)
    buffer = io.BufferedReader(binary) if mode == "r" else io.BufferedWriter(binary)
    return io.TextIOWrapper(buffer, encoding="utf-8")
