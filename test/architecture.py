"""Draws the rooms of the package and lists what is in them: ``python test/architecture.py``.

Writes docs/architecture.svg, and the tables in docs/architecture.md, from the imports and from the
first lines of the modules. No program but this is needed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import NamedTuple

from class_pages import fill, model_classes, paragraphs, table
from house import OF_THE_VENDOR, PACKAGE, ROOT, imports_of

PICTURE = ROOT / "docs" / "architecture.svg"
PAGE = ROOT / "docs" / "architecture.md"


class Room(NamedTuple):
    """A box of the picture: some modules and folders of the package."""

    name: str
    says: str
    """What it is for, on the picture."""
    holds: tuple[str, ...]
    """The modules and folders at the root of the package that belong to it."""


STORIES: tuple[tuple[Room, ...], ...] = (
    (
        Room("cli", "every method from a shell", ("cli", "__main__")),
        Room("notifications", "events over a WebSocket", ("notifications",)),
    ),
    (Room("catalog", "the other API classes and models, as facts", ("catalog",)),),
    (
        Room(
            "apis, pagination, waiting",
            "a method for each endpoint; listings, rows; waiting",
            ("apis", "identity", "lookup", "pagination", "_paging", "rows", "waiting"),
        ),
        Room("sandbox", "a stand-in for the service", ("sandbox",)),
    ),
    (Room("api_client", "conducts a call", ("api_client", "_calls")),),
    (
        Room("_auth", "gets tokens, and renews them", ("_auth",)),
        Room("open_messaging", "webhooks in, messages and receipts out", ("open_messaging",)),
    ),
    (
        Room(
            "_transport",
            "one call over the wire: limits, connections, retries, proxy, TLS",
            ("_transport", "rest"),
        ),
    ),
    (
        Room(
            "models, exceptions", "what goes and comes; what can go wrong", ("models", "exceptions")
        ),
        Room(
            "configuration, logger, _settings",
            "where a setting comes from; what is logged",
            ("configuration", "logger", "_settings"),
        ),
    ),
    (Room("_wire", "Python values to what is sent, and back", ("_wire",)),),
)
"""The house, from the top down. That imports lead down is for the tests to see."""

ROOMS = [room for story in STORIES for room in story]

FITTINGS = {"__init__", "_lazy", "version", *OF_THE_VENDOR}
"""What belongs to no room: it passes on the public names, or says which version this is."""


def room_of(path: Path) -> Room | None:
    """The room that a file of the package belongs to."""
    place = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if place in FITTINGS:
        return None
    for room in ROOMS:
        if place in room.holds:
            return room
    raise LookupError(f"say in test/architecture.py which room {place} belongs to")


def imports() -> dict[str, set[str]]:
    """What each room imports from the others, by name."""
    found: dict[str, set[str]] = {room.name: set() for room in ROOMS}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = room_of(path)
        for one in imports_of(path) if room else ():
            other = room_of(PACKAGE / f"{one.target.split('.')[0] or '__init__'}.py")
            if room and other and other != room:
                found[room.name].add(other.name)
    return found


def arrows(found: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """The imports, without those from rooms that a longer way leads to as well."""
    for room, targets in found.items():
        further = {name for target in targets for name in _reached(found, target) if name != target}
        yield from ((room, target) for target in sorted(targets - further))


def _reached(found: dict[str, set[str]], room: str, seen: frozenset[str] = frozenset()) -> set[str]:
    assert room not in seen, f"the imports of {room} lead back to it"
    return {room}.union(*(_reached(found, other, seen | {room}) for other in found[room]))


# The picture

_WIDTH, _MARGIN, _HEIGHT, _GAP, _BETWEEN = 720, 16, 58, 30, 24

_STYLE = """
.name { font: 600 15px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328 }
.says { font: 13px system-ui, sans-serif; fill: #59636e }
.paper { fill: #ffffff }
.room { fill: #eef4fb; stroke: #9dbbe0 }
.arrow { fill: none; stroke: #57606a; stroke-width: 1.5 }
.head { fill: #57606a }
@media (prefers-color-scheme: dark) {
.name { fill: #e6edf3 }
.says { fill: #a9b4c0 }
.paper { fill: #14181d }
.room { fill: #1c2733; stroke: #3d5875 }
.arrow { stroke: #a9b4c0 }
.head { fill: #a9b4c0 }
}
"""


class _Box(NamedTuple):
    left: float
    top: float
    width: float

    @property
    def bottom(self) -> float:
        return self.top + _HEIGHT


def _boxes() -> dict[str, _Box]:
    boxes: dict[str, _Box] = {}
    for level, story in enumerate(STORIES):
        width = (_WIDTH - 2 * _MARGIN - _BETWEEN * (len(story) - 1)) / len(story)
        for place, room in enumerate(story):
            left = _MARGIN + place * (width + _BETWEEN)
            boxes[room.name] = _Box(left, _MARGIN + level * (_HEIGHT + _GAP), width)
    return boxes


def draw() -> str:
    """The picture as the text of an SVG file."""
    found = imports()
    boxes = _boxes()
    height = max(box.bottom for box in boxes.values()) + _MARGIN
    sentences = (
        f"{room} imports from {', '.join(sorted(targets)) or 'none of the others'}."
        for room, targets in found.items()
    )
    lines = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height:g}" '
        f'width="{_WIDTH}" height="{height:g}" role="img" aria-labelledby="title description">',
        '<title id="title">The rooms of the package and their imports</title>',
        f'<desc id="description">{escape(" ".join(sentences))}</desc>',
        f"<style>{_STYLE}</style>",
        f'<rect class="paper" width="{_WIDTH}" height="{height:g}" rx="6"/>',
        *(_arrow(boxes[room], boxes[other]) for room, other in arrows(found)),
        *(line for room in ROOMS for line in _draw_room(room, boxes[room.name])),
        "</svg>",
    )
    return "\n".join(lines) + "\n"


def _arrow(upper: _Box, lower: _Box) -> str:
    """From the lower edge of a box straight down to the upper edge of another."""
    left = max(upper.left, lower.left)
    right = min(upper.left + upper.width, lower.left + lower.width)
    x, end = (left + right) / 2, lower.top - 1
    return (
        f'<path class="arrow" d="M{x:g} {upper.bottom:g}V{end - 7:g}"/>'
        f'<path class="head" d="M{x:g} {end:g}l-5 -9h10z"/>'
    )


def _draw_room(room: Room, box: _Box) -> Iterator[str]:
    middle = box.left + box.width / 2
    yield (
        f'<rect class="room" x="{box.left:g}" y="{box.top:g}" width="{box.width:g}" '
        f'height="{_HEIGHT}" rx="8"/>'
    )
    for style, text, y in (("name", room.name, 24), ("says", room.says, 44)):
        yield (
            f'<text class="{style}" x="{middle:g}" y="{box.top + y:g}" text-anchor="middle">'
            f"{escape(text)}</text>"
        )


# The page


def tables() -> str:
    """What lives in which file, room by room and from the ground up, in the modules' own words."""
    return "\n".join(
        f"### {_code(room.name)}\n\n{table(('File', 'What lives there'), _files(room))}"
        for story in reversed(STORIES)
        for room in story
    )


def _code(names: str) -> str:
    return ", ".join(f"`{name}`" for name in names.split(", "))


def _files(room: Room) -> Iterator[tuple[str, str]]:
    one_a_file = {cls.__module__.rpartition(".")[2] for cls in model_classes()}
    for path in sorted(
        PACKAGE.rglob("*.py"), key=lambda path: (path.parent, path.stem.lstrip("_"))
    ):
        is_model = path.parent.name == "models" and path.stem in one_a_file
        if room_of(path) == room and path.stem != "__init__" and not is_model:
            says = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            yield f"`{path.relative_to(PACKAGE).as_posix()}`", paragraphs(says)[0]
    if "models" in room.holds:
        yield "the others in `models/`", "One model a file."


def page() -> str:
    """The page, with what is written by hand in its present text."""
    return fill(PAGE.read_text(encoding="utf-8"), {"rooms": tables})


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
