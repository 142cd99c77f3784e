"""A sticker that an agent can send in a message."""

from typing import Literal

from .base import Model
from .messenger_type import MessengerType


class MessagingSticker(Model):
    """A sticker that an agent can send in a message."""

    id: str | None = None
    """Identifier of the sticker, assigned by the service and unique on the platform."""
    name: str | None = None
    """What the sticker is called."""
    provider_sticker_id: int | None = None
    """The messenger's own number for the sticker."""
    provider_package_id: int | None = None
    """The messenger's own number for the package that the sticker comes in."""
    package_name: str | None = None
    """The messenger's name for that package."""
    messenger_type: MessengerType | str | None = None
    """Messenger it belongs to: ``sms``, ``facebook``, ``twitter``, ``line`` or ``whatsapp``."""
    sticker_type: Literal["standard", "free", "paid"] | str | None = None
    """Who may send it: ``standard``, ``free`` or ``paid``."""
    provider_version: int | None = None
    """The messenger's own version number of the sticker."""
    uri_location: str | None = None
    """Address of the sticker's picture."""
    self_uri: str | None = None
    """Path of the sticker, relative to the API host."""
