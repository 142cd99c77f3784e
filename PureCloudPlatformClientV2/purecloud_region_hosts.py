"""The module in which the vendor's SDK has PureCloudRegionHosts."""

from ._settings.region_hosts import PureCloudRegionHosts as PureCloudRegionHosts
