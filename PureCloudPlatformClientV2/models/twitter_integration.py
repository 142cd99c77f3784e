"""A Twitter account that is connected for messaging."""

from datetime import datetime
from typing import Literal

from .base import Model
from .error_body import ErrorBody
from .messaging_setting_reference import MessagingSettingReference
from .supported_content_reference import SupportedContentReference
from .uri_reference import UriReference


class TwitterIntegration(Model):
    """A Twitter account that is connected for messaging, as the service describes it."""

    id: str | None = None
    """Identifier of the integration, assigned by the service and unique on the platform."""
    name: str | None = None
    """What the integration is called in the administration pages."""
    access_token_key: str | None = None
    """Public half of the access token that was given for the account; the platform of 2019 only."""
    consumer_key: str | None = None
    """Public half of the app's consumer credentials; the platform of 2019 only."""
    username: str | None = None
    """The account's Twitter handle, as Twitter reported it; the platform of 2019 only."""
    user_id: str | None = None
    """Twitter's number for the account; the platform of 2019 only."""
    status: str | None = None
    """State of the integration, for example ``Active``, ``Inactive`` or ``Error``."""
    tier: Literal["premium", "enterprise"] | str | None = None
    """Kind of Twitter developer account: ``premium`` or ``enterprise``; 2019 only."""
    env_name: str | None = None
    """Name of the Twitter developer environment, such as ``env-beta``; only 2019, premium tier."""
    recipient: UriReference | None = None
    """The recipient through which a message flow is attached to the integration."""
    date_created: datetime | None = None
    """When the integration was created, in UTC."""
    date_modified: datetime | None = None
    """When the integration was last changed, in UTC."""
    created_by: UriReference | None = None
    """The user or OAuth client that created the integration."""
    modified_by: UriReference | None = None
    """The user or OAuth client that changed the integration last."""
    version: int | None = None
    """Counts the changes made to the integration."""
    supported_content: SupportedContentReference | None = None
    """What kinds of content may be sent and received; today's platform only."""
    messaging_setting: MessagingSettingReference | None = None
    """The settings for content and events that apply; today's platform only."""
    create_status: Literal["Initiated", "Completed", "Error"] | str | None = None
    """How far the creation has come; today's platform only."""
    create_error: ErrorBody | None = None
    """Why the creation failed; today's platform only."""
    self_uri: str | None = None
    """Path of the integration, relative to the API host."""
