"""The processes of a run, which end with the one that started them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.request import ProxyHandler, build_opener

if TYPE_CHECKING:
    from typing_extensions import Self

_TESTS = Path(__file__).parent.parent


class Process:
    """A module of this folder, in a process that ends with its standard input at the latest."""

    def __init__(self, module: str, *arguments: object) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GENESYSCLOUD_") and not name.lower().endswith("_proxy")
        }
        self._name = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.{module}", *map(str, arguments)],
            cwd=_TESTS,
            env=kept,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def read(self) -> Any:
        """Wait for a line of JSON."""
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"soak: {self._name} failed")
        return json.loads(line)

    def ask(self, question: object) -> Any:
        """Send a line of JSON, and wait for another."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        return self.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._process.communicate(timeout=5)  # closes its standard input
        except (subprocess.TimeoutExpired, OSError, ValueError):
            self._process.kill()  # it has been told
        finally:
            self._process.wait()


class Server(Process):
    """The service of the soak; its arguments are those of the module, but for the delay."""

    def __init__(self, *arguments: object, delay: float = 0) -> None:
        super().__init__("server", delay, *arguments)
        self.url = f"http://127.0.0.1:{self.read()}"

    def stats(self) -> dict[str, int]:
        """Ask what has happened so far."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/stats", timeout=60) as answer:
            counts: dict[str, int] = json.load(answer)
        return counts
