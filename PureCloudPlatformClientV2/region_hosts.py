"""Region name to API host."""

from enum import Enum
from functools import lru_cache


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


@lru_cache(maxsize=32)
def api_host(region: str) -> str:
    """Find the API host of a region.

    Args:
        region: The cloud name (``us-east-1``), the domain (``mypurecloud.com``), or the base URL
            of a host that is in no region, such as a sandbox (``http://127.0.0.1:8090``).

    Returns:
        The base URL.

    Raises:
        ValueError: No region has this name; the message lists those that there are.
    """
    if region.startswith(("http://", "https://")):
        return region
    name = region.strip().lower()
    for candidate in PureCloudRegionHosts:
        if name in (_cloud_name(candidate), candidate.name, _domain(candidate)):
            return candidate.value
    regions = ", ".join(f"{_cloud_name(one)} ({_domain(one)})" for one in PureCloudRegionHosts)
    raise ValueError(f"region: there is no region {region!r}; choose one of {regions}")


def _cloud_name(region: PureCloudRegionHosts) -> str:
    return region.name.replace("_", "-")


def _domain(region: PureCloudRegionHosts) -> str:
    return region.value.removeprefix("https://api.")
