"""The API classes, one method per endpoint, each loaded when first used."""

from typing import TYPE_CHECKING

from .._lazy import lazy_names

if TYPE_CHECKING:
    from ._catalog import *  # a stub, written by the build
    from .api import Api as Api
    from .api import CallOptions as CallOptions
    from .messaging_api import MessagingApi as MessagingApi
else:  # checkers would take any name for one that is there
    __getattr__, __dir__ = lazy_names(__name__, "api", classes="Api")
