"""Has tox say which environment begins; that it has ended, and what came of it, tox says itself.

It stands here because tox looks for a plugin of the project beside tox.ini, and nowhere else.
"""

import sys
import time

from tox.plugin import impl
from tox.tox_env.api import ToxEnv


@impl
def tox_before_run_commands(tox_env: ToxEnv) -> None:
    """Say it at once, although what environments print comes when they have ended."""
    name = tox_env.conf.name
    print(f"{time.strftime('%H:%M:%S')} {name} begins", file=sys.__stdout__, flush=True)
