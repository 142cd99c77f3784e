"""What is told while it goes on."""

from __future__ import annotations

import sys


def tell(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
