"""Names: the wire's spelling and Python's, what a misspelt one may mean, and those of files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

PACKAGE = str(Path(__file__).parent.parent) + os.sep
"""What the names of the files of this package begin with."""


def expand_home(path: str) -> str:
    """Put a home directory in the place of ``~`` or ``~user`` at the beginning of a path.

    Where there is none, as in some containers, the path stays as it is; pathlib would fail.
    """
    return os.path.expanduser(path)  # noqa: PTH111  # see above


def camel_case(name: str) -> str:
    """Give the wire name of an attribute, for example ``channelSecret`` of ``channel_secret``."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


@lru_cache
def snake_case(name: str) -> str:
    """Give the attribute of a wire name, or the module of a class, as the generator family does."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])", "_", name).lower()


def did_you_mean(name: str, known: Iterable[str], likeness: float = 0.6) -> str:
    """Suggest what a misspelt name may be meant to be.

    Args:
        name: The name.
        known: Those that there are.
        likeness: How much a suggestion must be like it, from 0 to 1.

    Returns:
        The end of an error message; empty where none of them is like the name.
    """
    # Imported here for the sake of start-up time: only a misspelling needs it.
    from difflib import get_close_matches

    matches = get_close_matches(name, list(known), n=1, cutoff=likeness)
    return f"; did you mean {matches[0]!r}?" if matches else ""
