"""The processes of a run, which end with the one that started them."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.request import ProxyHandler, build_opener

from child_process import ChildProcess


class Process(ChildProcess):
    """A module of this folder, which speaks in lines of JSON."""

    def __init__(self, module: str, *arguments: object) -> None:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("GENESYSCLOUD_") and not name.lower().endswith("_proxy")
        }
        super().__init__(module, f"{__package__}.{module}", arguments, kept)

    def read(self) -> Any:
        """Wait for a line."""
        return json.loads(self.read_line())

    def ask(self, question: object) -> Any:
        """Send a line, and wait for another."""
        self.write_line(json.dumps(question))
        return self.read()


class Server(Process):
    """The service of the soak; its arguments are those of the module, but for the delay."""

    def __init__(self, *arguments: object, delay: float = 0) -> None:
        super().__init__("server", delay, *arguments)
        self.url = f"http://127.0.0.1:{self.read()}"

    def stats(self) -> dict[str, int]:
        """Ask what has happened so far."""
        with build_opener(ProxyHandler({})).open(f"{self.url}/stats", timeout=60) as answer:
            counts: dict[str, int] = json.load(answer)
        return counts
