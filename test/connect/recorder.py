"""The forward proxy ``proxy.py`` with a plugin that records; run it with ``python -m``.

It prints its port, and ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from proxy import Proxy
from proxy.http.parser import HttpParser
from proxy.http.proxy import HttpProxyBasePlugin


class Recorder(HttpProxyBasePlugin):
    """Writes down what the proxy passes on, and finds the hosts that end in ``.test``."""

    def handle_client_request(self, request: HttpParser) -> HttpParser | None:
        headers = {name.decode(): value.decode() for name, (_, value) in _pairs(request)}
        host = f"{(request.host or b'').decode()}:{request.port}"
        line = {"method": (request.method or b"").decode(), "host": host, "headers": headers}
        with Path(os.environ["FORWARD_PROXY_RECORD"]).open("a", encoding="utf-8") as record:
            record.write(json.dumps(line) + "\n")
        return request

    def resolve_dns(self, host: str, port: int) -> tuple[str | None, tuple[str, int] | None]:
        return ("127.0.0.1" if host.endswith(".test") else None), None


def _pairs(request: HttpParser) -> list[tuple[bytes, tuple[bytes, bytes]]]:
    return list((request.headers or {}).items())


def _run() -> None:
    with Proxy(
        ["--port", "0", "--num-acceptors", "1", "--num-workers", "1", *sys.argv[1:]]
    ) as proxy:
        print(proxy.flags.port, flush=True)  # noqa: T201  # for the process that has started this
        sys.stdin.read()


if __name__ == "__main__":
    _run()
