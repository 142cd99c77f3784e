"""The models: what the API takes and gives, one class a file, each loaded when first used."""

import sys
from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from ._catalog import *  # a stub, written by the build
    from .base import JsonKey as JsonKey
    from .base import LocalDateTime as LocalDateTime
    from .base import Model as Model
    from .base import Secret as Secret
    from .content_setting import ContentSetting as ContentSetting
    from .detail import Detail as Detail
    from .domain_entity_ref import DomainEntityRef as DomainEntityRef
    from .entity_listing import EntityListing as EntityListing
    from .error_body import ErrorBody as ErrorBody
    from .event_setting import EventSetting as EventSetting
    from .facebook_integration import FacebookIntegration as FacebookIntegration
    from .facebook_integration_entity_listing import (
        FacebookIntegrationEntityListing as FacebookIntegrationEntityListing,
    )
    from .facebook_integration_request import (
        FacebookIntegrationRequest as FacebookIntegrationRequest,
    )
    from .inbound_only_setting import InboundOnlySetting as InboundOnlySetting
    from .limit import Limit as Limit
    from .line_integration import LineIntegration as LineIntegration
    from .line_integration_entity_listing import (
        LineIntegrationEntityListing as LineIntegrationEntityListing,
    )
    from .line_integration_request import LineIntegrationRequest as LineIntegrationRequest
    from .media_type import MediaType as MediaType
    from .media_type_access import MediaTypeAccess as MediaTypeAccess
    from .media_types import MediaTypes as MediaTypes
    from .messaging_setting_reference import MessagingSettingReference as MessagingSettingReference
    from .messaging_setting_request_reference import (
        MessagingSettingRequestReference as MessagingSettingRequestReference,
    )
    from .messaging_sticker import MessagingSticker as MessagingSticker
    from .messaging_sticker_entity_listing import (
        MessagingStickerEntityListing as MessagingStickerEntityListing,
    )
    from .messenger_type import MessengerType as MessengerType
    from .setting_direction import SettingDirection as SettingDirection
    from .story_setting import StorySetting as StorySetting
    from .supported_content_reference import SupportedContentReference as SupportedContentReference
    from .twitter_integration import TwitterIntegration as TwitterIntegration
    from .twitter_integration_entity_listing import (
        TwitterIntegrationEntityListing as TwitterIntegrationEntityListing,
    )
    from .twitter_integration_request import TwitterIntegrationRequest as TwitterIntegrationRequest
    from .typing_setting import TypingSetting as TypingSetting
    from .uri_reference import UriReference as UriReference
else:  # checkers would take any name for one that is there
    __getattr__, __dir__ = lazy_names(__name__, "base", classes="")


def find_model(name: str) -> "type[Model] | None":
    """Find a model by its name: one of this package, or else one that was defined elsewhere."""
    # Imported here for the sake of start-up time: it is loaded with the first model.
    from .base import Model, user_models

    try:
        found = getattr(sys.modules[__name__], name)
    except AttributeError:
        return user_models.get(name)
    return found if isinstance(found, type) and issubclass(found, Model) else None
