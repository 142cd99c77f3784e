"""Draws docs/architecture.svg from the imports of the package: ``python test/architecture.py``.

A picture and no graph: the modules stand below one another in the rows of test_conformance.py, and
every import becomes a dot where the line of the module that imports crosses the line that leads
down to the one that is imported. So nothing has to be laid out, and no program but this is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from test_conformance import CLIENT_FILES, PACKAGE, ROOT, ROWS, imports_of

PICTURE = ROOT / "docs" / "architecture.svg"

_LINE, _GAP, _TOP = 24, 8, 34
_NAMES, _FIRST_LINE, _STEP = 16, 162, 9
_SCALE = 1.5
"""How much larger than its own units the picture is shown where there is room."""

_LIGHT = ("#0757c2", "#b45309", "#0b7a43", "#b4123f", "#7c2fd0")
_DARK = ("#74b0ff", "#f0a35e", "#5fd39a", "#ff8fab", "#c39bff")

_STYLE = """
text { font: 12.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
.note { font: 12px system-ui, sans-serif; fill: #59636e }
.paper { fill: #ffffff }
.band { fill: #f0f3f6 }
.out { stroke: #8c959f; stroke-width: 1 }
"""

_STYLE_OF_THE_DARK = """
text { fill: #e6edf3 }
.note { fill: #9aa4af }
.paper { fill: #14181d }
.band { fill: #1f252c }
.out { stroke: #6b7682 }
"""


def imports() -> dict[str, set[str]]:
    """What each module, or folder of modules, of the client imports from the others."""
    found: dict[str, set[str]] = {room: set() for row in reversed(ROWS) for room in sorted(row)}
    for path in CLIENT_FILES:
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        found[room] |= {target.split(".")[0] for target, _ in imports_of(path)} - {room}
    del found["__init__"]  # which passes on the public names of all the others
    return {room: targets & set(found) for room, targets in found.items()}  # without the sandbox


def draw() -> str:
    """The picture as the text of an SVG file."""
    rows = [sorted(row - {"__init__"}) for row in reversed(ROWS)]
    rows = [row for row in rows if row]
    order = [room for row in rows for room in row]
    found = imports()
    imported = [room for room in order if any(room in targets for targets in found.values())]
    x = {room: _FIRST_LINE + _STEP * place for place, room in enumerate(imported)}
    hue = {room: place % len(_LIGHT) for place, room in enumerate(imported)}
    y: dict[str, int] = {}
    bands: list[str] = []
    top = _TOP
    width = max(x.values()) + 16
    for row in rows:
        height = _LINE * len(row)
        bands.append(f'<rect class="band" x="8" y="{top}" width="{width - 16}" height="{height}"/>')
        for place, room in enumerate(row):
            y[room] = top + _LINE * place + _LINE // 2
        top += height + _GAP
    parts = [
        *bands,
        *(line for room in order for line in _outgoing(room, found[room], x, y)),
        *(line for room in imported for line in _incoming(room, found, x, y, hue)),
        *(f'<text x="{_NAMES}" y="{y[room] + 4}">{room}</text>' for room in order),
    ]
    return _document(width, top + 4, found, parts)


def _outgoing(room: str, targets: set[str], x: dict[str, int], y: dict[str, int]) -> Iterator[str]:
    """The line from a name to the right, past everything that it imports."""
    if targets:
        far, level = max(x[target] for target in targets), y[room] + 4
        yield f'<path class="out" d="M{_start(room)} {level}H{far}"/>'


def _incoming(
    room: str, found: dict[str, set[str]], x: dict[str, int], y: dict[str, int], hue: dict[str, int]
) -> Iterator[str]:
    """The line down to a module, and a dot on it for everyone who imports it."""
    importers = [other for other, targets in found.items() if room in targets]
    first, level = min(y[other] for other in importers) + 4, y[room] - 4
    start = _start(room)
    yield (
        f'<g class="hue{hue[room]}"><path class="in" d="M{x[room]} {first}V{level}H{start + 4}"/>'
        f'<path d="M{start} {level}l5 -3v6z"/>'
    )
    yield from (
        f'<circle cx="{x[room]}" cy="{y[other] + 4}" r="3"/>'
        for other in sorted(importers, key=y.__getitem__)
    )
    yield "</g>"


def _start(room: str) -> int:
    """Where a name ends."""
    return _NAMES + round(7.55 * len(room)) + 6


def _document(width: int, height: int, found: dict[str, set[str]], parts: Iterable[str]) -> str:
    colours = [
        "".join(
            f".hue{number} {{ fill: {colour} }}\n"
            f".hue{number} .in {{ fill: none; stroke: {colour}; stroke-width: 1.5 }}\n"
            for number, colour in enumerate(palette)
        )
        for palette in (_LIGHT, _DARK)
    ]
    sentences = (
        f"{room} imports {', '.join(sorted(targets)) or 'none of the others'}."
        for room, targets in found.items()
    )
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{round(width * _SCALE)}" height="{round(height * _SCALE)}" role="img" '
        'aria-labelledby="title description">',
        '<title id="title">The modules of the client and their imports</title>',
        f'<desc id="description">{escape(" ".join(sentences))}</desc>',
        f"<style>{_STYLE}{colours[0]}@media (prefers-color-scheme: dark) {{"
        f"{_STYLE_OF_THE_DARK}{colours[1]}}}</style>",
        f'<rect class="paper" width="{width}" height="{height}" rx="6"/>',
        f'<text class="note" x="{_NAMES}" y="22">'
        "A dot: this module imports the one where the line ends.</text>",
        *parts,
        "</svg>",
    )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
