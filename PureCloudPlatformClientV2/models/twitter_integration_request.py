"""The request body that creates a Twitter integration."""

from typing import Literal

from .base import Model, Secret


class TwitterIntegrationRequest(Model):
    """What a caller sends to create a Twitter integration."""

    id: str | None = None
    """Left to the service, which assigns an identifier of its own."""
    name: str | None = None
    """What the integration is to be called; required."""
    access_token_key: str | None = None
    """Public half of an access token for the account; required."""
    access_token_secret: Secret[str] = None
    """Secret half of that access token; required."""
    consumer_key: str | None = None
    """Public half of the app's consumer credentials; required."""
    consumer_secret: Secret[str] = None
    """Secret half of the app's consumer credentials; required."""
    tier: Literal["premium", "enterprise"] | str | None = None
    """Kind of Twitter developer account, ``premium`` or ``enterprise``; required."""
    env_name: str | None = None
    """Name of the Twitter developer environment, for example ``env-beta``; premium tier only."""
    self_uri: str | None = None
    """Left to the service."""
