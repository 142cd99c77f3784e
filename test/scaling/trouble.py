"""What goes wrong in a rollout to many organizations: faults, and workers that are killed."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable

from PureCloudPlatformClientV2.sandbox import (
    Fault,
    LateFault,
    Organization,
    ResetAfterFault,
    ResetBeforeFault,
    Sandbox,
    StatusFault,
    TruncateFault,
)

from .estate import Estate, process_of, requests_of, stale

VICTIMS = (30, 65, 100)
"""Of two hundred organizations, those in whose work a worker is killed."""

_PATTERN = 200
"""After so many organizations it begins anew."""


def victims(count: int) -> list[int]:
    """The organizations in whose work a worker is killed: while its request is being processed."""
    return [number for number in range(count) if number % _PATTERN in VICTIMS]


def faults_for(number: int, organization: Organization) -> list[Fault]:
    """What goes wrong with one of many organizations, besides killed workers."""
    whose = organization.id
    if number % _PATTERN in VICTIMS:
        # It comes, its sender is killed, and it is carried out all the same. One is killed while it
        # waits for what it has created.
        method, path = (
            ("GET", "*/open/*") if number % _PATTERN == VICTIMS[1] else ("POST", "*/open")
        )
        return [LateFault(1, method=method, path=path, organization_id=whose)]
    unknown: dict[int, Fault] = {
        1: ResetBeforeFault(method="POST", organization_id=whose),
        12: ResetAfterFault(method="POST", organization_id=whose, after=1),
        23: TruncateFault(method="POST", organization_id=whose, after=2),
        34: StatusFault(503, method="POST", organization_id=whose, after=3),
        # The platform does not show at once what it has done.
        15: stale("facebook", organization, after=1),
        26: StatusFault(404, method="GET", path="*/facebook/*", organization_id=whose),
        49: ResetAfterFault(method="PATCH", organization_id=whose),
    }
    known: dict[int, Fault] = {
        2: StatusFault(429, retry_after=0, method="POST", organization_id=whose, times=3),
        5: StatusFault(429, retry_after=0, organization_id=whose, times=2),
        7: ResetBeforeFault(method="GET", organization_id=whose),
    }
    return [
        fault for fault in (unknown.get(number % 100), known.get(number % 10)) if fault is not None
    ]


def prepare(estate: Estate) -> set[tuple[str, str, str]]:
    """Give every tenth organization an open integration to update, and every one its faults."""
    there: set[tuple[str, str, str]] = set()
    for number, organization in enumerate(estate.organizations):
        if number % 10 == 9:
            estate.seed(
                number, "open", "Hook", outboundNotificationWebhookUrl="https://example.com/"
            )
            there.add((organization.id, "open", "Hook"))
        estate.sandbox.faults.add(*faults_for(number, organization))
    return there


def kill_the_worker_of(
    sandbox: Sandbox, organization: Organization, is_over: Callable[[], bool]
) -> int:
    """Wait until a request is held back, and kill the process that has sent it.

    Args:
        sandbox: Where the organization is.
        organization: Whose worker.
        is_over: Whether there is nothing to wait for any more.
    """
    while any(one.organization_id == organization.id for one in sandbox.faults):
        assert not is_over(), "the rollout ended without it"
        threading.Event().wait(0.01)
    process = process_of(next(requests_of(sandbox, organization)))
    os.kill(process, signal.SIGKILL)
    return process
