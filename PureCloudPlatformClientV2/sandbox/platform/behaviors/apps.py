"""The platform's apps at Facebook, Twitter and Apple, and signing in with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from ...errors import invalid, missing
from .. import shapes
from ..contract import Operation
from ..wire import Place
from .registry import Answer, behavior, invented_number

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
