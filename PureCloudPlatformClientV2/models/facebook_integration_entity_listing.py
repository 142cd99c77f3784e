"""One page of Facebook integrations."""

from .entity_listing import EntityListing
from .facebook_integration import FacebookIntegration


class FacebookIntegrationEntityListing(EntityListing[FacebookIntegration]):
    """One page of Facebook integrations."""

    entities: list[FacebookIntegration] | None = None
    """The integrations on this page."""
