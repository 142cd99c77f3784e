"""The module in which the vendor's SDK has GatewayConfiguration."""

from ._settings.gateway import GatewayConfiguration as GatewayConfiguration
