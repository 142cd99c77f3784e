"""The room is there when it is asked for, and costs nothing before."""

from __future__ import annotations

import subprocess
import sys

from PureCloudPlatformClientV2 import open_messaging
from PureCloudPlatformClientV2.open_messaging import (
    content,
    customer,
    deduplicator,
    inbound,
    receipts,
    signature,
    webhooks,
)

PROGRAM = """
import sys
import PureCloudPlatformClientV2 as package
print([name for name in sys.modules if "open_messaging" in name])
before = set(sys.modules)
seen = package.open_messaging.Deduplicator()
seen.claim("a").done()
loaded = {name.partition(".")[0] for name in set(sys.modules) - before}
print(sorted(loaded - {package.__name__} - set(sys.stdlib_module_names)), "sqlite3" in loaded)
"""


def test_it_answers_without_an_import_and_loads_nothing_but_what_python_has() -> None:
    finished = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert finished.stdout.splitlines() == ["[]", "[] False"]


def test_all_public_names_of_its_modules_are_its_own() -> None:
    modules = (content, customer, deduplicator, inbound, receipts, signature, webhooks)
    names = [name for module in modules for name in module.__all__]
    assert sorted(open_messaging.__all__) == sorted(names)
    for module in modules:
        for name in module.__all__:
            assert getattr(open_messaging, name) is getattr(module, name)
