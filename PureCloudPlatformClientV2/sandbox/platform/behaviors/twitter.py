"""Twitter, as it was in 2019: an account, by the keys of a developer."""

from __future__ import annotations

from collections.abc import Iterator

from ...entities import digits, fingerprint
from ...errors import Problem, missing
from .. import shapes
from ..contract import Operation, Schema, demand
from .registry import Answer, behavior


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
