"""One side, in a process of its own: measures one round for every line that it is sent.

A line is a JSON object: the figure, and its arguments. The first round of a figure is preceded by
what is needed for it and by a round that does not count. The answer is a line with a number. The
process ends with its standard input.
"""

from __future__ import annotations

import gc
import json
import signal
import sys
import threading
import time
from collections.abc import Callable
from itertools import islice
from typing import Any

from .facebook_page import check, listing_json
from .sides import exhaust, make_api, make_client, make_decoder, make_lister
from .starting import peak_memory

Round = Callable[[], float]

_ROUND = 0.03
"""Seconds that a round takes at least, so that the clock's own cost does not matter."""

_SLOW = 1.0
"""Seconds from which on a run is a round by itself, and nothing is tried beforehand."""

_MOST_RUNS = 10_000

_CALLS_A_THREAD = 25

_WARM = 250
"""How often a model is decoded before that counts; this package learns from the first 200."""


def _per_run(run: Callable[[], object]) -> Round:
    """Make a round of as many runs as it takes; its result is the CPU time of one of them."""

    def take(count: int) -> float:
        begin = time.process_time()
        for _ in range(count):
            run()
        return time.process_time() - begin

    # The first time is never like the others: it imports, connects and plans.
    if take(1) > _SLOW:
        return lambda: take(1)
    count = 1
    while (spent := take(count)) < _ROUND and count < _MOST_RUNS:
        count = min(_MOST_RUNS, max(count + 1, int(count * _ROUND * 1.2 / max(spent, 1e-4))))
    if count > 1:
        take(count)  # by now what the imports have left to the garbage collector is seen to
    return lambda: take(count) / count


def decode(side: str, page_size: int) -> Round:
    """CPU time for decoding a page and reading all of it.

    Args:
        side: Name of the side.
        page_size: Entities on the page.

    Returns:
        The round.
    """
    decoder = make_decoder(side)
    page = listing_json(page_size)
    read = decoder.read
    if read is None:
        return _per_run(lambda: decoder.decode(page))
    check(read(decoder.decode(page)), page, dates_are_text=side == "json")
    return _per_run(lambda: exhaust(read(decoder.decode(page))))


def model(side: str, name: str) -> Round:
    """CPU time for decoding a model of the catalog and reading all of it.

    Args:
        side: Name of the side.
        name: Name of the model.

    Returns:
        The round.
    """
    # Imported here because the contract that comes with it would be in the way of other figures.
    from .catalog_models import make_model_decoder

    run = make_model_decoder(side, name)
    gc.freeze()  # as though the contract were not there, which no side needs
    if side == "ours":  # no other side changes its ways
        for _ in range(_WARM):
            run()
    return _per_run(run)


def first_of_class(side: str, host: str) -> Round:
    """CPU time of a call that lists 25 queues, in a process that has made other calls.

    Args:
        side: Name of the side.
        host: URL of the server.

    Returns:
        The round: first that of the first call of its class, then that of others.
    """
    make_client(side, host, 32).get()
    list_queues = make_lister(side, host)

    def take() -> float:
        begin = time.process_time()
        list_queues()
        return time.process_time() - begin

    return take


def call(side: str, host: str, name: str) -> Round:
    """CPU time of the client for one call.

    Args:
        side: Name of the side.
        host: URL of the server.
        name: Which call: ``get``, ``post`` or ``list``.

    Returns:
        The round.
    """
    return _per_run(getattr(make_client(side, host, 32), name))


def threads(side: str, host: str, count: int) -> Round:
    """Calls per second that a number of threads make with one client.

    Args:
        side: Name of the side.
        host: URL of the server.
        count: How many threads.

    Returns:
        The round.
    """
    client = make_client(side, host, max(32, count))

    def take() -> float:
        gate = threading.Barrier(count + 1)
        done: list[bool] = []

        def work() -> None:
            gate.wait()
            for _ in range(_CALLS_A_THREAD):
                client.get()
            done.append(True)

        workers = [threading.Thread(target=work, daemon=True) for _ in range(count)]
        for worker in workers:
            worker.start()
        gate.wait()
        begin = time.perf_counter()
        for worker in workers:
            worker.join()
        elapsed = time.perf_counter() - begin
        if len(done) < count:
            raise RuntimeError("a thread failed")
        return count * _CALLS_A_THREAD / elapsed

    take()
    return take


def walk(side: str, host: str, page_size: int) -> Round:
    """The most memory that this process has had after walking over all that the server has.

    Args:
        side: Name of the side; only this package can be walked over.
        host: URL of the server.
        page_size: Entities on a page.

    Returns:
        The round, which is good for one time.
    """
    from PureCloudPlatformClientV2 import paginate

    def take() -> float:
        for _ in paginate(make_api(host).get_messaging_integrations_facebook, page_size=page_size):
            pass
        return peak_memory()

    return take


def ahead(side: str, host: str, page_size: int, pause: float, options: dict[str, Any]) -> Round:
    """Seconds for a walk whose caller takes its time with each page.

    Args:
        side: Name of the side; only this package can be walked over.
        host: URL of the server.
        page_size: Entities on a page.
        pause: Seconds that the caller takes for a page.
        options: Further arguments of ``paginate``.

    Returns:
        The round.
    """
    from PureCloudPlatformClientV2 import paginate

    api = make_api(host)

    def take() -> float:
        begin = time.perf_counter()
        entities = paginate(api.get_messaging_integrations_facebook, page_size=page_size, **options)
        while list(islice(entities, page_size)):
            time.sleep(pause)
        return time.perf_counter() - begin

    take()
    return take


_FIGURES = (decode, model, call, first_of_class, threads, walk, ahead)


def main(side: str) -> None:
    """Answer every line of the standard input.

    Args:
        side: Name of the side.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    figures = {figure.__name__: figure for figure in _FIGURES}
    rounds: dict[str, Round] = {}
    for line in sys.stdin:
        if line not in rounds:
            arguments = json.loads(line)
            prepare: Callable[..., Round] = figures[arguments.pop("figure")]
            rounds[line] = prepare(side, **arguments)
        sys.stdout.write(f"{rounds[line]()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
