"""What operations do that are of no common shape.

Each is a function with ``@behavior("operationId")``. It is called with the operation and the ids of
its path, and answers the body of the response and its status; it may leave the rest to a shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from ..entities import digits, user_to_wire, wire_date
from ..errors import Problem, invalid, missing
from ..exchange import current_token
from ..paging import listing_to_wire, parse_page
from ..state import current_state
from ..store.documents import Document
from . import shapes
from .contract import Operation

Answer = tuple[Any, int]
Served = Callable[..., Answer]

BEHAVIORS: dict[str, Served] = {}
"""What serves an operation, by its id."""

_FLOW = "flow of the recipient"
"""The field of an integration that keeps it: no response of an integration shows it."""

_GOOGLE_SCOPES = ["https://www.googleapis.com/auth/business.manage"]
_TWITTER_SCOPES = ["dm.read", "dm.write", "tweet.read", "users.read", "offline.access"]


def behavior(operation_id: str) -> Callable[[Served], Served]:
    """Let a function serve an operation."""

    def register(served: Served) -> Served:
        BEHAVIORS[operation_id] = served
        return served

    return register


# WhatsApp: signed up with Meta, then activated with one of the account's numbers and a pin


@behavior("postConversationsMessagingIntegrationsWhatsappEmbeddedsignup")
def sign_up_whatsapp(operation: Operation) -> Answer:
    """Make an integration that waits for its activation."""
    numbers = ["+15550100", "+15550101"]
    entities = [{"name": one, "phoneNumber": one, "status": "VERIFIED"} for one in numbers]
    return shapes.create_document(
        operation,
        status="Inactive",
        phoneNumber=numbers[0],
        availablePhoneNumbers={"entities": entities},
        whatsAppBusinessAccountId=_number("business account"),
    )


@behavior("patchConversationsMessagingIntegrationsWhatsappEmbeddedsignupIntegrationId")
def activate_whatsapp(operation: Operation, integration_id: str) -> Answer:
    """Activate an integration with a pin; any of six digits will do."""
    body = shapes.body_of(operation)
    found = shapes.own(shapes.Place.of(operation.path), integration_id)
    available = found.fields.get("availablePhoneNumbers", {}).get("entities", [])
    numbers = [one["phoneNumber"] for one in available]
    problems: list[Problem] = []
    if not (len(body["pin"]) == 6 and body["pin"].isdecimal()):
        problems.append(Problem("pin", "invalid.value", "The field {fieldName} must be 6 digits."))
    if numbers and body.get("phoneNumber", numbers[0]) not in numbers:
        message = f"The field {{fieldName}} must be one of: {', '.join(numbers)}."
        problems.append(Problem("phoneNumber", "invalid.value", message))
    if problems:
        raise invalid(problems)
    return shapes.change_document(
        operation, integration_id, status="Active", activationStatusCode="CodeConfirmed"
    )


# The apps of Facebook and Twitter


@behavior("getConversationsMessagingFacebookApp")
def read_facebook_app(_operation: Operation) -> Answer:
    """Give the id of the platform's app."""
    return {"id": _number("facebook app")}, 200


@behavior("getConversationsMessagingFacebookPermissions")
def list_facebook_permissions(_operation: Operation) -> Answer:
    """Give what a page must allow the app, by purpose."""
    needed: Mapping[str, tuple[str, ...]] = {
        "FacebookPrivate": ("pages_messaging", "pages_manage_metadata", "pages_show_list"),
        "FacebookPublic": ("pages_read_engagement", "pages_manage_engagement"),
        "InstagramPrivate": ("instagram_basic", "instagram_manage_messages"),
        "InstagramPublic": ("instagram_manage_comments",),
        "WhatsAppPrivate": ("whatsapp_business_management", "whatsapp_business_messaging"),
    }
    entities = [{"name": name, "type": kind} for kind, names in needed.items() for name in names]
    return {"entities": entities}, 200


@behavior("getConversationsMessagingIntegrationsTwitterOauthSettings")
def read_twitter_signup(_operation: Operation) -> Answer:
    """Give what a sign-up with Twitter begins with."""
    settings = {"clientId": _number("twitter client"), "scopes": _TWITTER_SCOPES}
    return {**settings, "appId": _number("twitter app")}, 200


@behavior("getConversationsMessagingIntegrationTwitterOauthSettings")
def read_twitter_settings(operation: Operation, integration_id: str) -> Answer:
    """Give what an integration that there is signs in again with."""
    integrations = shapes.Place.of(operation.path)
    place = shapes.Place(f"{integrations.base}/twitter", f"{integrations.collection}/twitter")
    shapes.own(place, integration_id)
    return {"clientId": _number("twitter client"), "scopes": _TWITTER_SCOPES}, 200


# Apple's way back from signing in


@behavior("getConversationsMessagingOauthAppleCallback")
def return_from_apple(_operation: Operation) -> Answer:
    """Tell where the customer goes next; this is called without a token."""
    absent = [name for name in ("code", "state") if not request.args.get(name)]
    if absent:
        raise invalid([missing(name) for name in absent])
    answer: dict[str, Any] = {"redirectUrl": f"{request.host_url}apple/messages"}
    if request.args.get("error"):
        message = "The customer was not signed in."
        answer["error"] = {"code": request.args["error"], "message": message}
    return answer, 200


# Google Business Profile: a kind of open integration, with a token of Google's


@behavior("getConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileOauthSettings")
def read_google_settings(_operation: Operation) -> Answer:
    """Give what signing in with Google begins with."""
    return {"clientId": _number("google client"), "scopes": _GOOGLE_SCOPES}, 200


@behavior("postConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileTokens")
def create_google_token(operation: Operation) -> Answer:
    """Take any code, and keep none."""
    client_id = _number("google client")
    return shapes.create_document(operation, clientId=client_id, scopes=_GOOGLE_SCOPES)


@behavior("getConversationsMessagingIntegrationsOpenExtensionsGooglebusinessprofileTokenAccounts")
def list_google_accounts(operation: Operation, token_id: str) -> Answer:
    """Give the account that a token leads to."""
    token = shapes.own(shapes.Place.of(operation.path), token_id)
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
    _require_google_token(operation)
    return shapes.change_document(operation, integration_id)


def _require_google_token(operation: Operation) -> None:
    token = shapes.body_of(operation).get("token")
    tokens = shapes.Place.of(f"{operation.path.partition('/{')[0]}/tokens")
    if token is not None and not shapes.has(tokens, token["id"]):
        message = "The field {fieldName} names nothing that there is."
        raise invalid([Problem("token.id", "invalid.value", message)])


# Recipients: where the messages of an integration go to


@behavior("getRoutingMessageRecipients")
def list_recipients(operation: Operation) -> Answer:
    """Give a page of the recipients, one for each integration."""
    page = parse_page(request.args, current_state().settings.max_page_size)
    found = [
        wire
        for collection, document in _integrations()
        for wire in [_recipient_to_wire(collection, document)]
        if request.args.get("messengerType", wire["messengerType"]) == wire["messengerType"]
        and request.args.get("name", "").casefold() in wire["name"].casefold()
    ]
    shown = found[page.offset : page.offset + page.size]
    return listing_to_wire(operation.path, page, shown, len(found)), 200


@behavior("getRoutingMessageRecipient")
def read_recipient(operation: Operation, recipient_id: str) -> Answer:
    """Give the recipient of an integration that is there."""
    return _recipient_to_wire(*_integration_behind(operation, recipient_id)), 200


@behavior("putRoutingMessageRecipient")
def route_recipient(operation: Operation, recipient_id: str) -> Answer:
    """Let a flow take the messages, or none."""
    flow = shapes.body_of(operation).get("flow", {})
    store = current_state().store
    with store.transaction():
        collection, document = _integration_behind(operation, recipient_id)
        document.fields[_FLOW] = flow.get("id")
        store.documents.save(current_token().organization_id, collection, document)
    return _recipient_to_wire(collection, document), 200


def _integrations() -> list[tuple[str, Document]]:
    documents = current_state().store.documents
    return documents.all(current_token().organization_id, "integrations/*")


def _integration_behind(operation: Operation, recipient_id: str) -> tuple[str, Document]:
    for collection, document in _integrations():
        if shapes.recipient_of(document)["id"] == recipient_id:
            return collection, document
    raise shapes.not_there(recipient_id, operation.path.partition("/{")[0])


def _recipient_to_wire(collection: str, document: Document) -> dict[str, Any]:
    reference = shapes.recipient_of(document)
    flow_id = document.fields.get(_FLOW)
    flow = {"id": flow_id, "name": "Flow", "type": "INBOUNDSHORTMESSAGE"}
    return {
        "id": reference["id"],
        "name": reference["name"],
        **({"flow": flow} if flow_id else {}),
        "dateCreated": wire_date(document.created),
        "dateModified": wire_date(document.modified),
        "createdBy": {**user_to_wire(document.created_by), "version": 1},
        "modifiedBy": {**user_to_wire(document.modified_by), "version": 1},
        "messengerType": shapes.messenger_of(collection),
        "selfUri": reference["selfUri"],
    }


def _number(what: str) -> str:
    """Invent a number: always the same one for an organization."""
    return digits(f"{what} of {current_token().organization_id}")
