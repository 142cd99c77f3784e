"""Finds lines of the catalog by bisecting its sorted files, of which little is read.

What a look-up costs does not grow with the platform, but by one step each time it doubles.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

FOLDER = Path(__file__).parent

_NEAR = 4096
"""So many bytes around a line are read at once, and searched."""


def find_line(file: str, key: str) -> str | None:
    """Give what stands behind a key.

    Args:
        file: The file's name.
        key: The first word of the line.

    Returns:
        The rest of the line; ``None`` if there is no such line.
    """
    wanted = f"{key} ".encode()
    with _open(file) as lines:
        near = b"\n" + lines.read(_seek(lines, wanted)) + lines.readline() + lines.readline()
    start = near.find(b"\n" + wanted) + 1
    if not start:
        return None
    return near[start:].partition(b"\n")[0][len(wanted) :].decode(errors="replace")


def find_lines(file: str, prefix: str) -> list[str]:
    """Give all lines that begin with a prefix.

    Args:
        file: The file's name.
        prefix: What they begin with; all lines do so with an empty one.
    """
    wanted = prefix.encode()
    found: list[str] = []
    with _open(file) as lines:
        _seek(lines, wanted)
        for line in lines:
            if line.startswith(wanted):
                found.append(line.decode(errors="replace").rstrip("\n"))
            elif line > wanted:
                break
    return found


def damaged(file: str, key: str) -> ValueError:
    """Say that a line cannot be read."""
    return ValueError(f"{file} is damaged at {key}: install the package anew")


def _seek(lines: BinaryIO, wanted: bytes) -> int:
    """Go to the beginning of a line shortly before the first that is not before another.

    Returns:
        The number of bytes from there to within the line before it, or its own.
    """
    low, high = 0, lines.seek(0, os.SEEK_END)  # low is always the beginning of a line
    while high - low > _NEAR:
        middle = lines.seek((low + high) // 2)
        beginning = middle + len(lines.readline())
        line = lines.readline()
        if line and line < wanted:
            low = beginning + len(line)
        else:
            high = middle
    lines.seek(low)
    return max(high - low, 0)


def _open(file: str) -> BinaryIO:
    try:
        return open(f"{FOLDER}/{file}", "rb")  # noqa: PTH123  # quicker than a new Path
    except (NotADirectoryError, FileNotFoundError):
        # Imported here for the sake of start-up time: the package is rarely in a zip file.
        from pkgutil import get_data

        try:
            content = get_data(__name__.rpartition(".")[0], file)
        except FileNotFoundError:
            content = None
        if content is None:
            raise FileNotFoundError(f"{file} is missing: install the package anew") from None
        return BytesIO(content)
