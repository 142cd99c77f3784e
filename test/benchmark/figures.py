"""The figures: which sides take part in each, and how often."""

from __future__ import annotations

import inspect
import random
import statistics
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from functools import partial

from .catalog_models import MODELS
from .processes import Processes, Worker
from .programs import check_types, commands_of_list, commands_of_start, run
from .sizes import build_and_install, compile_all, installed_sizes

Rounds = dict[str, list[float]]
"""Side to what each of its rounds gave: seconds, bytes, or calls per second."""

Measured = dict[str, Rounds]
"""What was measured to what it gave."""

PAGE_SIZES = (25, 100, 1_000, 10_000)
CALLS = ("get", "post", "list")
THREADS = (8, 64)
WALKS = (10_000, 100_000)
DELAY = 0.02
AHEAD_PAGES, AHEAD_PAGE_SIZE = 20, 100


def take_turns(
    what: str,
    sides: Mapping[str, Callable[[], float]],
    rounds: int,
    seldom: Collection[str] = (),
) -> Rounds:
    """Measure sides in turn, in another order every time.

    Args:
        what: What is measured, for those who wait.
        sides: Name of a side to what measures a round of it.
        rounds: How many rounds.
        seldom: The sides that take so long, and differ so much, that a few of the rounds will do.

    Returns:
        What they gave.
    """
    sys.stderr.write(f"{what}: {rounds} rounds of {', '.join(sides)}\n")
    taken: Rounds = {side: [] for side in sides}
    names = list(sides)
    dice = random.Random(rounds)
    for number in range(rounds):
        dice.shuffle(names)
        for name in names:
            if name in seldom and number >= _fewer(rounds, 8):
                continue
            taken[name].append(sides[name]())
    return taken


def _fewer(rounds: int, divisor: int) -> int:
    """How often to measure what takes long."""
    return max(2, rounds // divisor)


def in_generations(rounds: int, measure: Callable[[int, bool], Measured]) -> Measured:
    """Measure with several generations of processes.

    Where things happen to lie in the memory of a process can make it a little faster or slower for
    as long as it lives.

    Args:
        rounds: How many rounds.
        measure: Measures with new processes, as many rounds as it is told, and the sides that are
            measured seldom if it is told so: in the first generation.

    Returns:
        What all of them gave.
    """
    generations = max(1, min(6, rounds // 4))
    measured: Measured = {}
    for generation in range(generations):
        for what, taken in measure(-(-rounds // generations), generation == 0).items():
            for side, results in taken.items():
                measured.setdefault(what, {}).setdefault(side, []).extend(results)
    return measured


def measure_import(processes: Processes, rounds: int) -> Measured:
    """Import the sides and make their clients, each time in a new process.

    Args:
        processes: Starts them.
        rounds: How many rounds.

    Returns:
        Seconds, and the most memory that the process had.
    """
    sides = ["ours", "loaded", "bare", *processes.vendor]
    memory: Rounds = {side: [] for side in sides}

    def start(side: str) -> float:
        seconds, peak = processes.start(side)
        memory[side].append(peak)
        return seconds

    for side in sides:
        processes.start(side)  # leaves the bytecode behind
    ways = {side: partial(start, side) for side in sides}
    taken = take_turns("import", ways, rounds, processes.vendor)
    return {
        "import": _without_loaded(taken),
        **_if_known("memory", _without_loaded(memory)),
        "loaded": {"ours": taken["loaded"], "bare": taken["bare"]},
    }


def measure_first_call(processes: Processes, rounds: int) -> Measured:
    """Import the sides and make a first call, which lists 25 queues, each time in a new process.

    Args:
        processes: Starts them.
        rounds: How many rounds.

    Returns:
        Seconds, and the most memory that the process had.
    """
    sides = ["ours", "bare", *(side for side in processes.vendor if side == "vendor269")]
    memory: Rounds = {side: [] for side in sides}

    def call(side: str, host: str) -> float:
        seconds, peak = processes.start(side, host)
        memory[side].append(peak)
        return seconds

    with processes.server() as server:
        for side in sides:
            processes.start(side, server.url)  # leaves the bytecode behind
        ways = {side: partial(call, side, server.url) for side in sides}
        taken = take_turns("first call", ways, rounds, processes.vendor)
    return {"first call": taken, **_if_known("first memory", memory)}


def _without_loaded(rounds: Rounds) -> Rounds:
    return {side: taken for side, taken in rounds.items() if side != "loaded"}


def _if_known(what: str, memory: Rounds) -> Measured:
    return {what: memory} if all(all(peaks) for peaks in memory.values()) else {}


def measure_decoding(processes: Processes, rounds: int) -> Measured:
    """Decode pages of some sizes, and read all of them.

    Args:
        processes: Starts the sides.
        rounds: How many rounds; a quarter for the largest page.

    Returns:
        CPU seconds for a page.
    """
    names = ["ours", "catalog", "pydantic-text", "pydantic-dict", "msgspec"]
    names += ["by-hand", "json", "json-alone"]

    def measure(rounds: int, with_vendor: bool) -> Measured:
        measured: Measured = {}
        with ExitStack() as stack:
            vendor = processes.vendor if with_vendor else []
            workers = _workers(stack, processes, [*names, *vendor])
            for page_size in PAGE_SIZES:
                what = f"decode {page_size}"
                sides = {
                    side: partial(worker.measure, "decode", page_size=page_size)
                    for side, worker in workers.items()
                }
                turns = _fewer(rounds, 4) if page_size > 1_000 else rounds
                measured[what] = take_turns(what, sides, turns, vendor)
        return measured

    measured = in_generations(rounds, measure)
    for taken in measured.values():
        ways = [taken.pop(side) for side in ("pydantic-text", "pydantic-dict")]
        taken["pydantic"] = min(ways, key=statistics.median)
    catalog = {what: taken.pop("catalog") for what, taken in measured.items()}
    measured["catalog"] = {
        "catalog": catalog["decode 1000"],
        "ours": measured["decode 1000"]["ours"],
    }
    return measured


def _workers(stack: ExitStack, processes: Processes, sides: list[str]) -> dict[str, Worker]:
    return {side: stack.enter_context(processes.worker(side)) for side in sides}


def measure_calls(processes: Processes, rounds: int) -> Measured:
    """Make calls on one kept-alive connection.

    Args:
        processes: Starts the sides and the server.
        rounds: How many rounds; it takes twice as many.

    Returns:
        CPU seconds of the client for a call.
    """

    def measure(rounds: int, with_vendor: bool) -> Measured:
        measured: Measured = {}
        with ExitStack() as stack:
            host = stack.enter_context(processes.server()).url
            vendor = processes.vendor if with_vendor else []
            workers = _workers(stack, processes, ["ours", "bare", "bare-pydantic", *vendor])
            for name in CALLS:
                sides = {
                    side: partial(worker.measure, "call", host=host, name=name)
                    for side, worker in workers.items()
                }
                measured[name] = take_turns(name, sides, rounds)
        return measured

    return in_generations(rounds * 2, measure)


def measure_threads(processes: Processes, rounds: int) -> Measured:
    """Call from many threads with one client, on a server that takes its time.

    Args:
        processes: Starts the sides and the server.
        rounds: How many rounds; it takes a third.

    Returns:
        Calls per second.
    """

    def measure(rounds: int, with_vendor: bool) -> Measured:
        measured: Measured = {}
        with ExitStack() as stack:
            host = stack.enter_context(processes.server(DELAY)).url
            workers = _workers(stack, processes, ["ours", "bare"])
            for count in THREADS:
                sides = {
                    side: partial(worker.measure, "threads", host=host, count=count)
                    for side, worker in workers.items()
                }
                what = f"threads {count}"
                measured[what] = take_turns(what, sides, _fewer(rounds, 3))
        return measured

    return in_generations(rounds, measure)


def measure_paging(processes: Processes, rounds: int) -> Measured:
    """Walk over listings that are short and long, and ahead of the caller if that can be.

    Args:
        processes: Starts the walkers and the servers.
        rounds: How many rounds; it takes a sixth.

    Returns:
        The most memory that the process had, and the seconds that the walk took.
    """
    rounds = _fewer(rounds, 6)

    def memory_after(host: str) -> float:
        with processes.worker("ours") as worker:
            return worker.measure("walk", host=host, page_size=500)

    with ExitStack() as stack:
        sides = {
            str(count): partial(
                memory_after, stack.enter_context(processes.server(entities=count)).url
            )
            for count in reversed(WALKS)  # the long one is compared with the short one
        }
        measured = _if_known("walk", take_turns("walk", sides, rounds))
        if can_fetch_ahead():
            server = processes.server(DELAY, AHEAD_PAGES * AHEAD_PAGE_SIZE)
            host = stack.enter_context(server).url
            worker = stack.enter_context(processes.worker("ours"))
            ahead = partial(
                worker.measure, "ahead", host=host, page_size=AHEAD_PAGE_SIZE, pause=DELAY
            )
            ways = {
                "ours": partial(ahead, options={"prefetch": 1}),
                "plain": partial(ahead, options={}),
            }
            measured["ahead"] = take_turns("ahead", ways, rounds)
    return measured


def measure_models(processes: Processes, rounds: int) -> Measured:
    """Decode ten models of the catalog, and read all of each.

    Args:
        processes: Starts the sides.
        rounds: How many rounds; it takes a quarter.

    Returns:
        CPU seconds for a model.
    """
    names = ["ours", "json-alone", "msgspec", "pydantic"]
    names += [side for side in processes.vendor if side == "vendor269"]
    measured: Measured = {}
    with ExitStack() as stack:
        workers = _workers(stack, processes, names)
        for model in MODELS:
            sides = {
                side: partial(worker.measure, "model", name=model)
                for side, worker in workers.items()
            }
            what = f"model {model}"
            measured[what] = take_turns(what, sides, _fewer(rounds, 4), processes.vendor)
    return measured


def measure_first_of_class(processes: Processes, rounds: int) -> Measured:
    """Call a class of the catalog for the first time, in processes that have made other calls.

    Args:
        processes: Starts the sides and the server.
        rounds: How many rounds; it takes a quarter.

    Returns:
        CPU seconds of the client for the call.
    """
    again: list[float] = []
    with processes.server() as server:

        def call(side: str) -> float:
            with processes.worker(side) as worker:
                first = worker.measure("first_of_class", host=server.url)
                if side == "ours":
                    again.append(worker.measure("first_of_class", host=server.url))
                return first

        vendor = [side for side in processes.vendor if side == "vendor269"]
        ways = {side: partial(call, side) for side in ("ours", "bare-pydantic", *vendor)}
        taken = take_turns("first of class", ways, _fewer(rounds, 4), vendor)
    return {"first of class": {"ours": taken["ours"], "again": again, **taken}}


def measure_command_line(processes: Processes, rounds: int) -> Measured:
    """Start the command line, and list 25 queues by it.

    Args:
        processes: Knows the environment, and starts the server.
        rounds: How many rounds; it takes a quarter.

    Returns:
        CPU seconds of the whole process.
    """
    environment = processes.environment("ours")
    with processes.server() as server:
        programs = {
            "cli --version": commands_of_start("--version"),
            "cli --help": commands_of_start("--help"),
            "cli list": commands_of_list(server.url),
        }
        return {
            what: take_turns(
                what,
                {side: partial(run, command, environment) for side, command in commands.items()},
                _fewer(rounds, 4),
            )
            for what, commands in programs.items()
        }


def measure_type_checking(processes: Processes, rounds: int) -> Measured:
    """Have mypy check a program that uses a side, with nothing kept from before.

    Args:
        processes: Knows the environments.
        rounds: How many rounds; it takes a sixteenth.

    Returns:
        CPU seconds of mypy.
    """
    vendor = [side for side in processes.vendor if side == "vendor269"]
    ways = {
        side: partial(check_types, side, processes.environment(side))
        for side in ("ours", "bare", *vendor)
    }
    ours_and_bare = {side: ways[side] for side in ("ours", "bare")}
    taken = take_turns("mypy", ours_and_bare, _fewer(rounds, 16))
    return {"mypy": {**taken, **{side: [ways[side]()] for side in vendor}}}


def measure_sizes(processes: Processes, _rounds: int) -> Measured:
    """Build the wheel and install it; this is the same every time.

    Args:
        processes: Knows where the vendor's releases are installed.

    Returns:
        Bytes, and how many files.
    """
    wheel, ours = build_and_install()
    sizes = {"ours": ours}
    for side in processes.vendor:
        folder = processes.vendor_folder(side)
        compile_all(folder)
        sizes[side] = installed_sizes(folder)
    return {
        "wheel": {"ours": [wheel]},
        "size": {side: [one.installed] for side, one in sizes.items()},
        "files": {side: [one.files] for side, one in sizes.items()},
    }


def can_fetch_ahead() -> bool:
    """Whether ``paginate`` can fetch the next page while the caller works on this one."""
    from PureCloudPlatformClientV2 import paginate

    return "prefetch" in inspect.signature(paginate).parameters


FIGURES: dict[str, Callable[[Processes, int], Measured]] = {
    "import": measure_import,
    "first": measure_first_call,
    "decode": measure_decoding,
    "calls": measure_calls,
    "threads": measure_threads,
    "paging": measure_paging,
    "models": measure_models,
    "class": measure_first_of_class,
    "cli": measure_command_line,
    "mypy": measure_type_checking,
    "size": measure_sizes,
}
