"""What the distributions weigh: the wheel, and what an installer makes of it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from .processes import HERE, BenchmarkError

_NAME = "PureCloudPlatformClientV2"


class Sizes(NamedTuple):
    """What the files of a package add up to."""

    installed: float
    """Bytes, with the bytecode."""
    files: float
    """How many without the bytecode."""


def installed_sizes(folder: Path) -> Sizes:
    """Add up the files of a package, without those of what it depends on.

    Args:
        folder: Where it is installed, by an installer that has compiled it.

    Returns:
        What they add up to.
    """
    files = [path for path in (folder / _NAME).rglob("*") if path.is_file()]
    sources = [path for path in files if path.suffix != ".pyc"]
    # Several interpreters may have been here; an installer leaves the bytecode of one.
    tag = f".{sys.implementation.cache_tag}.pyc"
    counted = [*sources, *(path for path in files if path.name.endswith(tag))]
    return Sizes(sum(path.stat().st_size for path in counted), len(sources))


def compile_all(folder: Path) -> None:
    """Compile what was installed, as pip does, in case that was for another interpreter.

    Args:
        folder: Where it is installed.
    """
    command = [sys.executable, "-W", "ignore", "-m", "compileall", "-q", str(folder / _NAME)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


def build_and_install() -> tuple[float, Sizes]:
    """Build the wheel of the clone that this is in, and install it.

    Returns:
        Bytes of the wheel, and what it becomes.

    Raises:
        BenchmarkError: It could not be built or installed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _python("build", "--no-isolation", "--outdir", name, str(HERE.parents[1]))
        wheel = next(folder.glob("*.whl"))
        target = folder / "installed"
        _python("pip", "install", "--no-deps", "--no-index", "--target", str(target), str(wheel))
        return wheel.stat().st_size, installed_sizes(target)


def _python(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise BenchmarkError(f"{module} failed: {(done.stderr or done.stdout)[-1000:]}")
