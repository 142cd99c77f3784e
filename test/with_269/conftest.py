"""Where the vendor's SDKs are."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from benchmark.processes import BenchmarkError, install_vendor


@pytest.fixture(scope="session")
def vendors() -> Path:
    """The folder of the vendor's releases, which are installed if they are not there yet."""
    folder = os.environ.get("VENDOR_SDK")
    if not folder:
        pytest.skip("VENDOR_SDK names no folder in which the vendor's releases are, or are to be")
    try:
        install_vendor(Path(folder))
    except BenchmarkError as error:
        pytest.skip(str(error))
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def vendor(vendors: Path) -> Path:
    """The folder of 269.0.0."""
    return vendors / "269.0.0"


@pytest.fixture(scope="session")
def vendor_of_2019(vendors: Path) -> Path:
    """The folder of 57.0.2."""
    return vendors / "57.0.2"
