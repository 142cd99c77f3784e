"""The request body that creates a Facebook integration."""

from .base import Model, Secret
from .messaging_setting_request_reference import MessagingSettingRequestReference
from .supported_content_reference import SupportedContentReference


class FacebookIntegrationRequest(Model):
    """What a caller sends to create a Facebook integration.

    Give either ``page_access_token``, or ``user_access_token`` together with ``page_id``.
    """

    id: str | None = None
    """Left to the service, which assigns an identifier of its own."""
    name: str | None = None
    """What the integration is to be called; required."""
    page_access_token: Secret[str] = None
    """Long-lived access token of the Facebook page; makes the next two fields unnecessary."""
    user_access_token: Secret[str] = None
    """Short-lived access token of someone who manages the page; requires ``page_id``."""
    page_id: str | None = None
    """Facebook's number for the page; required along with ``user_access_token``."""
    app_id: str | None = None
    """Facebook's number for the app that the tokens were issued to."""
    app_secret: Secret[str] = None
    """Facebook's secret for that app."""
    supported_content: SupportedContentReference | None = None
    """What kinds of content may be sent and received; today's platform only."""
    messaging_setting: MessagingSettingRequestReference | None = None
    """The settings for content and events that are to apply; today's platform only."""
    self_uri: str | None = None
    """Left to the service."""
