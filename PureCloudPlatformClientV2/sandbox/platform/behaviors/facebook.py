"""Facebook: a page, by a token of the page itself or of one of its users."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...entities import digits
from ...errors import Problem, missing
from .. import shapes
from ..contract import Operation, Schema, demand
from .registry import Answer, behavior


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
