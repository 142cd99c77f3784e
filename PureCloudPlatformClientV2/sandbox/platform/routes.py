"""The routes of today's platform: which function serves an operation, and who may call it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify

from ..authorized import require_permissions
from ..errors import ServiceError
from . import contract, shapes
from .contract import Operation

platform: Blueprint = Blueprint("platform", __name__)

Served = Callable[..., tuple[Any, int]]

_ITEMS: dict[str, Served] = {
    "GET": shapes.read_document,
    "PATCH": shapes.change_document,
    "DELETE": shapes.delete_document,
}
_COLLECTIONS: dict[str, Served] = {"GET": shapes.list_documents, "POST": shapes.create_document}
_DEFAULTS: dict[str, Served] = {
    "GET": shapes.read_default,
    "PUT": shapes.choose_default,
    "DELETE": shapes.remove_default,
}

_KINDS = ("apple", "facebook", "instagram", "open", "twitter", "whatsapp")
_COLLECTION_NAMES = {
    "integrations",
    *(f"integrations/{kind}" for kind in _KINDS),
    "settings",
    "supportedcontent",
}


def shape_of(operation: Operation) -> Served | None:
    """Find what serves an operation; ``None`` if it is of no common shape."""
    collection = shapes.Place.of(operation.path).collection if _is_in_family(operation) else ""
    if collection not in _COLLECTION_NAMES:
        return None
    rest = operation.path.partition(f"/{collection}")[2]
    if rest == "/default":
        return _DEFAULTS.get(operation.verb)
    if rest.startswith("/{") and rest.count("/") == 1:
        return _ITEMS.get(operation.verb)
    return _COLLECTIONS.get(operation.verb) if not rest else None


def _is_in_family(operation: Operation) -> bool:
    return operation.path.startswith(shapes.FAMILIES)


def _serve(operation: Operation, served: Served | None, **ids: str) -> Response:
    if operation.needs_token:
        require_permissions(operation.any_permission, operation.all_permissions)
    if served is None:
        raise ServiceError(
            501,
            "not.implemented",
            "The sandbox does not play {operation} yet.",
            params={"operation": f"{operation.verb} {operation.path}"},
        )
    body, status = served(operation, *ids.values())
    response = Response(status=status) if body is None else jsonify(body)
    response.status_code = status
    return response


OPEN_TO_ALL = {f"{platform.name}.{one.id}" for one in contract.operations() if not one.needs_token}
"""The endpoints that are served without a token."""

for _operation in contract.operations():
    platform.add_url_rule(
        _operation.path.replace("{", "<segment:").replace("}", ">"),
        endpoint=_operation.id,
        view_func=partial(_serve, _operation, shape_of(_operation)),
        methods=[_operation.verb],
    )
