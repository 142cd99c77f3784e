"""The Messaging API, one method per endpoint."""

from __future__ import annotations

from typing import Any

from ..api_client import ApiClient, default_api_client
from ..call_options import CallOptions, Unpack, check_options
from ..configuration import Configuration
from ..models.facebook_integration import FacebookIntegration
from ..models.facebook_integration_entity_listing import FacebookIntegrationEntityListing
from ..models.facebook_integration_request import FacebookIntegrationRequest
from ..models.line_integration import LineIntegration
from ..models.line_integration_entity_listing import LineIntegrationEntityListing
from ..models.line_integration_request import LineIntegrationRequest
from ..models.messaging_sticker import MessengerType
from ..models.messaging_sticker_entity_listing import MessagingStickerEntityListing
from ..models.twitter_integration import TwitterIntegration
from ..models.twitter_integration_entity_listing import TwitterIntegrationEntityListing
from ..models.twitter_integration_request import TwitterIntegrationRequest


class MessagingApi:
    """Facebook, LINE and Twitter integrations, and the stickers of messengers."""

    def __init__(self, api_client: ApiClient | None = None) -> None:
        """Make the calls available.

        Args:
            api_client: What they are made through; a client that is shared by the whole process
                and works with the default configuration if omitted.

        Raises:
            TypeError: It is a Configuration, which a client has to be made of first.
        """
        if isinstance(api_client, Configuration):
            raise TypeError("api_client: write ApiClient(configuration=...) and give that")
        self.api_client: ApiClient = api_client or default_api_client()

    def delete_messaging_integrations_facebook_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete a Facebook messaging integration.

        Wraps DELETE /api/v2/messaging/integrations/facebook/{integrationId}

        Requires ANY permissions: messaging:integration:delete

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/facebook/{integrationId}",
            "DELETE",
            path_params={"integrationId": integration_id},
            response_type=None,
            **check_options(options),
        )

    def delete_messaging_integrations_line_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete a LINE messenger integration.

        Wraps DELETE /api/v2/messaging/integrations/line/{integrationId}

        Requires ANY permissions: messaging:integration:delete

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/line/{integrationId}",
            "DELETE",
            path_params={"integrationId": integration_id},
            response_type=None,
            **check_options(options),
        )

    def delete_messaging_integrations_twitter_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> None:
        """Delete a Twitter messaging integration.

        Wraps DELETE /api/v2/messaging/integrations/twitter/{integrationId}

        Requires ANY permissions: messaging:integration:delete

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/twitter/{integrationId}",
            "DELETE",
            path_params={"integrationId": integration_id},
            response_type=None,
            **check_options(options),
        )

    def get_messaging_integrations_facebook(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> FacebookIntegrationEntityListing:
        """Get a list of Facebook Integrations.

        Wraps GET /api/v2/messaging/integrations/facebook

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.

        Raises:
            ApiException: The service refused the call or could not be reached.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/facebook",
            "GET",
            query_params={"pageSize": page_size, "pageNumber": page_number},
            response_type=FacebookIntegrationEntityListing,
            **check_options(options),
        )

    def get_messaging_integrations_facebook_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> FacebookIntegration:
        """Get a Facebook messaging integration.

        Wraps GET /api/v2/messaging/integrations/facebook/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/facebook/{integrationId}",
            "GET",
            path_params={"integrationId": integration_id},
            response_type=FacebookIntegration,
            **check_options(options),
        )

    def get_messaging_integrations_line(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> LineIntegrationEntityListing:
        """Get a list of LINE messenger Integrations.

        Wraps GET /api/v2/messaging/integrations/line

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.

        Raises:
            ApiException: The service refused the call or could not be reached.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/line",
            "GET",
            query_params={"pageSize": page_size, "pageNumber": page_number},
            response_type=LineIntegrationEntityListing,
            **check_options(options),
        )

    def get_messaging_integrations_line_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> LineIntegration:
        """Get a LINE messenger integration.

        Wraps GET /api/v2/messaging/integrations/line/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/line/{integrationId}",
            "GET",
            path_params={"integrationId": integration_id},
            response_type=LineIntegration,
            **check_options(options),
        )

    def get_messaging_integrations_twitter(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> TwitterIntegrationEntityListing:
        """Get a list of Twitter Integrations.

        Wraps GET /api/v2/messaging/integrations/twitter

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.

        Raises:
            ApiException: The service refused the call or could not be reached.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/twitter",
            "GET",
            query_params={"pageSize": page_size, "pageNumber": page_number},
            response_type=TwitterIntegrationEntityListing,
            **check_options(options),
        )

    def get_messaging_integrations_twitter_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> TwitterIntegration:
        """Get a Twitter messaging integration.

        Wraps GET /api/v2/messaging/integrations/twitter/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/twitter/{integrationId}",
            "GET",
            path_params={"integrationId": integration_id},
            response_type=TwitterIntegration,
            **check_options(options),
        )

    def get_messaging_sticker(
        self,
        messenger_type: MessengerType | str,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> MessagingStickerEntityListing:
        """Get a list of Messaging Stickers.

        Wraps GET /api/v2/messaging/stickers/{messengerType}

        Requires ANY permissions: conversation:message:create

        Args:
            messenger_type: The messenger whose stickers are listed, for example ``line``.
            page_size: Stickers per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of stickers.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``messenger_type`` is missing or cannot be sent.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/stickers/{messengerType}",
            "GET",
            path_params={"messengerType": messenger_type},
            query_params={"pageSize": page_size, "pageNumber": page_number},
            response_type=MessagingStickerEntityListing,
            **check_options(options),
        )

    def post_messaging_integrations_facebook(
        self,
        body: FacebookIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> FacebookIntegration:
        """Create a Facebook Integration.

        Wraps POST /api/v2/messaging/integrations/facebook

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``body`` is missing or cannot be sent.
            TypeError: ``body`` is of another type.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/facebook",
            "POST",
            body=body,
            body_type=FacebookIntegrationRequest,
            response_type=FacebookIntegration,
            **check_options(options),
        )

    def post_messaging_integrations_line(
        self,
        body: LineIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> LineIntegration:
        """Create a LINE messenger Integration.

        Wraps POST /api/v2/messaging/integrations/line

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``body`` is missing or cannot be sent.
            TypeError: ``body`` is of another type.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/line",
            "POST",
            body=body,
            body_type=LineIntegrationRequest,
            response_type=LineIntegration,
            **check_options(options),
        )

    def post_messaging_integrations_twitter(
        self,
        body: TwitterIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> TwitterIntegration:
        """Create a Twitter Integration.

        Wraps POST /api/v2/messaging/integrations/twitter

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``body`` is missing or cannot be sent.
            TypeError: ``body`` is of another type.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/twitter",
            "POST",
            body=body,
            body_type=TwitterIntegrationRequest,
            response_type=TwitterIntegration,
            **check_options(options),
        )

    def put_messaging_integrations_line_integration_id(
        self,
        integration_id: str,
        body: LineIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> LineIntegration:
        """Update a LINE messenger integration.

        Wraps PUT /api/v2/messaging/integrations/line/{integrationId}

        Requires ANY permissions: messaging:integration:edit

        Args:
            integration_id: Identifier of the integration.
            body: What to change, as a model or as a dict of wire names; what is unset stays.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration as it is now.

        Raises:
            ApiException: The service refused the call or could not be reached.
            ValueError: ``integration_id`` or ``body`` is missing or cannot be sent.
            TypeError: ``body`` is of another type.
        """
        return self.api_client.call_api(
            "/api/v2/messaging/integrations/line/{integrationId}",
            "PUT",
            path_params={"integrationId": integration_id},
            body=body,
            body_type=LineIntegrationRequest,
            response_type=LineIntegration,
            **check_options(options),
        )
