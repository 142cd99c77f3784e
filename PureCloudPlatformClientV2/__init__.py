"""A typed client of the Genesys Cloud (PureCloud) Messaging API.

>>> import PureCloudPlatformClientV2
>>> PureCloudPlatformClientV2.configuration.access_token = "..."
>>> api = PureCloudPlatformClientV2.MessagingApi()
>>> for integration in api.get_messaging_integrations_facebook():
...     print(integration.name)
"""

from .api_client import ApiClient
from .apis.messaging_api import MessagingApi
from .call_options import CallOptions
from .configuration import Configuration, configuration
from .exceptions import ApiException
from .gateway import GatewayConfiguration
from .http_client import AbstractHttpClient, DefaultHttpClient, HttpRequestOptions
from .models.detail import Detail
from .models.error_body import ErrorBody
from .models.facebook_integration import FacebookIntegration
from .models.facebook_integration_entity_listing import FacebookIntegrationEntityListing
from .models.facebook_integration_request import FacebookIntegrationRequest
from .models.line_integration import LineIntegration
from .models.line_integration_entity_listing import LineIntegrationEntityListing
from .models.line_integration_request import LineIntegrationRequest
from .models.messaging_sticker import MessagingSticker
from .models.messaging_sticker_entity_listing import MessagingStickerEntityListing
from .models.twitter_integration import TwitterIntegration
from .models.twitter_integration_entity_listing import TwitterIntegrationEntityListing
from .models.twitter_integration_request import TwitterIntegrationRequest
from .models.uri_reference import UriReference
from .pagination import paginate
from .region_hosts import PureCloudRegionHosts
from .serialization import ApiNullValue
from .version import __version__

__all__ = [
    "AbstractHttpClient",
    "ApiClient",
    "ApiException",
    "ApiNullValue",
    "CallOptions",
    "Configuration",
    "DefaultHttpClient",
    "Detail",
    "ErrorBody",
    "FacebookIntegration",
    "FacebookIntegrationEntityListing",
    "FacebookIntegrationRequest",
    "GatewayConfiguration",
    "HttpRequestOptions",
    "LineIntegration",
    "LineIntegrationEntityListing",
    "LineIntegrationRequest",
    "MessagingApi",
    "MessagingSticker",
    "MessagingStickerEntityListing",
    "PureCloudRegionHosts",
    "TwitterIntegration",
    "TwitterIntegrationEntityListing",
    "TwitterIntegrationRequest",
    "UriReference",
    "__version__",
    "configuration",
    "paginate",
]
