"""The processes of a run: where each side is imported from, and that none of them stays behind."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from child_process import ChildProcess

from .sides import VENDOR

if TYPE_CHECKING:
    from typing_extensions import Self

HERE = Path(__file__).parent
LONGEST = 240.0
"""Seconds after which a process that has not answered is stopped."""
QUIET = ("-W", "ignore")
"""Options of the interpreter, for all sides."""


class BenchmarkError(Exception):
    """The run cannot go on; the message says why."""


def install_vendor(folder: Path) -> None:
    """Install the releases of the vendor that are not there yet, each in a folder of its own.

    Args:
        folder: Where.

    Raises:
        BenchmarkError: pip could not.
    """
    for release in VENDOR.values():
        target = folder / release
        if target.is_dir():
            continue
        partial = folder / f"{release}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(partial)]
        if subprocess.run([*pip, f"PureCloudPlatformClientV2=={release}"]).returncode:
            raise BenchmarkError(f"the vendor's {release} could not be installed")
        partial.rename(target)


class Processes:
    """Starts the processes of a run."""

    def __init__(self, home: Path, vendor: Path | None) -> None:
        """Find out where the sides are.

        Args:
            home: An empty folder, for all sides to find no configuration in.
            vendor: Where the vendor's releases are installed, if they are to take part.

        Raises:
            BenchmarkError: This package is not to be found.
        """
        self._home = home
        self._vendor = vendor
        spec = importlib.util.find_spec("PureCloudPlatformClientV2")
        if spec is None or spec.origin is None:
            raise BenchmarkError("install this package first, or put it on PYTHONPATH")
        root = Path(spec.origin).parent.parent
        installed = {Path(sysconfig.get_path(name)) for name in ("purelib", "platlib")}
        # All sides but the vendor's have the same path, which so is as quick to search.
        self._path = "" if root in installed else str(root)
        self._cores = _cores()
        if self._cores and sys.platform == "linux":
            # All that is measured, by inheritance; the servers have another one.
            os.sched_setaffinity(0, {self._cores[-1]})

    @property
    def vendor(self) -> list[str]:
        """The releases of the vendor that take part."""
        return list(VENDOR) if self._vendor else []

    def vendor_folder(self, side: str) -> Path:
        """Where a release of the vendor is installed.

        Args:
            side: Name of the side.
        """
        if self._vendor is None:
            raise BenchmarkError("the vendor's releases take no part")
        return (self._vendor / VENDOR[side]).resolve()

    def environment(self, side: str) -> dict[str, str]:
        """Give the environment of a side: its path, and no configuration of anybody's.

        Args:
            side: Name of the side.

        Returns:
            Names to values.
        """
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "GENESYSCLOUD_", "COVERAGE"))
            and not name.lower().endswith("_proxy")
        }
        path = self._path
        if side in VENDOR:
            path = str(self.vendor_folder(side))
        home = str(self._home)
        return {**kept, "PYTHONPATH": path, "HOME": home, "USERPROFILE": home}

    def start(self, side: str, *host: str) -> tuple[float, float]:
        """Import a side in a new process and make its client.

        Args:
            side: Name of the side.
            *host: URL of a server, if a first call is to be made as well.

        Returns:
            Seconds, and bytes of memory.

        Raises:
            BenchmarkError: It failed.
        """
        command = [sys.executable, *QUIET, str(HERE / "starting.py"), side, *host]
        try:
            done = subprocess.run(
                command,
                env=self.environment(side),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                timeout=LONGEST,
                check=True,
                text=True,
            )
        except subprocess.SubprocessError as error:
            raise BenchmarkError(f"{side} could not be imported: {error}") from error
        seconds, memory, uncompiled = done.stdout.split()
        if int(uncompiled):
            raise BenchmarkError(f"{side}: bytecode of {uncompiled} modules cannot be kept")
        return float(seconds), float(memory)

    def worker(self, side: str) -> Worker:
        """Start a process that measures a side.

        Args:
            side: Name of the side.

        Returns:
            It; to be used as a context manager.
        """
        return Worker(side, f"{__package__}.worker", [side], self.environment(side), QUIET)

    def server(self, delay: float = 0, entities: int = 75) -> Server:
        """Start a server.

        Args:
            delay: Seconds that an answer takes.
            entities: How many entities it has.

        Returns:
            It; to be used as a context manager.
        """
        module, environment = f"{__package__}.canned_server", self.environment("ours")
        server = Server("the server", module, [delay, entities], environment, QUIET)
        return server.run_on(self._cores[:1])


def _cores() -> list[int]:
    """The cores that this process may use, if there is more than one and the system can tell."""
    if sys.platform != "linux":
        return []
    cores = sorted(os.sched_getaffinity(0))
    return cores if len(cores) > 1 else []


class Worker(ChildProcess):
    """A process that measures a side."""

    def measure(self, figure: str, **arguments: Any) -> float:
        """Have one round measured.

        Args:
            figure: Name of the figure.
            **arguments: Its arguments.

        Returns:
            The result of the round.

        Raises:
            ProcessError: The process failed.
        """
        self.write_line(json.dumps({"figure": figure, **arguments}))
        return float(self.read_line(LONGEST))


class Server(ChildProcess):
    """A process that serves."""

    def run_on(self, cores: Sequence[int]) -> Self:
        """Have it run on some cores only, if any are given."""
        if cores and sys.platform == "linux":
            os.sched_setaffinity(self._process.pid, cores)
        return self

    def __enter__(self) -> Self:
        try:
            self.url = f"http://127.0.0.1:{int(self.read_line(LONGEST))}"
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self
