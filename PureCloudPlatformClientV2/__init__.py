"""A typed client of Genesys Cloud (PureCloud): the whole platform, and messaging above all.

>>> import PureCloudPlatformClientV2
>>> PureCloudPlatformClientV2.configuration.access_token = "..."
>>> api = PureCloudPlatformClientV2.RoutingApi()
>>> for queue in api.get_routing_queues(name="Support*"):
...     print(queue.name, queue.member_count)
"""

from typing import TYPE_CHECKING

from ._lazy import lazy_names

# At once: the module of this name would take the place of the instance when it is loaded later.
from .configuration import configuration as configuration
from .version import __version__ as __version__

if TYPE_CHECKING:
    from . import abstract_http_client as abstract_http_client
    from . import api_null_value as api_null_value
    from . import catalog as catalog
    from . import default_http_client as default_http_client
    from . import gateway_configuration as gateway_configuration
    from . import http_request_options as http_request_options
    from . import logger as logger
    from . import notifications as notifications
    from . import open_messaging as open_messaging
    from . import purecloud_region_hosts as purecloud_region_hosts
    from . import rest as rest
    from . import utils as utils
    from . import year_month as year_month
    from ._settings.gateway import *
    from ._settings.region_hosts import *
    from ._transport.http_client import *
    from ._transport.request import *
    from ._wire.json_values import *
    from ._wire.year_month import *
    from .api_client import *
    from .apis import *
    from .configuration import *
    from .exceptions import *
    from .identity import *
    from .lookup import *
    from .models import *
    from .notifications.channel import *
    from .pagination import *
    from .rows import *
    from .waiting import *
else:  # checkers would take any name for one that is there
    __getattr__, __dir__ = lazy_names(
        __name__,
        "apis",
        "api_client",
        "configuration",
        "exceptions",
        "pagination",
        "waiting",
        "_transport.http_client",
        "_transport.request",
        "_settings.gateway",
        "_settings.region_hosts",
        "_wire.json_values",
        "_wire.year_month",
        "models",  # last, since that asks the catalog
        late={
            "Identity": "identity",
            "NotificationChannel": "notifications.channel",
            "find_one": "lookup",
            "to_rows": "rows",
            "whoami": "identity",
            "write_csv": "rows",
        },
    )
