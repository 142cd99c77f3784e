"""What serves the operations that are of no common shape.

Each is a function with ``@behavior("operationId")``. It is called with the operation and the ids of
its path, and answers the body of the response and its status; it may leave the rest to a shape.
"""

from __future__ import annotations

from collections.abc import Callable

from ...exchange import current_token
from .. import shapes
from ..wire import digits

Answer = shapes.Answer
Served = Callable[..., Answer]

BEHAVIORS: dict[str, Served] = {}
"""What serves an operation, by its id."""


def behavior(operation_id: str) -> Callable[[Served], Served]:
    """Let a function serve an operation."""

    def register(served: Served) -> Served:
        BEHAVIORS[operation_id] = served
        return served

    return register


def invented_number(what: str) -> str:
    """Invent a number: always the same one for an organization."""
    return digits(f"{what} of {current_token().organization_id}")
