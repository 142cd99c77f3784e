"""A webhook is worked on once: whoever asks, whatever dies, and for as long as it is repeated."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from PureCloudPlatformClientV2.open_messaging import Claim, Deduplicator


class Clock:
    """Tells the time that a test says it is."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["in memory", "in a file"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path | None:
    return tmp_path / "seen.sqlite" if request.param == "in a file" else None


@pytest.fixture
def seen(path: Path | None, clock: Clock) -> Deduplicator:
    return Deduplicator(path, clock=clock)


def test_what_is_done_is_not_done_again(seen: Deduplicator) -> None:
    with seen.claim("a") as claim:
        assert (claim.is_new, claim.state, claim.answer) == (True, "new", 200)
    with seen.claim("a") as claim:
        assert (claim.is_new, claim.state, claim.answer) == (False, "done", 200)
    assert seen.claim("b").is_new


def test_a_repetition_that_comes_during_the_work_is_sent_away_to_come_back(
    seen: Deduplicator,
) -> None:
    with seen.claim("a"):
        with seen.claim("a") as repetition:
            assert (repetition.state, repetition.answer) == ("pending", 503)
        assert seen.claim("a").state == "pending"  # the end of the repetition ended nothing
    assert seen.claim("a").state == "done"


def test_work_that_failed_is_done_by_the_repetition(seen: Deduplicator) -> None:
    with pytest.raises(KeyError), seen.claim("a"):
        raise KeyError
    assert seen.claim("a").is_new


def test_a_claim_can_be_handed_to_a_worker(seen: Deduplicator) -> None:
    seen.claim("a").done()
    assert seen.claim("a").state == "done"
    seen.claim("b").give_up()
    assert seen.claim("b").is_new


def test_work_that_nobody_finished_is_taken_over(seen: Deduplicator, clock: Clock) -> None:
    seen.claim("a")
    clock.now += 14.9
    assert seen.claim("a").state == "pending"
    clock.now += 0.1
    assert seen.claim("a").is_new
    assert seen.claim("a").state == "pending"


def test_who_comes_back_late_gives_nothing_of_another_up(seen: Deduplicator, clock: Clock) -> None:
    late = seen.claim("a")
    clock.now += 16
    present = seen.claim("a")
    late.give_up()
    assert seen.claim("a").state == "pending"
    present.give_up()
    assert seen.claim("a").is_new


def test_who_is_done_late_is_done_all_the_same(seen: Deduplicator, clock: Clock) -> None:
    late = seen.claim("a")
    clock.now += 16
    present = seen.claim("a")
    late.done()
    assert seen.claim("a").state == "done"
    present.give_up()
    assert seen.claim("a").state == "done"


def test_a_claim_ends_once(seen: Deduplicator) -> None:
    claim = seen.claim("a")
    claim.give_up()
    other = seen.claim("a")
    claim.done()
    claim.give_up()
    assert seen.claim("a").state == "pending"
    other.done()
    other.give_up()
    assert seen.claim("a").state == "done"


def test_done_is_kept_longer_than_the_platform_repeats_and_no_longer(
    seen: Deduplicator, clock: Clock
) -> None:
    seen.claim("a").done()
    clock.now += 599.9
    assert seen.claim("a").state == "done"
    clock.now += 0.1
    assert seen.claim("a").is_new


def test_how_long_is_for_the_caller_to_say(path: Path | None, clock: Clock) -> None:
    seen = Deduplicator(path, keep=3600, lease=0.5, clock=clock)
    seen.claim("a").done()
    seen.claim("b")
    clock.now += 3
    assert seen.claim("b").is_new
    clock.now += 3590
    assert seen.claim("a").state == "done"


def test_a_clock_that_is_set_back_loses_nothing(seen: Deduplicator, clock: Clock) -> None:
    seen.claim("a").done()
    clock.now -= 3600
    assert seen.claim("a").state == "done"


class YieldingKey(str):
    """A key that lets other threads go on whenever it is looked up: between question and claim."""

    __slots__ = ()

    def __hash__(self) -> int:
        time.sleep(0)
        return super().__hash__()


def test_of_many_threads_one_works(path: Path | None) -> None:
    workers = 6
    seen = Deduplicator(path, lease=600)
    keys = [YieldingKey(number) for number in range(10)]
    worked: list[str] = []
    start = threading.Barrier(workers)

    def work() -> None:
        start.wait()
        for key in keys:
            with seen.claim(key) as claim:
                if claim.is_new:
                    worked.append(key)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(map(str, worked)) == Counter(map(str, keys))


PROGRAM = """
import sys
from PureCloudPlatformClientV2.open_messaging import Deduplicator

path, what = sys.argv[1:]
seen = Deduplicator(path, lease=600)
print("ready", flush=True)
sys.stdin.readline()
if what == "die":
    seen.claim("a")
    print("claimed", flush=True)
    sys.stdin.readline()
for number in range(25):
    with seen.claim(str(number)) as claim:
        if claim.is_new:
            print(number)
"""


def start(path: Path, what: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(path), what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_of_many_processes_one_works(tmp_path: Path) -> None:
    processes = [start(tmp_path / "seen.sqlite", "work") for _ in range(3)]
    assert [line_of(one) for one in processes] == ["ready"] * 3
    for one in processes:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    worked = [one.communicate()[0].split() for one in processes]
    assert [one.returncode for one in processes] == [0] * 3
    assert sorted(int(key) for keys in worked for key in keys) == list(range(25))


def test_what_a_process_died_of_in_its_midst_is_taken_over_by_another(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    with start(path, "die") as process:
        assert process.stdin is not None
        assert line_of(process) == "ready"
        process.stdin.write("\n")
        process.stdin.flush()
        assert line_of(process) == "claimed"
        process.kill()
    assert Deduplicator(path).claim("a").state == "pending"
    assert Deduplicator(path, clock=lambda: time.time() + 601).claim("a").is_new


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    Deduplicator(path).claim("a").done()
    assert Deduplicator(str(path)).claim("a").state == "done"
    assert [one.name for one in tmp_path.iterdir()] == ["seen.sqlite"]


def rows(path: Path) -> int:
    connection = sqlite3.connect(path)
    (count,) = connection.execute("SELECT count(*) FROM webhooks").fetchone()
    connection.close()
    return int(count)


def test_a_file_does_not_grow_for_ever(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "seen.sqlite"
    seen = Deduplicator(path, clock=clock)
    for number in range(30):
        claim = seen.claim(str(number))
        if number % 2:
            claim.done()
        clock.now += 60
    assert rows(path) <= 6


def test_memory_has_room_for_a_hundred_thousand_even_if_nothing_expires(clock: Clock) -> None:
    seen = Deduplicator(clock=clock)
    for number in range(99_999):
        seen.claim(str(number))
    assert seen.claim("0").state == "pending"
    seen.claim("99999")
    assert seen.claim("0").is_new
    assert seen.claim("99999").state == "pending"


def test_a_file_that_was_taken_away_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "seen.sqlite"
    seen = Deduplicator(path)
    path.unlink()
    seen.claim("a").done()
    assert seen.claim("a").state == "done"


def test_a_file_that_cannot_be_used_shows_at_once(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.Error):
        Deduplicator(tmp_path / "missing" / "seen.sqlite")
    (tmp_path / "text").write_text("no database, but a text of some length\n" * 100)
    with pytest.raises(sqlite3.Error):
        Deduplicator(tmp_path / "text")


def test_a_relative_path_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    seen = Deduplicator("seen.sqlite")
    seen.claim("a").done()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert seen.claim("a").state == "done"
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_path_in_bytes_is_that_file(tmp_path: Path) -> None:
    path: Any = os.fsencode(tmp_path / "seen.sqlite")
    Deduplicator(path).claim("a").done()
    assert Deduplicator(tmp_path / "seen.sqlite").claim("a").state == "done"


@pytest.mark.parametrize("path", ["", ":memory:", b"", b":memory:"])
def test_a_path_that_is_no_file_is_refused(path: Any) -> None:
    with pytest.raises(ValueError, match="path must be that of a file"):
        Deduplicator(path)


@pytest.mark.parametrize("name", ["keep", "lease"])
@pytest.mark.parametrize("seconds", [0, -1, float("inf"), float("nan")])
def test_times_must_be_positive(name: str, seconds: float) -> None:
    times = {"keep": 600.0, "lease": 15.0, name: seconds}
    with pytest.raises(ValueError, match=f"{name} must be a positive number"):
        Deduplicator(keep=times["keep"], lease=times["lease"])


@pytest.mark.parametrize("name", ["keep", "lease"])
@pytest.mark.parametrize("seconds", [None, "15", True, Decimal(15), timedelta(seconds=15)])
def test_times_must_be_numbers(name: str, seconds: Any) -> None:
    times: dict[str, Any] = {name: seconds}
    kind = type(seconds).__name__
    with pytest.raises(TypeError, match=f"{name} must be a number of seconds, and not {kind}"):
        Deduplicator(**times)


def test_a_key_must_be_text_and_not_empty(seen: Deduplicator) -> None:
    with pytest.raises(ValueError, match="key is empty"):
        seen.claim("")
    with pytest.raises(TypeError, match=r"webhook\.key"):
        seen.claim(5)  # type: ignore[arg-type] # the mistake


def test_a_claim_says_what_it_is(seen: Deduplicator) -> None:
    assert repr(seen.claim("a")) == "Claim('a', 'new')"
    assert repr(seen.claim("a")) == "Claim('a', 'pending')"
    assert seen.claim("a").key == "a"


STEPS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["claim", "done", "give up", "wait"])),
    max_size=30,
)


@given(STEPS)
def test_memory_and_file_agree_on_everything(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    clock = Clock()
    both = [
        Deduplicator(path, keep=50, clock=clock)
        for path in (None, tmp_path_factory.mktemp("seen") / "seen.sqlite")
    ]
    held: list[dict[str, Claim]] = [{}, {}]
    for key, step in steps:
        if step == "wait":
            clock.now += 10
            continue
        states: list[str] = []
        for seen, mine in zip(both, held, strict=True):
            if step == "claim":
                claim = seen.claim(key)
                states.append(claim.state)
                if claim.is_new:
                    mine[key] = claim
            elif key in mine:
                (mine[key].done if step == "done" else mine[key].give_up)()
        assert len(set(states)) <= 1
