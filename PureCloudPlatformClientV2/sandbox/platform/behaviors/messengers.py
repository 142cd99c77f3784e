"""What no shape says of integrations with Facebook, Twitter, WhatsApp, Google and Apple."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request

from ...credentials import fingerprint
from ...errors import Problem, invalid, missing
from .. import shapes
from ..contract import Operation, Schema, demand
from ..wire import Place, digits
from .registry import Answer, behavior, invented_number

# Facebook: a page, by a token of the page itself or of one of its users


@behavior("postMessagingIntegrationsFacebook")
@behavior("postConversationsMessagingIntegrationsFacebook")
def create_facebook_integration(operation: Operation) -> Answer:
    """Make an integration of the page that the token is of."""
    return shapes.create_document(operation, **_page(shapes.body_of(operation)))


@behavior("patchConversationsMessagingIntegrationsFacebookIntegrationId")
def change_facebook_integration(operation: Operation, integration_id: str) -> Answer:
    """Change an integration; a token of another page makes it one of that page."""
    page = _page(shapes.body_of(operation))
    return shapes.change_document(operation, integration_id, **page)


def _page(body: Schema) -> dict[str, Any]:
    """Tell the page that a token is of: the same token is always one of the same page."""
    if "pageId" in body or "pageAccessToken" not in body:
        return {}
    return {"pageId": digits(body["pageAccessToken"])}


@demand("2019.FacebookIntegrationRequest")
def require_a_token(body: Schema) -> Iterator[Problem]:
    """Tell which token is missing."""
    if "pageAccessToken" in body:
        return
    if "userAccessToken" not in body:
        yield missing("pageAccessToken", "unless userAccessToken and pageId are sent")
    elif "pageId" not in body:
        yield missing("pageId", "together with userAccessToken")


# Twitter, as it was in 2019: an account, by the keys of a developer


@behavior("postMessagingIntegrationsTwitter")
def create_twitter_integration(operation: Operation) -> Answer:
    """Make an integration of the account that the keys are of."""
    account = shapes.body_of(operation)["accessTokenKey"]
    username = f"sandbox_{fingerprint('account of ' + account)[:7]}"
    return shapes.create_document(operation, username=username, userId=digits(account))


@demand("2019.TwitterIntegrationRequest")
def require_an_environment(body: Schema) -> Iterator[Problem]:
    """Tell that the premium tier needs one."""
    if body.get("tier") == "premium" and "envName" not in body:
        yield missing("envName")


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
        whatsAppBusinessAccountId=invented_number("business account"),
    )


@behavior("patchConversationsMessagingIntegrationsWhatsappEmbeddedsignupIntegrationId")
def activate_whatsapp(operation: Operation, integration_id: str) -> Answer:
    """Activate an integration with a pin; any of six digits will do."""
    body = shapes.body_of(operation)
    found = shapes.own(Place.of(operation.path), integration_id)
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


# Google Business Profile: a kind of open integration, with a token of Google's


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


# The platform's apps at Facebook, Twitter and Apple, and signing in with them


_TWITTER_SCOPES = ["dm.read", "dm.write", "tweet.read", "users.read", "offline.access"]


@behavior("getConversationsMessagingFacebookApp")
def read_facebook_app(_operation: Operation) -> Answer:
    """Give the id of the platform's app."""
    return {"id": invented_number("facebook app")}, 200


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
    settings = {"clientId": invented_number("twitter client"), "scopes": _TWITTER_SCOPES}
    return {**settings, "appId": invented_number("twitter app")}, 200


@behavior("getConversationsMessagingIntegrationTwitterOauthSettings")
def read_twitter_settings(operation: Operation, integration_id: str) -> Answer:
    """Give what an integration that there is signs in again with."""
    integrations = Place.of(operation.path)
    place = Place(f"{integrations.base}/twitter", f"{integrations.collection}/twitter")
    shapes.own(place, integration_id)
    return {"clientId": invented_number("twitter client"), "scopes": _TWITTER_SCOPES}, 200


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
