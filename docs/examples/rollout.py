"""Bring the messaging integrations of many organizations to the state that a file describes.

    python rollout.py plan state.json
    python rollout.py apply state.json --workers 8
    python rollout.py apply state.json --dask tcp://scheduler:8786

The results are kept in state.json.results; apply again, and it takes up where it ended. The guide
is docs/scaling.md. Beside this file, rollout_organization.py does the work on one organization, and
rollout_files.py reads and writes both files.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import rollout_organization
from rollout_files import Results, digest, load
from rollout_organization import Result, Task, bring_to_state

LOOK_EVERY = 5.0
"""Seconds after which it is seen to the workers, although nothing has ended."""
NO_WORKER = "300s"
"""How long tasks wait for a worker, if none of a local cluster is left, before they fail."""


@contextmanager
def open_workers(
    options: argparse.Namespace,
) -> Generator[tuple[Executor, Any, Callable[[], object]], None, None]:
    """Give an executor, what it is to execute, and what brings back workers that are gone."""
    if options.dask is None:
        with ThreadPoolExecutor(options.workers) as executor:
            yield executor, bring_to_state, lambda: None
        return
    import cloudpickle  # type: ignore[import-untyped]  # it has none
    import dask.config
    from distributed import Client, LocalCluster  # both are needed with --dask only

    # The program travels to the workers, who need not have it.
    cloudpickle.register_pickle_by_value(rollout_organization)
    if options.dask != "local":
        with Client(options.dask) as client:
            yield client.get_executor(pure=False), on_dask, lambda: None
        return
    with dask.config.set({"distributed.scheduler.no-workers-timeout": NO_WORKER}):
        cluster: Any = LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            # Ctrl-C reaches the workers as well, and is not for them.
            preload=["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"],
        )
    with cluster, Client(cluster) as client:
        # One that takes long to start again, Dask gives up; to ask for as many starts others.
        yield client.get_executor(pure=False), on_dask, partial(cluster.scale, options.workers)


def on_dask(task: Task) -> Result:
    """Do the same on a Dask worker, perhaps in place of one that died in the middle."""
    from distributed import Event  # needed with --dask only

    begun = Event(f"rollout-{task.run}")  # kept by the scheduler, so it outlives the worker
    if begun.is_set():
        task = replace(task, not_before=time.time() + task.settle)
    begun.set()
    result = bring_to_state(task)
    begun.clear()
    return result


def work_through(
    tasks: list[Task],
    options: argparse.Namespace,
    results: Results | None,
    stop: threading.Event,
) -> Iterator[tuple[Task, Result]]:
    """Have all tasks done, and tell what became of each; what may pass is tried again."""
    if not tasks:
        return
    with open_workers(options) as (executor, function, restore):
        for attempt in range(options.retries + 1):
            waiting, under_way = deque(tasks), dict[Future[Result], Task]()
            again: list[tuple[Task, Result]] = []
            while under_way or (waiting and not stop.is_set()):
                # Not all at once, so that Ctrl-C is soon obeyed and the file says what has begun.
                while waiting and len(under_way) < 2 * options.workers and not stop.is_set():
                    task = waiting.popleft()
                    if results:
                        results.note(task.key, "begun")
                    under_way[executor.submit(function, task)] = task
                restore()
                done, _ = wait(under_way, LOOK_EVERY, return_when=FIRST_COMPLETED)
                for future in done:
                    task = under_way.pop(future)
                    result = outcome(task, future)
                    if result.retryable and attempt < options.retries:
                        again.append((task, result))
                    else:
                        yield task, result
            if not again:
                return
            if stop.wait(min(2**attempt, 30)):
                yield from again
                return
            tasks = [
                replace(
                    task,
                    not_before=result.ended + task.settle if result.unsettled else 0,
                    changes=tuple(result.changes),
                    run=uuid4().hex,
                )
                for task, result in again
            ]


def outcome(task: Task, future: Future[Result]) -> Result:
    try:
        return future.result()
    except (Exception, CancelledError) as error:  # such as KilledWorker, by which Dask gives up
        why = f"{type(error).__name__}: {error}"
        return Result(task.key, list(task.changes), why, retryable=True, unsettled=True)


def run(options: argparse.Namespace) -> int:
    tasks = [
        Task(
            key,
            organization,
            prune=options.prune,
            replace=options.replace,
            dry_run=options.command == "plan",
            settle=options.settle,
            rate_limit=options.rate_limit,
        )
        for key, organization in load(options.state).items()
    ]
    if options.command == "plan":
        ended, stopped = bring_all(tasks, options, None)
        for key in (task.key for task in tasks if task.key in ended):
            print(f"{key}:", *(ended[key].changes or ["nothing to do"]), sep="\n  ")
    else:
        with closing(Results(Path(options.results or f"{options.state}.results"))) as results:
            ended, stopped = bring_all(tasks, options, results)
    return 130 if stopped else int(any(result.error for result in ended.values()))


def bring_all(
    tasks: list[Task], options: argparse.Namespace, results: Results | None
) -> tuple[dict[str, Result], bool]:
    """Do what is left to do, and tell of it; and whether Ctrl-C has ended it."""
    digests = {task.key: digest(task.organization, task.prune, task.replace) for task in tasks}
    if results:
        todo = [
            task for task in tasks if options.all or results.finished(task.key) != digests[task.key]
        ]
        print(f"{len(tasks) - len(todo)} organizations are finished already", file=sys.stderr)
        tasks = [
            replace(task, not_before=results.last_change(task.key) + task.settle) for task in todo
        ]
        early = sum(task.not_before > time.time() for task in tasks)
        if early:
            print(f"{early} were changed just now: they wait for --settle seconds", file=sys.stderr)
    stop = threading.Event()

    def interrupt(*_: object) -> None:
        # Not by print, which may be what has just been interrupted.
        os.write(2, b"Stopping after those under way; Ctrl-C again to leave them.\n")
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()

    signal.signal(signal.SIGINT, interrupt)
    ended: dict[str, Result] = {}
    for task, result in work_through(tasks, options, results, stop):
        ended[task.key] = result
        what = "; ".join([*result.changes, *([f"FAILED: {result.error}"] if result.error else [])])
        print(f"[{len(ended)}/{len(tasks)}] {task.key}: {what or 'as wanted'}", file=sys.stderr)
        if results:
            results.note(
                task.key,
                "failed" if result.error else "done",
                digest=digests[task.key],
                changes=result.changes,
                error=result.error,
            )
    failures = {key: result.error for key, result in ended.items() if result.error}
    for key, error in failures.items():
        print(f"FAILED {key}: {error}", file=sys.stderr)
    left = len(tasks) - len(ended)
    print(
        f"{len(ended) - len(failures)} done, {len(failures)} failed, {left} left", file=sys.stderr
    )
    return ended, stop.is_set()


def parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    add = parser.add_argument
    add("command", choices=["plan", "apply"], help="print what would change, or change it")
    add("state", type=Path, help="JSON file that says what is wanted")
    add("--results", metavar="FILE", help="where the results are kept (default: STATE.results)")
    add("--prune", action="store_true", help="delete integrations that the file does not name")
    add(
        "--replace",
        action="store_true",
        help="delete and create what cannot be updated, and what the service failed to create",
    )
    add("--all", action="store_true", help="look at finished organizations as well")
    add("--workers", type=int, default=8, metavar="N", help="threads or Dask workers (default: 8)")
    add(
        "--dask",
        metavar="ADDRESS",
        help="work on this Dask scheduler, or on a cluster that is local",
    )
    add(
        "--retries",
        type=int,
        default=2,
        metavar="N",
        help="further attempts after a passing failure",
    )
    add(
        "--rate-limit",
        type=float,
        default=300,
        metavar="N",
        help="requests per minute and organization",
    )
    add(
        "--settle",
        type=float,
        default=180,
        metavar="SECONDS",
        help="time until a request is carried out, if ever, and listings show it (default: 180)",
    )
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    try:
        return run(parse(arguments))
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        print(f"rollout.py: {error}; --dask needs dask[distributed]", file=sys.stderr)
    except (OSError, ValueError) as error:
        print(f"rollout.py: {error}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
