"""Count the members of every queue from an asynchronous program, some queues at a time.

The calls are made by a few threads, so that the event loop is free for whatever else the program
does; here it shows every half second how far it is.

Where and as whom comes from the environment: GENESYSCLOUD_REGION, and GENESYSCLOUD_OAUTHCLIENT_ID
with GENESYSCLOUD_OAUTHCLIENT_SECRET, or GENESYSCLOUD_ACCESS_TOKEN. To try it without an account,
set what "python -m PureCloudPlatformClientV2.sandbox" prints.

Exit status: 0 all are counted, 1 some could not be, 2 none could be, 130 interrupted.
"""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from PureCloudPlatformClientV2 import ApiClient, ApiException, Configuration, RoutingApi, paginate

T = TypeVar("T")


class Threads:
    """Some threads that make calls while the event loop goes on."""

    def __init__(self, count: int) -> None:
        """Start none yet; there are never more than this."""
        self._executor = ThreadPoolExecutor(count, thread_name_prefix="genesys")

    async def __aenter__(self) -> "Threads":
        return self

    async def __aexit__(self, *_: object) -> None:
        # What waits for a thread is dropped. What is being sent ends by its deadline at the latest.
        await asyncio.to_thread(self._executor.shutdown, cancel_futures=True)

    async def call(self, function: Callable[..., T], *arguments: Any, **options: Any) -> T:
        """Have a thread make a call, with the context variables of the present task."""
        work = partial(copy_context().run, function, *arguments, **options)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    async def walk(self, entities: Iterator[T], at_once: int = 100) -> AsyncIterator[T]:
        """Iterate over what blocks, such as paginate; take as many at once as a page has."""
        while some := await self.call(lambda: list(islice(entities, at_once))):
            for entity in some:
                yield entity


async def count_members(threads: Threads, api: RoutingApi, queue_id: str) -> int:
    """Count the members of a queue."""
    # A call that nobody waits for any more goes on until its deadline: here no longer than this.
    members = paginate(api.get_routing_queue_members, queue_id, page_size=100, _deadline=10)
    return sum([1 async for _ in threads.walk(members)])


async def show_progress(tasks: list["asyncio.Task[int]"]) -> None:
    while True:
        await asyncio.sleep(0.5)
        print(f"{sum(task.done() for task in tasks)} of {len(tasks)}", file=sys.stderr)


async def count_all(api: RoutingApi, count: int, seconds: float) -> int:
    """Print the members of each queue, and give the number of queues that could not be counted."""
    async with Threads(count) as threads:
        listing = paginate(api.get_routing_queues, page_size=100)
        queues = [queue async for queue in threads.walk(listing)]
        tasks = [
            asyncio.create_task(
                asyncio.wait_for(count_members(threads, api, queue.id or ""), seconds)
            )
            for queue in queues
        ]
        progress = asyncio.create_task(show_progress(tasks))
        try:
            results = await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            progress.cancel()
    failures = 0
    for queue, result in zip(queues, results, strict=True):
        if isinstance(result, (ApiException, asyncio.TimeoutError)):
            failures += 1
            why = result if isinstance(result, ApiException) else f"not done in {seconds} seconds"
            print(f"{queue.name!r}: {why}", file=sys.stderr)
        elif isinstance(result, BaseException):
            raise result  # a mistake in this program
        else:
            print(f"{result:6} {queue.name!r}")
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=8, help="calls at a time; 8 if omitted")
    parser.add_argument(
        "--seconds", type=float, default=60, help="time for all of them; 60 if omitted"
    )
    arguments = parser.parse_args()
    if arguments.threads < 1 or not arguments.seconds > 0:
        parser.error("give at least one thread, and more than no seconds")
    try:
        configuration = Configuration()
        if not (configuration.access_token or configuration.client_id):
            parser.error("there is no account in the environment; --help says what to set")
        with ApiClient(configuration=configuration) as client:
            failures = asyncio.run(
                count_all(RoutingApi(client), arguments.threads, arguments.seconds)
            )
    except (ApiException, ValueError) as error:  # ValueError: of a setting, which it names
        parser.exit(2, f"{parser.prog}: the queues could not be read: {error}\n")
    except KeyboardInterrupt:
        parser.exit(130, f"{parser.prog}: interrupted\n")
    parser.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
