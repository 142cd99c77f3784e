"""The same on Dask: workers that are killed, faults, and a cluster of somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sandbox.caller import wait_until

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

from .estate import PROJECT, Estate, creations, process_of, requests_of, stale

pytest.importorskip("distributed")

ORGANIZATIONS = 200
VICTIMS = (30, 65, 100)
"""The organizations in whose work a worker is killed: while its request waits to be processed."""


def faults_for(number: int, organization: Organization) -> list[Fault]:
    """What goes wrong with one of many organizations, besides killed workers."""
    whose = organization.id
    if number in VICTIMS:
        # It comes, its sender is killed, and it is carried out all the same. One is killed while it
        # waits for what it has created.
        method, path = ("GET", "*/open/*") if number == VICTIMS[1] else ("POST", "*/open")
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


def prepare(sandbox: Sandbox, estate: Estate) -> set[tuple[str, str, str]]:
    """Give every tenth organization an open integration to update, and every one its faults."""
    there: set[tuple[str, str, str]] = set()
    for number, organization in enumerate(estate.organizations):
        if number % 10 == 9:
            estate.seed(
                number, "open", "Hook", outboundNotificationWebhookUrl="https://example.com/"
            )
            there.add((organization.id, "open", "Hook"))
        sandbox.faults.add(*faults_for(number, organization))
    return there


def kill_the_worker_of(sandbox: Sandbox, organization: Organization) -> int:
    """Wait until a request is held back, and kill the process that has sent it."""
    wait_until(lambda: not any(one.organization_id == organization.id for one in sandbox.faults))
    process = process_of(next(requests_of(sandbox, organization)))
    os.kill(process, signal.SIGKILL)
    return process


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_two_hundred_organizations_survive_faults_lag_and_three_killed_workers(
    sandbox: Sandbox, make_estate: Callable[[int], Estate]
) -> None:
    estate = make_estate(ORGANIZATIONS)
    there = prepare(sandbox, estate)
    killed: list[int] = []

    def kill() -> None:
        for number in VICTIMS:
            killed.append(kill_the_worker_of(sandbox, estate.organizations[number]))

    killer = threading.Thread(target=kill)
    with estate.start("apply", "--dask", "local", "--workers", "4", "--settle", "2") as rollout:
        killer.start()
        _, told = rollout.communicate(timeout=120)
    killer.join()

    assert rollout.returncode == 0, told
    assert told.endswith("200 done, 0 failed, 0 left\n")
    assert len(set(killed)) == 3
    assert len(sandbox.faults) == 0, "some fault has hit nobody"
    workers = {process_of(one) for one in sandbox.requests}
    assert 4 < len(workers) <= 7, "four, and others in place of the three killed"
    assert [process for process in workers if is_running(process)] == []
    # Nothing twice, nothing missing: by the log, and by what is there now.
    assert estate.carried_out("POST") == creations(estate.organizations, but=there)
    assert {one[0] for one in estate.carried_out("PATCH")} == {one[0] for one in there}
    assert estate.carried_out("DELETE") == {}
    assert estate.latest() == {"done": ORGANIZATIONS}
    for number in VICTIMS:
        senders = {process_of(one) for one in requests_of(sandbox, estate.organizations[number])}
        assert len(senders) == 2, "another worker took over"
    estate.assert_as_wanted()

    sandbox.clear_requests()
    assert estate.run("apply", "--dask", "local", "--workers", "4").returncode == 0
    assert sandbox.requests == []


def test_ctrl_c_at_a_terminal_lets_the_workers_end_what_is_under_way(
    make_estate: Callable[[int], Estate],
) -> None:
    estate = make_estate(40)
    estate.hold(6, 7)
    with estate.start("apply", "--dask", "local", "--workers", "2") as process:
        assert process.stderr
        for line in process.stderr:
            if line.startswith("[3/40]"):
                os.killpg(process.pid, signal.SIGINT)  # which is what the terminal does
                break
        told = process.stderr.read()

    assert process.returncode == 130, told
    done = estate.latest()["done"]
    assert 3 <= done <= 10, told
    assert estate.latest() == {"done": done}
    assert f"{done} done, 0 failed, {40 - done} left" in told


@pytest.fixture
def scheduler(tmp_path: Path, make_estate: Callable[[int], Estate]) -> Iterator[tuple[str, Estate]]:
    """The address of a cluster whose workers have the secrets, and have never seen the program."""
    estate = make_estate(8)
    file = tmp_path / "scheduler"
    program = (
        "import sys, time\n"
        "from distributed import LocalCluster\n"
        "if __name__ == '__main__':\n"
        "    options = {'n_workers': 2, 'threads_per_worker': 2}\n"
        "    with LocalCluster(dashboard_address='127.0.0.1:0', **options) as one:\n"
        "        print(one.scheduler_address, flush=True)\n"
        "        sys.stdin.read()\n"
    )
    file.write_text(program, encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, str(file)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **estate.secrets},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as cluster:
        assert cluster.stdin
        assert cluster.stdout
        yield cluster.stdout.readline().strip(), estate
        cluster.stdin.close()  # which ends it
        cluster.wait(30)


def test_any_cluster_will_do_and_the_secrets_are_read_on_its_workers(
    scheduler: tuple[str, Estate],
) -> None:
    address, estate = scheduler
    # The program itself knows none of them, so none can have travelled.
    estate.secrets.clear()

    finished = estate.run("apply", "--dask", address, "--workers", "4")

    assert finished.returncode == 0, finished.stderr
    assert estate.carried_out("POST") == creations(estate.organizations)
    assert len({process_of(one) for one in estate.sandbox.requests}) == 2
    estate.assert_as_wanted()
