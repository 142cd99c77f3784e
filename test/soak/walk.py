"""Walks a long listing of each style, and tells what memory that takes.

As a program of its own it walks over one, in a process whose memory is that of the walk.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from typing import Any

from .listings import LISTINGS, PAGE_SIZE
from .measures import mebibytes, peak_memory
from .processes import Process, Server
from .telling import tell

_MOST_GROWTH = 2**20
"""Bytes that a walk may take more at its end than after a hundredth of it."""


def walk_all(entities: int) -> list[str]:
    """Walk over a listing of each style, one after the other, and print what it took.

    Args:
        entities: How many there are; a multiple of 10,000.

    Returns:
        What is wrong.
    """
    parts = [entities // 100, entities // 10, entities]
    tell(
        "| pages lead on by | "
        + " | ".join(f"{part:,}" for part in parts)
        + " | entities a second |"
    )
    tell("| --- | --- | --- | --- | --- |")
    problems: list[str] = []
    walks = [(style, 0) for style in LISTINGS] + [("page number", 2)]
    for style, prefetch in walks:
        label = f"{style}, `prefetch={prefetch}`" if prefetch else style
        with Server("pages", entities) as server:
            with Process("walk", style, server.url, prefetch, *parts) as walker:
                walked = walker.read()
            requests = server.stats()["requests"]
        peaks: list[int] = walked["peaks"]
        tell(f"| {label} | {' | '.join(map(mebibytes, peaks))} | {walked['rate']:,.0f} |")
        problems += [f"{label}: {problem}" for problem in walked["problems"]]
        if peaks[-1] - peaks[0] > _MOST_GROWTH:
            problems.append(f"{label}: memory grew by {mebibytes(peaks[-1] - peaks[0])}")
        if requests != entities // PAGE_SIZE:
            problems.append(f"{label}: {requests} requests for {entities // PAGE_SIZE} pages")
    return problems


def walk(style: str, url: str, prefetch: int, parts: list[int]) -> dict[str, Any]:
    """Walk over a listing, and see that each entity comes once, in its place.

    Args:
        style: Which listing.
        url: Of the server.
        prefetch: How many pages are fetched ahead.
        parts: After how many entities the memory is looked at.

    Returns:
        The peaks of memory in bytes, entities a second, and what is wrong.
    """
    import PureCloudPlatformClientV2

    listing = LISTINGS[style]
    class_name, _, method = listing.method.partition(".")
    peaks: list[int] = []
    wrong = number = 0
    with PureCloudPlatformClientV2.ApiClient(url) as client:
        client.access_token = "the-token"
        api = getattr(PureCloudPlatformClientV2, class_name)(client)
        entities = PureCloudPlatformClientV2.paginate(
            getattr(api, method), prefetch=prefetch, **listing.arguments
        )
        begin = time.perf_counter()
        for part in parts:
            for entity in islice(entities, part - number):
                wrong += entity.id != f"{number:012d}"
                number += 1
            peaks.append(peak_memory())
        rate = number / (time.perf_counter() - begin)
        left = len(list(islice(entities, PAGE_SIZE)))  # not all: a walk in a circle has no end
    problems = [f"{wrong} entities were not in their places"] if wrong else []
    if number != parts[-1] or left:
        problems.append(f"{number + left} entities came instead of {parts[-1]}")
    return {"peaks": peaks, "rate": rate, "problems": problems}


if __name__ == "__main__":
    results = walk(sys.argv[1], sys.argv[2], int(sys.argv[3]), [*map(int, sys.argv[4:])])
    sys.stdout.write(json.dumps(results) + "\n")
