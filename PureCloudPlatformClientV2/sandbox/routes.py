"""The fourteen operations of the messaging API, and the webhook that LINE calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from .authorized import require_permissions
from .entities import Integration, Kind, integration_to_wire
from .errors import ServiceError
from .exchange import current_token
from .json_body import read_json_body
from .paging import listing_to_wire, parse_page
from .rules import apply_draft, change_line_integration, draft_integration
from .state import current_state
from .stickers import list_stickers, parse_messenger_type

messaging: Blueprint = Blueprint("messaging", __name__)
webhooks: Blueprint = Blueprint("webhooks", __name__)

P = ParamSpec("P")


def requires(permission: str) -> Callable[[Callable[P, Response]], Callable[P, Response]]:
    """Let only tokens with a permission through."""

    def decorate(operation: Callable[P, Response]) -> Callable[P, Response]:
        @wraps(operation)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
            require_permissions([permission])
            return operation(*args, **kwargs)

        return guarded

    return decorate


@messaging.get("/api/v2/messaging/integrations/facebook")
@requires("messaging:integration:view")
def list_facebook_integrations() -> Response:
    """Page through the Facebook integrations."""
    return _list_integrations("facebook")


@messaging.post("/api/v2/messaging/integrations/facebook")
@requires("messaging:integration:add")
def create_facebook_integration() -> Response:
    """Set up a Facebook integration."""
    return _create_integration("facebook")


@messaging.get("/api/v2/messaging/integrations/facebook/<segment:integration_id>")
@requires("messaging:integration:view")
def get_facebook_integration(integration_id: str) -> Response:
    """Look up a Facebook integration."""
    return _get_integration("facebook", integration_id)


@messaging.delete("/api/v2/messaging/integrations/facebook/<segment:integration_id>")
@requires("messaging:integration:delete")
def delete_facebook_integration(integration_id: str) -> Response:
    """Remove a Facebook integration."""
    return _delete_integration("facebook", integration_id)


@messaging.get("/api/v2/messaging/integrations/line")
@requires("messaging:integration:view")
def list_line_integrations() -> Response:
    """Page through the LINE integrations."""
    return _list_integrations("line")


@messaging.post("/api/v2/messaging/integrations/line")
@requires("messaging:integration:add")
def create_line_integration() -> Response:
    """Set up a LINE integration."""
    return _create_integration("line")


@messaging.get("/api/v2/messaging/integrations/line/<segment:integration_id>")
@requires("messaging:integration:view")
def get_line_integration(integration_id: str) -> Response:
    """Look up a LINE integration."""
    return _get_integration("line", integration_id)


@messaging.put("/api/v2/messaging/integrations/line/<segment:integration_id>")
@requires("messaging:integration:edit")
def update_line_integration(integration_id: str) -> Response:
    """Change a LINE integration."""
    state = current_state()
    body = read_json_body()
    with state.store.transaction():
        current = _own_integration("line", integration_id)
        changed = apply_draft(
            current,
            change_line_integration(current, body),
            now=state.clock(),
            owner=current_token().owner,
        )
        state.store.integrations.save(changed)
    return jsonify(integration_to_wire(changed, _base_url()))


@messaging.delete("/api/v2/messaging/integrations/line/<segment:integration_id>")
@requires("messaging:integration:delete")
def delete_line_integration(integration_id: str) -> Response:
    """Remove a LINE integration."""
    return _delete_integration("line", integration_id)


@messaging.get("/api/v2/messaging/integrations/twitter")
@requires("messaging:integration:view")
def list_twitter_integrations() -> Response:
    """Page through the Twitter integrations."""
    return _list_integrations("twitter")


@messaging.post("/api/v2/messaging/integrations/twitter")
@requires("messaging:integration:add")
def create_twitter_integration() -> Response:
    """Set up a Twitter integration."""
    return _create_integration("twitter")


@messaging.get("/api/v2/messaging/integrations/twitter/<segment:integration_id>")
@requires("messaging:integration:view")
def get_twitter_integration(integration_id: str) -> Response:
    """Look up a Twitter integration."""
    return _get_integration("twitter", integration_id)


@messaging.delete("/api/v2/messaging/integrations/twitter/<segment:integration_id>")
@requires("messaging:integration:delete")
def delete_twitter_integration(integration_id: str) -> Response:
    """Remove a Twitter integration."""
    return _delete_integration("twitter", integration_id)


@messaging.get("/api/v2/messaging/stickers/<segment:messenger_type>")
@requires("conversation:message:create")
def list_messenger_stickers(messenger_type: str) -> Response:
    """Page through the stickers of a messenger."""
    messenger_type = parse_messenger_type(messenger_type)
    stickers = list_stickers(messenger_type)
    page = parse_page(request.args, current_state().settings.max_page_size)
    entities = stickers[page.offset : page.offset + page.size]
    path = f"/api/v2/messaging/stickers/{messenger_type}"
    return jsonify(listing_to_wire(path, page, entities, len(stickers)))


@webhooks.post("/webhooks/line/<segment:integration_id>")
def receive_line_webhook(integration_id: str) -> Response:
    """Take LINE's first call, which makes an integration with a channel active."""
    store = current_state().store
    with store.transaction():
        # LINE brings no token: the address alone says whose integration it is.
        integration = store.integrations.find("line", integration_id)
        if integration is None:
            raise _no_integration("line", integration_id)
        if integration.status == "Inactive" and "channelId" in integration.fields:
            store.integrations.set_status(integration_id, "Active")
    return jsonify({})


def _list_integrations(kind: Kind) -> Response:
    state = current_state()
    page = parse_page(request.args, state.settings.max_page_size)
    integrations, total = state.store.integrations.list(
        current_token().organization_id, kind, limit=page.size, offset=page.offset
    )
    base_url = _base_url()
    entities = [integration_to_wire(integration, base_url) for integration in integrations]
    path = f"/api/v2/messaging/integrations/{kind}"
    return jsonify(listing_to_wire(path, page, entities, total))


def _create_integration(kind: Kind) -> Response:
    state = current_state()
    draft = draft_integration(kind, read_json_body())
    now, token = state.clock(), current_token()
    integration = Integration(
        organization_id=token.organization_id,
        kind=kind,
        id=str(uuid4()),
        status=draft.status,
        created=now,
        modified=now,
        created_by=token.owner,
        modified_by=token.owner,
        fields=draft.fields,
        fingerprints=draft.fingerprints,
    )
    state.store.integrations.add(integration)
    return jsonify(integration_to_wire(integration, _base_url()))


def _get_integration(kind: Kind, integration_id: str) -> Response:
    return jsonify(integration_to_wire(_own_integration(kind, integration_id), _base_url()))


def _delete_integration(kind: Kind, integration_id: str) -> Response:
    store = current_state().store
    with store.transaction():
        _own_integration(kind, integration_id)
        store.integrations.remove(kind, integration_id)
    return Response(status=204)


def _own_integration(kind: Kind, integration_id: str) -> Integration:
    """Find an integration; one of another organization is not there."""
    integration = current_state().store.integrations.find(kind, integration_id)
    if integration is None or integration.organization_id != current_token().organization_id:
        raise _no_integration(kind, integration_id)
    return integration


def _no_integration(kind: Kind, integration_id: str) -> ServiceError:
    return ServiceError(
        404,
        "not.found",
        "There is no {messenger} integration with the id {integrationId}.",
        params={"messenger": kind, "integrationId": integration_id},
        entity_id=integration_id,
    )


def _base_url() -> str:
    return request.host_url.rstrip("/")
