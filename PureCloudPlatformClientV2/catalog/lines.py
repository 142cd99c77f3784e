"""Finds lines of the catalog by bisecting its sorted files, of which little is read.

What a look-up costs does not grow with the platform, but by one step each time it doubles.
"""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from pathlib import Path
from pkgutil import get_data
from typing import BinaryIO

FOLDER = Path(__file__).parent

_PAGE = 2048
"""Bytes that are read at a time; so near to a line, all lines are looked at."""


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
        _seek(lines, wanted)
        line = lines.readline()
    return line[len(wanted) :].decode().rstrip("\n") if line.startswith(wanted) else None


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
            if not line.startswith(wanted):
                break
            found.append(line.decode().rstrip("\n"))
    return found


def _seek(lines: BinaryIO, wanted: bytes) -> None:
    """Go to the first line that is not before another, by its bytes."""
    low, high = 0, lines.seek(0, 2)  # low is always the beginning of a line
    while high - low > _PAGE:
        middle = lines.seek((low + high) // 2)
        beginning = middle + len(lines.readline())
        line = lines.readline()
        if line and line < wanted:
            low = beginning + len(line)
        else:
            high = middle
    lines.seek(low)
    while (line := lines.readline()) and line < wanted:
        low += len(line)
    lines.seek(low)


def _open(file: str) -> BinaryIO:
    with suppress(NotADirectoryError, FileNotFoundError):
        return (FOLDER / file).open("rb", buffering=_PAGE)
    # The package may be in a zip file, or frozen.
    content = get_data(__package__, file)
    if content is None:
        raise FileNotFoundError(f"{file} is missing: install the package with its data")
    return BytesIO(content)
