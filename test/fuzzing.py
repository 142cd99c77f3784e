"""How many examples the fuzz tests try, and how a failure is seen again.

``FUZZ_EXAMPLES`` says how many. Then they are others in each run, ``--hypothesis-seed`` repeats
them, and a failure ends with the line that brings it back. Without the variable they are few, and
always the same.
"""

from __future__ import annotations

import os

import hypothesis

_WANTED = os.environ.get("FUZZ_EXAMPLES")


def fuzzed(few: int, *, part: float = 1) -> hypothesis.settings:
    """Give the settings of a fuzz test.

    Args:
        few: How many examples are tried unless others are wanted.
        part: The part of those wanted that is tried, where there is a test for each operation.
    """
    return hypothesis.settings(
        max_examples=max(few, int(part * int(_WANTED))) if _WANTED else few,
        derandomize=_WANTED is None,
        database=None,
        deadline=None,
        print_blob=_WANTED is not None,
        suppress_health_check=[
            hypothesis.HealthCheck.data_too_large,
            hypothesis.HealthCheck.function_scoped_fixture,
            hypothesis.HealthCheck.too_slow,
        ],
    )
