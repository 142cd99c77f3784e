"""Bring the messaging integrations of many organizations to the state that a file describes.

    python rollout.py plan state.json
    python rollout.py apply state.json --workers 8
    python rollout.py apply state.json --dask tcp://scheduler:8786

The results are kept in state.json.results; apply again, and it takes up where it ended. The guide
is docs/scaling.md; rollout_files.py beside this file reads and writes both files.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    CancelledError,
    Executor,
    Future,
    ThreadPoolExecutor,
    wait,
)
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from rollout_files import CREDENTIALS, REQUESTS, Json, Results, digest, load

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    LineIntegrationRequest,
    MessagingApi,
    paginate,
)
from PureCloudPlatformClientV2.rest import NotFoundException

SHOWN = {
    "facebook": ("app_id", "page_id"),
    "line": ("channel_id",),
    "twitter": ("access_token_key", "consumer_key", "tier", "env_name"),
}
"""What the service shows of an integration, and what can be compared for this reason."""

LOOKS = 5
"""How often the work on one organization may look at what is there."""


class Undecided(Exception):  # noqa: N818 - nothing went wrong
    """There is something to decide for a person."""


@dataclass(frozen=True)
class Task:
    """The work on one organization. It travels to the worker; the secrets do not."""

    key: str
    organization: Json
    prune: bool
    replace: bool
    dry_run: bool
    settle: float
    rate_limit: float
    unsettled: bool = False
    """Whether an earlier attempt was cut short, so that a request of it may still be under way."""
    changes: tuple[str, ...] = ()
    """What earlier attempts are known to have done."""
    run: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True)
class Result:
    """What became of it."""

    key: str
    changes: list[str]
    error: str = ""
    retryable: bool = False
    unsettled: bool = False


@dataclass(frozen=True)
class Step:
    """One difference between what is there and what is wanted."""

    verb: str
    kind: str
    name: str
    id: str = ""
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        return " ".join((self.verb, self.kind, repr(self.name), *self.fields))


# The work on one organization: it runs in a thread or on a Dask worker alike.


def bring_to_state(task: Task) -> Result:
    changes = list(task.changes)
    try:
        if task.unsettled:
            time.sleep(task.settle)
        with open_client(task) as client:
            reach_state(task, MessagingApi(client), changes)
    except ApiException as error:
        passing = not error.status or error.status == 429 or error.status >= 500
        return Result(task.key, changes, str(error), retryable=passing)
    except (Undecided, LookupError, ValueError, OSError) as error:
        return Result(task.key, changes, str(error))
    return Result(task.key, changes)


def open_client(task: Task) -> ApiClient:
    settings = {
        name: resolve(task.organization[name]) for name in CREDENTIALS & task.organization.keys()
    }
    configuration = Configuration(host=task.organization["host"], **settings)
    configuration.rate_limit = task.rate_limit
    client = ApiClient(configuration=configuration)
    client.user_agent = f"{client.user_agent!s} rollout/{os.getpid()}"  # tells who it was, in a log
    return client


def reach_state(task: Task, api: MessagingApi, changes: list[str]) -> None:
    """Look, do what is missing, and look again, until nothing is."""
    mine: set[str] = set()
    steps: list[Step] = []
    for _ in range(LOOKS):
        steps = difference(task, look(api), mine)
        due = [step for step in steps if step.verb != "differs"]
        if task.dry_run or not due:
            break
        for step in due:
            try:
                carry_out(step, task, api, mine)
            except ApiException as error:
                if not error.outcome_unknown:
                    raise
                # Perhaps it is still on its way: wait until it cannot be, then look by name.
                changes.append(f"{step}, of which no answer came")
                time.sleep(task.settle)
                break
            changes.append(str(step))
    else:
        raise Undecided(f"not as wanted after {LOOKS} looks: {', '.join(map(str, steps))}")
    if task.dry_run:
        changes += map(str, steps)
    elif steps:
        raise Undecided(f"{', '.join(map(str, steps))}: --replace would delete and create")


def look(api: MessagingApi) -> dict[str, list[Any]]:
    methods: dict[str, Callable[..., Any]] = {
        "facebook": api.get_messaging_integrations_facebook,
        "line": api.get_messaging_integrations_line,
        "twitter": api.get_messaging_integrations_twitter,
    }
    return {kind: list(paginate(method, page_size=100)) for kind, method in methods.items()}


def difference(task: Task, found: dict[str, list[Any]], mine: set[str]) -> list[Step]:
    steps: list[Step] = []
    for kind, integrations in found.items():
        by_name: dict[str, list[Any]] = defaultdict(list)
        for one in integrations:
            by_name[one.name].append(one)
        for wanted in task.organization["integrations"].get(kind, ()):
            steps += steps_for(task, kind, wanted, by_name.pop(wanted["name"], []), mine)
        if task.prune:
            unwanted = [one for group in by_name.values() for one in group]
            steps += [Step("delete", kind, one.name, one.id) for one in unwanted]
    return steps


def steps_for(task: Task, kind: str, wanted: Json, there: list[Any], mine: set[str]) -> list[Step]:
    name = wanted["name"]
    if not there:
        return [Step("create", kind, name)]
    if len(there) > 1:
        # A request of an earlier attempt has come after all: take back what this one created.
        surplus = [one for one in there if one.id in mine][: len(there) - 1]
        if task.prune and not surplus:
            surplus = sorted(there, key=lambda one: one.date_created)[1:]
        if not surplus:
            raise Undecided(f"there are {len(there)} {kind} integrations called {name!r}")
        return [Step("delete", kind, name, one.id) for one in surplus]
    (one,) = there
    differing = tuple(
        shown
        for shown in SHOWN[kind]
        if shown in wanted and getattr(one, shown) != resolve(wanted[shown])
    )
    if not differing:
        return []
    if kind == "line":
        return [Step("update", kind, name, one.id, differing)]
    if task.replace:
        return [Step("delete", kind, name, one.id), Step("create", kind, name)]
    return [Step("differs", kind, name, one.id, differing)]


def carry_out(step: Step, task: Task, api: MessagingApi, mine: set[str]) -> None:
    create: dict[str, Callable[..., Any]] = {
        "facebook": api.post_messaging_integrations_facebook,
        "line": api.post_messaging_integrations_line,
        "twitter": api.post_messaging_integrations_twitter,
    }
    delete: dict[str, Callable[..., None]] = {
        "facebook": api.delete_messaging_integrations_facebook_integration_id,
        "line": api.delete_messaging_integrations_line_integration_id,
        "twitter": api.delete_messaging_integrations_twitter_integration_id,
    }
    if step.verb == "delete":
        with suppress(NotFoundException):  # an earlier try, whose answer was lost, was carried out
            delete[step.kind](step.id)
        return
    all_wanted = task.organization["integrations"][step.kind]
    wanted = next(one for one in all_wanted if one["name"] == step.name)
    if step.verb == "create":
        body = {name: resolve(value) for name, value in wanted.items()}
        mine.add(create[step.kind](REQUESTS[step.kind](**body)).id)
    else:
        names = [name for name in ("channel_id", "channel_secret") if name in wanted]
        change = LineIntegrationRequest(**{name: resolve(wanted[name]) for name in names})
        api.put_messaging_integrations_line_integration_id(step.id, change)


def resolve(value: str | dict[str, str]) -> str:
    """Give a value of the file, where it is a reference by reading it on this machine."""
    if isinstance(value, str):
        return value
    if "file" in value:
        return Path(value["file"]).read_text(encoding="utf-8").rstrip("\n")
    if value["env"] not in os.environ:
        raise LookupError(f"there is no environment variable {value['env']}")
    return os.environ[value["env"]]


def on_dask(task: Task) -> Result:
    """Do the same on a Dask worker, perhaps in place of one that died in the middle."""
    from distributed import Event  # needed with --dask only

    begun = Event(f"rollout-{task.run}")  # kept by the scheduler, so it outlives the worker
    if begun.is_set():
        task = replace(task, unsettled=True)
    begun.set()
    result = bring_to_state(task)
    begun.clear()
    return result


# Many organizations


@contextmanager
def open_workers(options: argparse.Namespace) -> Generator[tuple[Executor, Any], None, None]:
    if options.dask is None:
        with ThreadPoolExecutor(options.workers) as executor:
            yield executor, bring_to_state
        return
    from distributed import Client, LocalCluster  # needed with --dask only

    if options.dask != "local":
        with Client(options.dask) as client:
            yield client.get_executor(pure=False), on_dask
        return
    # Ctrl-C reaches the workers as well, and is not for them.
    with (
        LocalCluster(
            n_workers=options.workers,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            preload=["import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"],
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor(pure=False), on_dask


def work_through(
    tasks: list[Task],
    options: argparse.Namespace,
    results: Results | None,
    stop: threading.Event,
) -> Iterator[tuple[Task, Result]]:
    """Have all tasks done, and tell what became of each; what may pass is tried again."""
    if not tasks:
        return
    with open_workers(options) as (executor, function):
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
                for future in wait(under_way, return_when=FIRST_COMPLETED).done:
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
                    unsettled=result.unsettled,
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
        tasks = [replace(task, unsettled=results.was_cut_off(task.key)) for task in todo]
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
        help="delete and create Facebook and Twitter ones that differ",
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
        default=60,
        metavar="SECONDS",
        help="after a lost answer, time until a request can no longer be carried out (default: 60)",
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
