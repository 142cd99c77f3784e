"""Ports that do not answer, and names that stand for several addresses."""

from __future__ import annotations

import socket
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest


@contextmanager
def port_that_does_not_answer(host: str = "127.0.0.1", port: int = 0) -> Generator[int, None, None]:
    """Listen without accepting, with as many connections waiting as there may be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket(family))
        listener.bind((host, port))
        listener.listen(0)
        for _ in range(32):
            waiting = stack.enter_context(socket.socket(family))
            waiting.settimeout(0.2)
            try:
                waiting.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            pytest.skip("this system has no end of waiting connections")
        yield listener.getsockname()[1]


def resolve_to(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[str, int]) -> None:
    """Have every name stand for these addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in addresses]

    def resolve(*_: Any, **__: Any) -> Any:
        return found

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
