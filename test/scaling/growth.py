"""Measures how the rollout grows with the number of organizations: ``tox -e scaling -- --growth``.

It is that of ``test_dask.py``, with its faults and killed workers, of which there are three for two
hundred organizations. The sandbox answers at once, so what grows shows, be it in the sandbox, which
is this process, or in the program.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PureCloudPlatformClientV2.sandbox import Sandbox

from .estate import Estate, creations
from .trouble import kill_the_worker_of, prepare, victims

COUNTS = (200, 600, 2000)

_TOO_LONG = 1800.0
"""Seconds."""


class Grown(NamedTuple):
    """What a rollout took; where nothing else is said, for one organization."""

    organizations: int
    seconds: float
    requests: float
    cpu_of_sandbox: float
    """Seconds."""
    cpu_of_program: float
    """Seconds of the program, its scheduler and all of its workers."""
    early: float
    """Seconds, in the second fifth of the organizations."""
    late: float
    """Seconds, in the last."""
    killed: int
    """All workers that were."""


def measure_growth(counts: Sequence[int] = COUNTS) -> None:
    """Roll out to more and more organizations, and print what each took.

    Args:
        counts: How many organizations.
    """
    tell(
        "| organizations | killed workers | seconds | ms each | requests each "
        "| CPU of the sandbox each | CPU of program and workers each | ms in the second fifth "
        "| in the last |"
    )
    tell("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for count in counts:
        one = roll_out(count)
        figures = (one.seconds, one.cpu_of_sandbox, one.cpu_of_program, one.early, one.late)
        each, sandbox, program, early, late = (f"{figure * 1000:.0f}" for figure in figures)
        tell(
            f"| {count:,} | {one.killed} | {one.seconds * count:.0f} | {each} | {one.requests:.1f} "
            f"| {sandbox} ms | {program} ms | {early} | {late} |"
        )


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def roll_out(count: int) -> Grown:
    """Roll out once, and see that all is as wanted: nothing twice, nothing missing.

    Args:
        count: To how many organizations.
    """
    with tempfile.TemporaryDirectory() as folder, Sandbox(log_size=50_000) as sandbox:
        estate = Estate(sandbox, Path(folder), count)
        there = prepare(estate)
        killed: list[int] = []
        own, children = time.process_time(), _cpu_of_children()
        options = ("--dask", "local", "--workers", "4", "--settle", "2")
        with estate.start("apply", *options) as rollout:

            def kill() -> None:
                for number in victims(count):
                    victim = estate.organizations[number]
                    killed.append(
                        kill_the_worker_of(sandbox, victim, lambda: rollout.poll() is not None)
                    )

            killer = threading.Thread(target=kill)
            killer.start()
            _, told = rollout.communicate(timeout=_TOO_LONG)
        killer.join()
        own, children = time.process_time() - own, _cpu_of_children() - children
        if rollout.returncode or len(killed) < len(victims(count)) or len(sandbox.faults):
            sys.exit(told)
        requests = sandbox.requests
        assert estate.carried_out("POST") == creations(estate.organizations, but=there)
        assert estate.latest() == {"done": count}
        ended = sorted({one.organization_id: one.time.timestamp() for one in requests}.values())
        begin = min(one.time.timestamp() for one in requests)
        estate.assert_as_wanted()
    fifth = count // 5
    return Grown(
        count,
        seconds=(ended[-1] - begin) / count,
        requests=len(requests) / count,
        cpu_of_sandbox=own / count,
        cpu_of_program=children / count,
        early=(ended[2 * fifth] - ended[fifth]) / fifth,
        late=(ended[-1] - ended[-1 - fifth]) / fifth,
        killed=len(killed),
    )


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system
