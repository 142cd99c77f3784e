"""Measures how many organizations a second the rollout manages: ``tox -e scaling``.

It prints the table of docs/scaling.md. The sandbox runs in this process, which does nothing else
meanwhile, and holds every answer back as a network and a service would.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from PureCloudPlatformClientV2.sandbox import DelayFault, Sandbox

from .estate import Estate
from .growth import COUNTS, measure_growth, tell

THREADS = (1, 2, 4, 8, 16)
DASK_WORKERS = (1, 2, 4)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the rollout to many organizations.")
    add = parser.add_argument
    add("--organizations", type=int, default=80, help="in each measurement (default: 80)")
    add("--latency", type=float, default=0.05, help="seconds of every answer (default: 0.05)")
    add("--repeat", type=int, default=3, help="measurements of each kind (default: 3)")
    add(
        "--growth",
        type=int,
        nargs="*",
        metavar="N",
        help="instead: how it grows with the number of organizations (default: 200 600 2000)",
    )
    options = parser.parse_args()
    tell(
        f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} CPUs, load {os.getloadavg()[0]:.1f}\n"
    )
    if options.growth is not None:
        measure_growth(options.growth or COUNTS)
        return
    tell(
        f"{options.organizations} organizations, {options.latency * 1000:.0f} ms an answer, "
        f"median of {options.repeat}\n"
    )
    tell("| | workers | organizations a second | for each worker | requests a second |")
    tell("| --- | --- | --- | --- | --- |")
    for label, counts, dask in (("threads", THREADS, []), ("Dask", DASK_WORKERS, ["local"])):
        for workers in counts:
            extra = ["--workers", str(workers), *(word for one in dask for word in ("--dask", one))]
            rates = [
                measure(options.organizations, options.latency, extra)
                for _ in range(options.repeat)
            ]
            organizations = statistics.median(rate[0] for rate in rates)
            requests = statistics.median(rate[1] for rate in rates)
            tell(
                f"| {label} | {workers} | {organizations:.1f} | {organizations / workers:.2f} "
                f"| {requests:.0f} |"
            )


def measure(count: int, latency: float, options: list[str]) -> tuple[float, float]:
    """Roll out once.

    Returns:
        Organizations and requests a second, from the first request to the last: without the time
        that Python, or a cluster, takes to start.
    """
    with tempfile.TemporaryDirectory() as folder, Sandbox(log_size=100_000) as sandbox:
        estate = Estate(sandbox, Path(folder), count)
        sandbox.faults.add(DelayFault(latency, times=None))
        finished = estate.run("apply", *options)
        if finished.returncode:
            sys.exit(finished.stderr)
        times = [one.time.timestamp() for one in sandbox.requests]
        # A request is logged when it comes, and its answer held back afterwards.
        seconds = max(times) - min(times) + latency
    return count / seconds, len(times) / seconds


if __name__ == "__main__":
    main()
