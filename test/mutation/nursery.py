"""Runs tests in forks of a process that has imported what they need, besides our own code.

``python -m mutation.nursery FILES`` in a copy of the project: it takes one order a line and answers
in one line, both JSON. A fork is a session of its own, which is killed whole.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import sys
import threading
import typing
from pathlib import Path
from typing import Any

import pytest

PACKAGE = "PureCloudPlatformClientV2"
QUICK = ("-q", "-x", "-p", "no:cacheprovider", "--tb=short")
_INDEPENDENT = ("__main__", "contract_facts", "platform_facts")
"""Our modules that import none of our code; two have read the contracts, which takes long."""
_UNDECIDED, _TIMED_OUT = "survived", "timed out"


def main() -> None:
    """Take orders until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    _say_nothing(Path(os.devnull))
    pytest.main(["--collect-only", *QUICK, *sys.argv[1:]])
    _forget_modules(Path.cwd())
    gc.freeze()  # or each fork would go through all that, and copy the memory
    # Nothing of a mutant may outlast it.
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    if threading.active_count() > 1:
        raise RuntimeError("tests that were only collected have started threads, which no fork has")
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(_perform(**order)) + "\n")
        answers.flush()


def _perform(tests: list[str], cpu: int, wall: float, log: str) -> dict[str, Any]:
    """Run some tests: what came of them, and the CPU seconds of it."""
    before = _cpu_of_children()
    pid = os.fork()
    if pid == 0:
        _run(tests, cpu, Path(log))
    ended = os.pidfd_open(pid)
    try:
        in_time, _, _ = select.select([ended], [], [], wall)
    finally:
        os.close(ended)
    _kill_session(pid)
    _, status = os.waitpid(pid, 0)
    killed = os.waitstatus_to_exitcode(status)
    verdict = _UNDECIDED if killed == 0 else "killed"
    if not in_time or killed in (-signal.SIGXCPU, -signal.SIGKILL):
        verdict = _TIMED_OUT
    return {"verdict": verdict, "cpu": _cpu_of_children() - before}


def _run(tests: list[str], cpu: int, log: Path) -> None:
    try:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 5))
        _say_nothing(log)
        code = int(pytest.main([*QUICK, *tests]))
        sys.stdout.flush()
    except BaseException:  # whatever it is, this fork must not go on as the nursery
        code = 1
    os._exit(code)


def _kill_session(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # it has not got so far as to have a session


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _say_nothing(log: Path) -> None:
    """Have everything that is printed go into a file."""
    sink = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(sink, 1)
    os.dup2(sink, 2)
    os.close(sink)


def _forget_modules(project: Path) -> None:
    """Have the project's own modules imported anew, as they will be then."""
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)  # which modules of the catalog have not
        is_ours = name.startswith(PACKAGE) or (file and Path(file).is_relative_to(project))
        if is_ours and name not in _INDEPENDENT:
            del sys.modules[name]
    # An annotation made anew would else be the one of before, as those with equal parts are kept.
    for forget in typing._cleanups:  # type: ignore[attr-defined]  # no public way leads there
        forget()


if __name__ == "__main__":
    main()
