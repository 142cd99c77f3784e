"""The request body that creates a Twitter integration."""

from typing import Literal

from .base import Model, Secret
from .messaging_setting_request_reference import MessagingSettingRequestReference
from .supported_content_reference import SupportedContentReference


class TwitterIntegrationRequest(Model):
    """What a caller sends to create a Twitter integration."""

    id: str | None = None
    """Left to the service, which assigns an identifier of its own."""
    name: str | None = None
    """What the integration is to be called; required."""
    access_token_key: str | None = None
    """Public half of an access token for the account; required in 2019, and only there."""
    access_token_secret: Secret[str] = None
    """Secret half of that access token; required in 2019, and only there."""
    consumer_key: str | None = None
    """Public half of the app's consumer credentials; required in 2019, and only there."""
    consumer_secret: Secret[str] = None
    """Secret half of the app's consumer credentials; required in 2019, and only there."""
    tier: Literal["premium", "enterprise"] | str | None = None
    """Kind of developer account, ``premium`` or ``enterprise``; required in 2019 alone."""
    env_name: str | None = None
    """Name of the Twitter developer environment, such as ``env-beta``; only 2019, premium tier."""
    supported_content: SupportedContentReference | None = None
    """What kinds of content may be sent and received; today's platform only."""
    messaging_setting: MessagingSettingRequestReference | None = None
    """The settings for content and events that are to apply; today's platform only."""
    signup_code: Secret[str] = None
    """The code that Twitter gave when the account's owner signed up; required today."""
    app_id: str | None = None
    """Identifier of the app that the owner signed up with; required today."""
    code_challenge: Secret[str] = None
    """The code challenge of that sign-up (RFC 7636); required today."""
    redirect_uri: str | None = None
    """Where that sign-up led back to; required today."""
    self_uri: str | None = None
    """Left to the service."""
