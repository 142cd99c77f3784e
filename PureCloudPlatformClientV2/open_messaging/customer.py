"""The customer: who writes on the way in, and is written to on the way out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Customer"]


@dataclass(frozen=True)
class Customer:
    """A customer, as the middleware names them.

    The same in both directions: the platform has them in ``channel.from`` of what comes in and in
    ``channel.to`` of what goes out.
    """

    id: str
    """The middleware's own id of the customer; the same one means the same customer, always."""
    id_type: str | None
    """What the id is: ``Email``, ``Phone`` or ``Opaque``."""
    nickname: str | None = None
    """The name that agents see."""
    first_name: str | None = None
    """First name."""
    last_name: str | None = None
    """Last name."""
    email: str | None = None
    """An address for e-mail, where the id is none."""
