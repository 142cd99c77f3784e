"""Runs the benchmark; ``python -m benchmark --help`` says with what options."""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from child_process import ProcessError

from .figures import FIGURES, Measured
from .page import write_page
from .processes import HERE, BenchmarkError, Processes, install_vendor
from .records import FOLDER, keep, load, make_record
from .report import (
    table_of_calls,
    table_of_decoding,
    table_of_goals,
    table_of_models,
    table_of_programs,
)

_DOCS = HERE.parent.parent / "docs"


def _figures(text: str) -> list[str]:
    names = text.split(",")
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0]!r} is none of {', '.join(FIGURES)}")
    return names


def _rounds(text: str) -> int:
    rounds = int(text)
    if not 3 <= rounds <= 1000:
        raise argparse.ArgumentTypeError("give a number from 3 to 1000")
    return rounds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "benchmark", description="Compare this package with its peers, each figure as a ratio."
    )
    parser.add_argument(
        "--figures",
        type=_figures,
        default=list(FIGURES),
        metavar="NAME,...",
        help=f"only these of {', '.join(FIGURES)}; prints, and writes nothing",
    )
    parser.add_argument("--rounds", type=_rounds, metavar="N", help="how often; 48 if omitted")
    parser.add_argument(
        "--quick", action="store_true", help="5 rounds if not told otherwise; writes nothing"
    )
    parser.add_argument(
        "--vendor",
        type=Path,
        metavar="FOLDER",
        help="where the vendor's releases are, or are to be installed; without it they take no "
        "part, and nothing is written",
    )
    parser.add_argument(
        "--page", action="store_true", help="measure nothing; write the page from what there is"
    )
    return parser.parse_args()


def _measure(options: argparse.Namespace) -> Measured:
    rounds = options.rounds or (5 if options.quick else 48)
    measured: Measured = {}
    with tempfile.TemporaryDirectory() as home:
        processes = Processes(Path(home), options.vendor)
        for name in options.figures:
            measured |= FIGURES[name](processes, rounds)
    return measured


def main() -> None:
    """Measure, print, and if everything was measured keep it and write the page."""
    options = _options()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if not options.page:
            _run(options)
    except (BenchmarkError, ProcessError) as error:
        sys.exit(f"benchmark: {error}")
    except KeyboardInterrupt:
        sys.exit("benchmark: stopped")
    if options.page:
        _write_page()


def _run(options: argparse.Namespace) -> None:
    if options.vendor:
        install_vendor(options.vendor)
    record = make_record(_measure(options))
    tables = (table_of_calls, table_of_decoding, table_of_models, table_of_programs)
    sys.stdout.write(f"\n{table_of_goals({record.python: [record]})}\n")
    sys.stdout.write("\n".join(filter(None, (table([record]) for table in tables))))
    if options.vendor and not options.quick and set(options.figures) == set(FIGURES):
        sys.stdout.write(f"Kept: {keep(record)}\n")
        _write_page()


def _write_page() -> None:
    runs = load()
    if not runs:
        sys.exit(f"benchmark: there are no records in {FOLDER}")
    write_page(runs, _DOCS, list(FIGURES))
    sys.stdout.write(f"Written: {_DOCS / 'performance.md'}\n")


if __name__ == "__main__":
    main()
