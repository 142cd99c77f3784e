"""A client that makes a million calls of every kind, and must not grow or slow down by it.

They are made in windows of equal size, each by threads of its own. Between two windows nothing is
under way, so what the process takes then is what it keeps.
"""

from __future__ import annotations

import statistics
import threading
import time
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from PureCloudPlatformClientV2 import (
    ApiClient,
    ApiException,
    Configuration,
    ConversationsApi,
    FacebookIntegrationRequest,
    FacebookIntegrationUpdateRequest,
    LineIntegrationRequest,
    MessagingApi,
    RoutingApi,
)

from .measures import Taken, mebibytes, open_descriptors, take_stock
from .processes import Server
from .script import outcome, trouble, verb
from .telling import tell

WINDOWS = 50

THREADS = 4
"""That call at a time."""


class Window(NamedTuple):
    """What some calls took, and what the process takes after them."""

    taken: Taken
    middle: float
    """Seconds of a call that nothing went wrong with, by the median."""
    slow: float
    """The same, of the one in a hundred."""
    cpu: float
    """Seconds of CPU of a call, by the average of all."""


class Caller:
    """Makes calls by their numbers, and checks how each ends."""

    def __init__(self, client: ApiClient) -> None:
        self.wrong = Counter[str]()
        self.ended = Counter[str]()
        messaging, routing = MessagingApi(client), RoutingApi(client)
        conversations = ConversationsApi(client)
        self._client = client
        self._calls: dict[str, Callable[[int], Any]] = {
            "get": lambda number: (
                messaging.get_messaging_integrations_facebook_integration_id(str(number)).id
            ),
            "list": lambda number: _number_of_list(
                messaging.get_messaging_integrations_facebook(page_size=25, page_number=number)
            ),
            "get queue": lambda number: routing.get_routing_queue(str(number)).id,
            "post": lambda number: (
                messaging.post_messaging_integrations_facebook(
                    FacebookIntegrationRequest(name=str(number), page_access_token="x")
                ).id
            ),
            "patch": lambda number: (
                conversations.patch_conversations_messaging_integrations_facebook_integration_id(
                    str(number), FacebookIntegrationUpdateRequest(name=str(number))
                ).id
            ),
            "delete": lambda number: _delete(messaging, number),
            "put": lambda number: (
                messaging.put_messaging_integrations_line_integration_id(
                    str(number), LineIntegrationRequest(name=str(number))
                ).id
            ),
        }

    def make(self, number: int) -> float:
        """Make a call.

        Args:
            number: Which.

        Returns:
            Seconds that it took; 0 where something went wrong on purpose.
        """
        name, expected = trouble(number), outcome(number)
        begin = time.perf_counter()
        try:
            found = self._calls[verb(number)](number)
        except ApiException as failure:
            found = failure.status if expected.fails else f"{verb(number)} {name}: {failure!r}"
            wanted: object = expected.status
            if expected.status in (400, 404) and f"of {number}" not in str(failure.body):
                found = "the error of another call"
            if expected.fails and failure.outcome_unknown != _is_unknown(number):
                found = f"{verb(number)} {name}: outcome_unknown is {failure.outcome_unknown}"
        except Exception as failure:  # is told as well, and does not end the thread
            found, wanted = f"{verb(number)} {name}: {failure!r}", "an ApiException or nothing"
        else:
            wanted = "an exception" if expected.fails else str(number)
        taken = time.perf_counter() - begin
        if found != wanted:
            self.wrong[f"{found} came instead of {wanted}"] += 1
        return 0.0 if name else taken


def _is_unknown(number: int) -> bool:
    """Whether nobody can tell if a call that fails has been carried out."""
    is_write = verb(number) in ("post", "put", "patch", "delete")
    return is_write and outcome(number).status not in (400, 404)


def _delete(messaging: MessagingApi, number: int) -> str:
    messaging.delete_messaging_integrations_facebook_integration_id(str(number))
    return str(number)


def _number_of_list(listing: Any) -> str:
    assert len(listing) == 25
    numbers = {one.id for one in listing} | {str(listing.page_number)}
    return "/".join(sorted(numbers))


def soak(calls: int, seconds: float, *, with_times: bool) -> list[str]:
    """Make calls with one client, and print what that took.

    Args:
        calls: How many; a multiple of the threads and windows.
        seconds: When to end, with however many there were.
        with_times: Whether it is wrong if they take longer in the end.

    Returns:
        What is wrong.
    """
    before = open_descriptors()
    with Server("troubles") as server:
        client = ApiClient(configuration=_configuration(server.url))
        caller = Caller(client)
        size = calls // WINDOWS
        windows: list[Window] = []
        begin = time.perf_counter()
        for number in range(WINDOWS):
            windows.append(_window(caller, number * size, size))
            if time.perf_counter() - begin > seconds:
                break
        elapsed = time.perf_counter() - begin
        made = size * len(windows)
        stats = server.stats()
        client.close()
        left = open_descriptors() - before
    _report(windows, made, elapsed, stats)
    problems = [f"{count} times: {what}" for what, count in caller.wrong.most_common(20)]
    problems += judge(windows, with_times=with_times)
    problems += judge_counts(made, stats)
    if left > 2:  # the pipes of the server
        problems.append(f"{left - 2} descriptors are open after close()")
    return problems


def _configuration(url: str) -> Configuration:
    return Configuration(host=url, client_id="the-client", client_secret="the-secret")


def _window(caller: Caller, first: int, size: int) -> Window:
    """Have some calls made by new threads."""
    times = [array("d") for _ in range(THREADS)]
    ends = range(first, first + size + 1, size // THREADS)

    def work(part: int) -> None:
        times[part].extend(caller.make(number) for number in range(ends[part], ends[part + 1]))

    workers = [threading.Thread(target=work, args=(part,)) for part in range(THREADS)]
    cpu = time.process_time()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    cpu = time.process_time() - cpu
    every = [taken for part in times for taken in part]
    if len(every) != size:
        caller.wrong["a thread ended early"] += 1
    good = [taken for taken in every if taken]
    slow = statistics.quantiles(good, n=100)[-1]
    middle = statistics.median(good)
    del every, good
    return Window(take_stock(), middle, slow, cpu / size)


def _report(windows: Sequence[Window], made: int, elapsed: float, stats: dict[str, int]) -> None:
    tell(
        f"{made:,} calls in {elapsed:,.0f} s, {made / elapsed:,.0f} a second; "
        f"{stats['requests']:,} requests, {stats['connections']:,} connections, "
        f"{stats['tokens']:,} tokens, {stats['refused']:,} refused tokens\n"
    )
    tell("| after calls | resident | blocks | objects | descriptors | p50 | p99 | CPU a call |")
    tell("| --- | --- | --- | --- | --- | --- | --- | --- |")
    size = made // len(windows)
    for number, (taken, middle, slow, cpu) in enumerate(windows, 1):
        if number in (1, 2) or number % max(1, len(windows) // 10) == 0:
            tell(
                f"| {number * size:,} | {mebibytes(taken.memory)} | {taken.blocks:,} "
                f"| {taken.objects:,} | {taken.descriptors} | {middle * 1e6:,.0f} µs "
                f"| {slow * 1e3:.1f} ms | {cpu * 1e6:.0f} µs |"
            )
    tell("")


def judge(windows: Sequence[Window], *, with_times: bool) -> list[str]:
    """Tell what grows: the last fifth of the windows is compared with the second.

    Args:
        windows: What was measured, in its order; fewer than ten are a problem themselves.
        with_times: Whether times count as well.
    """
    if len(windows) < 10:
        return [f"{len(windows)} windows are too few to tell what grows"]
    fifth = len(windows) // 5
    early, late = windows[fifth : 2 * fifth], windows[-fifth:]
    problems: list[str] = []

    def compare(what: str, of: Callable[[Window], float], most: float, factor: float = 1) -> None:
        first, last = (statistics.median(map(of, part)) for part in (early, late))
        if last > first * factor + most:
            problems.append(f"{what} grew from {first:,.6g} to {last:,.6g}")

    compare("resident memory", lambda one: one.taken.memory, 2**20)
    compare("blocks of memory", lambda one: one.taken.blocks, 1_000)
    compare("objects", lambda one: one.taken.objects, 200)
    if any(one.taken.threads != windows[0].taken.threads for one in windows):
        problems.append("threads were left behind")
    fewest = min(one.taken.descriptors for one in windows)
    most = max(one.taken.descriptors for one in windows)
    if most - fewest > THREADS:
        problems.append(f"there were up to {most} descriptors, and {fewest} at other times")
    if with_times:
        compare("CPU of a call", lambda one: one.cpu, 0, 1.15)
        compare("the median of the time of a call", lambda one: one.middle, 0, 1.25)
        compare("the slowest in a hundred calls", lambda one: one.slow, 0, 1.5)
    return problems


def judge_counts(made: int, stats: dict[str, int]) -> list[str]:
    """Compare what the server has counted with what was promised."""
    repeats = sum(outcome(number).repeats for number in range(made))
    written = sum(outcome(number).writes for number in range(made))
    requests = made + repeats + stats["refused"] + stats["tokens"]
    problems: list[str] = []
    if stats["requests"] != requests:
        problems.append(f"the server had {stats['requests']} requests instead of {requests}")
    if stats.get("written", 0) != written or stats.get("written twice", 0):
        problems.append(
            f"of {written} writes that were to be carried out, {stats.get('written', 0)} were, "
            f"and {stats.get('written twice', 0)} twice"
        )
    return problems
