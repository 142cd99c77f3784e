"""A process that runs a module of the tests, and ends with the one that started it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

TESTS = Path(__file__).parent


class ProcessError(Exception):
    """A process has ended, or taken too long; the message says which."""


class ChildProcess:
    """A process that is to end when its standard input does, which it does in any case."""

    def __init__(
        self,
        name: str,
        module: str,
        arguments: Sequence[object],
        environment: Mapping[str, str],
        options: Sequence[str] = (),
    ) -> None:
        """Start it.

        Args:
            name: What messages call it.
            module: What it runs, seen from the folder of the tests.
            arguments: With what arguments.
            environment: In what environment.
            options: Those of the interpreter.
        """
        self._name = name
        self._process = subprocess.Popen(
            [sys.executable, *options, "-m", module, *map(str, arguments)],
            cwd=TESTS,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read_line(self, seconds: float | None = None) -> str:
        """Wait for a line that it prints.

        Args:
            seconds: How long, before it is stopped; as long as it takes if omitted.

        Raises:
            ProcessError: It has ended, or took too long.
        """
        assert self._process.stdout
        watch = threading.Timer(seconds, self._process.kill) if seconds else None
        if watch:
            watch.start()
        try:
            line = self._process.stdout.readline()
        finally:
            if watch:
                watch.cancel()
        if not line:
            raise ProcessError(f"{self._name} failed, or took too long")
        return line

    def write_line(self, line: str) -> None:
        """Send it a line.

        Raises:
            ProcessError: It has ended.
        """
        assert self._process.stdin
        try:
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise ProcessError(f"{self._name} failed") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._process.communicate(timeout=5)  # closes its standard input
        except (subprocess.TimeoutExpired, OSError, ValueError):
            pass  # it ends now, whatever has become of it
        finally:
            self._process.kill()
            self._process.wait()
