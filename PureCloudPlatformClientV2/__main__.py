"""The command ``python -m PureCloudPlatformClientV2``, and the console script of that name."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .cli.files import repair_streams

_EXTRA = ("click", "jmespath", "rich")

_MISSING = """\
error: the command line needs {name}, which is not installed. Install this package with its extra \
[cli]; in a clone of it: pip install '.[cli]'
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, on the arguments of the process if none are given."""
    repair_streams()
    try:
        # Imported here because its libraries are an optional extra; if they are missing, a line
        # says so.
        from .cli.program import run

        return run(sys.argv[1:] if arguments is None else arguments)
    except ModuleNotFoundError as error:
        name = (error.name or "").partition(".")[0]
        if name not in _EXTRA:
            raise
        sys.stderr.write(_MISSING.format(name=name))
        return 2


if __name__ == "__main__":
    sys.exit(main())
