"""Google Business Profile: a kind of open integration, with a token of Google's."""

from __future__ import annotations

from ...entities import digits
from ...errors import Problem, invalid
from .. import shapes
from ..contract import Operation
from ..wire import Place
from .registry import Answer, behavior, invented_number

_GOOGLE_SCOPES = ["https://www.googleapis.com/auth/business.manage"]


@behavior("getConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileOauthSettings")
def read_google_settings(_operation: Operation) -> Answer:
    """Give what signing in with Google begins with."""
    return {"clientId": invented_number("google client"), "scopes": _GOOGLE_SCOPES}, 200


@behavior("postConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileTokens")
def create_google_token(operation: Operation) -> Answer:
    """Take any code, and keep none."""
    client_id = invented_number("google client")
    return shapes.create_document(operation, clientId=client_id, scopes=_GOOGLE_SCOPES)


@behavior("getConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileTokenAccounts")
def list_google_accounts(operation: Operation, token_id: str) -> Answer:
    """Give the account that a token leads to."""
    token = shapes.own(Place.of(operation.path), token_id)
    account = {"id": f"accounts/{digits(f'account of {token.id}')}", "name": "Sandbox Business"}
    return {"entities": [account]}, 200


@behavior("postConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofile")
def create_google_integration(operation: Operation) -> Answer:
    """Make an integration of a token that there is."""
    _require_google_token(operation)
    return shapes.create_document(operation)


@behavior("patchConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileIntegrationId")
def change_google_integration(operation: Operation, integration_id: str) -> Answer:
    """Change an integration, perhaps to another token that there is."""
    shapes.own(Place.of(operation.path), integration_id)  # a 404 goes before what a body names
    _require_google_token(operation)
    return shapes.change_document(operation, integration_id)


def _require_google_token(operation: Operation) -> None:
    token = shapes.body_of(operation).get("token")
    tokens = Place.of(f"{operation.path.partition('/{')[0]}/tokens")
    if token is not None and not shapes.has(tokens, token["id"]):
        message = "The field {fieldName} names nothing that there is."
        raise invalid([Problem("token.id", "invalid.value", message)])
