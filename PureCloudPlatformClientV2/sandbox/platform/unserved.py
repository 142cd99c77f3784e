"""The operations of the whole platform, by verb and path: to say of one that it is not played."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..errors import ServiceError

# Read as a file: the sandbox imports nothing of the client.
_CATALOG = Path(__file__).parents[2] / "catalog" / "operations.txt"


def not_played(verb: str, path: str) -> ServiceError:
    """Make the 501 for an operation that the platform has and the sandbox does not."""
    return ServiceError(
        501,
        "not.implemented",
        "The sandbox does not play {operation}.",
        params={"operation": f"{verb} {path}"},
    )


def template_of(verb: str, path: str) -> str | None:
    """Find the path of the platform that a request's is an example of; ``None`` if there is none.

    One with more fixed segments goes before one with fewer.
    """
    segments = path.split("/")
    fitting = [
        template
        for template in _templates().get((verb, len(segments)), ())
        if all(
            bool(given) if wanted.startswith("{") else wanted == given
            for wanted, given in zip(template.split("/"), segments, strict=True)
        )
    ]
    return min(fitting, key=lambda template: template.count("{"), default=None)


@cache
def _templates() -> dict[tuple[str, int], list[str]]:
    """Read the catalog, by verb and number of segments; the first miss needs it."""
    found: dict[tuple[str, int], list[str]] = {}
    for line in _CATALOG.read_text(encoding="utf-8").splitlines():
        _, verb, *rest = line.split(" ", 3)
        if rest:  # else a method that another class has as well
            found.setdefault((verb, rest[0].count("/") + 1), []).append(rest[0])
    return found
