"""The Messaging API, one method per endpoint."""

from __future__ import annotations

from functools import partial
from typing import Any

from .. import models
from .._settings.platform import TODAY
from ._messaging_settings import MessagingSettings
from .api import CallOptions, Unpack


class MessagingApi(MessagingSettings):
    """Facebook, LINE and Twitter integrations, stickers, settings and supported content.

    The fourteen methods of integrations and stickers are those of 2019. Where today's platform is
    called (``Configuration.platform``), Facebook and Twitter integrations are what it has under
    ``/api/v2/conversations/messaging/integrations``; creating one waits until it is complete. LINE
    and stickers have no successor, and raise ``ApiException`` there. Settings and supported content
    are today's.
    """

    @property
    def _call_api(self) -> Any:
        client = self.api_client
        # What stands in for a client in a test needs call_api alone.
        if getattr(client, "platform", None) != TODAY:
            return client.call_api
        # Imported here for the sake of start-up time: the first call needs it.
        from ._today import call_today

        return partial(call_today, client)

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
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/integrations/facebook/{integrationId}",
            path={"integrationId": integration_id},
            returns=None,
            options=options,
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
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/integrations/line/{integrationId}",
            path={"integrationId": integration_id},
            returns=None,
            options=options,
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
        """
        return self._call(
            "DELETE",
            "/api/v2/messaging/integrations/twitter/{integrationId}",
            path={"integrationId": integration_id},
            returns=None,
            options=options,
        )

    def get_messaging_integrations_facebook(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.FacebookIntegrationEntityListing:
        """Get a list of Facebook Integrations.

        Wraps GET /api/v2/messaging/integrations/facebook

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/facebook",
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.FacebookIntegrationEntityListing,
            options=options,
        )

    def get_messaging_integrations_facebook_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> models.FacebookIntegration:
        """Get a Facebook messaging integration.

        Wraps GET /api/v2/messaging/integrations/facebook/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/facebook/{integrationId}",
            path={"integrationId": integration_id},
            returns=models.FacebookIntegration,
            options=options,
        )

    def get_messaging_integrations_line(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.LineIntegrationEntityListing:
        """Get a list of LINE messenger Integrations.

        Wraps GET /api/v2/messaging/integrations/line

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/line",
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.LineIntegrationEntityListing,
            options=options,
        )

    def get_messaging_integrations_line_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> models.LineIntegration:
        """Get a LINE messenger integration.

        Wraps GET /api/v2/messaging/integrations/line/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/line/{integrationId}",
            path={"integrationId": integration_id},
            returns=models.LineIntegration,
            options=options,
        )

    def get_messaging_integrations_twitter(
        self,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.TwitterIntegrationEntityListing:
        """Get a list of Twitter Integrations.

        Wraps GET /api/v2/messaging/integrations/twitter

        Requires ANY permissions: messaging:integration:view

        Args:
            page_size: Integrations per page; the service uses 25 when omitted.
            page_number: Page to fetch, counting from 1; the service uses 1 when omitted.
            **options: Per-call settings, see CallOptions.

        Returns:
            One page of integrations.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/twitter",
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.TwitterIntegrationEntityListing,
            options=options,
        )

    def get_messaging_integrations_twitter_integration_id(
        self,
        integration_id: str,
        **options: Unpack[CallOptions],
    ) -> models.TwitterIntegration:
        """Get a Twitter messaging integration.

        Wraps GET /api/v2/messaging/integrations/twitter/{integrationId}

        Requires ANY permissions: messaging:integration:view

        Args:
            integration_id: Identifier of the integration.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration.
        """
        return self._call(
            "GET",
            "/api/v2/messaging/integrations/twitter/{integrationId}",
            path={"integrationId": integration_id},
            returns=models.TwitterIntegration,
            options=options,
        )

    def get_messaging_sticker(
        self,
        messenger_type: models.MessengerType | str,
        *,
        page_size: int | None = None,
        page_number: int | None = None,
        **options: Unpack[CallOptions],
    ) -> models.MessagingStickerEntityListing:
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
        """
        return self._call(
            "GET",
            "/api/v2/messaging/stickers/{messengerType}",
            path={"messengerType": messenger_type},
            query={"pageSize": page_size, "pageNumber": page_number},
            returns=models.MessagingStickerEntityListing,
            options=options,
        )

    def post_messaging_integrations_facebook(
        self,
        body: models.FacebookIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.FacebookIntegration:
        """Create a Facebook Integration.

        Wraps POST /api/v2/messaging/integrations/facebook

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.
        """
        return self._call(
            "POST",
            "/api/v2/messaging/integrations/facebook",
            body=body,
            body_type=models.FacebookIntegrationRequest,
            returns=models.FacebookIntegration,
            options=options,
        )

    def post_messaging_integrations_line(
        self,
        body: models.LineIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.LineIntegration:
        """Create a LINE messenger Integration.

        Wraps POST /api/v2/messaging/integrations/line

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.
        """
        return self._call(
            "POST",
            "/api/v2/messaging/integrations/line",
            body=body,
            body_type=models.LineIntegrationRequest,
            returns=models.LineIntegration,
            options=options,
        )

    def post_messaging_integrations_twitter(
        self,
        body: models.TwitterIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.TwitterIntegration:
        """Create a Twitter Integration.

        Wraps POST /api/v2/messaging/integrations/twitter

        Requires ANY permissions: messaging:integration:add

        Args:
            body: The settings, as a model or as a dict of wire names.
            **options: Per-call settings, see CallOptions.

        Returns:
            The new integration.
        """
        return self._call(
            "POST",
            "/api/v2/messaging/integrations/twitter",
            body=body,
            body_type=models.TwitterIntegrationRequest,
            returns=models.TwitterIntegration,
            options=options,
        )

    def put_messaging_integrations_line_integration_id(
        self,
        integration_id: str,
        body: models.LineIntegrationRequest | dict[str, Any],
        **options: Unpack[CallOptions],
    ) -> models.LineIntegration:
        """Update a LINE messenger integration.

        Wraps PUT /api/v2/messaging/integrations/line/{integrationId}

        Requires ANY permissions: messaging:integration:edit

        Args:
            integration_id: Identifier of the integration.
            body: What to change, as a model or as a dict of wire names; what is unset stays.
            **options: Per-call settings, see CallOptions.

        Returns:
            The integration as it is now.
        """
        return self._call(
            "PUT",
            "/api/v2/messaging/integrations/line/{integrationId}",
            path={"integrationId": integration_id},
            body=body,
            body_type=models.LineIntegrationRequest,
            returns=models.LineIntegration,
            options=options,
        )
