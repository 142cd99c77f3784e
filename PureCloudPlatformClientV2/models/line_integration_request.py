"""The request body that creates or updates a LINE integration."""

from .base import Model, Secret


class LineIntegrationRequest(Model):
    """What a caller sends to create or update a LINE integration.

    A new official LINE account needs the webhook address before it has a channel: create the
    integration without channel id and secret, enter ``webhook_uri`` at LINE, then update the
    integration with both.
    """

    id: str | None = None
    """Left to the service, which assigns an identifier of its own."""
    name: str | None = None
    """What the integration is to be called; required to create one."""
    channel_id: str | None = None
    """LINE's number for the channel; required except for a new official account.

    It may change only while the integration is inactive.
    """
    channel_secret: Secret[str] = None
    """LINE's secret for the channel; required except for a new official account.

    It may change only while the integration is inactive.
    """
    switcher_secret: Secret[str] = None
    """LINE's switcher secret; required if the account has the switcher function enabled."""
    service_code: str | None = None
    """LINE's service code; LINE Enterprise accounts only."""
    self_uri: str | None = None
    """Left to the service."""
