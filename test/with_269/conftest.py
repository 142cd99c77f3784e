"""Where the vendor's SDK is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from benchmark.processes import install_vendor


@pytest.fixture(scope="session")
def vendor() -> Path:
    """The folder of the vendor's 269.0.0, which is installed if it is not there yet."""
    folder = os.environ.get("VENDOR_SDK")
    if not folder:
        pytest.skip("VENDOR_SDK names no folder in which the vendor's 269.0.0 is, or is to be")
    install_vendor(Path(folder))
    return Path(folder).resolve() / "269.0.0"
