"""Who may call an operation."""

from __future__ import annotations

from collections.abc import Collection

from .errors import ServiceError
from .exchange import current_token


def require_permissions(any_of: Collection[str], all_of: Collection[str] = ()) -> None:
    """Let only a token with one of some permissions, and all of others, through."""
    held = current_token().permissions
    if any_of and held.isdisjoint(any_of):
        raise _forbidden("any", "at least one", any_of)
    if lacking := [one for one in all_of if one not in held]:
        raise _forbidden("all", "all", lacking)


def _forbidden(which: str, words: str, permissions: Collection[str]) -> ServiceError:
    return ServiceError(
        403,
        f"missing.{which}.permissions",
        f"Unable to perform the requested action. You must have {words} of the"
        " following permissions assigned: {permissions}",
        params={"permissions": f"[{', '.join(permissions)}]"},
    )
