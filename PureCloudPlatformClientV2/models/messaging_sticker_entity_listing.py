"""One page of messaging stickers."""

from .entity_listing import EntityListing
from .messaging_sticker import MessagingSticker


class MessagingStickerEntityListing(EntityListing[MessagingSticker]):
    """One page of messaging stickers."""

    entities: list[MessagingSticker] | None = None
    """The stickers on this page."""
