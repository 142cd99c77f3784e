"""The models: what the Messaging API takes and gives, one class a file."""

from .base import Model
from .detail import Detail
from .entity_listing import EntityListing
from .error_body import ErrorBody
from .facebook_integration import FacebookIntegration
from .facebook_integration_entity_listing import FacebookIntegrationEntityListing
from .facebook_integration_request import FacebookIntegrationRequest
from .line_integration import LineIntegration
from .line_integration_entity_listing import LineIntegrationEntityListing
from .line_integration_request import LineIntegrationRequest
from .messaging_sticker import MessagingSticker
from .messaging_sticker_entity_listing import MessagingStickerEntityListing
from .twitter_integration import TwitterIntegration
from .twitter_integration_entity_listing import TwitterIntegrationEntityListing
from .twitter_integration_request import TwitterIntegrationRequest
from .uri_reference import UriReference

__all__ = [
    "Detail",
    "EntityListing",
    "ErrorBody",
    "FacebookIntegration",
    "FacebookIntegrationEntityListing",
    "FacebookIntegrationRequest",
    "LineIntegration",
    "LineIntegrationEntityListing",
    "LineIntegrationRequest",
    "MessagingSticker",
    "MessagingStickerEntityListing",
    "Model",
    "TwitterIntegration",
    "TwitterIntegrationEntityListing",
    "TwitterIntegrationRequest",
    "UriReference",
]
