"""One page of LINE integrations."""

from .entity_listing import EntityListing
from .line_integration import LineIntegration


class LineIntegrationEntityListing(EntityListing[LineIntegration]):
    """One page of LINE integrations."""

    entities: list[LineIntegration] | None = None
    """The integrations on this page."""
