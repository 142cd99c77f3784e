"""Runs as they are kept: what each gave in short, with its date, commit, interpreter and machine.

The page is made of the records, so that it can hold the runs of more than one interpreter, and
several of each.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from .figures import PAGE_SIZES, Measured, Rounds
from .processes import HERE

FOLDER = HERE / "records"
KEPT = 3
"""How many runs of an interpreter are kept."""

_LIBRARIES = ("urllib3", "pydantic", "msgspec", "click", "mypy")


class Figure(NamedTuple):
    """What a side gave in a run."""

    amount: float
    """The median of its rounds."""
    ratio: tuple[float, float, float] | None = None
    """What the first side took by what this one did: the median of the rounds between quartiles."""


Figures = dict[str, dict[str, Figure]]
"""What was measured to its sides; each is compared with the first of them."""


class Record(NamedTuple):
    """A run."""

    python: str
    """The version of the interpreter, as "3.13"."""
    interpreter: str
    """The same in full."""
    started: str
    """When, in UTC."""
    commit: str
    machine: str
    libraries: dict[str, str]
    figures: Figures


def ratio(ours: Sequence[float], peer: Sequence[float]) -> tuple[float, float, float]:
    """Compare two sides round by round.

    Args:
        ours: What the rounds of one gave.
        peer: What those of the other gave; a side that takes long has only the first rounds.

    Returns:
        The first by the second: the median between the quartiles.
    """
    quotients = [one / other for one, other in zip(ours, peer, strict=False)]
    if len(quotients) == 1:
        return quotients[0], quotients[0], quotients[0]
    low, middle, high = statistics.quantiles(quotients, n=4, method="inclusive")
    return low, middle, high


def summarize(measured: Measured) -> Figures:
    """Put what was measured in short.

    Args:
        measured: What was measured.

    Returns:
        The same without the rounds, and how flat the cost of an entity is.
    """
    figures = {what: _summarize(rounds) for what, rounds in measured.items()}
    by_size = {
        size: figures[what]["json-alone"].ratio
        for size in PAGE_SIZES
        if "json-alone" in figures.get(what := f"decode {size}", {})
    }
    middles = [found[1] for found in by_size.values() if found is not None]
    if middles:
        most, least = max(middles), min(middles)
        quotient = _short(most / least)
        figures["flat"] = {
            "highest": Figure(most),
            "lowest": Figure(least, (quotient, quotient, quotient)),
        }
    return figures


def _summarize(rounds: Rounds) -> dict[str, Figure]:
    lead = next(iter(rounds.values()))
    found: dict[str, Figure] = {}
    for side, taken in rounds.items():
        low, middle, high = map(_short, ratio(lead, taken))
        found[side] = Figure(
            _short(statistics.median(taken)), (low, middle, high) if found else None
        )
    return found


def _short(number: float) -> float:
    """Four digits, which is more than a run can tell."""
    return float(f"{number:.4g}")


def make_record(measured: Measured) -> Record:
    """Make the record of a run that ends now.

    Args:
        measured: What was measured.

    Returns:
        It.
    """
    return Record(
        python=".".join(platform.python_version_tuple()[:2]),
        interpreter=f"{platform.python_implementation()} {platform.python_version()}",
        started=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        commit=describe_commit(),
        machine=_describe_machine(),
        libraries={name: version(name) for name in _LIBRARIES},
        figures=summarize(measured),
    )


def _describe_machine() -> str:
    """Say on what this runs, in words that fit many machines."""
    release = ".".join(platform.release().split(".")[:2])
    cores = os.cpu_count() or 1
    plural = "s" * (cores > 1)
    return f"{platform.system()} {release}, {platform.machine()}, {cores} core{plural}"


def describe_commit() -> str:
    """Give the short name and the subject of the commit, and whether the package differs."""

    def ask(*arguments: str) -> str:
        command = ["git", "-C", str(HERE), *arguments]
        try:
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            return ""  # an unpacked source distribution, or no git

    found = ask("log", "-1", "--format=%h: %s").strip()
    changes = ask("status", "--porcelain", "--", str(HERE.parents[1] / "PureCloudPlatformClientV2"))
    return f"{found or 'unknown'}{', with changes' if changes.strip() else ''}"


def keep(record: Record, folder: Path = FOLDER) -> Path:
    """Write a record, and delete those of its interpreter that are older than the last few.

    Args:
        record: The record.
        folder: Where the records are.

    Returns:
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    moment = record.started[:19].replace(":", "")
    path = folder / f"{record.python}-{moment}.json"
    path.write_text(_to_text(record), encoding="utf-8")
    for old in sorted(folder.glob(f"{record.python}-*.json"))[:-KEPT]:
        old.unlink()
    return path


def _to_text(record: Record) -> str:
    """JSON with a line for each measure, so that runs can be compared by eye."""
    head = json.dumps({**record._asdict(), "figures": None}, indent=1, ensure_ascii=False)
    lines = [f"  {json.dumps(what)}: {json.dumps(one)}" for what, one in record.figures.items()]
    return head.replace('"figures": null', '"figures": {\n' + ",\n".join(lines) + "\n }") + "\n"


def load(folder: Path = FOLDER) -> dict[str, list[Record]]:
    """Read the records.

    Args:
        folder: Where they are.

    Returns:
        Version of an interpreter to its runs, oldest first.
    """
    runs: dict[str, list[Record]] = {}
    for path in sorted(folder.glob("*.json"), key=_age):
        record = _from_json(json.loads(path.read_text(encoding="utf-8")))
        runs.setdefault(record.python, []).append(record)
    return runs


def _age(path: Path) -> tuple[list[int], str]:
    python, _, moment = path.stem.partition("-")
    return [int(part) for part in python.split(".")], moment


def _from_json(facts: dict[str, Any]) -> Record:
    figures: Figures = {
        what: {side: _figure(*one) for side, one in sides.items()}
        for what, sides in facts.pop("figures").items()
    }
    return Record(**facts, figures=figures)


def _figure(amount: float, found: Iterable[float] | None) -> Figure:
    if found is None:
        return Figure(amount)
    low, middle, high = found
    return Figure(amount, (low, middle, high))
