"""A line of a sorted file is found by bisecting it, and little of the file is read."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.catalog import lines

FILES = ["operations.txt", "definitions.txt", "payloads.txt", "topics.txt"]

Write = Callable[[dict[str, str]], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file of keys and what stands behind them, and gives its name."""
    monkeypatch.setattr(lines, "FOLDER", f"{tmp_path}{os.sep}")

    def write(facts: dict[str, str]) -> str:
        text = sorted(f"{key} {rest}\n".encode() for key, rest in facts.items())
        (tmp_path / "facts.txt").write_bytes(b"".join(text))
        return "facts.txt"

    return write


def plain_dict(file: str) -> dict[str, str]:
    text = Path(lines.FOLDER, file).read_text(encoding="utf-8")
    return {key: rest for key, _, rest in (line.partition(" ") for line in text.splitlines())}


@pytest.mark.parametrize("file", FILES)
def test_each_line_is_found(file: str) -> None:
    known = plain_dict(file)
    assert (
        len(known)
        == {
            "operations.txt": 3508,
            "definitions.txt": 4992,
            "payloads.txt": 1446,
            "topics.txt": 242,
        }[file]
    )
    assert {key: lines.find_line(file, key) for key in known} == known


@pytest.mark.parametrize("file", FILES)
def test_nothing_else_is_found(file: str) -> None:
    known = plain_dict(file)
    for key in [*known][::7]:
        for other in (key[:-1], f"{key}x", f"{key}{{", f"{key} ", key.upper(), f"{key}\n"):
            if other not in known:
                assert lines.find_line(file, other) is None, other
    assert lines.find_line(file, "") is None


def test_the_lines_of_each_class_are_found() -> None:
    by_class: dict[str, list[str]] = {}
    text = Path(lines.FOLDER, "operations.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        by_class.setdefault(line.partition(".")[0], []).append(line)
    assert len(by_class) == 87
    for name, expected in by_class.items():
        assert lines.find_lines("operations.txt", f"{name}.") == expected
    assert lines.find_lines("operations.txt", "Nothing.") == []
    assert lines.find_lines("operations.txt", "~") == []
    assert "\n".join(lines.find_lines("operations.txt", "")) + "\n" == text


KEYS = st.text(st.characters(exclude_characters=" \r\n", codec="utf-8"), min_size=1)
RESTS = st.one_of(
    st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=40),
    st.integers(0, 9000).map("é{}".__mul__),
)


@given(facts=st.dictionaries(KEYS, RESTS, max_size=40), others=st.lists(KEYS, max_size=5))
def test_any_sorted_file_is_read_as_a_dict(
    write: Write, facts: dict[str, str], others: list[str]
) -> None:
    file = write(facts)
    for key in [*facts, *others]:
        assert lines.find_line(file, key) == facts.get(key)
    for prefix in ["", *others, *(key[:1] for key in facts)]:
        found = lines.find_lines(file, prefix)
        expected = (f"{key} {rest}" for key, rest in facts.items())
        assert found == sorted((one for one in expected if one.startswith(prefix)), key=str.encode)


LARGE = {
    "an empty file": {},
    "one line": {"only": "{}"},
    "one long line": {"only": "x" * 100_000},
    "long lines": {f"key{i}": f"{i}" * 7000 for i in range(60)},
    "a long line among short ones": {
        f"key{i:05}": "x" * (50_000 if i == 700 else 9) for i in range(2000)
    },
    "keys that begin alike": {"a" * i: str(i) for i in range(1, 300)},
}


@pytest.mark.parametrize("name", LARGE)
def test_files_of_all_shapes_are_read(name: str, write: Write) -> None:
    facts: dict[str, str] = LARGE[name]
    file = write(facts)
    assert {key: lines.find_line(file, key) for key in facts} == facts
    for other in ("", "0", "key", "zzz", "only.", "a" * 300):
        assert lines.find_line(file, other) is None


class Counting(io.FileIO):
    """A file that counts what is read of it."""

    def __init__(self, path: str) -> None:
        super().__init__(path, "r")
        self.bytes = 0
        self.reads = 0

    def readinto(self, buffer: Any) -> int:
        size = super().readinto(buffer)
        assert size is not None
        self.bytes += size
        self.reads += 1
        return size


PAGE = 4096
"""Bytes that are read of a file at a time."""


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Counting]:
    """Count what is read of files from now on."""
    opened: list[Counting] = []

    def open_counting(name: str, _mode: str) -> Any:
        opened.append(Counting(name))
        return io.BufferedReader(opened[-1], PAGE)

    monkeypatch.setattr(lines, "open", open_counting, raising=False)
    return opened


@pytest.mark.parametrize("count", [10, 3_000, 300_000])
def test_little_is_read_however_large_the_file_is(
    count: int, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = write({f"key{i:07}": "x" * 50 for i in range(count)})
    opened = count_reads(monkeypatch)
    for i in range(0, count, max(1, count // 97)):
        assert lines.find_line(file, f"key{i:07}") == "x" * 50
    assert lines.find_lines(file, f"key{count // 2:07}")
    # A step of the search for each doubling, and each step a page or two; then the page itself.
    most = 2 * count.bit_length() + 4
    assert max(one.reads for one in opened) <= most
    assert max(one.bytes for one in opened) <= PAGE * most


def test_a_look_up_in_the_catalog_reads_less_than_a_tenth(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = count_reads(monkeypatch)
    for file in ("operations.txt", "definitions.txt"):
        size = Path(lines.FOLDER, file).stat().st_size
        for key in plain_dict(file):
            lines.find_line(file, key)
        assert max(one.bytes for one in opened) < size / 10
        opened.clear()


def test_a_missing_file_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(lines, "FOLDER", f"{tmp_path}{os.sep}")
    with pytest.raises(FileNotFoundError, match=r"nonsuch\.txt"):
        lines.find_line("nonsuch.txt", "RoutingApi.get_routing_queues")
