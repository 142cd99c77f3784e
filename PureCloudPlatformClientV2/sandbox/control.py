"""The control API: what a test does to a sandbox that runs in another process."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict, fields
from typing import Any, cast

from flask import Blueprint, Response, jsonify, request

from .authorization_codes import is_challenge, is_redirect_uri, issue_code
from .entities import RESPONSE_FIELDS, Kind, integration_to_wire, token_id, wire_date
from .errors import (
    Problem,
    ServiceError,
    error_for_status,
    invalid,
    missing,
    not_json,
    require_object,
)
from .fault_injection import bearer_token
from .faults import FAULT_KINDS, Fault
from .request_log import LoggedRequest
from .rules import REQUEST_FIELDS
from .seeding import seed_integration
from .state import CREATE_STATUSES, DEFAULT_OWNER, PERMISSIONS, check_permissions, current_state
from .store import DuplicateError

control: Blueprint = Blueprint("control", __name__)


@control.before_request
def check_control_token() -> None:
    """Let only the holder of the control token in, wherever the sandbox listens."""
    sent = bearer_token(request.environ).encode("latin-1")
    if not hmac.compare_digest(sent, current_state().settings.control_token.encode()):
        raise ServiceError(
            401,
            "bad.credentials",
            "Calls under /sandbox need the control token that the sandbox was started with.",
            headers={"WWW-Authenticate": "Bearer"},
        )


@control.get("/sandbox/requests")
def list_requests() -> Response:
    """Read the request log."""
    return jsonify(requests=[_logged_to_wire(entry) for entry in current_state().log.entries()])


@control.delete("/sandbox/requests")
def clear_requests() -> Response:
    """Empty the request log."""
    current_state().log.clear()
    return Response(status=204)


@control.post("/sandbox/reset")
def reset() -> Response:
    """Go back to the beginning, with everything or with one organization."""
    body = _json_object({"organizationId": _is_string})
    if "organizationId" in body:
        current_state().reset_organization(_organization_id(body))
    else:
        current_state().reset()
    return Response(status=204)


@control.get("/sandbox/organizations")
def list_organizations() -> Response:
    """List the organizations, the sandbox's own one first."""
    names = current_state().store.organizations.names()
    return jsonify(organizations=[{"id": key, "name": name} for key, name in names.items()])


@control.post("/sandbox/organizations")
def create_organization() -> Response:
    """Make another organization."""
    fields = ("name", "accessToken", "clientId", "clientSecret")
    body = _json_object(dict.fromkeys(fields, _is_header_text))
    if "name" not in body:
        raise invalid([missing("name")])
    try:
        made = current_state().create_organization(
            body["name"],
            access_token=body.get("accessToken"),
            client_id=body.get("clientId"),
            client_secret=body.get("clientSecret"),
        )
    except ValueError as error:
        raise error_for_status(409) from error
    return jsonify({_camel_case(name): value for name, value in asdict(made).items()})


@control.get("/sandbox/faults")
def list_faults() -> Response:
    """List the faults that may still hit a request."""
    return jsonify(faults=[_fault_to_wire(fault) for fault in current_state().faults])


@control.post("/sandbox/faults")
def add_fault() -> Response:
    """Plan a fault."""
    fault = _parse_fault()
    current_state().faults.add(fault)
    return jsonify(_fault_to_wire(fault))


@control.delete("/sandbox/faults")
def clear_faults() -> Response:
    """Call all faults off."""
    current_state().faults.clear()
    return Response(status=204)


@control.post("/sandbox/tokens")
def create_token() -> Response:
    """Issue a token with given permissions and lifetime."""
    body = _json_object(
        {
            "permissions": _is_string_list,
            "expiresIn": _is_number,
            "owner": _is_string,
            "organizationId": _is_string,
        }
    )
    try:
        permissions = check_permissions(body.get("permissions", PERMISSIONS))
    except ValueError as error:
        names = ", ".join(sorted(PERMISSIONS))
        message = f"The field {{fieldName}} may hold: {names}."
        raise invalid([Problem("permissions", "invalid.value", message)]) from error
    token = current_state().issue_token(
        organization_id=_organization_id(body),
        owner=body.get("owner", DEFAULT_OWNER),
        permissions=permissions,
        lifetime=body.get("expiresIn"),
    )
    return jsonify(accessToken=token, tokenId=token_id(token))


@control.post("/sandbox/tokens/expire")
def expire_tokens() -> Response:
    """Let one token expire, or all of them."""
    body = _json_object({"accessToken": _is_string})
    state = current_state()
    if "accessToken" not in body:
        state.store.tokens.expire_all(state.clock())
    elif not state.store.tokens.expire(body["accessToken"], state.clock()):
        raise error_for_status(404)
    return Response(status=204)


@control.delete("/sandbox/refresh-tokens")
def revoke_refresh_tokens() -> Response:
    """Refuse every refresh token issued so far."""
    current_state().store.refresh_tokens.remove_all()
    return Response(status=204)


@control.post("/sandbox/authorization-codes")
def create_authorization_code() -> Response:
    """Issue an authorization code for the sandbox's own OAuth client."""
    body = _json_object(
        {
            "redirectUri": lambda value: _is_string(value) and is_redirect_uri(value),
            "codeChallenge": lambda value: _is_string(value) and is_challenge(value),
        }
    )
    if "redirectUri" not in body:
        raise invalid([missing("redirectUri")])
    state = current_state()
    code = issue_code(
        state,
        client_id=state.settings.organization.client_id,
        redirect_uri=body["redirectUri"],
        challenge=body.get("codeChallenge"),
    )
    return jsonify(code=code)


@control.post("/sandbox/integrations/<any(facebook, line, twitter):kind>")
def create_integration(kind: Kind) -> Response:
    """Put an integration in place, whatever its id and status, past all rules."""
    names = ("id", "organizationId", "status", *RESPONSE_FIELDS[kind], *REQUEST_FIELDS[kind])
    body = _json_object(dict.fromkeys(names, _is_string))
    organization_id = _organization_id(body)
    body.pop("organizationId", None)
    integration_id, status = body.pop("id", None), body.pop("status", None)
    try:
        integration = seed_integration(
            current_state(),
            kind,
            organization_id=organization_id,
            integration_id=integration_id,
            status=status,
            fields=body,
        )
    except DuplicateError as error:
        raise error_for_status(409) from error
    return jsonify(integration_to_wire(integration, request.host_url.rstrip("/")))


@control.put("/sandbox/create-status")
def set_create_status() -> Response:
    """Say how far the creation of an integration of today's platform is."""
    body = _json_object(
        {
            "id": _is_string,
            "createStatus": lambda value: value in CREATE_STATUSES,
            "createError": lambda value: isinstance(value, dict),
        }
    )
    if absent := [name for name in ("id", "createStatus") if name not in body]:
        raise invalid([missing(name) for name in absent])
    error = body.get("createError", {})
    if not current_state().set_create_status(body["id"], body["createStatus"], error):
        raise error_for_status(404)
    return Response(status=204)


def _logged_to_wire(entry: LoggedRequest) -> dict[str, Any]:
    wire = {_camel_case(name): value for name, value in asdict(entry).items()}
    wire["time"] = wire_date(entry.time.timestamp())
    return wire


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.title() for word in others)


def _fault_to_wire(fault: Fault) -> dict[str, Any]:
    return {"kind": fault.kind} | {
        _camel_case(name): value for name, value in asdict(fault).items()
    }


def _parse_fault() -> Fault:
    body = _json_object({"kind": _is_fault_kind, **_FAULT_FIELDS})
    kind = FAULT_KINDS.get(body.pop("kind", ""))
    if kind is None:
        raise invalid([missing("kind")])
    wire_names = {_camel_case(item.name): item for item in fields(kind)}
    needless = [name for name in body if name not in wire_names]
    absent = [
        name
        for name, item in wire_names.items()
        if item.default is MISSING and item.default_factory is MISSING and name not in body
    ]
    problems = [
        *(Problem(name, "invalid.value", "This fault has no {fieldName}.") for name in needless),
        *map(missing, absent),
    ]
    if problems:
        raise invalid(problems)
    return kind(**{wire_names[name].name: value for name, value in body.items()})


def _organization_id(body: Mapping[str, Any]) -> str:
    """Read which organization is meant: the sandbox's own one if the body names none."""
    try:
        return current_state().organization_id(body.get("organizationId"))
    except LookupError as error:
        raise error_for_status(404) from error


def _json_object(checks: Mapping[str, Callable[[Any], bool]]) -> dict[str, Any]:
    """Read the body: an object with no other fields than those that there are checks for."""
    try:
        body = json.loads(request.get_data() or b"{}")
    except (ValueError, RecursionError) as error:
        raise not_json() from error
    given = require_object(body)
    problems = [
        Problem(name, "invalid.value", "The field {fieldName} is unknown or has a wrong value.")
        for name, value in given.items()
        if name not in checks or not checks[name](value)
    ]
    if problems:
        raise invalid(problems)
    return given


def _is_string(value: object) -> bool:
    return isinstance(value, str)


def _is_header_text(value: object) -> bool:
    return isinstance(value, str) and value != "" and value.isprintable()


def _is_fault_kind(value: object) -> bool:
    return isinstance(value, str) and value in FAULT_KINDS


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _is_string_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_string, cast("list[object]", value)))


def _is_string_map(value: object) -> bool:
    return isinstance(value, dict) and all(
        map(_is_string, cast("dict[str, object]", value).values())
    )


_FAULT_FIELDS: dict[str, Callable[[Any], bool]] = {
    "method": _is_string,
    "path": _is_string,
    "times": lambda value: value is None or _is_count(value),
    "after": _is_count,
    "organizationId": lambda value: value is None or _is_string(value),
    "status": lambda value: _is_count(value) and 200 <= value <= 599,
    "retryAfter": lambda value: _is_count(value) or _is_string(value),
    "headers": _is_string_map,
    "body": _is_string,
    "seconds": _is_number,
    "interval": _is_number,
    "limit": _is_number,
}
