"""Region name to API host."""

from enum import Enum
from typing import Any

from .._wire.urls import is_http_url

__all__ = ["PureCloudRegionHosts"]


class PureCloudRegionHosts(Enum):
    """The regions of Genesys Cloud, by cloud name; the value is the API host of each.

    The hosts are those of the vendor's Python SDK 269.0.0.

    >>> PureCloudRegionHosts.eu_central_1.get_api_host()
    'https://api.mypurecloud.de'
    """

    us_east_1 = "https://api.mypurecloud.com"
    eu_west_1 = "https://api.mypurecloud.ie"
    ap_southeast_2 = "https://api.mypurecloud.com.au"
    ap_northeast_1 = "https://api.mypurecloud.jp"
    eu_central_1 = "https://api.mypurecloud.de"
    us_west_2 = "https://api.usw2.pure.cloud"
    ca_central_1 = "https://api.cac1.pure.cloud"
    ap_northeast_2 = "https://api.apne2.pure.cloud"
    eu_west_2 = "https://api.euw2.pure.cloud"
    ap_south_1 = "https://api.aps1.pure.cloud"
    us_east_2 = "https://api.use2.us-gov-pure.cloud"
    sa_east_1 = "https://api.sae1.pure.cloud"
    me_central_1 = "https://api.mec1.pure.cloud"
    ap_northeast_3 = "https://api.apne3.pure.cloud"
    eu_central_2 = "https://api.euc2.pure.cloud"
    mx_central_1 = "https://api.mxc1.pure.cloud"
    ap_southeast_1 = "https://api.apse1.pure.cloud"
    eusc_de_east_1 = "https://api.edee1.eusc-pure.cloud"

    def get_api_host(self) -> str:
        """Give the base URL of the region's API."""
        return self.value

    @property
    def apihost(self) -> str:
        """The base URL of the region's API."""
        return self.value


def check_host(host: Any) -> str:
    """Find the base URL of an API host.

    Args:
        host: The URL itself (``https://api.mypurecloud.com``), or a region: its cloud name
            (``us-east-1``), its domain (``mypurecloud.com``), or a member of
            ``PureCloudRegionHosts``.

    Returns:
        The base URL, without a slash at its end.

    Raises:
        ValueError: It is none of these; the message lists the regions.
    """
    if isinstance(host, PureCloudRegionHosts):
        return host.value
    if is_http_url(host) and not set("?#@") & set(host):
        base = host.rstrip("/")
        if base.endswith("/api/v2"):
            raise ValueError("give the base URL of the API, without /api/v2")
        return base
    name = str(host).strip().lower()
    for region in PureCloudRegionHosts:
        if name == region.value.removeprefix("https://"):
            raise ValueError(f"write {region.value}, or {_cloud_name(region)}")
        if name in (_cloud_name(region), region.name, _domain(region)):
            return region.value
    shown = "" if "@" in name else f" {host!r}"  # it may be a password that stands before the @
    regions = ", ".join(f"{_cloud_name(one)} ({_domain(one)})" for one in PureCloudRegionHosts)
    raise ValueError(
        f"there is no region{shown}; give the base URL of the API, such as "
        f"https://api.mypurecloud.com, or one of the regions {regions}"
    )


def is_region(host: str) -> bool:
    """Whether a base URL is that of a region of the public cloud.

    Args:
        host: The URL.

    Returns:
        True if it is.
    """
    return any(host == region.value for region in PureCloudRegionHosts)


def _cloud_name(region: PureCloudRegionHosts) -> str:
    return region.name.replace("_", "-")


def _domain(region: PureCloudRegionHosts) -> str:
    return region.value.removeprefix("https://api.")
