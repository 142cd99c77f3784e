"""Changes the code in one place at a time, and counts what no test notices: ``tox -e mutation``.

It ends with an error where a room has a smaller share of noticed changes than it has to have.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from queue import Empty, SimpleQueue

from . import reached, report, trying
from .explained import EXPLAINED, LEAST
from .mutants import Mutant, mutants
from .nursery import PACKAGE

PROJECT = Path(__file__).parents[2]
ROOMS = ("_auth", "_transport", "_wire", "open_messaging")
SHARE = 0.25
"""The part of the mutants that is tried unless all are asked for."""
TESTS = (
    *("connect", "faults", "open_messaging", "renewal", "transfers"),
    *("test_advice.py", "test_api_client.py", "test_bodies.py", "test_byte_order_mark.py"),
    *("test_callers_mistakes.py", "test_changed_configuration.py", "test_clocks.py"),
    *("test_configuration.py", "test_configuration_secrets.py", "test_context_variables.py"),
    *("test_costs.py", "test_decoders.py", "test_deserialize.py", "test_display.py"),
    *("test_downloads.py", "test_endpoints.py", "test_environment.py", "test_error_bodies.py"),
    *("test_exceptions.py", "test_failures.py", "test_filled_in.py", "test_gateway.py"),
    *("test_http_client.py", "test_http_client_for_269.py", "test_identity.py"),
    *("test_interleaving.py", "test_logger.py", "test_logging_setup.py", "test_messaging_api.py"),
    *("test_models.py", "test_months_and_local_times.py", "test_nesting.py", "test_oauth.py"),
    *("test_own_models.py", "test_pacing.py", "test_parameters.py", "test_pickling.py"),
    *("test_properties.py", "test_redaction.py", "test_region_hosts.py"),
    *("test_repeated_parameters.py", "test_request_heads.py", "test_reserved_ids.py"),
    *("test_response_heads.py", "test_rest.py", "test_retry.py", "test_secret_names.py"),
    *(
        "test_serialization.py",
        "test_subclasses.py",
        "test_threads.py",
        "test_tls.py",
        "test_uploads.py",
    ),
    *("test_waiting.py",),
)
"""Where the promises of these rooms are tested."""
_ORDERED = ("test/transfers/test_uploads.py",)
"""Files whose tests fail in a fork if certain others have run before them."""


def main() -> None:
    """Measure, report, and judge."""
    options = _options()
    started = time.monotonic()
    tests = [f"test/{name}" for name in TESTS]
    existing = list(_mutants(options.modules))
    chosen = [mutant for mutant in existing if report.is_chosen(mutant.key, options.share)]
    with tempfile.TemporaryDirectory(prefix="mutation-") as folder, ExitStack() as stack:
        copies = [Path(folder) / str(nth) for nth in range(options.processes)]
        for copy in copies:
            trying.copy_project(PROJECT, copy)
        measured = Path(options.measured or copies[0])
        if not options.measured:
            reached.measure(measured, tests, options.processes)
        tests_of = reached.load(measured)
        trials = [stack.enter_context(trying.begin(copy, tests, tests_of)) for copy in copies]
        unfit = _failing_files(chosen, tests_of, trials)
        tests_of.leave_out([*unfit, *_ORDERED])
        _tell(f"left out, as they fail in a fork without a change: {', '.join(unfit) or 'none'}")
        _tell(
            f"{len(chosen)} of {len(existing)} mutants; {time.monotonic() - started:.0f} s so far"
        )
        verdicts = report.judge(_try_all(chosen, trials, options.results), EXPLAINED)
        cpu = sum(trial.cpu for trial in trials)
    rooms = report.count(verdicts, LEAST)
    _report(verdicts, rooms)
    _tell(f"\n{cpu:.0f} CPU seconds of tests, {time.monotonic() - started:.0f} s in all.")
    faults = [
        f"{room.name} has {room.score:.1%} of {room.least:.1%}"
        for room in rooms
        if room.falls_short
    ]
    if not options.modules:
        stale = report.stale(EXPLAINED, verdicts, (mutant.key for mutant in existing))
        faults += [f"explained, and no survivor: {key}" for key in stale]
    for fault in faults:
        _tell(fault)
    sys.exit(1 if faults else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Count the changes that no test notices.")
    add = parser.add_argument
    add("modules", nargs="*", help="modules, _transport/retry.py say (default: all)")
    add("--share", type=float, default=SHARE, help=f"the part to try (default: {SHARE})")
    add("--all", dest="share", action="store_const", const=1.0, help="try all mutants")
    usual = 3 * (os.cpu_count() or 1)  # as many a change makes a test wait till it gives up
    add("--processes", type=int, default=usual, help=f"how many to try at a time ({usual})")
    add("--results", help="a file that notes verdicts; noticed ones are not tried again")
    add("--measured", help="a folder where an earlier run has measured which tests reach what")
    return parser.parse_args()


def _mutants(modules: Iterable[str]) -> Iterator[Mutant]:
    package = PROJECT / PACKAGE
    names = modules or sorted(
        path.relative_to(package).as_posix()
        for room in ROOMS
        for path in (package / room).rglob("*.py")
    )
    for name in names:
        yield from mutants(name, (package / name).read_text("utf-8"))


def _failing_files(
    chosen: Iterable[Mutant], tests_of: reached.Reached, trials: list[trying.Trial]
) -> list[str]:
    """Run the tests that mutants are tried on while nothing is changed, and name what fails.

    It would pass for a test that notices every change.
    """
    tests = {test for mutant in chosen for tests in tests_of.tests(mutant) for test in tests}
    files = defaultdict[str, list[str]](list)
    for test in sorted(tests):
        files[test.partition("::")[0]].append(test)
    idle: SimpleQueue[trying.Trial] = SimpleQueue()
    for trial in trials:
        idle.put(trial)

    def fails(file: str) -> bool:
        trial = idle.get()
        try:
            return trial.fails(files[file])
        finally:
            idle.put(trial)

    with ThreadPoolExecutor(len(trials)) as pool:
        return [file for file, failed in zip(files, pool.map(fails, files), strict=True) if failed]


def _try_all(
    chosen: list[Mutant], trials: list[trying.Trial], results: str | None
) -> dict[str, str]:
    verdicts = _earlier(results) if results else {}
    waiting: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in chosen:
        if verdicts.get(mutant.key) not in (report.KILLED, report.TIMED_OUT):
            waiting.put(mutant)

    def work(trial: trying.Trial) -> None:
        while True:
            try:
                mutant = waiting.get_nowait()
            except Empty:
                return
            verdict = verdicts[mutant.key] = trial.verdict(mutant)
            if results:
                with Path(results).open("a", encoding="utf-8") as file:
                    file.write(json.dumps({mutant.key: verdict}) + "\n")

    with ThreadPoolExecutor(len(trials)) as pool:
        list(pool.map(work, trials))
    return {mutant.key: verdicts[mutant.key] for mutant in chosen}


def _earlier(results: str) -> dict[str, str]:
    path = Path(results)
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {key: verdict for line in lines for key, verdict in json.loads(line).items()}


def _report(verdicts: dict[str, str], rooms: list[report.Room]) -> None:
    for verdict in (report.SURVIVED, report.UNREACHED):
        for key in (key for key, one in verdicts.items() if one == verdict):
            _tell(f"{verdict}: {key}")
    _tell(report.HEAD)
    for room in rooms:
        _tell(str(room))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
