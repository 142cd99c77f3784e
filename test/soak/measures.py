"""What a process takes: memory, descriptors, threads."""

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path
from typing import NamedTuple

_STATUS = Path("/proc/self/status")


class Taken(NamedTuple):
    """What a process takes at a moment when it does nothing."""

    memory: int
    """Bytes that are resident; 0 where the system does not say."""
    blocks: int
    """That Python's allocator has given out."""
    objects: int
    """That the garbage collector knows."""
    descriptors: int
    threads: int


def take_stock() -> Taken:
    """Look what this process takes now."""
    gc.collect()
    return Taken(
        resident_memory(),
        sys.getallocatedblocks(),
        len(gc.get_objects()),
        open_descriptors(),
        threading.active_count(),
    )


def resident_memory() -> int:
    """Bytes of memory that this process has; 0 where the system does not say."""
    return _from_status("VmRSS")


def peak_memory() -> int:
    """The most that it has had so far; 0 where the system does not say."""
    # Not from getrusage, where Linux counts what the parent had when it started this process.
    return _from_status("VmHWM")


def _from_status(name: str) -> int:
    if not _STATUS.exists():
        return 0
    for line in _STATUS.read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0


def open_descriptors() -> int:
    """How many descriptors this process has open."""
    return len(os.listdir("/dev/fd"))  # noqa: PTH208  # the names alone


def mebibytes(size: float) -> str:
    """Write a size of memory."""
    return f"{size / 2**20:.1f} MiB"
