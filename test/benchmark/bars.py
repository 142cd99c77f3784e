"""A bar chart as SVG: two measures side by side, a bar for each side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from .chart import frame

_LEFT, _TOP, _ROW, _BAR = 176, 84, 34, 20
_PANELS = ((_LEFT, 232), (494, 232))
"""Where each of the two begins, and how wide its longest bar is."""


class Panel(NamedTuple):
    """One of the two halves."""

    title: str
    """What is measured, and in what unit."""
    amounts: Mapping[str, float]
    """Title of a side to what it takes."""
    write: Callable[[float], str]
    """Writes an amount at the end of its bar."""


def draw_bars(title: str, description: str, panels: tuple[Panel, Panel]) -> str:
    """Draw what the sides take, from zero on.

    Args:
        title: What it is about.
        description: What it shows, for those who cannot see it.
        panels: The halves, with the same sides; the first side is the one that it is all about.

    Returns:
        The text of the SVG file.
    """
    sides = list(panels[0].amounts)
    bottom = _TOP + _ROW * len(sides)
    parts = [
        f'<text x="{_LEFT - 12}" y="{_middle(row) + 4}" text-anchor="end">{escape(side)}</text>'
        for row, side in enumerate(sides)
    ]
    for (left, width), panel in zip(_PANELS, panels, strict=True):
        parts.append(f'<text x="{left}" y="{_TOP - 18}">{escape(panel.title)}</text>')
        parts.append(f'<path class="grid" d="M{left},{_TOP - 6}V{bottom}"/>')
        most = max(panel.amounts.values())
        for row, side in enumerate(sides):
            length = max(1.0, panel.amounts[side] / most * width)
            parts += [
                f'<g class="side{row}">',
                f'<rect x="{left}" y="{_middle(row) - _BAR / 2}" width="{length:.1f}" '
                f'height="{_BAR}"/>',
                f'<text x="{left + length + 8:.1f}" y="{_middle(row) + 4}">'
                f"{escape(panel.write(panel.amounts[side]))}</text>",
                "</g>",
            ]
    return frame(title, description, parts, bottom + 24)


def _middle(row: int) -> float:
    return _TOP + _ROW * row + _ROW / 2
