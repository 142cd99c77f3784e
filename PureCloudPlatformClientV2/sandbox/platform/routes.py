"""The routes of both eras: which function serves an operation, and who may call it."""

from __future__ import annotations

from functools import partial
from typing import NoReturn

from flask import Blueprint, Response, jsonify

from ..exchange import current_exchange, read_json_body, require_permissions
from . import contract, shapes
from .behaviors import BEHAVIORS, Served
from .contract import Operation
from .queries import check_query
from .unserved import not_played
from .wire import FAMILIES

platform: Blueprint = Blueprint("platform", __name__)
messaging: Blueprint = Blueprint("messaging", __name__)
"""What there was in 2019."""

_ITEMS: dict[str, Served] = {
    "GET": shapes.read_document,
    "PATCH": shapes.change_document,
    "PUT": shapes.change_document,
    "DELETE": shapes.delete_document,
}
_DEFAULTS: dict[str, Served] = {
    "GET": shapes.read_default,
    "PUT": shapes.choose_default,
    "DELETE": shapes.remove_default,
}
_SINGLETONS: dict[str, Served] = {"GET": shapes.read_singleton, "PUT": shapes.set_singleton}

_VERBS: dict[str, set[str]] = {}
for _one in contract.operations():
    _VERBS.setdefault(_one.path, set()).add(_one.verb)


def served_by(operation: Operation) -> Served | None:
    """Find what serves an operation: its own behavior, or else that of its shape."""
    return BEHAVIORS.get(operation.id) or shape_of(operation)


def shape_of(operation: Operation) -> Served | None:
    """Tell the shape of an operation by path, verb and result; ``None`` if it has no common one.

    A collection is where things are created, a thing of it one segment below.
    """
    if not operation.path.startswith(FAMILIES):
        return None
    parent, _, last = operation.path.rpartition("/")
    fixed = "{" not in parent
    if fixed and last in ("default", "home") and "POST" in _VERBS.get(parent, ()):
        return _DEFAULTS.get(operation.verb)
    if fixed and last.startswith("{") and "POST" in _VERBS.get(parent, ()):
        return _ITEMS.get(operation.verb)
    if fixed and _VERBS[operation.path] == {"GET", "PUT"}:
        return _SINGLETONS[operation.verb]
    if "{" in operation.path or operation.result is None:
        return None
    result = contract.properties(operation.result)
    if operation.verb == "GET" and result.keys() >= {"entities", "total"}:
        return shapes.list_documents
    return shapes.create_document if operation.verb == "POST" and "id" in result else None


def _serve(operation: Operation, served: Served | None, **ids: str) -> Response:
    if operation.needs_token:
        require_permissions(operation.any_permission, operation.all_permissions)
    if served is None:
        raise not_played(operation.verb, operation.path)
    check_query(operation)
    if operation.takes_body and current_exchange().body:
        read_json_body()  # what is no JSON is refused before anything is looked for
    body, status = served(operation, *ids.values())
    response = Response(status=status) if body is None else jsonify(body)
    response.status_code = status
    return response


def _refuse(verb: str, path: str, **_ids: str) -> NoReturn:
    raise not_played(verb, path)


OPEN_TO_ALL = {f"{platform.name}.{one.id}" for one in contract.operations() if not one.needs_token}
"""The endpoints that are served without a token."""


def _rule(path: str) -> str:
    return path.replace("{", "<segment:").replace("}", ">")


for _operation in contract.operations():
    (messaging if _operation.is_of_2019 else platform).add_url_rule(
        _rule(_operation.path),
        endpoint=_operation.id,
        view_func=partial(_serve, _operation, served_by(_operation)),
        methods=[_operation.verb],
    )

for _verb, _path in contract.hidden():
    platform.add_url_rule(
        _rule(_path),
        endpoint=f"{_verb} {_path}",
        view_func=partial(_refuse, _verb, _path),
        methods=[_verb],
    )
