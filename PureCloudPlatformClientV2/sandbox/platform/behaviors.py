"""What operations do that are of no common shape.

Each is a function with ``@behavior("operationId")``. It is called with the operation and the ids of
its path, and answers the body of the response and its status; it may leave the rest to a shape.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import request

from ..entities import digits
from ..errors import Problem, invalid, missing
from ..exchange import current_token
from . import shapes
from .contract import Operation

Answer = tuple[Any, int]
Served = Callable[..., Answer]

BEHAVIORS: dict[str, Served] = {}
"""What serves an operation, by its id."""

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
    token_id = shapes.body_of(operation)["token"]["id"]
    tokens = shapes.Place.of(f"{operation.path}/tokens")
    if not shapes.has(tokens, token_id):
        message = "The field {fieldName} names nothing that there is."
        raise invalid([Problem("token.id", "invalid.value", message)])
    return shapes.create_document(operation)


def _number(what: str) -> str:
    """Invent a number: always the same one for an organization."""
    return digits(f"{what} of {current_token().organization_id}")
