"""Warnings that point at the line outside of this package that led to them."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

_PACKAGE = str(Path(__file__).parent.parent)


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of something that whoever called into this package has done."""
    if sys.version_info >= (3, 12):
        warnings.warn(message, category, skip_file_prefixes=(_PACKAGE,))
    else:
        # Imported here for the sake of start-up time: few programs are warned of anything.
        from traceback import walk_stack

        frames = [frame for frame, _ in walk_stack(None)]
        outside = (one for one in frames if not one.f_code.co_filename.startswith(_PACKAGE))
        caller = next(outside, frames[-1])
        warnings.warn_explicit(
            message,
            category,
            caller.f_code.co_filename,
            caller.f_lineno,
            registry=caller.f_globals.setdefault("__warningregistry__", {}),
        )
