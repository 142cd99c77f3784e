"""Ending: by another thread, a signal, Ctrl-C, a failure; and what is left then."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from reference import ROOT
from sandbox.caller import wait_until
from service import Answer, Request, make_answer

from PureCloudPlatformClientV2 import ApiClient, NotificationChannel
from PureCloudPlatformClientV2.notifications import Gap, Notification
from PureCloudPlatformClientV2.notifications.events import Buffer
from PureCloudPlatformClientV2.sandbox import Sandbox
from PureCloudPlatformClientV2.sandbox.notifications import Channel

from .fake_platform import PATIENCE, FakePlatform
from .test_events import PRESENCE, next_event
from .test_opening import assert_nothing_left

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def test_another_thread_ends_an_iteration_that_waits(sandbox: Sandbox, client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        closer = threading.Thread(target=events.close)
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        found = []
        for event in events:
            found.append(event.raw_body["source"])
            closer.start()
        closer.join()
        assert events.is_closed
        assert events.get(timeout=PATIENCE) is None
        assert list(events) == []

    assert found == ["X"]
    assert_nothing_left(sandbox)


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="there is no such signal here")
def test_a_signal_handler_ends_an_iteration_that_waits(client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:

        def end(*_: object) -> None:
            events.close()

        before = signal.signal(signal.SIGUSR1, end)
        sender = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
        sender.start()
        try:
            assert list(events) == []
        finally:
            sender.join()
            signal.signal(signal.SIGUSR1, before)


@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="there is no such signal here")
def test_an_exception_of_a_signal_handler_comes_out_of_the_iteration_as_it_is(
    sandbox: Sandbox, client: ApiClient
) -> None:
    def give_up(*_: object) -> None:
        raise OSError("given up")

    before = signal.signal(signal.SIGUSR1, give_up)
    sender = threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1))
    try:
        with NotificationChannel(client, [PRESENCE]) as events:
            sender.start()
            with pytest.raises(OSError, match=r"^given up$"):
                next(events)
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)
    assert_nothing_left(sandbox)


_PROGRAM = """
import sys, threading
from PureCloudPlatformClientV2 import ApiClient, Configuration, NotificationChannel
client = ApiClient(configuration=Configuration(host=sys.argv[1], access_token=sys.argv[2]))
try:
    with NotificationChannel(client, ["v2.users.8f3c.presence"]) as events:
        print("listening", flush=True)
        for event in events:
            print(event.raw_body["source"], flush=True)
except KeyboardInterrupt as interrupt:
    print("interrupted", [thread.name for thread in threading.enumerate()])
    print("with", interrupt.__context__)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to a process there")
def test_ctrl_c_leaves_no_thread_and_no_channel(sandbox: Sandbox) -> None:
    program = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", _PROGRAM, sandbox.host, sandbox.access_token],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with program:
        assert program.stdout is not None
        assert program.stdout.readline() == "listening\n"
        sandbox.channels.publish(PRESENCE, {"source": "X"})
        assert program.stdout.readline() == "X\n"
        program.send_signal(signal.SIGINT)
        try:
            output, errors = program.communicate(timeout=PATIENCE)
        finally:
            program.kill()  # or the end of the block would wait for it, whatever went wrong

    told = "interrupted ['MainThread']\nwith None\n"
    assert (output, errors, program.returncode) == (told, "", 0)
    assert_nothing_left(sandbox)


def test_it_ends_while_it_connects_again(platform: FakePlatform, fake_client: ApiClient) -> None:
    with NotificationChannel(fake_client, [PRESENCE]) as events:
        socket = platform.socket()
        platform.refuse_websocket = 503, "not now"
        socket.drop()
        platform.refused.get(timeout=PATIENCE)
        platform.refused.get(timeout=PATIENCE)
    assert events.is_closed
    assert platform.topics == {"channel-1": []}


def test_it_ends_while_nobody_reads(sandbox: Sandbox, client: ApiClient) -> None:
    with NotificationChannel(client, [PRESENCE], buffer_size=1) as events:
        for number in range(1000):
            sandbox.channels.publish(PRESENCE, {"source": f"{number} {'x' * 1000}"})
        next_event(events)
    assert_nothing_left(sandbox)


def test_a_channel_that_cannot_be_left_does_no_harm(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    def refuse(request: Request) -> Answer | None:
        return make_answer(500, {}) if request.method == "DELETE" else None

    platform.refuse = refuse
    with NotificationChannel(fake_client, [PRESENCE]):
        socket = platform.socket()
    socket.wait_closed()
    assert platform.topics == {"channel-1": [PRESENCE]}


def test_whatever_happens_in_with_comes_out_of_it(sandbox: Sandbox, client: ApiClient) -> None:
    with pytest.raises(LookupError), NotificationChannel(client, [PRESENCE]):
        raise LookupError
    assert_nothing_left(sandbox)


def in_forked_child(use: Callable[[], object]) -> str:
    """What comes out of something that a forked child does, which ends within seconds."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(PATIENCE)
        words = "nothing"
        try:
            use()
        except RuntimeError as error:
            words = str(error)
        os.write(writing, words.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    told = os.read(reading, 1000).decode()
    os.close(reading)
    return told


@needs_fork
def test_a_forked_child_is_told_that_the_channel_is_its_parents(
    sandbox: Sandbox, client: ApiClient
) -> None:
    with NotificationChannel(client, [PRESENCE]) as events:
        assert "forked child" in in_forked_child(partial(events.get, 0))
        sandbox.channels.publish(PRESENCE, {"source": "to the parent"})
        assert next_event(events).body.source == "to the parent"


@needs_fork
def test_a_forked_child_does_not_get_what_waits_for_its_parent(
    platform: FakePlatform, fake_client: ApiClient
) -> None:
    with NotificationChannel(fake_client, [PRESENCE]) as events:
        socket = platform.socket()
        for source in ("first", "second"):
            socket.send_event(PRESENCE, {"source": source})
        assert next_event(events).body.source == "first"
        socket.drop()
        platform.socket()  # so that the second one waits to be read
        uses: list[Callable[[], object]] = [partial(events.get, 0), partial(events.add, [PRESENCE])]
        assert all("forked child" in in_forked_child(use) for use in uses)
        assert next_event(events).body.source == "second"


@needs_fork
def test_a_forked_child_can_end_what_another_thread_was_just_using() -> None:
    buffer = Buffer(10)
    is_putting, may_end = threading.Event(), threading.Event()

    class Slow(list[Notification]):
        def __iter__(self) -> Iterator[Notification]:
            is_putting.set()
            may_end.wait(PATIENCE)
            return iter(())

    thread = threading.Thread(target=buffer.put, args=(Slow(),))
    thread.start()
    is_putting.wait(PATIENCE)
    try:
        assert in_forked_child(buffer.close) == "nothing"
    finally:
        may_end.set()
        thread.join()


def has_another(channel: Channel, before: object) -> bool:
    """Whether a channel has another connection than before."""
    return channel.connection not in (before, None)


def threads() -> set[threading.Thread]:
    """Those that are not the sandbox's, which has as many as it needs."""
    served = ("CP Server", "sandbox")
    return {one for one in threading.enumerate() if not one.name.startswith(served)}


def descriptors() -> int:
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="descriptors cannot be counted here")
def test_ten_thousand_events_with_fifty_drops_lose_nothing_that_was_sent_to_a_connection(
    sandbox: Sandbox, client: ApiClient
) -> None:
    gaps: list[Gap] = []
    found: list[int] = []

    def read(events: NotificationChannel) -> None:
        for event in events:
            found.append(int(event.body.source))  # typed, as a program would read it

    with NotificationChannel(client, [PRESENCE], on_gap=gaps.append):
        pass  # so that what is opened once is open
    threads_before, before = threads(), descriptors()
    with NotificationChannel(client, [PRESENCE], on_gap=gaps.append) as events:
        (channel,) = (one for one in sandbox.channels if one.connection is not None)
        reader = threading.Thread(target=read, args=(events,))
        reader.start()
        connection = channel.connection
        for number in range(10_000):
            assert sandbox.channels.publish(PRESENCE, {"source": str(number)}) == 1
            if number % 200 == 100:
                connection = channel.connection
                assert connection is not None
                connection.drop()
                wait_until(partial(has_another, channel, connection))
            elif number % 1000 == 20:  # and the events that follow meet the change
                connection = channel.connection
                sandbox.channels.socket_closing()
            elif number % 1000 == 80:
                wait_until(partial(has_another, channel, connection))
        wait_until(lambda: len(found) >= 10_000)
        events.close()
        reader.join(PATIENCE)

    assert found == list(range(10_000))
    assert len(gaps) == 50
    assert {gap.reason for gap in gaps} <= {
        "the connection was closed without a word",
        "ConnectionResetError: Connection reset by peer",
    }
    assert threads() == threads_before
    wait_until(lambda: descriptors() <= before)  # the sandbox closes its ends a moment later
    assert_nothing_left(sandbox)
