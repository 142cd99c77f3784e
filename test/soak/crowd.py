"""Lets hundreds of threads share one client, beside a bare pool of urllib3 that they share as well.

As a program of its own it is one side, in a process whose memory is that of the side: it makes a
round of calls for each line that it is sent, and answers with what it saw.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from array import array
from collections.abc import Callable
from typing import Any, NamedTuple

from .measures import mebibytes, open_descriptors, peak_memory, resident_memory
from .processes import Process, Server
from .telling import tell

DELAY = 0.02
"""Seconds that the server takes for an answer."""

_CONNECTIONS = 128
"""As many has a client by default."""

_LEAST = 0.95
"""Of the calls that the bare pool makes in a second."""

_PATH = "/api/v2/messaging/integrations/facebook/"


class Side(NamedTuple):
    """What a side calls with."""

    get: Callable[[str], list[str]]
    """Makes a call for an id, and gives the ids that came: each must be the one."""
    close: Callable[[], None]


def crowd(threads: int, calls: int, rounds: int, *, with_times: bool) -> list[str]:
    """Let both sides make rounds of calls, in turns, and print what came of it.

    Args:
        threads: How many.
        calls: How many each thread makes in a round.
        rounds: How many, besides one that does not count.
        with_times: Whether the calls in a second count as well.

    Returns:
        What is wrong.
    """
    problems: list[str] = []
    seen: dict[str, list[dict[str, Any]]] = {"ours": [], "bare": []}
    with (
        Server("calls", delay=DELAY) as ours,
        Server("calls", delay=DELAY) as bare,
        Process("crowd", "ours", ours.url, threads, calls) as our_side,
        Process("crowd", "bare", bare.url, threads, calls) as bare_side,
    ):
        for number in range(rounds + 1):
            for name, side in (("ours", our_side), ("bare", bare_side)):
                seen[name].append(side.ask({"first": number * threads * calls}))
        most_open = ours.stats()["most open"]
        last = our_side.ask({"first": (rounds + 1) * threads * calls, "close": True})
        stats = ours.stats()
    for name, results in (("ours", [*seen["ours"], last]), ("bare", seen["bare"])):
        problems += [f"{name}: {one}" for result in results for one in result["problems"]]
    _report(seen, most_open, threads, with_times=with_times)
    made = threads * calls * (rounds + 2)
    if stats["requests"] != made:
        problems.append(f"the server had {stats['requests']} requests instead of {made}")
    if most_open > _CONNECTIONS:
        problems.append(f"{most_open} connections were open")
    if stats["open"]:
        problems.append(f"{stats['open']} connections are open after close()")
    grown = seen["ours"][-1]["memory"] - seen["ours"][1]["memory"]
    if grown > 2**20:
        problems.append(f"memory grew by {mebibytes(grown)} from the first round to the last")
    if with_times and _ratio(seen) < _LEAST:
        problems.append(f"{_ratio(seen):.2f} of the calls in a second of the bare pool")
    return problems


def _ratio(seen: dict[str, list[dict[str, Any]]]) -> float:
    pairs = zip(seen["ours"][1:], seen["bare"][1:], strict=True)
    return float(statistics.median(ours["rate"] / bare["rate"] for ours, bare in pairs))


def _report(
    seen: dict[str, list[dict[str, Any]]], most_open: int, threads: int, *, with_times: bool
) -> None:
    tell(f"{threads} threads share a client; the server takes {DELAY * 1000:.0f} ms\n")
    tell("| | calls a second | p50 | p99 | slowest | peak memory | descriptors |")
    tell("| --- | --- | --- | --- | --- | --- | --- |")
    for name, label in (("ours", "`ApiClient`"), ("bare", "urllib3's pool and `json`")):
        rounds = seen[name][1:]
        times = [statistics.median(one[what] for one in rounds) for what in ("p50", "p99", "max")]
        tell(
            f"| {label} | {statistics.median(one['rate'] for one in rounds):,.0f} | "
            + " | ".join(f"{seconds * 1000:,.0f} ms" for seconds in times)
            + f" | {mebibytes(rounds[-1]['peak'])} | {max(one['most'] for one in rounds)} |"
        )
    if with_times:
        tell(f"\nCalls a second, ours by the bare pool's, median of the rounds: {_ratio(seen):.2f}")
    tell(f"Connections of ours at a time: {most_open} at the most\n")


def open_side(name: str, url: str) -> Side:
    """Make what a side calls with.

    Args:
        name: ``ours`` or ``bare``.
        url: Of the server.
    """
    if name == "bare":
        import urllib3

        pool = urllib3.PoolManager(maxsize=_CONNECTIONS, block=True)
        headers = {"Accept": "application/json", "Authorization": "Bearer token-1"}

        def get(number: str) -> list[str]:
            answer = pool.request("GET", url + _PATH + number, headers=headers)
            return [json.loads(answer.data)["id"]]

        return Side(get, pool.clear)

    from PureCloudPlatformClientV2 import ApiClient, MessagingApi

    client = ApiClient(url)
    client.access_token = "token-1"
    api = MessagingApi(client)

    def get_model(number: str) -> list[str]:
        found = api.get_messaging_integrations_facebook_integration_id(number)
        last = client.last_response
        assert last is not None
        # Not decoded once more: the other side does that once.
        is_own = f'"{number}"'.encode("ascii") in last.content
        return [str(found.id), number if is_own else "the last response of another thread"]

    return Side(get_model, client.close)


def make_round(side: Side, threads: int, calls: int, first: int, *, close: bool) -> dict[str, Any]:
    """Have threads make calls, all at once.

    Args:
        side: What they call with.
        threads: How many.
        calls: How many each makes.
        first: The number of the first call.
        close: Whether to close the side in the midst of it, and again in the end.

    Returns:
        What was seen.
    """
    gate = threading.Barrier(threads + 1)
    half = threading.Barrier(threads + 1) if close else None
    times = [array("d") for _ in range(threads)]
    wrong: list[str] = []

    def work(part: int) -> None:
        gate.wait()
        for count in range(calls):
            if half is not None and count == calls // 2:
                half.wait()
            number = str(10 * (first + part * calls + count))  # those of a get
            begin = time.perf_counter()
            try:
                found = side.get(number)
            except Exception as error:  # of whatever kind: the report says so
                wrong.append(repr(error))
                continue
            times[part].append(time.perf_counter() - begin)
            wrong.extend(f"{one} came for {number}" for one in found if one != number)

    workers = [threading.Thread(target=work, args=(part,)) for part in range(threads)]
    for worker in workers:
        worker.start()
    gate.wait()
    begin = time.perf_counter()
    if half is not None:
        half.wait()
        side.close()
    most = open_descriptors()
    for worker in workers:
        worker.join()
    rate = threads * calls / (time.perf_counter() - begin)
    most = max(most, open_descriptors())
    every = sorted(taken for part in times for taken in part)
    problems = wrong[:5]
    if len(every) != threads * calls:
        problems.append(f"{threads * calls - len(every)} calls got no answer")
        every = every or [0.0]
    if close:
        side.close()
    return {
        "rate": rate,
        "p50": every[len(every) // 2],
        "p99": every[len(every) * 99 // 100],
        "max": every[-1],
        "memory": resident_memory(),
        "peak": peak_memory(),
        "most": most,
        "problems": problems,
    }


def main(name: str, url: str, threads: int, calls: int) -> None:
    """Make a round for each line of the standard input.

    Args:
        name: Which side.
        url: Of the server.
        threads: How many.
        calls: How many each makes.
    """
    at_first = open_descriptors(), threading.active_count()
    side = open_side(name, url)
    for line in sys.stdin:
        asked = json.loads(line)
        close = asked.get("close", False)
        seen = make_round(side, threads, calls, asked["first"], close=close)
        if close and (open_descriptors(), threading.active_count()) != at_first:
            seen["problems"].append(
                f"{open_descriptors()} descriptors and {threading.active_count()} threads "
                f"are left after close() of {at_first}"
            )
        sys.stdout.write(json.dumps(seen) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
