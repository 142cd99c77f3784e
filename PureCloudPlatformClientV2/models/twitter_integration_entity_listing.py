"""One page of Twitter integrations."""

from .entity_listing import EntityListing
from .twitter_integration import TwitterIntegration


class TwitterIntegrationEntityListing(EntityListing[TwitterIntegration]):
    """One page of Twitter integrations."""

    entities: list[TwitterIntegration] | None = None
    """The integrations on this page."""
