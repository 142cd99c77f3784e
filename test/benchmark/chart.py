"""Charts as SVG, for light and dark pages: the paper, and a line chart on logarithmic scales."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from html import escape

Lines = dict[str, list[tuple[int, float]]]
"""Title of a line to its points: entities on the page, and seconds."""

_TITLE = "Time to decode a page and read every field"

_WIDTH, _HEIGHT = 820, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 88, 560, 56, 396
_LABEL_GAP = 21

# The lines differ in the shape of their points as well, for those who see no difference in color.
_COLORS = [
    ("#0757c2", "#74b0ff"),
    ("#b45309", "#fbbf24"),
    ("#4b5563", "#a3adba"),
    ("#7c2fd0", "#c79bff"),
    ("#b4123f", "#ff8fa3"),
    ("#0b7a43", "#4fd18b"),
]
_SHAPES = [
    "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z",
    "M-4.5,-4.5h9v9h-9z",
    "M0,-6l5.5,10h-11z",
    "M0,-6l6,6l-6,6l-6,-6z",
    "M0,6l5.5,-10h-11z",
    "M-6,-2h4v-4h4v4h4v4h-4v4h-4v-4h-4z",
]

_STYLE = """\
text { font: 13px system-ui, sans-serif }
.title { font-size: 16px; font-weight: 600 }
.line { stroke-width: 2 }
.lead { stroke-width: 1; opacity: 0.6 }
.side0 .line { stroke-width: 3.5 }
.side0 text { font-weight: 700 }
"""

# Written out for each shade: not every program that draws SVG knows variables.
_PAPERS = [("#ffffff", "#1f2328", "#d8dee4"), ("#14181d", "#e6edf3", "#363d46")]


def _shade(dark: int) -> str:
    paper, ink, grid = _PAPERS[dark]
    rules = [
        f".paper {{ fill: {paper} }}",
        f"text {{ fill: {ink} }}",
        f".grid {{ stroke: {grid} }}",
    ]
    for number, pair in enumerate(_COLORS):
        color = pair[dark]
        rules.append(f".side{number} path, .side{number} rect {{ fill: {color} }}")
        rules.append(f".side{number} .line, .side{number} .lead {{ fill: none; stroke: {color} }}")
    return "".join(f"{rule}\n" for rule in rules)


def draw(lines: Lines, description: str) -> str:
    """Draw the time for a page by its size.

    Args:
        lines: What to draw; the first line is the one that it is all about.
        description: What the chart shows, for those who cannot see it.

    Returns:
        The text of the SVG file.
    """
    sizes = sorted({size for points in lines.values() for size, _ in points})
    times = [seconds for points in lines.values() for _, seconds in points]
    lowest, highest = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    first, last = math.log10(sizes[0]), math.log10(sizes[-1])

    def x(size: float) -> float:
        return _LEFT + (math.log10(size) - first) / (last - first) * (_RIGHT - _LEFT)

    def y(seconds: float) -> float:
        part = (math.log10(seconds) - lowest) / (highest - lowest)
        return _BOTTOM - part * (_BOTTOM - _TOP)

    parts = [*_grid(sizes, range(lowest, highest + 1), x, y)]
    labels = _spread({title: y(points[-1][1]) for title, points in lines.items()})
    for number, (title, points) in enumerate(lines.items()):
        parts += _line(number, title, [(x(size), y(time)) for size, time in points], labels[title])
    return frame(_TITLE, description, parts, _HEIGHT)


def frame(title: str, description: str, parts: Iterable[str], height: int) -> str:
    """Put a drawing on its paper.

    Args:
        title: What it is about.
        description: What it shows, for those who cannot see it.
        parts: The elements.
        height: Of the paper, whose width is always the same.

    Returns:
        The text of the SVG file.
    """
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}" role="img" aria-labelledby="title description">\n'
        f'<title id="title">{escape(title)}</title>\n'
        f'<desc id="description">{escape(description)}</desc>\n'
        f"<style>\n{_STYLE}{_shade(0)}@media (prefers-color-scheme: dark) {{\n{_shade(1)}}}\n"
        "</style>\n"
        f'<rect class="paper" width="{_WIDTH}" height="{height}" rx="8"/>\n'
        f'<text class="title" x="{_LEFT}" y="32">{escape(title)}</text>\n'
        + "".join(f"{part}\n" for part in parts)
        + "</svg>\n"
    )


def _grid(
    sizes: Iterable[int],
    powers: Iterable[int],
    x: Callable[[float], float],
    y: Callable[[float], float],
) -> list[str]:
    parts: list[str] = []
    for power in powers:
        height = y(10.0**power)
        parts.append(f'<path class="grid" d="M{_LEFT},{height:.1f}H{_RIGHT}"/>')
        label = f"{10.0**power * 1000:g} ms" if power < 0 else f"{10**power:g} s"
        parts.append(
            f'<text x="{_LEFT - 10}" y="{height + 4:.1f}" text-anchor="end">{label}</text>'
        )
    for size in sizes:
        parts.append(f'<path class="grid" d="M{x(size):.1f},{_TOP}V{_BOTTOM}"/>')
        parts.append(
            f'<text x="{x(size):.1f}" y="{_BOTTOM + 21}" text-anchor="middle">{size:,}</text>'
        )
    middle = (_LEFT + _RIGHT) / 2
    parts.append(
        f'<text x="{middle}" y="{_BOTTOM + 46}" text-anchor="middle">Entities on the page</text>'
    )
    parts.append(
        f'<text transform="translate(18,{(_TOP + _BOTTOM) / 2}) rotate(-90)" '
        'text-anchor="middle">CPU time</text>'
    )
    return parts


def _spread(heights: dict[str, float]) -> dict[str, float]:
    """Move labels apart that would lie on one another."""
    placed: dict[str, float] = {}
    previous = -math.inf
    for title in sorted(heights, key=heights.__getitem__):
        previous = placed[title] = max(heights[title], previous + _LABEL_GAP)
    # Should that push the last one off, the lowest ones move up again.
    following = float(_BOTTOM)
    for title in sorted(placed, key=placed.__getitem__, reverse=True):
        following = placed[title] = min(placed[title], following)
        following -= _LABEL_GAP
    return placed


def _line(number: int, title: str, points: list[tuple[float, float]], label: float) -> list[str]:
    shape = _SHAPES[number % len(_SHAPES)]
    path = "M" + "L".join(f"{left:.1f},{top:.1f}" for left, top in points)
    end, height = points[-1]
    return [
        f'<g class="side{number % len(_COLORS)}">',
        f'<path class="line" d="{path}"/>',
        *(
            f'<path transform="translate({left:.1f},{top:.1f})" d="{shape}"/>'
            for left, top in points
        ),
        f'<path class="lead" d="M{end + 7:.1f},{height:.1f}L{end + 24:.1f},{label:.1f}"/>',
        f'<path transform="translate({end + 33:.1f},{label:.1f})" d="{shape}"/>',
        f'<text x="{end + 45:.1f}" y="{label + 4:.1f}">{escape(title)}</text>',
        "</g>",
    ]
