"""A forward proxy in a process of its own, and what it says that it has passed on."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

_RECORDER = f"{__package__}.recorder"
_SECONDS = 30


@dataclass(frozen=True)
class Passed:
    """A request that the proxy has passed on, or a tunnel that it has opened."""

    method: str
    host: str
    """Name or address as it came, and the port."""
    headers: Mapping[str, str]
    """What the proxy could read, by name in lower case."""


class ForwardProxy:
    """Runs the proxy while it is used as a context manager."""

    def __init__(self, folder: Path, *options: str, tls: bool = False) -> None:
        self._record = folder / "record"
        self._record.touch()
        self._log = folder / "log"
        self._options = options
        self._scheme = "https" if tls else "http"
        self._port = 0
        self._forgotten = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._port}"

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self.address}"

    def url_with(self, credentials: str) -> str:
        return f"{self._scheme}://{credentials}@{self.address}"

    @property
    def passed(self) -> list[Passed]:
        """What it has passed on; written down before the service is asked."""
        lines = self._record.read_text(encoding="utf-8").splitlines()[self._forgotten :]
        return [Passed(**json.loads(line)) for line in lines]

    @property
    def methods(self) -> list[str]:
        return [one.method for one in self.passed]

    def forget(self) -> None:
        self._forgotten += len(self.passed)

    def __enter__(self) -> Self:
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("COVERAGE_") and not name.lower().endswith("_proxy")
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    _RECORDER,
                    "--plugins",
                    f"{_RECORDER}.Recorder",
                    *self._options,
                ],
                cwd=Path(__file__).parent.parent,
                env={**environment, "FORWARD_PROXY_RECORD": str(self._record)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        try:
            output = self._process.stdout
            assert output is not None
            ready = select.select([output], [], [], _SECONDS)[0]
            line = output.readline() if ready else b""
            assert line, f"the proxy has not started: {self._log.read_text(errors='replace')}"
            self._port = int(line)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        process = self._process
        assert process is not None
        try:
            # Not through the pipe's own flush: the proxy may have ended already.
            process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        finally:
            # It has processes of its own, which stay behind if it was killed.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
