"""The same on Dask: workers that are killed, faults, and a cluster of somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from PureCloudPlatformClientV2 import wait_until
from PureCloudPlatformClientV2.sandbox import Sandbox

from .estate import PROJECT, Estate, creations, process_of, requests_of
from .trouble import VICTIMS, kill_the_worker_of, prepare

pytest.importorskip("distributed")

ORGANIZATIONS = 200


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
    there = prepare(estate)
    killed: list[int] = []

    with estate.start("apply", "--dask", "local", "--workers", "4", "--settle", "2") as rollout:

        def kill() -> None:
            for number in VICTIMS:
                victim = estate.organizations[number]
                killed.append(
                    kill_the_worker_of(sandbox, victim, lambda: rollout.poll() is not None)
                )

        killer = threading.Thread(target=kill)
        killer.start()
        _, told = rollout.communicate(timeout=300)
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


def test_workers_that_are_given_up_are_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PROJECT / "docs" / "examples")
    import dask.config
    from distributed import get_client

    rollout = import_module("rollout")
    options = rollout.parse(["apply", "state.json", "--dask", "local", "--workers", "2"])
    with (
        dask.config.set({"distributed.deploy.lost-worker-timeout": "100ms"}),
        rollout.open_workers(options) as (executor, _, restore),
    ):
        cluster: Any = get_client().cluster
        # As it goes with a worker that is killed, and does not start again in time.
        for nanny in list(cluster.workers.values()):
            cluster.sync(nanny.close, reason="nanny-instantiate-timeout")
        # The cluster forgets them soon.
        wait_until(lambda: len(cluster.workers), lambda left: left == 0, interval=0.1, deadline=30)
        restore()
        assert executor.submit(os.getpid).result(timeout=60) not in (None, os.getpid())


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
